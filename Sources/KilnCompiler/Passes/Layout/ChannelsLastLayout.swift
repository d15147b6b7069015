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
  /// Whether the network's own 4-D inputs and outputs become channels-last.
  let convertsPorts: Bool

  /// Rewrites the graph.
  ///
  /// - Returns: where each value in another layout comes from.
  func run(on graph: inout Graph) throws(PassError) -> [ValueID: LayoutOrigin] {
    var rewriter = LayoutRewriter(graph)
    if convertsPorts { try rewriter.convertPorts() }
    for id in rewriter.graph.nodeIDs { try visit(id, &rewriter) }
    graph = rewriter.graph
    graph.removeUnused()
    return rewriter.origins
  }

  private func visit(_ id: NodeID, _ rewriter: inout LayoutRewriter) throws(PassError) {
    switch rewriter.graph[id].operation {
    case let operation as any SpatialOperator: try rewriter.visitSpatial(id, operation)
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
    guard let indices = rewriter.graph[id].inputs[1], rewriter.graph.type(of: indices).rank == 1 else { return }
    try rewriter.visitAgnostic(id, operation)
  }
}

extension LayoutRewriter {
  /// Makes the network's 4-D inputs and outputs channels-last: they change their types and keep their names.
  mutating func convertPorts() throws(PassError) {
    let permutation = [Int].channelsLast(rank: 4)
    for input in graph.inputs where graph.type(of: input).rank == 4 {
      let (name, type) = (graph[input].name, graph.type(of: input))
      graph.setType(of: input, to: TensorType(type.scalar, type.shape.permuted(by: permutation)))
      setOrigin(of: input, name: name, permutation: permutation)
      let back = Transpose(permutation.inversePermutation)
      let original = try graph.add(back, name: name + ".nchw", inputs: [input], before: graph.nodeIDs.first)
      graph.replaceUses(of: input, with: original)
      if let node = graph.producer(of: original) { graph.replace(node, with: back, inputs: [input]) }
    }
    for (index, output) in graph.outputs.enumerated() where graph.type(of: output.value).rank == 4 {
      let name = output.name + permutation.layoutSuffix
      let result: ValueID
      if let constant = graph.constant(output.value) {
        result = graph.addConstant(name, try constant.permuted(by: permutation))
      } else {
        result = try graph.add(Transpose(permutation), name: name, inputs: [output.value], before: nil)
        setOrigin(of: result, name: graph[output.value].name, permutation: permutation)
      }
      graph.setOutput(index, to: result)
    }
  }
}
