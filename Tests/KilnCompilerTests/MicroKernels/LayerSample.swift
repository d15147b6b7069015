import KilnCompiler
import KilnExecution
import KilnPasses
import Testing

@testable import KilnGraph

/// Layers that don't depend on each other in one graph, so that one build tests them all.
struct LayerSample {
  private static let capacity = 1 << 19
  private var graph = Graph(name: "sample")
  private let input: ValueID
  private var usedCount = 0
  private var results: [(name: String, value: ValueID)] = []
  private var random = SeededTensors(seed: 1)

  init() { input = graph.addInput("images", TensorType(.float32, [Self.capacity])) }

  /// A layer and whatever it needs.
  mutating func add(_ test: LayerCase, _ name: String) throws {
    let scale = 1 / Float(test.weightShape.dropFirst(test.isTransposed ? 2 : 1).reduce(1, *)).squareRoot()
    let weight = graph.addConstant("\(name).weight", random.tensor(test.weightShape, scale: scale))
    let bias = test.hasBias ? graph.addConstant("\(name).bias", random.tensor([test.channels])) : nil
    var operands = [try image("\(name).image", test.image), weight, bias]
    if test.epilogue.addend != nil {
      let plain = test.operation(Epilogue())
      let output = try plain.outputTypes(for: operands.map { $0.map { graph.type(of: $0) } })[0]
      operands.append(try image("\(name).addend", output.shape))
    } else {
      operands.append(nil)
    }
    if test.epilogue.activation == .parametricReLU {
      operands.append(graph.addConstant("\(name).slope", random.tensor([test.channels])))
    }
    results.append((name, try graph.insert(test.operation(test.epilogue), name: name, inputs: operands)[0]))
  }

  /// A linear layer.
  mutating func addLinear(pixels: Int, inputs: Int, outputs: Int, _ operation: Linear = Linear()) throws {
    let name = "linear\(outputs)"
    let shape = operation.arrangement == .outputFirst ? [outputs, inputs] : [inputs, outputs]
    let weight = graph.addConstant("\(name).weight", random.tensor(shape, scale: 0.1))
    let bias = graph.addConstant("\(name).bias", random.tensor([outputs]))
    let image = try image("\(name).image", [1, 1, pixels, inputs])
    let rows = try graph.insert(Reshape(to: [pixels, inputs]), name: "\(name).rows", inputs: [image])[0]
    results.append((name, try graph.insert(operation, name: name, inputs: [rows, weight, bias])[0]))
  }

  /// Convolutions that write into, and read, channel ranges of one buffer.
  mutating func addStrided() throws {
    let parts = [try image("strided.a", [1, 6, 7, 20]), try image("strided.b", [1, 6, 7, 13])]
    let joined = try graph.insert(Concat(axis: 3), name: "strided.joined", inputs: parts)[0]
    for (index, (part, groups)) in [(parts[0], 1), (parts[1], 13), (joined, 1)].enumerated() {
      let channels = graph.type(of: part).shape[3]
      let window = Window(kernel: [3, 3], padBegin: [1, 1], padEnd: [1, 1])
      let weight = graph.addConstant("w", random.tensor([channels, channels / groups, 3, 3], scale: 0.1))
      let convolution = Convolution(window: window, groups: groups, layout: .channelsLast)
      let name = "strided\(index)"
      results.append((name, try graph.insert(convolution, name: name, inputs: [part, weight])[0]))
    }
  }

  /// Winograd convolutions from, and to, channel ranges of one buffer.
  mutating func addStridedWinograd() throws {
    let parts = [try image("joined.a", [1, 14, 14, 40]), try image("joined.b", [1, 14, 14, 37])]
    let convolved = try parts.map { part in
      let channels = graph.type(of: part).shape[3]
      let weight = graph.addConstant("w", random.tensor([channels, channels, 3, 3], scale: 0.05))
      let window = Window(kernel: [3, 3], padBegin: [1, 1], padEnd: [1, 1])
      return try graph.insert(
        Convolution(window: window, layout: .channelsLast), name: "joined.c", inputs: [part, weight])[0]
    }
    let joined = try graph.insert(Concat(axis: 3), name: "joined", inputs: convolved)[0]
    let weight = graph.addConstant("w", random.tensor([45, 77, 3, 3], scale: 0.05))
    let convolution = Convolution(window: Window(kernel: [3, 3]), layout: .channelsLast)
    results.append(("joined", try graph.insert(convolution, name: "joined.d", inputs: [joined, weight])[0]))
  }

  /// Compares the compiled program with the interpreter.
  ///
  /// Inputs are at most 1 and weights such that sums are about 1: the bound is that of a sum of a few hundred products.
  func check(_ host: HostTarget) throws {
    var graph = graph
    var flat: [ValueID] = []
    for (name, value) in results {
      let count = graph.type(of: value).elementCount
      flat.append(try graph.insert(Reshape(to: [count]), name: "\(name).flat", inputs: [value])[0])
    }
    graph.addOutput("all", try graph.insert(Concat(axis: 0), name: "all", inputs: flat)[0])
    var values = SeededTensors(seed: 2)
    let inputs = [values.tensor([Self.capacity])]
    let expected = try Interpreter(graph).run(inputs)[0].floats()
    let result = try EmittedProgram.run(graph, for: host.target, inputs: inputs)[0].floats()
    let program = try Compiler.plan(OptimizedGraph(graph), CompileOptions(target: host.target))
    #expect(!program.layers.contains { $0.node.operation is Pad }, "images get borders")
    let executed = ProgramExecution(program).run(inputs)[0].floats()
    var first = 0
    for (name, value) in results {
      let end = first + graph.type(of: value).elementCount
      // Not the largest difference, which would pass over a NaN.
      let agrees = zip(result[first..<end], expected[first..<end]).allSatisfy { abs($0 - $1) < 4e-6 }
      #expect(agrees, "\(host.rawValue), \(name)")
      let isSame = zip(result[first..<end], executed[first..<end]).allSatisfy { $0.bitPattern == $1.bitPattern }
      #expect(isSame, "\(host.rawValue), \(name): the written register tile has other bits than the portable one")
      first = end
    }
  }

  /// An image that a layer makes from a part of the model's input, so that it may get a border.
  private mutating func image(_ name: String, _ shape: [Int]) throws -> ValueID {
    let start = usedCount
    usedCount += shape.elementCount
    precondition(usedCount <= Self.capacity, "the layers' images are more than the input has room for")
    let part = try graph.insert(
      Slice(starts: [start], counts: [shape.elementCount]), name: "\(name).part", inputs: [input])[0]
    let shaped = try graph.insert(Reshape(to: shape), name: "\(name).shaped", inputs: [part])[0]
    return try graph.insert(Unary(.negate), name: name, inputs: [shaped])[0]
  }
}
