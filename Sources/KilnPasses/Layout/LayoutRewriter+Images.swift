import KilnGraph
import KilnKernels

extension LayoutRewriter {
  /// Makes an operator that moves a window over an image channels-last.
  ///
  /// One spatial axis becomes an image of one row; three stay as they are.
  mutating func visitSpatial(_ id: NodeID, _ operation: some SpatialOperator) throws(PassError) {
    let node = graph[id]
    let hasSecondResult = node.outputs.dropFirst().contains { !graph.users(of: $0).isEmpty || graph.isOutput($0) }
    guard operation.layout == .channelsFirst, (1...2).contains(operation.window.rank), !hasSecondResult,
      !staysPlanar(operation, node)
    else { return }
    guard var operation = operation.supportsChannelsLast ? operation : operation.withoutIndices else { return }
    let rank = operation.window.rank + 2
    let permutation = [Int].channelsLast(rank: rank)
    let isRow = operation.window.rank == 1
    operation.layout = .channelsLast
    if isRow { operation = operation.overRows }
    var inputs = node.inputs
    for (index, value) in inputs.enumerated() {
      guard let value else { continue }
      let name = graph[value].name
      switch index {
      case LinearOperand.input, LinearOperand.addend:
        let twin = try permuted(value, by: permutation, before: id)
        let shape = graph.type(of: twin).shape
        inputs[index] =
          isRow ? try reshape(twin, to: [shape[0], 1] + shape[1...], name: name + ".row", before: id) : twin
      case LinearOperand.weight where isRow:
        let shape = graph.type(of: value).shape
        inputs[index] = try reshape(value, to: shape[...1] + [1] + shape[2...], name: name + ".row", before: id)
      default: break
      }
    }
    let twinName = name(of: id, permutation: permutation)
    var result = try graph.add(
      operation, name: node.name, inputs: inputs, outputName: isRow ? twinName + ".row" : twinName,
      folded: node.folded, before: id)
    if isRow {
      let shape = graph.type(of: result).shape
      result = try reshape(result, to: [shape[0]] + shape[2...], name: twinName, before: id)
    }
    try replace(id, byTwin: result, permutation: permutation)
  }

  /// Whether a convolution of few planes to few has its input as planes, and nobody wants the result otherwise.
  private func staysPlanar(_ operation: some SpatialOperator, _ node: Node) -> Bool {
    guard let convolution = operation as? Convolution, let input = node.inputs[LinearOperand.input] else {
      return false
    }
    // Tiles of float16 are of channels.
    guard graph.type(of: input).scalar == .float32 else { return false }
    return convolution.suitsPlanes(input: graph.type(of: input), output: graph.type(of: node.outputs[0]))
      && twin(of: input) == nil && !isWantedChannelsLast(node.outputs[0])
  }

  /// Makes a normalisation channels-last where its input is, or somebody after wants it so.
  mutating func visitChannels(_ id: NodeID, _ operation: some ChannelOperator) throws(PassError) {
    let node = graph[id]
    guard let input = node.data, operation.layout == .channelsFirst else { return }
    let rank = graph.type(of: input).rank
    guard rank >= 3 else { return }
    let permutation = [Int].channelsLast(rank: rank)
    guard twin(of: input)?.permutation == permutation || isWantedChannelsLast(node.outputs[0]) else { return }
    var (operation, inputs) = (operation, node.inputs)
    operation.layout = .channelsLast
    for index in [LinearOperand.input, LinearOperand.addend] where inputs.indices.contains(index) {
      inputs[index] = try inputs[index].map { value throws(PassError) in
        try permuted(value, by: permutation, before: id)
      }
    }
    let result = try graph.add(
      operation, name: node.name, inputs: inputs, outputName: name(of: id, permutation: permutation),
      folded: node.folded, before: id)
    try replace(id, byTwin: result, permutation: permutation)
  }

  /// Resamples images channels-last where neither the batch nor the channels are resampled.
  mutating func visitResize(_ id: NodeID, _ operation: Resize) throws(PassError) {
    guard let input = graph[id].data else { return }
    let shape = graph.type(of: input).shape
    guard (3...4).contains(shape.count), shape[...1] == operation.shape[...1] else {
      return try visitAgnostic(id, operation)
    }
    let permutation = [Int].channelsLast(rank: shape.count)
    var twin = try permuted(input, by: permutation, before: id)
    var moved = operation.permutingAxes(by: permutation)
    let node = graph[id]
    let twinName = name(of: id, permutation: permutation)
    guard shape.count == 3 else {
      let result = try graph.add(
        moved, name: node.name, inputs: [twin], outputName: twinName, folded: node.folded, before: id)
      return try replace(id, byTwin: result, permutation: permutation)
    }
    let row = graph.type(of: twin).shape
    twin = try reshape(twin, to: [row[0], 1] + row[1...], name: graph[input].name + ".row", before: id)
    moved.shape.insert(1, at: 1)
    moved.scales.insert(1, at: 1)
    if case .crop(var start, var end, let extrapolation) = moved.coordinates {
      start.insert(0, at: 1)
      end.insert(1, at: 1)
      moved.coordinates = .crop(start: start, end: end, extrapolation: extrapolation)
    }
    let image = try graph.add(
      moved, name: node.name, inputs: [twin], outputName: twinName + ".row", folded: node.folded, before: id)
    let result = try reshape(
      image, to: operation.shape.permuted(by: permutation), name: twinName, before: id)
    try replace(id, byTwin: result, permutation: permutation)
  }

  /// Makes a per-channel multiply-add one over the last axis, which is where it stays if it is.
  mutating func visitChannelAffine(_ id: NodeID, _ operation: ChannelAffine) throws(PassError) {
    guard let input = graph[id].data else { return }
    let rank = graph.type(of: input).rank
    if let twin = twin(of: input), twin.permutation.last == operation.axis {
      return try visit(id, operation, permutation: twin.permutation)
    }
    guard operation.axis != rank - 1 else { return }
    let permutation = (0..<rank).filter { $0 != operation.axis } + [operation.axis]
    try visit(id, operation, permutation: permutation)
  }

  /// Writes the move of channels into the image as a transposition of the image's axes and the block's.
  ///
  /// Channels last, `[N, H, W, b, b, C]` (or with the channel outside, `[N, H, W, C, b, b]`) becomes
  /// `[N, H, b, W, b, C]`.
  mutating func visitDepthToSpace(_ id: NodeID, _ operation: DepthToSpace) throws(PassError) {
    guard let input = graph[id].data else { return }
    let (shape, block) = (graph.type(of: input).shape, operation.block)
    let channels = shape[1] / (block * block)
    let split = operation.channelIsOuter ? [channels, block, block] : [block, block, channels]
    try rearrange(
      id, input, through: [shape[0], shape[2], shape[3]] + split,
      by: operation.channelIsOuter ? [0, 1, 4, 2, 5, 3] : [0, 1, 3, 2, 4, 5],
      to: [shape[0], shape[2] * block, shape[3] * block, channels])
  }

  /// Writes the move of the image into channels as a transposition: channels last, `[N, H, b, W, b, C]` becomes
  /// `[N, H, W, b, b, C]`.
  mutating func visitSpaceToDepth(_ id: NodeID, _ operation: SpaceToDepth) throws(PassError) {
    guard let input = graph[id].data else { return }
    let (shape, block) = (graph.type(of: input).shape, operation.block)
    let (rows, columns) = (shape[2] / block, shape[3] / block)
    try rearrange(
      id, input, through: [shape[0], rows, block, columns, block, shape[1]], by: [0, 1, 3, 2, 4, 5],
      to: [shape[0], rows, columns, shape[1] * block * block])
  }

  private mutating func rearrange(
    _ id: NodeID, _ input: ValueID, through split: [Int], by order: [Int], to shape: [Int]
  ) throws(PassError) {
    let permutation = [Int].channelsLast(rank: 4)
    let node = graph[id]
    let image = try permuted(input, by: permutation, before: id)
    let blocks = try reshape(image, to: split, name: "\(node.name).blocks", before: id)
    let moved = try graph.add(
      Transpose(order), name: node.name, inputs: [blocks], outputName: "\(node.name).moved", folded: node.folded,
      before: id)
    let result = try reshape(moved, to: shape, name: name(of: id, permutation: permutation), before: id)
    try replace(id, byTwin: result, permutation: permutation)
  }
}

extension SpatialOperator {
  /// The operator without its second result; `nil` when it isn't a pooling.
  fileprivate var withoutIndices: Self? {
    guard var pool = self as? Pool else { return nil }
    pool.kind = .maximum
    return pool as? Self
  }
}
