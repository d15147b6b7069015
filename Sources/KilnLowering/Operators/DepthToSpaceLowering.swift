import KilnGraph
import KilnKernels

// Both move data between `[N, C, H, W]` and `[N, C', H', W']`: with the channels, the rows and the columns split by the
// block, a copy of six axes.

/// Channels become blocks of pixels.
struct DepthToSpaceLowering: Lowering {
  var elementTypes: Set<ScalarType> { .anything }

  func storage(of operation: DepthToSpace, _ node: Node, in graph: Graph) -> NodeStorage {
    NodeStorage(stridedInputs: [0], stridedOutput: true)
  }

  func calls(for operation: DepthToSpace, _ node: Node, _ context: inout LoweringContext) -> [KernelCall] {
    let input = node.operand(0)
    let output = node.outputs[0]
    let block = operation.block
    let shape = context.graph.type(of: input).shape
    let channels = shape[1] / (block * block)
    let from = context.strides(of: input)
    let to = context.strides(of: output)
    // Strides of the channel, and of the row and the column in a block, within the input's channels.
    let (channel, row, column) =
      operation.channelIsOuter ? (block * block, block, 1) : (1, block * channels, channels)
    return StridedCopy(
      shape: [shape[0], channels, shape[2], block, shape[3], block],
      source: .init(
        value: input,
        strides: [from[0], channel * from[1], from[2], row * from[1], from[3], column * from[1]]),
      destination: .init(value: output, strides: [to[0], to[1], block * to[2], to[2], block * to[3], to[3]])
    ).calls(&context)
  }
}

/// Blocks of pixels become channels.
struct SpaceToDepthLowering: Lowering {
  var elementTypes: Set<ScalarType> { .anything }

  func storage(of operation: SpaceToDepth, _ node: Node, in graph: Graph) -> NodeStorage {
    NodeStorage(stridedInputs: [0], stridedOutput: true)
  }

  func calls(for operation: SpaceToDepth, _ node: Node, _ context: inout LoweringContext) -> [KernelCall] {
    let input = node.operand(0)
    let output = node.outputs[0]
    let block = operation.block
    let shape = context.graph.type(of: output).shape
    let channels = shape[1] / (block * block)
    let from = context.strides(of: input)
    let to = context.strides(of: output)
    return StridedCopy(
      shape: [shape[0], block, block, channels, shape[2], shape[3]],
      source: .init(value: input, strides: [from[0], from[2], from[3], from[1], block * from[2], block * from[3]]),
      destination: .init(
        value: output, strides: [to[0], block * channels * to[1], channels * to[1], to[1], to[2], to[3]])
    ).calls(&context)
  }
}
