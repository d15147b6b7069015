import KilnGraph
import KilnMachine
import KilnPasses

/// What a layer should take on a machine, so that precisions can be compared; no more exact than that.
package enum LayerTime {
  /// Microseconds of a convolution or a fully connected layer on one core: its products at the machine's rate, or its input, result and
  /// weights from the farthest cache, whichever takes longer.
  package static func microseconds(
    of id: NodeID, in graph: Graph, _ precision: LayerPrecision, on target: Target
  ) -> Double {
    let node = graph[id]
    let model = target.model
    let groups = (node.operation as? Convolution)?.groups ?? 1
    let isDepthwise = groups > 1 && groups == graph.outputChannels(of: id)
    var (arithmetic, byteCount) = (model.float32, 4.0)
    switch precision {
    case .int8 where model.int8.productsPerLane > 0: (arithmetic, byteCount) = (model.int8, 1)
    case .float16 where target.computesHalves: (arithmetic, byteCount) = (model.float16, 2)
    case .int8, .float16, .float32: break
    }
    // Products of one channel are never summed four at a time.
    let products = isDepthwise ? min(arithmetic.productsPerLane, 2) : arithmetic.productsPerLane
    let perCycle = Double(model.vectorWidth) * products * arithmetic.multiplyAddsPerCycle
    let values = [node.inputs[LinearOperand.input], node.inputs[LinearOperand.weight], node.outputs.first]
    let elements = values.compactMap(\.self).reduce(0) { $0 + graph.type(of: $1).elementCount }
    let bytesPerCycle = model.caches.last?.bytesPerCycle ?? model.memory.bytesPerCycle
    let cycles = max(
      Double(graph.multiplyAccumulates(of: node)) / max(perCycle, 1),
      Double(elements) * byteCount / max(bytesPerCycle, 1))
    return cycles / max(model.pipeline.clockMegahertz, 1)
  }
}
