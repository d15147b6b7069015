import Testing

@testable import KilnCompiler
@testable import KilnEmission
@testable import KilnGraph
@testable import KilnKernels
@testable import KilnLowering
@testable import KilnMachine
@testable import KilnPasses
@testable import KilnSelection

/// Winograd convolutions: the weights' transform against the points that define it, when it is chosen, and compiled
/// cases against the reference evaluation.
@Suite struct WinogradTests {
  /// Every edge: partial tiles, images, channel counts that aren't whole vectors, strange paddings, all epilogues.
  static let cases: [LayerCase] = [
    LayerCase([1, 20, 20, 48], 48, [3, 3], pads: [1, 1, 1, 1], epilogue: ConvolutionKernelTests.relu),
    LayerCase([2, 13, 19, 37], 51, [3, 3], pads: [1, 1, 1, 1], epilogue: ConvolutionKernelTests.addReLU),
    LayerCase([1, 14, 15, 45], 40, [3, 3], pads: [2, 0, 1, 3], epilogue: ConvolutionKernelTests.siluAdd),
    LayerCase([1, 12, 18, 33], 67, [3, 3], hasBias: false),
    LayerCase([2, 7, 7, 40], 36, [3, 3], pads: [1, 1, 1, 1], epilogue: ConvolutionKernelTests.parametric),
    LayerCase([1, 6, 23, 64], 64, [3, 3], pads: [0, 1, 0, 1], epilogue: ConvolutionKernelTests.addReLU),
    LayerCase([1, 3, 16, 40], 40, [3, 3], pads: [1, 1, 1, 1]),
    LayerCase([3, 2, 2, 48], 48, [3, 3], pads: [1, 1, 1, 1], epilogue: ConvolutionKernelTests.relu),
    allChannels,
  ]
  /// Two blocks of tiles, each multiplied by all channels at once.
  private static let allChannels = LayerCase(
    [1, 50, 50, 64], 60, [3, 3], pads: [1, 1, 1, 1], epilogue: ConvolutionKernelTests.addReLU)

  private static func winograd(_ test: LayerCase) -> Winograd? {
    let window = test.window
    return Winograd(
      for: WinogradWork(
        images: test.image[0], rows: test.image[1] + window.padBegin[0] + window.padEnd[0] - 2,
        columns: test.image[2] + window.padBegin[1] + window.padEnd[1] - 2, inputChannels: test.image[3],
        outputChannels: test.channels), costs: WinogradCosts())
  }

  @Test(arguments: HostTarget.runnable) func `matches reference`(host: HostTarget) throws {
    #expect(Set(Self.cases.map { Self.winograd($0)?.outputs }) == [2, 4])
    var sample = LayerSample()
    for (index, test) in Self.cases.enumerated() { try sample.add(test, "case\(index)") }
    try sample.addStridedWinograd()
    try sample.check(host)
  }

  @Test(arguments: HostTarget.runnable) func `a case has the products of all channels at once`(host: HostTarget) {
    let work = WinogradWork(images: 1, rows: 50, columns: 50, inputChannels: 64, outputChannels: 60)
    let schedule = WinogradSchedule(Winograd(outputs: 4), work, .float32, target: host.target)
    #expect(schedule.blockChannels >= 60 && schedule.blockTiles < 169)
  }

  /// By the second cache of a Cortex-A53: weights that fit, few tiles by many weights, and the other way round.
  @Test func `weights are read once where that moves fewer bytes`() {
    let target = Target(
      name: "", summary: "", triple: "", compilerFlags: [], model: Processor.cortexA53.model, coreCount: 4)
    func schedule(_ edge: Int, _ channels: Int, outputs: Int = 4) -> (tiles: Int, channels: Int) {
      let work = WinogradWork(images: 1, rows: edge, columns: edge, inputChannels: channels, outputChannels: channels)
      let schedule = WinogradSchedule(Winograd(outputs: outputs), work, .float32, target: target)
      return (schedule.blockTiles, schedule.blockChannels / schedule.channels)
    }
    #expect(schedule(56, 32) == (40, 1))
    #expect(schedule(56, 64) == (28, 1))
    #expect(schedule(28, 128) == (52, 8))
    #expect(schedule(14, 256) == (16, 16))
    #expect(schedule(7, 512, outputs: 2) == (16, 32))
  }

  /// `G g Gt` from the points: row j of G is `[1, p, p²] / product over k != j of (p - p_k)`, the last `[0, 0, 1]`.
  ///
  /// The transform for 2 x 2 sums has the first two signs of its own.
  @Test(arguments: [
    (WinogradWeights(outputs: 2), [0.0, 1, -1], [-1.0, 1, 1]),
    (WinogradWeights(outputs: 2, isHalf: true), [0.0, 1, -1], [-1.0, 1, 1]),
    (WinogradWeights(outputs: 4), [0.0, 0.6875, -0.6875, 1.375, -1.375], [1.0, 1, 1, 1, 1]),
    (WinogradWeights(outputs: 4, isHalf: true), [0.0, 0.75, -0.75, 1.5, -1.5], [1.0, 1, 1, 1, 1]),
  ])
  func `weights are the kernel at the points`(weights: WinogradWeights, points: [Double], signs: [Double]) {
    var matrix: [[Double]] = []
    for (j, point) in points.enumerated() {
      var scale = signs[j]
      for (k, other) in points.enumerated() where k != j { scale /= point - other }
      matrix.append([scale, scale * point, scale * point * point])
    }
    matrix.append([0, 0, 1])
    let kernel = (0..<9).map { Double(($0 * 37 + 11) % 17) / 8 - 1 }
    let edge = weights.outputs + 2
    var result = [Double](repeating: 0, count: edge * edge)
    weights.transform(kernel, &result)
    for i in 0..<edge {
      for j in 0..<edge {
        var expected = 0.0
        for k in 0..<9 { expected += matrix[i][k / 3] * kernel[k] * matrix[j][k % 3] }
        #expect(abs(result[i * edge + j] - expected) < 1e-14)
      }
    }
  }

  @Test func `is chosen where it pays`() {
    func outputs(_ edge: Int, _ inputs: Int, _ outputs: Int, _ costs: WinogradCosts = WinogradCosts()) -> Int? {
      let work = WinogradWork(images: 1, rows: edge, columns: edge, inputChannels: inputs, outputChannels: outputs)
      return Winograd(for: work, costs: costs)?.outputs
    }
    #expect(outputs(56, 64, 64) == 4)
    #expect(outputs(28, 128, 128) == 4)
    #expect(outputs(14, 256, 256) == 2)
    #expect(outputs(7, 512, 512) == nil)
    #expect(outputs(224, 3, 64) == nil)
    #expect(outputs(4, 32, 32) == 2)
    #expect(outputs(3, 64, 64) != 4)
    #expect(outputs(1, 512, 512) == nil)
    // A board's arithmetic is slow beside its memory.
    #expect(outputs(14, 256, 256, .neon) == 4)
    #expect(outputs(7, 512, 512, .neon) == 2)
    #expect(outputs(1, 512, 512, .neon) == nil)
  }

  /// The workspace is part of the arena, and only while the layer runs.
  @Test func `exact networks have no workspace`() throws {
    var graph = Graph(name: "two")
    let image = graph.addInput("image", TensorType(.float32, [1, 32, 32, 64]))
    let weight = graph.addConstant("weight", Tensor(shape: [64, 64, 3, 3], floats: .init(repeating: 1, count: 36_864)))
    let convolution = Convolution(window: Window(kernel: [3, 3]), layout: .channelsLast)
    let first = try graph.insert(convolution, name: "first", inputs: [image, weight])[0]
    graph.addOutput("result", try graph.insert(convolution, name: "second", inputs: [first, weight])[0])
    let target = HostTarget.avx512.target
    let exact = try Compiler.plan(OptimizedGraph(graph), CompileOptions(target: target, isExact: true))
    #expect(exact.layers.flatMap(\.calls).allSatisfy { $0.kernel is Convolve && $0.workspaceCount == 0 })
    #expect(exact.arenaByteCount == 4 * 30 * 30 * 64)
    let program = try Compiler.plan(OptimizedGraph(graph), CompileOptions(target: target))
    #expect(program.layers.flatMap(\.calls).allSatisfy { $0.kernel is ConvolveWinograd })
    let workspace = program.layers.map { 4 * $0.workspaceCount }
    #expect(workspace.allSatisfy { $0 > 0 })
    #expect(program.arenaByteCount == exact.arenaByteCount + (workspace.max() ?? 0))
    #expect(program.arenaLowerBound == program.arenaByteCount)
    for layer in program.layers {
      // Before or after the image between the layers.
      let last = layer.workspaceOffset + 4 * layer.workspaceCount
      #expect(last <= program.arenaByteCount)
      #expect(layer.workspaceOffset >= exact.arenaByteCount || last <= program.arenaByteCount - exact.arenaByteCount)
    }
  }
}
