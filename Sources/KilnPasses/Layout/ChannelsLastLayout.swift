import KilnGraph

/// Makes operators on images channels-last, with transpositions around them, and removes those transpositions.
///
/// Convolutions, poolings, resampling and per-channel multiply-adds want their channels last, where the kernels'
/// vectors run. Operators that do not care (elementwise functions, concatenation, slices, padding, reductions, softmax
/// …) follow their largest operand; reshapes that split and merge neighbouring axes, and other transpositions, are joined
/// with what is there. What remains is usually one transposition of each input that is an image, and none where only
/// axes of extent 1 move: those are reshapes.
///
/// Images with one spatial axis become images of one row. With three they stay as they are.
///
/// Source: the same idea is in Chen et al., "TVM", 2018, section 3 (layout transformation).
struct ChannelsLastLayout {
  /// The name by which `kiln inspect` knows it.
  static let name = "channels-last-layout"

  /// Whether the network's own 4-D inputs and outputs become channels-last.
  let convertsPorts: Bool

  /// Rewrites the graph.
  ///
  /// - Returns: where each value in another layout comes from.
  func run(on graph: inout Graph) throws(PassError) -> [ValueID: LayoutOrigin] {
    let ports = convertsPorts ? try graph.makePortsChannelsLast() : [:]
    var rewriter = LayoutRewriter(graph)
    for id in rewriter.graph.nodeIDs { try visit(id, &rewriter) }
    graph = rewriter.graph
    graph.removeUnused()
    return ports.merging(rewriter.origins) { port, _ in port }
  }

  private func visit(_ id: NodeID, _ rewriter: inout LayoutRewriter) throws(PassError) {
    switch rewriter.graph[id].operation {
    case let operation as any SpatialOperator: try rewriter.visitSpatial(id, operation)
    case let operation as any ChannelOperator: try rewriter.visitChannels(id, operation)
    case let operation as DepthToSpace: try rewriter.visitDepthToSpace(id, operation)
    case let operation as SpaceToDepth: try rewriter.visitSpaceToDepth(id, operation)
    case let operation as Resize: try rewriter.visitResize(id, operation)
    case let operation as ChannelAffine: try rewriter.visitChannelAffine(id, operation)
    case let operation as Reshape: try rewriter.visitReshape(id, operation)
    case let operation as Transpose: try rewriter.visitTranspose(id, operation)
    case let operation as any AxisReducing: try rewriter.visitReducing(id, operation)
    case let operation as Gather: try visitGather(id, operation, &rewriter)
    case let operation as any AxisPermutable: try rewriter.visitAgnostic(id, operation)
    default: break
    }
  }

  /// A gather keeps the axes in their places when its indices have one axis.
  private func visitGather(_ id: NodeID, _ operation: Gather, _ rewriter: inout LayoutRewriter) throws(PassError) {
    guard let indices = rewriter.graph[id].inputs[GatherOperand.indices], rewriter.graph.type(of: indices).rank == 1
    else { return }
    try rewriter.visitAgnostic(id, operation)
  }
}
