@testable import KilnCompiler
import KilnGraph
import Testing

/// Every kind of convolution, compiled for each instruction set that runs here, against the reference evaluation.
@Suite struct ConvolutionKernelTests {
  /// A convolution of an image that an earlier layer made, so that it gets a border, or of a model input.
  struct Case {
    var image: [Int] = [1, 8, 8, 4]
    var channels: Int
    var kernel: [Int]
    var strides = [1, 1]
    var dilations = [1, 1]
    var pads = [0, 0, 0, 0]
    var groups = 1
    var epilogue = Epilogue()
    var hasBias = true
  }

  static let relu = Epilogue(activation: .function(.relu))
  static let cases: [Case] = [
    Case(channels: 64, kernel: [3, 3], pads: [1, 1, 1, 1], epilogue: relu),
    Case(image: [1, 9, 13, 5], channels: 70, kernel: [3, 3], pads: [1, 1, 1, 1]),
    Case(image: [1, 23, 21, 3], channels: 24, kernel: [7, 7], strides: [2, 2], pads: [3, 3, 3, 3], epilogue: relu),
    Case(image: [2, 7, 7, 19], channels: 131, kernel: [1, 1], epilogue: relu),
    Case(image: [1, 10, 11, 6], channels: 33, kernel: [1, 1], strides: [2, 2], hasBias: false),
    Case(image: [2, 9, 8, 3], channels: 1, kernel: [2, 3], strides: [1, 2], pads: [1, 0, 0, 2]),
    Case(image: [1, 12, 12, 7], channels: 18, kernel: [3, 3], dilations: [2, 3], pads: [2, 3, 2, 3]),
    Case(image: [1, 6, 17, 12], channels: 20, kernel: [3, 1], pads: [1, 0, 1, 0], groups: 4),
    Case(image: [1, 5, 5, 8], channels: 16, kernel: [3, 3], pads: [1, 1, 1, 1], groups: 8),
    Case(
      image: [1, 6, 7, 9], channels: 21, kernel: [3, 3], pads: [1, 1, 1, 1],
      epilogue: Epilogue(activation: .function(.relu), addend: .beforeActivation)),
    Case(
      image: [1, 6, 7, 9], channels: 40, kernel: [1, 1],
      epilogue: Epilogue(activation: .function(.leakyReLU(slope: 0.1)), addend: .afterActivation)),
    Case(image: [1, 4, 4, 3], channels: 19, kernel: [1, 1], epilogue: Epilogue(activation: .parametricReLU)),
    Case(
      image: [1, 4, 5, 3], channels: 17, kernel: [2, 2],
      epilogue: Epilogue(activation: .function(.clip(lower: -0.25, upper: 0.5)))),
    Case(
      image: [1, 4, 5, 3], channels: 17, kernel: [2, 2], epilogue: Epilogue(activation: .function(.hardSwish))),
  ]

  @Test(arguments: HostTarget.runnable) func matchesReference(host: HostTarget) throws {
    var sample = Sample()
    for (index, test) in Self.cases.enumerated() { sample.add(test, "case\(index)") }
    sample.addLinear(pixels: 1, inputs: 75, outputs: 303)
    sample.addLinear(pixels: 5, inputs: 33, outputs: 10)
    try sample.check(host)
  }
}

/// Independent layers in one graph, so that one build tests them all.
private struct Sample {
  var graph = Graph(name: "sample")
  var inputs: [Tensor] = []
  var random = SeededTensors(seed: 1)

  mutating func input(_ name: String, _ shape: [Int]) -> ValueID {
    inputs.append(random.tensor(shape))
    return graph.addInput(name, TensorType(.float32, shape))
  }

  /// A pointwise layer from a model input, whose result has `shape`.
  mutating func image(_ name: String, _ shape: [Int]) throws(OperatorError) -> ValueID {
    let source = input("\(name).input", shape.dropLast() + [3])
    let convolution = Convolution(window: Window(kernel: [1, 1]), layout: .channelsLast)
    let weight = graph.addConstant("\(name).first", random.tensor([shape[3], 3, 1, 1]))
    return try graph.insert(convolution, name: "\(name).made", inputs: [source, weight])[0]
  }

  mutating func add(_ test: ConvolutionKernelTests.Case, _ name: String) {
    do throws(OperatorError) {
      let convolution = Convolution(
        window: Window(
          kernel: test.kernel, strides: test.strides, dilations: test.dilations, padBegin: Array(test.pads[0..<2]),
          padEnd: Array(test.pads[2..<4])),
        groups: test.groups, layout: .channelsLast, epilogue: test.epilogue)
      let shape = [test.channels, test.image[3] / test.groups] + test.kernel
      let scale = 1 / Float(shape.dropFirst().reduce(1, *)).squareRoot()
      let weight = graph.addConstant("\(name).weight", random.tensor(shape, scale: scale))
      let bias = test.hasBias ? graph.addConstant("\(name).bias", random.tensor([test.channels])) : nil
      var inputs = [try image(name, test.image), weight, bias]
      if test.epilogue != Epilogue() {
        var plain = convolution
        plain.epilogue = Epilogue()
        let output = try plain.outputTypes(for: inputs.map { $0.map { graph.type(of: $0) } })[0]
        inputs.append(test.epilogue.addend == nil ? nil : input("\(name).addend", output.shape))
        if test.epilogue.activation == .parametricReLU {
          inputs.append(graph.addConstant("\(name).slope", random.tensor([test.channels])))
        }
      }
      graph.addOutput(name, try graph.insert(convolution, name: name, inputs: inputs)[0])
    } catch {
      Issue.record("\(name): \(error)")
    }
  }

  mutating func addLinear(pixels: Int, inputs: Int, outputs: Int) {
    let name = "linear\(outputs)"
    let weight = graph.addConstant("\(name).weight", random.tensor([outputs, inputs], scale: 0.1))
    let bias = graph.addConstant("\(name).bias", random.tensor([outputs]))
    let operands = [input("\(name).input", [pixels, inputs]), weight, bias]
    do throws(OperatorError) {
      graph.addOutput(name, try graph.insert(Linear(), name: name, inputs: operands)[0])
    } catch {
      Issue.record("\(name): \(error)")
    }
  }

  func check(_ host: HostTarget) throws {
    let expected = try Interpreter(graph).run(inputs)
    let results = try EmittedProgram.run(graph, for: host.target, inputs: inputs)
    for (index, port) in graph.outputs.enumerated() {
      let error = zip(results[index].floats(), expected[index].floats()).map { abs($0 - $1) }.max() ?? .infinity
      #expect(error < 4e-6, "\(host.rawValue), \(port.name)")
    }
  }
}
