import KilnGraph

/// Pools volumes plane by plane and then across planes: a window of three axes is one of the last two followed by one of the
/// first.
///
/// A maximum of maxima is the maximum. A mean of means is the mean, because the elements counted in a window are as many in
/// each of its planes; a p-norm of p-norms is the p-norm. What differs is rounding. `[N, C, D, H, W]` is pooled as
/// `[N, C * D, H, W]`, then as `[N, C, D, H' * W']`. Maxima whose indices are asked for stay whole.
///
/// Source: ONNX MaxPool, AveragePool, LpPool with three spatial axes.
package struct SplitVolumePooling: Pass {
  package let name = "split-volume-pooling"

  /// Makes the pass.
  package init() {}

  package func run(on graph: inout Graph) throws(PassError) {
    for id in graph.nodeIDs {
      guard let pool = graph[id].operation as? Pool, pool.window.rank == 3, pool.layout == .channelsFirst,
        let input = graph[id].data, graph.type(of: input).scalar == .float32
      else { continue }
      if case .maximumWithIndices = pool.kind { continue }
      try split(id, pool, input, &graph)
    }
  }

  private func split(_ id: NodeID, _ pool: Pool, _ input: ValueID, _ graph: inout Graph) throws(PassError) {
    let node = graph[id]
    let (shape, result) = (graph.type(of: input).shape, graph.type(of: node.outputs[0]).shape)
    let planes = try graph.add(
      Reshape(to: [shape[0], shape[1] * shape[2], shape[3], shape[4]]), name: "\(node.name).planes", inputs: [input],
      before: id)
    let pooled = try graph.add(
      Pool(pool.kind, window: pool.window.axes([1, 2]), roundsUp: pool.roundsUp), name: "\(node.name).plane",
      inputs: [planes], folded: node.folded, before: id)
    let columns = try graph.add(
      Reshape(to: [shape[0], shape[1], shape[2], result[3] * result[4]]), name: "\(node.name).columns",
      inputs: [pooled], before: id)
    var across = pool.window.axes([0])
    across = Window(
      kernel: across.kernel + [1], strides: across.strides + [1], dilations: across.dilations + [1],
      padBegin: across.padBegin + [0], padEnd: across.padEnd + [0])
    let last = try graph.add(
      Pool(pool.kind, window: across, roundsUp: pool.roundsUp), name: node.name, inputs: [columns],
      outputName: "\(node.name).flat", before: id)
    graph.replace(id, with: Reshape(to: result), inputs: [last], name: "\(node.name).volume")
  }
}

extension Window {
  /// The window along some of its axes.
  func axes(_ axes: [Int]) -> Window {
    Window(
      kernel: axes.map { kernel[$0] }, strides: axes.map { strides[$0] }, dilations: axes.map { dilations[$0] },
      padBegin: axes.map { padBegin[$0] }, padEnd: axes.map { padEnd[$0] })
  }
}
