import KilnGeometry
import KilnGraph
import KilnKernels

// What detectors' heads have besides elements that indices name.

/// Boxes without those that overlap a better one: one call, on one thread.
struct NonMaxSuppressionLowering: Lowering {
  var elementTypes: Set<ScalarType> { [.float32, .int64] }

  func calls(for operation: NonMaxSuppression, _ node: Node, _ context: inout LoweringContext) -> [KernelCall] {
    let scores = context.graph.type(of: node.operand(SuppressionOperand.scores)).shape
    func operand(_ index: Int) -> Operand? { node.optionalOperand(index).map { context.source($0) } }
    let limits = SuppressBoxes.Limits(
      mostPerClass: operand(SuppressionOperand.mostPerClass),
      overlapThreshold: operand(SuppressionOperand.overlapThreshold),
      scoreThreshold: operand(SuppressionOperand.scoreThreshold))
    return [
      KernelCall(
        SuppressBoxes(
          context.source(node.operand(SuppressionOperand.boxes)),
          scores: context.source(node.operand(SuppressionOperand.scores)), limits,
          to: context.destination(node.outputs[0]), found: context.destination(node.outputs[1]),
          heap: context.workspace(max(scores[2], 1)), images: scores[0], classes: scores[1], boxCount: scores[2],
          capacity: operation.capacity, isCentered: operation.isCentered))
    ]
  }
}

/// Where a tensor is true: one call, on one thread.
struct NonZeroLowering: Lowering {
  var elementTypes: Set<ScalarType> { [.bool, .int64] }

  func obstacle(to operation: NonZero, _ node: Node, in graph: Graph) -> String? {
    let rank = graph.type(of: node.operand(0)).rank
    return rank <= IndexedAxes.maximumCount ? nil : "its input has \(rank) axes, more than \(IndexedAxes.maximumCount)"
  }

  func calls(for operation: NonZero, _ node: Node, _ context: inout LoweringContext) -> [KernelCall] {
    [
      KernelCall(
        FindPlaces(
          context.source(node.operand(0)), extents: context.graph.type(of: node.operand(0)).shape,
          to: context.destination(node.outputs[0]), found: context.destination(node.outputs[1]),
          capacity: operation.capacity))
    ]
  }
}

/// Regions of images resampled to one size.
struct RoiAlignLowering: Lowering {
  var elementTypes: Set<ScalarType> { [.float32, .int32, .int64] }

  func calls(for operation: RoiAlign, _ node: Node, _ context: inout LoweringContext) -> [KernelCall] {
    let images = context.graph.type(of: node.operand(0)).shape
    let result = context.graph.type(of: node.outputs[0]).shape
    if result.elementCount == 0 || images.elementCount == 0 { return [] }
    let geometry = RegionGeometry(
      images: images[0], height: images[1], width: images[2], channels: images[3], regions: result[0], rows: result[1],
      columns: result[2], samples: operation.samplingRatio, scale: operation.spatialScale,
      isHalfPixel: operation.isHalfPixel)
    return [
      KernelCall(
        AlignRegions(
          context.source(node.operand(0)), regions: context.source(node.operand(1)),
          numbers: context.source(node.operand(2)), to: context.destination(node.outputs[0]), geometry,
          takesLargest: operation.mode == .maximum))
    ]
  }
}
