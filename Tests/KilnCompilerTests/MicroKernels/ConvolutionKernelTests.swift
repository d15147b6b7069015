import Testing

@testable import KilnEmission
@testable import KilnGraph

/// Every kind of convolution, compiled for each instruction set that runs here, against the reference evaluation.
@Suite struct ConvolutionKernelTests {
  static let relu = Epilogue(activation: .function(.relu))
  static let addReLU = Epilogue(activation: .function(.relu), addend: .beforeActivation)
  static let siluAdd = Epilogue(activation: .function(.silu), addend: .afterActivation)
  static let parametric = Epilogue(activation: .parametricReLU)

  static let cases: [LayerCase] = [
    // Direct.
    LayerCase([1, 8, 8, 4], 64, [3, 3], pads: [1, 1, 1, 1], epilogue: relu),
    LayerCase([1, 9, 13, 5], 70, [3, 3], pads: [1, 1, 1, 1]),
    LayerCase([1, 23, 21, 3], 24, [7, 7], strides: [2, 2], pads: [3, 3, 3, 3], epilogue: relu),
    LayerCase([2, 7, 7, 19], 131, [1, 1], epilogue: relu),
    LayerCase([1, 10, 11, 6], 33, [1, 1], strides: [2, 2], hasBias: false),
    LayerCase([2, 9, 8, 3], 1, [2, 3], strides: [1, 2], pads: [1, 0, 0, 2]),
    LayerCase([1, 12, 12, 7], 18, [3, 3], dilations: [2, 3], pads: [2, 3, 2, 3]),
    LayerCase([1, 6, 17, 12], 20, [3, 1], pads: [1, 0, 1, 0], groups: 4),
    LayerCase([1, 6, 7, 9], 21, [3, 3], pads: [1, 1, 1, 1], epilogue: addReLU),
    LayerCase([1, 6, 7, 9], 40, [1, 1], epilogue: siluAdd),
    LayerCase([1, 4, 4, 3], 19, [1, 1], epilogue: parametric),
    LayerCase([1, 4, 5, 3], 17, [2, 2], epilogue: Epilogue(activation: .function(.clip(lower: -0.25, upper: 0.5)))),
    // Weights so small that all blocks pass over each row.
    LayerCase([1, 12, 12, 1], 70, [1, 2], pads: [0, 1, 0, 0], epilogue: relu),
    // Depthwise, and nearly so. The first is so small that it is cut into regions of rows, and the last isn't whole.
    LayerCase([2, 7, 4, 6], 6, [2, 1], pads: [1, 0, 0, 0], groups: 6, epilogue: relu),
    LayerCase([1, 9, 11, 37], 37, [3, 3], pads: [1, 1, 1, 1], groups: 37, epilogue: relu),
    LayerCase([2, 11, 9, 16], 16, [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], groups: 16, epilogue: siluAdd),
    LayerCase([1, 12, 14, 5], 5, [5, 5], pads: [2, 2, 2, 2], groups: 5, epilogue: parametric),
    LayerCase([1, 12, 10, 8], 8, [3, 3], dilations: [1, 2], pads: [1, 2, 1, 2], groups: 8, epilogue: addReLU),
    LayerCase([1, 14, 14, 20], 20, [7, 9], strides: [1, 3], pads: [3, 4, 3, 4], groups: 20),
    LayerCase([1, 5, 5, 8], 16, [3, 3], pads: [1, 1, 1, 1], groups: 8),
    // Transposed.
    LayerCase([1, 7, 6, 5], 20, [2, 2], strides: [2, 2], isTransposed: true, epilogue: relu),
    LayerCase([1, 5, 6, 7], 9, [4, 4], strides: [2, 2], pads: [1, 1, 1, 1], isTransposed: true),
    LayerCase(
      [2, 5, 4, 6], 12, [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], groups: 3, isTransposed: true,
      outputPadding: [1, 1], epilogue: addReLU),
    LayerCase([1, 4, 5, 3], 6, [3, 2], strides: [3, 4], dilations: [2, 3], pads: [0, 1, 2, 0], isTransposed: true),
    LayerCase([1, 4, 4, 3], 5, [3, 3], pads: [2, -1, 0, -2], isTransposed: true),
    LayerCase([1, 3, 4, 8], 8, [1, 1], strides: [2, 3], groups: 8, isTransposed: true, outputPadding: [1, 0]),
  ]

  @Test(arguments: HostTarget.runnable) func `matches reference`(host: HostTarget) throws {
    var sample = LayerSample()
    for (index, test) in Self.cases.enumerated() { try sample.add(test, "case\(index)") }
    try sample.addLinear(pixels: 1, inputs: 75, outputs: 303)
    try sample.addLinear(pixels: 5, inputs: 33, outputs: 10)
    try sample.addLinear(pixels: 3, inputs: 36, outputs: 11, Linear(arrangement: .inputFirst, pixels: 6))
    try sample.addLinear(pixels: 2, inputs: 20, outputs: 12, Linear(pixels: 4))
    try sample.addStrided()
    try sample.check(host)
  }
}

/// One layer of an image that an earlier layer made, so that it gets a border.
struct LayerCase {
  var image: [Int]
  var channels: Int
  var window: Window
  var groups: Int
  var isTransposed: Bool
  var outputPadding: [Int]
  var epilogue: Epilogue
  var hasBias: Bool

  init(
    _ image: [Int], _ channels: Int, _ kernel: [Int], strides: [Int] = [1, 1], dilations: [Int] = [1, 1],
    pads: [Int] = [0, 0, 0, 0], groups: Int = 1, isTransposed: Bool = false, outputPadding: [Int] = [0, 0],
    epilogue: Epilogue = Epilogue(), hasBias: Bool = true
  ) {
    self.image = image
    self.channels = channels
    window = Window(
      kernel: kernel, strides: strides, dilations: dilations, padBegin: Array(pads[..<2]), padEnd: Array(pads[2...]))
    self.groups = groups
    self.isTransposed = isTransposed
    self.outputPadding = outputPadding
    self.epilogue = epilogue
    self.hasBias = hasBias
  }

  var weightShape: [Int] {
    (isTransposed ? [image[3], channels / groups] : [channels, image[3] / groups]) + window.kernel
  }

  func operation(_ epilogue: Epilogue) -> any KilnGraph.Operator {
    isTransposed
      ? TransposedConvolution(
        window: window, outputPadding: outputPadding, groups: groups, layout: .channelsLast, epilogue: epilogue)
      : Convolution(window: window, groups: groups, layout: .channelsLast, epilogue: epilogue)
  }
}
