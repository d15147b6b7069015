import KilnPasses
import Testing

@testable import KilnGraph

/// What only moves elements moves numbers of 8 bits, and gives what it gave before in every bit.
struct MoveQuantizationTests {
  private static let coarse = TensorQuantization(scale: 0.05, zeroPoint: 3)
  private static let other = TensorQuantization(scale: 0.031, zeroPoint: -20)
  private static let pool = Pool(
    .maximum, window: Window(kernel: [3, 3], strides: [2, 2], padBegin: [1, 1], padEnd: [1, 1]))

  /// The graph after the pass; what it computes, and what it computed before.
  private func moved(
    _ build: (inout GraphBuilder) throws -> ValueID
  ) throws -> (graph: Graph, now: [Double], before: [Double]) {
    var builder = GraphBuilder()
    let result = try build(&builder)
    builder.graph.addOutput("y", result)
    var graph = builder.graph
    try MoveQuantization().run(on: &graph)
    let inputs = graph.inputs.map { builder.tensor(graph.type(of: $0).shape) { 5 * $0 } }
    return (
      graph, try Interpreter(graph).run(inputs)[0].doubles(), try Interpreter(builder.graph).run(inputs)[0].doubles()
    )
  }

  /// The operators that numbers of 8 bits pass through.
  private func byteOperators(_ graph: Graph) -> [String] {
    graph.nodeIDs.filter { graph.type(of: graph[$0].outputs[0]).scalar.byteRange != nil }
      .map { graph[$0].operation.name }
  }

  @Test func `numbers are dequantised after they are moved`() throws {
    let result = try moved { builder in
      let x = try builder.dequantized(builder.input([1, 6, 9, 8]), Self.coarse, .int8)
      let largest = try builder.node(Self.pool, [x])
      return try builder.node(Reshape(to: [6, 20]), [try builder.node(Transpose([0, 2, 3, 1]), [largest])])
    }
    #expect(byteOperators(result.graph) == ["QuantizeLinear", "MaxPool", "Transpose", "Reshape"])
    #expect(result.now == result.before)
  }

  @Test func `a layer's result is quantised before it is moved`() throws {
    let result = try moved { builder in
      let x = try builder.dequantized(builder.input([1, 4, 9, 8]), Self.coarse, .uint8)
      let layer = try builder.relu(builder.conv(x, 8, Window(kernel: [1, 1])))
      return try builder.quantized(builder.node(Self.pool, [layer]), Self.other, .int8)
    }
    #expect(byteOperators(result.graph) == ["QuantizeLinear", "QuantizeLinear", "MaxPool"])
    #expect(result.now == result.before)
  }

  /// One of the tensors stands for other numbers, and one is constant.
  @Test func `what is concatenated is translated by a table where that is needed`() throws {
    let result = try moved { builder in
      let a = try builder.dequantized(builder.input([1, 3, 4, 4]), Self.coarse, .int8)
      let b = try builder.dequantized(builder.input([1, 2, 4, 4]), Self.other, .int8)
      let joined = try builder.node(Concat(axis: 1), [a, b, builder.constant([1, 1, 4, 4])])
      return try builder.dequantized(joined, Self.coarse, .int8)
    }
    #expect(byteOperators(result.graph) == ["QuantizeLinear", "QuantizeLinear", "Table", "Concat"])
    #expect(result.now == result.before)
  }

  @Test func `what else is read as real numbers stays`() throws {
    let result = try moved { builder in
      let x = builder.input([1, 4, 6, 6])
      let largest = try builder.node(Self.pool, [builder.relu(x)])
      let codes = try builder.dequantized(largest, Self.coarse, .int8)
      return try builder.add(largest, codes)
    }
    #expect(byteOperators(result.graph) == ["QuantizeLinear"])
    #expect(result.now == result.before)
  }

  /// Averages don't keep rounding.
  @Test func `what computes stays`() throws {
    let result = try moved { builder in
      let x = try builder.dequantized(builder.input([1, 4, 6, 6]), Self.coarse, .int8)
      let means = try builder.node(Pool(.average(countsPadding: false), window: Window(kernel: [2, 2])), [x])
      return try builder.quantized(means, Self.coarse, .int8)
    }
    #expect(byteOperators(result.graph) == ["QuantizeLinear", "QuantizeLinear"])
    #expect(result.now == result.before)
  }
}
