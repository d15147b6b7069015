import KilnMachine
import Testing

@testable import KilnCompiler
@testable import KilnEmission
@testable import KilnGraph
@testable import KilnLowering
@testable import KilnPasses

/// The files of the runtime in the packages of networks of one layer.
struct PackageEmitterTests {
  @Test func `a function in a closure brings its file along`() throws {
    let response = LocalResponseNormalization(size: 3, alpha: 0.1, beta: 0.75, bias: 1)
    try #expect(
      runtimeFiles(of: response, [1, 4, 3, 3]) == [
        "Axes.swift", "Exponential.swift", "LocalResponse.swift", "Strided.swift", "Vector.swift",
      ])
  }

  @Test func `kernels of single elements come without vectors`() throws {
    let search = ArgReduction(findsMinimum: false, axis: 1, keepsAxis: false, selectsLast: false)
    let files = try runtimeFiles(of: search, [2, 3])
    #expect(files == ["Axes.swift", "ScalarReduction.swift", "Strided.swift"])
  }

  @Test func `written kernels bring along what they use`() throws {
    let convolution = Convolution(
      window: Window(kernel: [1, 1]), layout: .channelsLast,
      epilogue: Epilogue(activation: .function(.sigmoid)))
    let files = try runtimeFiles(of: convolution, [1, 8, 8, 3], weights: [5, 3, 1, 1])
    let written = files.filter { $0.hasPrefix("Convolve") }
    #expect(!written.isEmpty)
    #expect(
      files.filter { !written.contains($0) } == [
        "Activations.swift", "ConvolutionGeometry.swift", "ConvolutionStage.swift", "ConvolutionSteps.swift",
        "DirectConvolution.swift", "DriverState.swift", "Exponential.swift", "Vector.swift",
      ])
  }

  private func runtimeFiles(
    of operation: some Operator, _ shape: [Int], weights: [Int]? = nil
  ) throws -> [String] {
    let target = Target(
      name: "test", summary: "AVX2", triple: "x86_64-unknown-linux-gnu", compilerFlags: ["-march=x86-64-v3"],
      model: Processor.generic(.avx2).model.with(cacheByteCounts: []), coreCount: 1)
    var graph = Graph()
    var inputs = [graph.addInput("x", TensorType(.float32, shape))]
    if let weights {
      let count = weights.reduce(1, *)
      inputs.append(graph.addConstant("w", Tensor(shape: weights, floats: Array(repeating: 1, count: count))))
    }
    graph.addOutput("y", try graph.insert(operation, name: "layer", inputs: inputs)[0])
    let package = Compiler.emit(
      try Compiler.plan(OptimizedGraph(graph), CompileOptions(target: target)), name: "Network1", origin: "test")
    let folder = "Sources/Network1/Kernels/"
    return package.files.map(\.path).filter { $0.hasPrefix(folder) }.map { String($0.dropFirst(folder.count)) }.sorted()
  }
}
