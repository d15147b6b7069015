import KilnCompiler
import KilnExecution
import Testing

@testable import KilnGraph
@testable import KilnLowering
@testable import KilnPasses

/// Independent operators in one graph, with one input and one output, so that one build tests them all.
///
/// Every operand is a piece of the input, every result a piece of the output: the planner makes both views.
struct KernelSample {
  /// How the images that a case reads and writes lie in memory.
  enum Storage {
    /// As the model has them.
    case dense
    /// Computed by a layer of their own, whose memory the case may take over.
    case computed
    /// Rank-4 operands are a range of channels of larger images, and the result is one too.
    case strided
  }

  private struct Piece {
    var name: String
    var value: ValueID
    var tolerance: Float
  }

  private var graph = Graph(name: "sample")
  private var pieces: [Piece] = []
  private let data: ValueID
  private var numbers: [Float]
  private var used = 0
  private static let capacity = 1 << 18

  init(seed: UInt64) {
    var random = SeededTensors(seed: seed)
    numbers = random.tensor([Self.capacity], scale: 3).floats()
    data = graph.addInput("data", TensorType(.float32, [Self.capacity]))
  }

  /// Adds an operator.
  ///
  /// - Parameters:
  ///   - shapes: the operands' dimensions; `nil` for one that is absent.
  ///   - constants: operands that are constant.
  ///   - range: operands are taken into this range first.
  ///   - nanPeriod: every so many elements of an operand, from the first one on, one is NaN.
  ///   - tolerance: the largest error relative to the largest exact magnitude of the case.
  mutating func add(
    _ operation: any Operator, _ shapes: [[Int]?], constants: [Int: Tensor] = [:], storage: Storage = .dense,
    range: ClosedRange<Double>? = nil, nanPeriod: Int? = nil, tolerance: Float = 2e-6
  ) {
    let start = used
    let name = "case\(pieces.count)\(operation.name)"
    do throws(OperatorError) {
      var operands: [ValueID?] = []
      for (index, shape) in shapes.enumerated() {
        if let constant = constants[index] {
          operands.append(graph.addConstant("\(name).\(index)", constant))
        } else if let shape {
          operands.append(try operand("\(name).\(index)", shape, storage, range))
        } else {
          operands.append(nil)
        }
      }
      if let nanPeriod { for index in stride(from: start, to: used, by: nanPeriod) { numbers[index] = .nan } }
      for (index, result) in try graph.insert(operation, name: name, inputs: operands).enumerated() {
        var result = result
        let type = graph.type(of: result)
        if storage == .strided, type.rank == 4 {
          let others = try image("\(name).others", type.shape.dropLast() + [3])
          result = try graph.insert(Concat(axis: 3), name: "\(name).joined", inputs: [others, result])[0]
        }
        if type.scalar != .float32 {
          result = try graph.insert(Cast(to: .float32), name: "\(name).number\(index)", inputs: [result])[0]
        }
        let flat = Reshape(to: [graph.type(of: result).elementCount])
        pieces.append(
          Piece(
            name: "\(operation.name) \(operation.details) \(shapes.compactMap(\.self)) \(storage)",
            value: try graph.insert(flat, name: "\(name).flat\(index)", inputs: [result])[0], tolerance: tolerance))
      }
    } catch {
      Issue.record("\(name): \(error)")
    }
  }

  /// Compiles, runs, and compares with the reference evaluation.
  mutating func check(_ host: HostTarget) throws {
    let output = try graph.insert(Concat(axis: 0), name: "results", inputs: pieces.map(\.value))[0]
    graph.addOutput("results", output)
    let input = Tensor(shape: [Self.capacity], floats: numbers)
    let expected = try Interpreter(graph).run([input])[0].floats()
    let program = try Compiler.plan(OptimizedGraph(graph), CompileOptions(target: host.target))
    let results = ProgramExecution(program).run([input])[0].floats()
    var start = 0
    for piece in pieces {
      let range = start..<(start + graph.type(of: piece.value).elementCount)
      start = range.upperBound
      let magnitude = expected[range].reduce(0) { max($0, $1.isFinite ? abs($1) : 0) }
      let wrong = range.first { index in
        expected[index] != results[index]
          && !(abs(expected[index] - results[index]) <= piece.tolerance * magnitude)
          && !(expected[index].isNaN && results[index].isNaN)
      }
      if let wrong {
        Issue.record(
          "\(host.rawValue), \(piece.name): element \(wrong - range.lowerBound) is \(expected[wrong]), not \(results[wrong])"
        )
      }
    }
  }

  private mutating func operand(
    _ name: String, _ shape: [Int], _ storage: Storage, _ range: ClosedRange<Double>?
  ) throws(OperatorError) -> ValueID {
    var value: ValueID
    if storage == .strided, shape.count == 4 {
      let whole = try image("\(name).image", shape.dropLast() + [shape[3] + 5])
      let channels = Slice(starts: [0, 0, 0, 2], counts: shape)
      value = try graph.insert(channels, name: "\(name).channels", inputs: [whole])[0]
    } else {
      value = try piece(name, shape)
    }
    if storage == .computed {
      value = try graph.insert(Unary(.leakyReLU(slope: 0.5)), name: "\(name).computed", inputs: [value])[0]
    }
    if let range {
      let clip = Unary(.clip(lower: range.lowerBound, upper: range.upperBound))
      value = try graph.insert(clip, name: "\(name).clipped", inputs: [value])[0]
    }
    return value
  }

  /// A computed image.
  private mutating func image(_ name: String, _ shape: [Int]) throws(OperatorError) -> ValueID {
    try graph.insert(Unary(.leakyReLU(slope: 0.5)), name: name, inputs: [try piece("\(name).piece", shape)])[0]
  }

  /// The next part of the input.
  private mutating func piece(_ name: String, _ shape: [Int]) throws(OperatorError) -> ValueID {
    precondition(used + shape.elementCount <= Self.capacity, "the sample's input is too small")
    let slice = Slice(starts: [used], counts: [shape.elementCount])
    used += shape.elementCount
    let flat = try graph.insert(slice, name: "\(name).flat", inputs: [data])[0]
    return try graph.insert(Reshape(to: shape), name: name, inputs: [flat])[0]
  }
}
