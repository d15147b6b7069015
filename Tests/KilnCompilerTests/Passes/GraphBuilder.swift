import KilnGraph
import KilnPasses
import Testing

/// Builds small networks with seeded numbers.
struct GraphBuilder {
  var graph = Graph(name: "test")
  private var state: UInt64 = 0x2545_F491_4F6C_DD1D
  private var counter = 0

  /// A number between -1 and 1.
  mutating func number() -> Float {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Float(Int64(bitPattern: state) >> 40) / Float(1 << 23)
  }

  mutating func tensor(_ shape: [Int], _ transform: (Float) -> Float = { $0 }) -> Tensor {
    Tensor(shape: shape, floats: (0..<shape.elementCount).map { _ in transform(number()) })
  }

  mutating func input(_ shape: [Int], name: String? = nil) -> ValueID {
    graph.addInput(name ?? "input\(graph.inputs.count)", TensorType(.float32, shape))
  }

  mutating func constant(_ shape: [Int], _ transform: (Float) -> Float = { $0 }) -> ValueID {
    counter += 1
    return graph.addConstant("constant\(counter)", tensor(shape, transform))
  }

  mutating func scalar(_ value: Float, shape: [Int] = []) -> ValueID { constant(shape) { _ in value } }

  mutating func node(_ operation: any Operator, _ inputs: [ValueID?], name: String? = nil) throws -> ValueID {
    counter += 1
    return try graph.insert(operation, name: name ?? "\(operation.name)\(counter)", inputs: inputs)[0]
  }

  mutating func unary(_ function: ScalarFunction, _ x: ValueID) throws -> ValueID { try node(Unary(function), [x]) }

  mutating func binary(_ function: Binary.Function, _ a: ValueID, _ b: ValueID) throws -> ValueID {
    try node(Binary(function), [a, b])
  }

  mutating func add(_ a: ValueID, _ b: ValueID) throws -> ValueID { try binary(.add, a, b) }

  mutating func relu(_ x: ValueID) throws -> ValueID { try unary(.relu, x) }

  func channels(_ x: ValueID) -> Int { graph.type(of: x).shape[1] }

  mutating func conv(
    _ x: ValueID, _ outputs: Int, _ window: Window, groups: Int = 1, bias: Bool = true, name: String? = nil
  ) throws -> ValueID {
    let weight = constant([outputs, channels(x) / groups] + window.kernel)
    let bias = bias ? constant([outputs]) : nil
    return try node(Convolution(window: window, groups: groups), [x, weight, bias], name: name)
  }

  /// A 2-D convolution with a square kernel.
  mutating func conv(
    _ x: ValueID, _ outputs: Int, kernel: Int = 3, stride: Int = 1, pad: Int = 0, dilation: Int = 1, groups: Int = 1,
    bias: Bool = true, name: String? = nil
  ) throws -> ValueID {
    try conv(
      x, outputs,
      Window(
        kernel: [kernel, kernel], strides: [stride, stride], dilations: [dilation, dilation], padBegin: [pad, pad],
        padEnd: [pad, pad]),
      groups: groups, bias: bias, name: name)
  }

  mutating func transposedConv(
    _ x: ValueID, _ outputs: Int, kernel: Int = 2, stride: Int = 2, pad: Int = 0, groups: Int = 1, bias: Bool = true
  ) throws -> ValueID {
    let window = Window(
      kernel: [kernel, kernel], strides: [stride, stride], padBegin: [pad, pad], padEnd: [pad, pad])
    let weight = constant([channels(x), outputs / groups, kernel, kernel])
    return try node(
      TransposedConvolution(window: window, groups: groups), [x, weight, bias ? constant([outputs]) : nil])
  }

  mutating func linear(
    _ x: ValueID, _ outputs: Int, bias: Bool = true, _ arrangement: WeightArrangement = .outputFirst
  ) throws -> ValueID {
    let depth = graph.type(of: x).shape.last ?? 1
    let weight = constant(arrangement == .outputFirst ? [outputs, depth] : [depth, outputs])
    return try node(Linear(arrangement: arrangement), [x, weight, bias ? constant([outputs]) : nil])
  }

  mutating func batchNorm(
    _ x: ValueID, epsilon: Double = 1e-5, variance: Float? = nil, name: String? = nil
  ) throws -> ValueID {
    let count = [channels(x)]
    let operands = [
      constant(count) { $0 + 1.5 }, constant(count), constant(count), constant(count) { variance ?? $0 * 0.4 + 0.6 },
    ]
    return try node(BatchNormalization(epsilon: epsilon), [x] + operands, name: name)
  }

  /// The network with these results.
  mutating func finished(_ results: ValueID...) -> Graph {
    var graph = graph
    for (index, result) in results.enumerated() { graph.addOutput("output\(index)", result) }
    return graph
  }
}

/// The operators in order, with what is fused into them, for instance `Conv+add+Relu`.
func summary(_ graph: Graph) -> [String] {
  graph.nodeIDs.map { id in
    let operation = graph[id].operation
    let epilogue: Epilogue? =
      switch operation {
      case let operation as Convolution: operation.epilogue
      case let operation as TransposedConvolution: operation.epilogue
      case let operation as Linear: operation.epilogue
      case let operation as ChannelAffine: operation.epilogue
      case let operation as GroupNormalization: operation.epilogue
      case let operation as LayerNormalization: operation.epilogue
      default: nil
      }
    var parts = [operation.name]
    if epilogue?.addend == .beforeActivation { parts.append("add") }
    switch epilogue?.activation {
    case .function(let function): parts.append(function.name)
    case .parametricReLU: parts.append("PRelu")
    case nil: break
    }
    if epilogue?.addend == .afterActivation { parts.append("add") }
    return parts.joined(separator: "+")
  }
}

/// What a sequence of passes makes of a graph.
func rewritten(_ graph: Graph, by passes: [any Pass]) throws -> Graph {
  var graph = graph
  for pass in passes { try pass.run(on: &graph) }
  graph.removeUnused()
  return graph
}

/// Seeded inputs that fit a network.
func seededInputs(_ graph: Graph) -> [Tensor] {
  var builder = GraphBuilder()
  return graph.inputs.map { input in
    let (type, numbers) = (graph.type(of: input), builder.tensor(graph.type(of: input).shape) { $0 * 4 })
    switch type.scalar {
    case .float16: return Tensor(shape: type.shape, doubles: numbers.doubles(), as: .float16)
    case .uint8:
      let bytes = numbers.doubles().map { min(255, max(0, ($0 * 32 + 128).rounded())) }
      return Tensor(shape: type.shape, doubles: bytes, as: .uint8)
    default: return numbers
    }
  }
}

/// The largest difference between two tensors, relative to the largest magnitude of the first.
func relativeError(_ expected: Tensor, _ actual: Tensor) -> Double {
  guard expected.shape == actual.shape else { return .infinity }
  let pairs = zip(expected.doubles(), actual.doubles())
  let magnitude = pairs.map { abs($0.0) }.max() ?? 0
  let error = pairs.map { $0.0 == $0.1 ? 0 : abs($0.0 - $0.1) }.max() ?? 0
  return error.isNaN ? .infinity : error / max(magnitude, 1e-30)
}

/// Expects that a rewritten network computes what the original does, within 1e-5 of the largest magnitude.
func expectSameResults(
  _ original: Graph, _ rewritten: Graph, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let inputs = seededInputs(original)
  let expected = try Interpreter(original).run(inputs)
  let actual = try Interpreter(rewritten).run(inputs)
  #expect(expected.count == actual.count, sourceLocation: sourceLocation)
  for (expected, actual) in zip(expected, actual) {
    #expect(relativeError(expected, actual) < 1e-5, sourceLocation: sourceLocation)
  }
}

/// A network, the passes that run on it, and the operators that must remain.
struct PassCase: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let passes: [any Pass]
  let expected: [String]
  let build: @Sendable (inout GraphBuilder) throws -> Graph

  init(
    _ description: String, _ passes: [any Pass], expect expected: [String],
    build: @escaping @Sendable (inout GraphBuilder) throws -> Graph
  ) {
    testDescription = description
    self.passes = passes
    self.expected = expected
    self.build = build
  }

  /// Runs the passes and compares operators and results.
  func check(sourceLocation: SourceLocation = #_sourceLocation) throws {
    var builder = GraphBuilder()
    let original = try build(&builder)
    let result = try rewritten(original, by: passes)
    #expect(summary(result) == expected, sourceLocation: sourceLocation)
    try expectSameResults(original, result, sourceLocation: sourceLocation)
  }
}
