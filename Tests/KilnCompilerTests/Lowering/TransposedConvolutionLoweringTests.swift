import Testing

@testable import KilnGraph
@testable import KilnLowering

/// A program stays in proportion to its model.
struct TransposedConvolutionLoweringTests {
  @Test func `refuses strides that need a call per pixel`() throws {
    let obstacle = try #require(try obstacle(strides: [1 << 20, 3]))
    #expect(obstacle.contains("its strides [1048576, 3] need 3145728 kernel calls"))
  }

  @Test func `allows strides larger than the kernel`() throws { #expect(try obstacle(strides: [8, 8]) == nil) }

  private func obstacle(strides: [Int]) throws -> String? {
    var graph = Graph(name: "test")
    let image = graph.addInput("image", TensorType(.float32, [1, 2, 2, 1]))
    let weight = graph.addConstant("weight", Tensor(shape: [1, 1, 2, 2], doubles: [1, 2, 3, 4], as: .float32))
    let window = Window(
      kernel: [2, 2], strides: strides, dilations: [1, 1], padBegin: [0, 0], padEnd: [0, 0])
    let operation = TransposedConvolution(window: window, layout: .channelsLast)
    let output = try graph.insert(operation, name: "up", inputs: [image, weight, nil])[0]
    graph.addOutput("y", output)
    let id = try #require(graph.producer(of: output))
    return TransposedConvolutionLowering().obstacle(to: operation, graph[id], in: graph)
  }
}
