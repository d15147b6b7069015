import KilnGraph

/// Makes convolutions of volumes convolutions of images: the planes that a result's plane depends on become channels.
///
/// With `z` for the result's plane and `k` for the kernel's, `y[n, m, z] = sum over k of conv2d(x[n, :, z * stride + k *
/// dilation - pad], w[m, :, k])`: a sum over `k` and the channels, which one convolution of `KD * C` channels does for
/// images `[N * D', G * KD * C / G, H, W]`. The planes are padded, moved to the batch, and joined once for each `k`; a
/// transposed convolution's planes are first spread `stride` apart with zeros between. Exact but for the order of the sums.
///
/// Costs a copy of the input for each plane of the kernel. Applies to constant weights.
/// Source: ONNX Conv and ConvTranspose with three spatial axes.
package struct FlattenVolumeConvolution: Pass {
  package let name = "flatten-volume-convolution"

  /// Makes the pass.
  package init() {}

  package func run(on graph: inout Graph) throws(PassError) {
    for id in graph.nodeIDs {
      let node = graph[id]
      guard node.inputs.count > LinearOperand.weight, let weight = graph.constant(node.inputs[LinearOperand.weight])
      else { continue }
      if let convolution = node.operation as? Convolution, convolution.window.rank == 3,
        convolution.layout == .channelsFirst
      {
        let planes = try planes(of: convolution, id, &graph)
        let flat = Convolution(
          window: convolution.window.axes([1, 2]), groups: convolution.groups, epilogue: convolution.epilogue)
        try flatten(id, flat, planes, try weight.joiningPlanes(), &graph)
      } else if let transposed = node.operation as? TransposedConvolution, transposed.window.rank == 3,
        transposed.layout == .channelsFirst
      {
        let planes = try planes(of: transposed, id, &graph)
        let flat = TransposedConvolution(
          window: transposed.window.axes([1, 2]), outputPadding: Array(transposed.outputPadding[1...]),
          groups: transposed.groups, epilogue: transposed.epilogue)
        try flatten(id, flat, planes, try weight.joiningPlanes(groups: transposed.groups), &graph)
      }
    }
  }

  /// The planes that the results of a convolution depend on.
  private func planes(of convolution: Convolution, _ id: NodeID, _ graph: inout Graph) throws(PassError) -> ValueID {
    let window = convolution.window
    let padded = try planesFirst(
      id, spread: 1, begin: window.padBegin[0], end: window.padEnd[0], groups: convolution.groups, &graph)
    let starts = (0..<window.kernel[0]).map { $0 * window.dilations[0] }
    return try joined(padded, id, starts: starts, step: window.strides[0], &graph)
  }

  /// The planes that the results of a transposed convolution depend on: result `z` on `z + pad - k * dilation` of the
  /// spread planes.
  private func planes(
    of transposed: TransposedConvolution, _ id: NodeID, _ graph: inout Graph
  ) throws(PassError) -> ValueID {
    let window = transposed.window
    let last = (window.kernel[0] - 1) * window.dilations[0]
    let depth = inputShape(id, graph)[2] * window.strides[0]
    let begin = max(0, last - window.padBegin[0])
    let end = max(0, graph.type(of: graph[id].outputs[0]).shape[2] + window.padBegin[0] - depth)
    let padded = try planesFirst(
      id, spread: window.strides[0], begin: begin, end: end, groups: transposed.groups, &graph)
    let starts = (0..<window.kernel[0]).map { begin + window.padBegin[0] - $0 * window.dilations[0] }
    return try joined(padded, id, starts: starts, step: 1, &graph)
  }

  private func inputShape(_ id: NodeID, _ graph: Graph) -> [Int] {
    graph[id].inputs[LinearOperand.input].map { graph.type(of: $0).shape } ?? []
  }

  /// The input as `[N, D, G, C / G, H, W]` with zeros between, before and after the planes.
  private func planesFirst(
    _ id: NodeID, spread: Int, begin: Int, end: Int, groups: Int, _ graph: inout Graph
  ) throws(PassError) -> ValueID {
    let (node, shape) = (graph[id], inputShape(id, graph))
    var value = try graph.add(
      Transpose([0, 2, 1, 3, 4]), name: "\(node.name).planes", inputs: [node.inputs[LinearOperand.input]], before: id)
    func reshape(_ shape: [Int], _ suffix: String) throws(PassError) {
      value = try graph.add(Reshape(to: shape), name: "\(node.name).\(suffix)", inputs: [value], before: id)
    }
    func pad(_ begin: [Int], _ end: [Int], _ suffix: String) throws(PassError) {
      if (begin + end).allSatisfy({ $0 == 0 }) { return }
      value = try graph.add(
        Pad(begin: begin, end: end, mode: .constant(0)), name: "\(node.name).\(suffix)", inputs: [value], before: id)
    }
    let plane = shape[1] * shape[3] * shape[4]
    try reshape([shape[0], shape[2], 1, plane], "rows")
    try pad([0, 0, 0, 0], [0, 0, spread - 1, 0], "spread")
    try reshape([shape[0], shape[2] * spread, plane], "planes")
    try pad([0, begin, 0], [0, end, 0], "padded")
    try reshape(
      [shape[0], shape[2] * spread + begin + end, groups, shape[1] / groups, shape[3], shape[4]], "groups")
    return value
  }

  /// Images whose channels are those of the planes at each of `starts` and `step` apart from there.
  private func joined(
    _ planes: ValueID, _ id: NodeID, starts: [Int], step: Int, _ graph: inout Graph
  ) throws(PassError) -> ValueID {
    let node = graph[id]
    var shape = graph.type(of: planes).shape
    shape[1] = graph.type(of: node.outputs[0]).shape[2]
    var parts: [ValueID] = []
    for (number, start) in starts.enumerated() {
      let slice = Slice(
        starts: [0, start, 0, 0, 0, 0], counts: shape, steps: [1, step, 1, 1, 1, 1])
      parts.append(try graph.add(slice, name: "\(node.name).plane\(number)", inputs: [planes], before: id))
    }
    if parts.count > 1 {
      parts = [try graph.add(Concat(axis: 3), name: "\(node.name).joined", inputs: parts, before: id)]
    }
    return try graph.add(
      Reshape(to: [shape[0] * shape[1], shape[2] * shape[3] * starts.count, shape[4], shape[5]]),
      name: "\(node.name).images", inputs: parts, before: id)
  }

  /// Replaces a node by an operator on images, whose results become the planes of volumes.
  private func flatten(
    _ id: NodeID, _ operation: any EpilogueOperator, _ planes: ValueID, _ weight: Tensor, _ graph: inout Graph
  ) throws(PassError) {
    let node = graph[id]
    let result = graph.type(of: node.outputs[0]).shape
    let flat = [result[0] * result[2], result[1], result[3], result[4]]
    var inputs = node.inputs
    inputs[LinearOperand.input] = planes
    inputs[LinearOperand.weight] = graph.addConstant("\(node.name).weight", weight)
    if inputs.count > LinearOperand.addend, let addend = inputs[LinearOperand.addend] {
      let moved = try graph.add(
        Transpose([0, 2, 1, 3, 4]), name: "\(node.name).addend", inputs: [addend], before: id)
      inputs[LinearOperand.addend] = try graph.add(
        Reshape(to: flat), name: "\(node.name).addend", inputs: [moved], before: id)
    }
    let images = try graph.add(
      operation, name: node.name, inputs: inputs, outputName: "\(node.name).results", folded: node.folded, before: id)
    let volumes = try graph.add(
      Reshape(to: [result[0], result[2], result[1], result[3], result[4]]), name: "\(node.name).volumes",
      inputs: [images], before: id)
    graph.replace(id, with: Transpose([0, 2, 1, 3, 4]), inputs: [volumes], name: "\(node.name).volume")
  }
}

extension Tensor {
  /// A convolution's weight `[M, C, KD, KH, KW]` as `[M, KD * C, KH, KW]`.
  fileprivate func joiningPlanes() throws(PassError) -> Tensor {
    try permuted(by: [0, 2, 1, 3, 4]).reshaped(to: [shape[0], shape[2] * shape[1], shape[3], shape[4]])
  }

  /// A transposed convolution's weight `[G * C, M, KD, KH, KW]` as `[G * KD * C, M, KH, KW]`.
  fileprivate func joiningPlanes(groups: Int) throws(PassError) -> Tensor {
    let split = reshaped(to: [groups, shape[0] / groups, shape[1], shape[2], shape[3], shape[4]])
    return try split.permuted(by: [0, 3, 1, 2, 4, 5])
      .reshaped(to: [shape[2] * shape[0], shape[1], shape[3], shape[4]])
  }
}
