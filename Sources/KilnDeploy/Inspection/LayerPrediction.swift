import KilnGraph
import KilnKernels
import KilnLowering
import KilnMachine
import KilnPlanning
import KilnSelection

/// How long a layer should take by the machine's model, and how long it must take at least.
package struct LayerPrediction: Encodable, Sendable {
  /// What its products are taken of: `float32`, `float16` or `int8`.
  package let arithmetic: String
  /// How its convolutions are computed, where that is chosen: `direct`, `winograd2` or `winograd4`.
  package let algorithm: String?
  /// Products that the algorithm takes: fewer than the definition's by Winograd's method.
  package let products: Int
  /// Bytes of the tensors that it reads and that it writes, and of its packed weights.
  package let readByteCount: Int
  package let writtenByteCount: Int
  package let weightByteCount: Int
  /// Whether it is bound by what it reads and writes rather than by arithmetic.
  package let isBoundByMemory: Bool
  /// Microseconds that the machine needs at least, at its model's clock.
  ///
  /// The longer of two: all products at the peak of the arithmetic, and all bytes once from where they are found. Tensors are found in
  /// the nearest cache that holds them, weights in the nearest that holds all weights and the arena together.
  package let leastMicroseconds: Double
  /// The same with the time of the cost model in the place of the peak's, where register tiles are chosen by it.
  package let microseconds: Double

  /// Predicts a layer of a program.
  ///
  /// - Parameter planned: the convolutions of the layer.
  ///
  /// Complexity: O(operands of its calls).
  init(of layer: Program.Layer, in program: Program, _ planned: [PlannedConvolution]) {
    let convolutions = planned.filter { $0.site.form == .dense }
    let (graph, model) = (program.graph, program.target.model)
    let definition = program.multiplyAccumulates(of: layer)
    let isWide = !layer.nodes.contains { $0.operation.isOfIntegers }
    let isHalf = convolutions.contains { $0.site.arithmetic.isHalf }
    let winogradOfBytes = layer.allCalls.compactMap { $0.kernel as? ConvolveWinogradBytes }
    var peak: Double
    switch (isWide, isHalf) {
    case (false, _): (arithmetic, peak) = ("int8", model.productsPerCycle(model.int8))
    case (true, true): (arithmetic, peak) = ("float16", model.productsPerCycle(model.float16))
    case (true, false): (arithmetic, peak) = ("float32", model.productsPerCycle(model.float32))
    }
    // An instruction that takes two products of 8 bits at a time takes one of the 16 bits that they become.
    if winogradOfBytes.first?.tile.layout == .single { peak /= 2 }
    let algorithms = Set(
      convolutions.map(\.choice.algorithm) + (winogradOfBytes.isEmpty ? [] : [.winograd4]))
    algorithm = algorithms.isEmpty ? nil : algorithms.map(\.rawValue).sorted().joined(separator: ", ")

    // Several convolutions of one layer share its definition as their direct forms do.
    let works = convolutions.map { Double($0.site.direct.productCount) }
    let whole = max(works.reduce(0, +), 1)
    let parts = zip(convolutions, works).map { ($0, Int(Double(definition) * $1 / whole)) }
    switch (parts.isEmpty, winogradOfBytes.isEmpty) {
    case (false, _): products = parts.reduce(0) { $0 + $1.0.products(of: $1.1) }
    case (true, false): products = winogradOfBytes.reduce(0) { $0 + $1.productCount }
    case (true, true): products = definition
    }

    let produced = Set(layer.nodes.flatMap(\.outputs))
    // In an order of their own, so that sums are always rounded in the same way.
    let read = Set(layer.nodes.flatMap { $0.inputs.compactMap(\.self) }).sorted { $0.index < $1.index }
      .filter { !produced.contains($0) && graph.constant($0) == nil }
    let written = produced.sorted { $0.index < $1.index }.filter { value in
      graph.isOutput(value) || graph.users(of: value).contains { !produced.contains(graph[$0].outputs[0]) }
    }
    let tables = Set(layer.allCalls.flatMap { $0.kernel.reads.compactMap(\.table) })
    readByteCount = read.reduce(0) { $0 + graph.byteCount(of: $1) }
    writtenByteCount = written.reduce(0) { $0 + graph.byteCount(of: $1) }
    weightByteCount = tables.reduce(0) { $0 + program.tables[$1.index].byteCount }

    let resident = program.weightByteCount + program.arenaByteCount
    let transfers =
      read.reduce(0.0) { sum, value in
        let count = graph.byteCount(of: value)
        return sum + Double(count) / model.bytesPerCycle(amongBytes: count)
      }
      + written.reduce(0.0) { sum, value in
        let count = graph.byteCount(of: value)
        return sum + Double(count) / model.writtenBytesPerCycle(amongBytes: count)
      }
      + Double(weightByteCount) / model.bytesPerCycle(amongBytes: resident)
    let workers = Double(max(layer.workers.count, 1))
    let arithmeticCycles = Double(products) / peak / workers
    let tileCycles =
      parts.reduce(0.0) { $0 + $1.0.effectiveProducts(of: $1.1, on: program.target) } / peak / workers
    // Depthwise convolutions have the same tiles everywhere, and are at the peak but for what loads and stores block.
    let blocked = layer.allCalls.lazy.compactMap { $0.kernel as? ConvolveDepthwise }.first?.tile
      .blockedShare(on: model)
    let depthwiseCycles = arithmeticCycles * (parts.isEmpty ? 1 + (blocked ?? 0) : 0)
    isBoundByMemory = transfers > arithmeticCycles
    leastMicroseconds = max(arithmeticCycles, transfers) / model.pipeline.clockMegahertz
    microseconds = max(arithmeticCycles, tileCycles, depthwiseCycles, transfers) / model.pipeline.clockMegahertz
  }
}

extension DepthwiseTileShape {
  /// Cycles in which its loads and stores let no arithmetic be issued, relative to those that its products take.
  ///
  /// The weights of an unrolled kernel are in registers, and so is what neighbouring pixels of a row share.
  fileprivate func blockedShare(on model: MachineModel) -> Double {
    let (rows, columns) = (kernel?.rows ?? 1, kernel?.columns ?? 1)
    let loads = kernel == nil ? pixels + 1 : rows * ((pixels - 1) * stride + columns)
    let cycles =
      Double(loads) * model.pipeline.arithmeticCyclesPerLoad + Double(pixels) * model.pipeline.arithmeticCyclesPerStore
    return cycles / Double(pixels * rows * columns) * model.float32.multiplyAddsPerCycle
  }
}

extension Operator {
  /// Whether its products are of integers.
  fileprivate var isOfIntegers: Bool {
    self is RequantizedConvolution || self is IntegerConvolution || self is QuantizedConvolution
      || self is IntegerMatMul || self is QuantizedMatMul
  }
}

extension ConvolutionWork {
  /// Products of one image and one group.
  fileprivate var productCount: Int { channels * columns * rows * depth }
}
