import KilnExecution
import KilnPasses
import Testing

@testable import KilnCompiler
@testable import KilnGraph
@testable import KilnSelection

/// Weights that the model stores in fewer bytes than float32.
@Suite struct NarrowWeightsTests {
  /// A matrix's product with the unit matrix is the matrix: the weights as kernels use them.
  @Test(arguments: HostTarget.runnable) func `kernels use the numbers that the model says`(host: HostTarget) throws {
    let (rows, columns) = (40, 35)
    var graph = Graph(name: "weights")
    let unit = graph.addInput("unit", TensorType(.float32, [rows, rows]))
    var values: [ValueID] = []
    var expected: [Float] = []
    for weight in try Self.weights([rows, columns]) {
      let value = graph.addConstant("weight", weight)
      let linear = Linear(arrangement: .inputFirst)
      values.append(try graph.insert(linear, name: "linear\(values.count)", inputs: [unit, value])[0])
      expected += weight.floats()
    }
    graph.addOutput("all", try graph.insert(Concat(axis: 0), name: "all", inputs: values)[0])
    let ones = (0..<rows * rows).map { Float($0 % (rows + 1) == 0 ? 1 : 0) }
    let input = Tensor(shape: [rows, rows], floats: ones)
    let results = ProgramExecution(try Compiler.plan(OptimizedGraph(graph), CompileOptions(target: host.target))).run([
      input
    ])[0].floats()
    let wrong = zip(results, expected).enumerated().first { $1.0 != $1.1 }
    #expect(wrong == nil, "\(host.rawValue): element \(wrong?.offset ?? 0) of \(rows * columns) each")
  }

  /// A matrix of each kind, as constants come from files.
  private static func weights(_ shape: [Int]) throws -> [Tensor] {
    let count = shape.reduce(1, *)
    func codes(_ scalar: ScalarType) -> Tensor {
      let numbers = (0..<count).map { $0 &* 7919 % 65521 - 32000 }
      return Tensor(shape: shape, integers: numbers, as: scalar)
    }
    let scales = Tensor(shape: [shape[1]], floats: (0..<shape[1]).map { 0.01 + Float($0) / 977 })
    var weights: [Tensor] = []
    for scalar: ScalarType in [.int8, .uint8, .int16, .uint16] {
      let zeros = Tensor(shape: [shape[1]], integers: (0..<shape[1]).map { $0 * 3 + 1 }, as: scalar)
      weights += try DequantizeLinear(axis: 1).evaluate([codes(scalar), scales, zeros])
      weights += try DequantizeLinear(axis: 1).evaluate([codes(scalar), scales, nil])
      weights += try DequantizeLinear().evaluate([codes(scalar), Tensor(shape: [], floats: [0.3]), nil])
      weights += try Cast(to: .float32).evaluate([codes(scalar)])
    }
    // Every exponent, subnormal numbers too.
    for scalar: ScalarType in [.float16, .bfloat16] {
      let numbers = (0..<count).map { Double(sign: .plus, exponent: $0 % 30 - 24, significand: Double($0 % 97 - 48)) }
      weights += try Cast(to: .float32).evaluate([Tensor(shape: shape, doubles: numbers, as: scalar)])
    }
    return weights
  }

  @Test func `a schedule may choose Winograd's tiles, whose weights are float32`() throws {
    var graph = Graph(name: "image")
    let codes = Tensor(shape: [32, 32, 3, 3], integers: (0..<9216).map { $0 % 255 - 127 }, as: .int8)
    let weight = try DequantizeLinear().evaluate([codes, Tensor(shape: [], floats: [0.01]), nil])[0]
    let image = graph.addInput("x", TensorType(.float32, [1, 32, 32, 32]))
    let window = Window(kernel: [3, 3], padBegin: [1, 1], padEnd: [1, 1])
    let convolution = Convolution(window: window, layout: .channelsLast)
    let inputs = [image, graph.addConstant("w", weight)]
    graph.addOutput("y", try graph.insert(convolution, name: "conv", inputs: inputs)[0])
    let target = HostTarget.runnable[0].target
    let program = try Compiler.plan(OptimizedGraph(graph), CompileOptions(target: target))
    #expect(program.convolutions.map(\.choice.algorithm) == [.direct])
    #expect(program.tables.contains { $0.scalar == .int8 } && program.weightByteCount < 9216 * 2)
    let winograd = try #require(program.convolutions[0].site.modelChoice(of: .winograd4, target))
    let other = try Compiler.plan(
      OptimizedGraph(graph), CompileOptions(target: target, schedule: Schedule(program, choosing: ["conv": winograd])))
    #expect(other.tables.allSatisfy { $0.scalar == .float32 })
  }
}
