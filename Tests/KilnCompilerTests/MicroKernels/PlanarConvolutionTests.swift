import Testing

@testable import KilnEmission
@testable import KilnGraph
@testable import KilnPasses

/// Convolutions between planar images: against the reference evaluation, and the same bits as channels-last kernels.
@Suite struct PlanarConvolutionTests {
  /// Input, output channels, window, activation.
  static let cases: [(input: [Int], channels: Int, window: Window, epilogue: Epilogue)] = [
    ([1, 3, 9, 101], 5, Window(kernel: [3, 3]), Epilogue(activation: .function(.relu))),
    ([2, 4, 7, 50], 8, Window(kernel: [3, 3], padBegin: [1, 1], padEnd: [1, 1]), Epilogue()),
    ([1, 1, 12, 39], 1, Window(kernel: [5, 7], padBegin: [4, 6], padEnd: [4, 6]), Epilogue()),
    (
      [1, 2, 11, 60], 3,
      Window(kernel: [3, 2], strides: [2, 1], dilations: [3, 5], padBegin: [5, 1], padEnd: [0, 4]),
      Epilogue(activation: .function(.clip(lower: -0.1, upper: 0.2)))
    ),
    // Rows of which no tile lies inside.
    ([1, 2, 4, 33], 2, Window(kernel: [3, 31], padBegin: [1, 15], padEnd: [1, 15]), Epilogue()),
    // A kernel that sees the image in the middle rows only.
    ([1, 1, 1, 40], 6, Window(kernel: [1, 1], padBegin: [2, 0], padEnd: [3, 0]), Epilogue()),
  ]

  @Test(arguments: HostTarget.runnable) func `same bits as channels-last`(host: HostTarget) throws {
    var graph = Graph(name: "planes")
    var random = SeededTensors(seed: 3)
    var (inputs, planar, reference): ([Tensor], [ValueID], [ValueID]) = ([], [], [])
    for (index, test) in Self.cases.enumerated() {
      let image = graph.addInput("image\(index)", TensorType(.float32, test.input))
      inputs.append(random.tensor(test.input))
      let weightShape = [test.channels, test.input[1]] + test.window.kernel
      let scale = 1 / Float(weightShape.dropFirst().reduce(1, *)).squareRoot()
      let weight = graph.addConstant("weight\(index)", random.tensor(weightShape, scale: scale))
      let bias = graph.addConstant("bias\(index)", random.tensor([test.channels]))
      var convolution = Convolution(window: test.window, epilogue: test.epilogue)
      let result = try graph.insert(convolution, name: "planar\(index)", inputs: [image, weight, bias])[0]
      convolution.layout = .channelsLast
      let pixels = try graph.insert(Transpose([0, 2, 3, 1]), name: "pixels\(index)", inputs: [image])[0]
      let last = try graph.insert(convolution, name: "last\(index)", inputs: [pixels, weight, bias])[0]
      let back = try graph.insert(Transpose([0, 3, 1, 2]), name: "back\(index)", inputs: [last])[0]
      #expect(convolution.suitsPlanes(input: graph.type(of: image), output: graph.type(of: result)))
      for (value, isPlanar) in [(result, true), (back, false)] {
        let flat = Reshape(to: [graph.type(of: value).elementCount])
        let values = try graph.insert(flat, name: "flat\(value)", inputs: [value])
        if isPlanar { planar += values } else { reference += values }
      }
    }
    graph.addOutput("all", try graph.insert(Concat(axis: 0), name: "all", inputs: planar + reference)[0])
    let expected = try Interpreter(graph).run(inputs)[0].floats()
    let result = try EmittedProgram.run(graph, for: host.target, inputs: inputs)[0].floats()
    #expect(zip(result, expected).allSatisfy { abs($0 - $1) < 4e-6 }, "\(host.rawValue)")
    #expect(result[..<(result.count / 2)].elementsEqual(result[(result.count / 2)...]), "\(host.rawValue)")
  }

  /// One convolution of few planes is left as it is; one whose result another convolution reads is not.
  @Test func `layout`() throws {
    for isChained in [false, true] {
      var graph = Graph(name: "network")
      let image = graph.addInput("image", TensorType(.float32, [1, 3, 8, 40]))
      var value = image
      for (name, channels) in [("first", 5), ("second", 20)].prefix(isChained ? 2 : 1) {
        let weight = Tensor(
          shape: [channels, graph.type(of: value).shape[1], 1, 1],
          floats: Array(repeating: 1, count: channels * graph.type(of: value).shape[1]))
        value = try graph.insert(
          Convolution(window: Window(kernel: [1, 1])), name: name, inputs: [value, graph.addConstant(name, weight)])[0]
      }
      graph.addOutput("y", value)
      let optimized = try Passes.run(on: graph).graph
      let transposes = optimized.nodeIDs.filter { optimized[$0].operation is Transpose }
      #expect(transposes.isEmpty == !isChained)
    }
  }
}
