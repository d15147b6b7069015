import KilnCompiler
import KilnDeploy
import KilnGraph
import KilnMachine
import KilnPasses
import KilnSelection
import Testing

/// Which algorithm computes a convolution depends on the machine, and with it the last bits of its results.
struct BoardAlgorithmTests {
  /// One convolution of 256 channels at 14 x 14, which boards compute in larger tiles than x86-64.
  private static func graph() throws -> Graph {
    var graph = Graph(name: "late")
    let image = graph.addInput("image", TensorType(.float32, [1, 14, 14, 256]))
    let values = RandomInputs.tensors(for: [TensorType(.float32, [256, 256, 3, 3])], seed: 7)[0]
    let weight = graph.addConstant("weight", values)
    var window = Window(kernel: [3, 3])
    (window.padBegin, window.padEnd) = ([1, 1], [1, 1])
    let convolution = Convolution(window: window, layout: .channelsLast)
    graph.addOutput("result", try graph.insert(convolution, name: "layer", inputs: [image, weight])[0])
    return graph
  }

  /// That the bits are then the same, `SameBitsTests` tests under emulation.
  @Test func `this machine's plan may have a board's algorithms`() throws {
    let graph = try Passes.run(on: Self.graph())
    let board = try #require(Targets.target(named: "raspberry-pi-4"))
    func algorithms(_ target: Target, of machine: Target? = nil) throws -> [ConvolutionAlgorithm] {
      let options = CompileOptions(target: target, algorithmsOf: machine)
      return try Compiler.plan(graph, options).convolutions.map(\.choice.algorithm)
    }
    #expect(try algorithms(board) == [.winograd4])
    for name in ["x86-64-v3", "x86-64-v4"] {
      let target = try #require(Targets.target(named: name))
      #expect(try algorithms(target) == [.winograd2])
      #expect(try algorithms(target, of: board) == [.winograd4])
    }
  }
}
