import KilnGeometry
import KilnGraph
import KilnKernels

/// Images sampled at points: one call.
struct GridSampleLowering: Lowering {
  func obstacle(to operation: GridSample, _ node: Node, in graph: Graph) -> String? {
    let extents = graph.type(of: node.operand(0)).shape.dropFirst().dropLast()
    return extents.contains { $0 > 1 << 22 } ? "its image has an axis of more than 2^22 pixels" : nil
  }

  func calls(for operation: GridSample, _ node: Node, _ context: inout LoweringContext) -> [KernelCall] {
    let (image, grid, output) = (node.operand(0), node.operand(1), node.outputs[0])
    let shape = context.graph.type(of: output).shape
    if shape.elementCount == 0 { return [] }
    let extents = context.graph.type(of: image).shape.dropFirst()
    let isFlat = extents.count == 3
    var geometry = SamplingGeometry(
      depth: isFlat ? 1 : extents[1], rows: extents[extents.endIndex - 3], columns: extents[extents.endIndex - 2],
      channels: extents[extents.endIndex - 1], coordinates: extents.count - 1, taps: 1, isInPixels: false,
      alignsCorners: false, repeatsEdge: operation.padding == .border, isReflected: operation.padding == .reflection)
    switch operation.coordinates {
    case .normalized(let alignsCorners): geometry.alignsCorners = alignsCorners
    case .pixels: geometry.isInPixels = true
    }
    switch operation.interpolation {
    case .nearest: geometry.taps = 1
    case .linear: geometry.taps = 2
    case .cubic: geometry.taps = 4
    }
    return [
      KernelCall(
        SampleGrid(
          context.source(image), grid: context.source(grid), to: context.destination(output), geometry,
          images: shape[0], points: shape.dropFirst().dropLast().reduce(1, *)))
    ]
  }
}
