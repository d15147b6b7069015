import KilnPasses
import Testing

@testable import KilnGraph

/// What lies between quantised tensors becomes integers, to the bits of its own reference, and within a step of the real one's.
struct QuantizedLayerTests {
  private static let coarse = TensorQuantization(scale: 0.05, zeroPoint: 3)

  /// The graph after the pass; what it computes, and what it computed before.
  private func recognized(
    _ build: (inout GraphBuilder) throws -> ValueID
  ) throws -> (operations: [any Operator], now: [Int], before: [Int]) {
    var builder = GraphBuilder()
    let result = try build(&builder)
    builder.graph.addOutput("y", result)
    var graph = builder.graph
    try RecognizeQuantizedLayers().run(on: &graph)
    var inputs: [Tensor] = []
    for input in graph.inputs { inputs.append(builder.tensor(graph.type(of: input).shape) { 5 * $0 }) }
    return (
      graph.nodeIDs.map { graph[$0].operation }, try Interpreter(graph).run(inputs)[0].integers(),
      try Interpreter(builder.graph).run(inputs)[0].integers()
    )
  }

  private func close(_ a: [Int], _ b: [Int]) -> Bool {
    let wrong = zip(a, b).count { $0 != $1 }
    return a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= 1 } && wrong * 100 <= a.count
  }

  @Test(arguments: [ScalarType.int8, .uint8], [false, true])
  func `convolutions`(scalar: ScalarType, isPerChannel: Bool) throws {
    let quantization = TensorQuantization(scale: 0.05, zeroPoint: scalar == .int8 ? -7 : 121)
    let result = try recognized { builder in
      let x = try builder.dequantized(builder.input([2, 6, 5, 5]), quantization, scalar)
      let weight = builder.weight([8, 3, 3, 3], isPerChannel ? 8 : 1)
      let window = Window(kernel: [3, 3], padBegin: [1, 1], padEnd: [1, 1])
      let sum = try builder.node(Convolution(window: window, groups: 2), [x, weight, builder.constant([8])])
      return try builder.quantized(builder.relu(sum), quantization, scalar)
    }
    #expect(result.operations.count { $0 is RequantizedConvolution } == 1)
    #expect(result.operations.count == 2)
    #expect(close(result.now, result.before))
  }

  @Test func `fully connected layers, sums and functions`() throws {
    let linear = try recognized { builder in
      let x = try builder.dequantized(builder.input([3, 20]), Self.coarse, .int8)
      return try builder.quantized(
        builder.node(Linear(), [x, builder.weight([7, 20], 7), builder.constant([7])]), Self.coarse, .uint8)
    }
    #expect(linear.operations.contains { $0 is RequantizedConvolution } && !linear.operations.contains { $0 is Linear })
    #expect(close(linear.now, linear.before))

    let sum = try recognized { builder in
      let a = try builder.dequantized(builder.input([2, 30]), Self.coarse, .int8)
      let b = try builder.dequantized(builder.input([2, 30]), TensorQuantization(scale: 0.04, zeroPoint: 9), .uint8)
      return try builder.quantized(builder.relu(builder.add(a, b)), Self.coarse, .int8)
    }
    #expect(sum.operations.contains { $0 is RequantizedSum } && sum.operations.count == 3)
    #expect(sum.now == sum.before)

    let functions = try recognized { builder in
      let x = try builder.dequantized(builder.input([2, 90]), Self.coarse, .int8)
      return try builder.quantized(builder.unary(.silu, builder.unary(.tanh, x)), Self.coarse, .uint8)
    }
    #expect(functions.operations.contains { $0 is ByteTable } && functions.operations.count == 2)
    #expect(functions.now == functions.before)
  }

  @Test func `what integers don't compute stays`() throws {
    // Somebody else reads the real sums; the scale isn't known; an activation does more than limit; weights have 16 bits.
    let shared = try recognized { builder in
      let x = try builder.dequantized(builder.input([1, 4, 3, 3]), Self.coarse, .int8)
      let sum = try builder.node(
        Convolution(window: Window(kernel: [1, 1])), [x, builder.weight([4, 4, 1, 1], 4), nil])
      let other = try builder.quantized(builder.unary(.negate, sum), Self.coarse, .int8)
      let first = try builder.quantized(sum, Self.coarse, .int8)
      return try builder.node(Concat(axis: 0), [first, other])
    }
    #expect(!shared.operations.contains { $0 is RequantizedConvolution } && shared.now == shared.before)

    let gated = try recognized { builder in
      let x = try builder.dequantized(builder.input([1, 4, 3, 3]), Self.coarse, .int8)
      let epilogue = Epilogue(activation: .function(.silu))
      let sum = try builder.node(
        Convolution(window: Window(kernel: [1, 1]), epilogue: epilogue), [x, builder.weight([4, 4, 1, 1], 4), nil])
      return try builder.quantized(sum, Self.coarse, .int8)
    }
    #expect(!gated.operations.contains { $0 is RequantizedConvolution } && gated.now == gated.before)

    let wide = try recognized { builder in
      let x = try builder.dequantized(builder.input([1, 4]), Self.coarse, .int8)
      return try builder.quantized(
        builder.node(Linear(), [x, builder.constant([4, 4])]), Self.coarse, .int8)
    }
    #expect(!wide.operations.contains { $0 is RequantizedConvolution } && wide.now == wide.before)
  }

  @Test func `layers without inputs stay`() throws {
    let layer = try recognized { builder in
      let x = try builder.dequantized(builder.input([1, 0, 3, 3]), Self.coarse, .int8)
      let sum = try builder.node(
        Convolution(window: Window(kernel: [1, 1])), [x, builder.weight([4, 0, 1, 1], 4), builder.constant([4])])
      return try builder.quantized(sum, Self.coarse, .int8)
    }
    #expect(!layer.operations.contains { $0 is RequantizedConvolution } && layer.now == layer.before)
  }

  @Test func `sums that 32 bits might not hold stay`() throws {
    let layer = try recognized { builder in
      let x = try builder.dequantized(builder.input([1, 4]), Self.coarse, .int8)
      let bias = builder.constant([4]) { _ in 1e9 }
      return try builder.quantized(
        builder.node(Linear(), [x, builder.weight([4, 4], 1), bias]), Self.coarse, .int8)
    }
    #expect(!layer.operations.contains { $0 is RequantizedConvolution } && layer.now == layer.before)
  }
}
