import KilnGraph
import KilnKernels
import KilnLowering
import KilnMachine
import KilnSelection

/// Decides which layers are computed together in strips, and gives the images between them memory for a strip only.
///
/// Two convolutions are taken together when the image between them fills more than half of the second cache: written
/// and read whole, it would travel to a farther one and back. A group is as long as its layers follow one another so; a
/// strip is as high as leaves it, the rows that it reads and writes, and all weights in half of that cache. Winograd's
/// convolutions, whose tiles have rows of their own, are not taken, and the threads of a network share layers, not strips.
struct StripPlanner {
  private var storage: StoragePlan
  private let target: Target
  private let algorithms: AlgorithmSelection
  private var valuesOfBuffer: [Buffer.ID: Int] = [:]

  /// The groups, by their last layer, and the storage with what they need.
  static func plan(
    _ storage: StoragePlan, for target: Target, _ algorithms: AlgorithmSelection
  ) -> (groups: [NodeID: StripGroup], storage: StoragePlan) {
    var planner = StripPlanner(storage, target, algorithms)
    let groups = planner.groups()
    for group in groups { planner.shrinkImages(of: group) }
    let byLast = groups.compactMap { group in group.members.last.map { ($0.node, group) } }
    return (Dictionary(uniqueKeysWithValues: byLast), planner.storage)
  }

  private init(_ storage: StoragePlan, _ target: Target, _ algorithms: AlgorithmSelection) {
    self.storage = storage
    self.target = target
    self.algorithms = algorithms
    for view in storage.views.values { valuesOfBuffer[view.buffer, default: 0] += 1 }
  }

  private var graph: Graph { storage.graph }

  /// Of each run of layers that may be taken together the longest groups, from the front.
  private func groups() -> [StripGroup] {
    var groups: [StripGroup] = []
    var run: [NodeID] = []
    for id in graph.nodeIDs {
      if let last = run.last, !isWorthwhile(from: last, to: id) {
        groups += self.groups(in: run)
        run = []
      }
      if isStage(graph[id]) { run.append(id) }
    }
    return groups + self.groups(in: run)
  }

  private func groups(in run: [NodeID]) -> [StripGroup] {
    var groups: [StripGroup] = []
    var rest = run[...]
    while rest.count > 1 {
      let longest = (2...rest.count).reversed().lazy.compactMap { self.group(of: Array(rest.prefix($0))) }.first
      if let longest { groups.append(longest) }
      rest = rest.dropFirst(longest?.members.count ?? 1)
    }
    return groups
  }

  // MARK: What may be taken together

  private func isStage(_ node: Node) -> Bool {
    guard let convolution = node.operation as? Convolution, convolution.layout == .channelsLast else { return false }
    guard let input = node.inputs[LinearOperand.input], graph.constant(input) == nil else { return false }
    guard algorithms.allowsStrips(node) else { return false }
    guard let addend = node.addend(convolution.epilogue) else { return true }
    return addend != input && graph.constant(addend) == nil
  }

  /// Whether `second` alone reads what `first` computes, an image worth keeping near.
  private func isWorthwhile(from first: NodeID, to second: NodeID) -> Bool {
    let value = graph[first].outputs[0]
    let reader = graph[second]
    guard isStage(reader), let convolution = reader.operation as? Convolution,
      reader.inputs[LinearOperand.input] == value, reader.inputs.count(where: { $0 == value }) == 1,
      graph.users(of: value).allSatisfy({ $0 == second }), let buffer = storage.views[value]?.buffer,
      valuesOfBuffer[buffer] == 1, storage.buffers[buffer.index].owner == .arena
    else { return false }
    let window = convolution.window
    let extent = window.extent(0)
    return window.strides[0] <= extent && extent <= graph.type(of: value).shape[1]
      && (0..<extent).contains(window.padBegin[0])
      && storage.buffers[buffer.index].byteCount > target.model.cacheBudget.image
  }

  /// The group of some layers; `nil` when its strips would be too low, or would overwrite what later ones read.
  private func group(of nodes: [NodeID]) -> StripGroup? {
    let layers = nodes.map(layer)
    guard let last = layers.last else { return nil }
    // Bytes grow evenly with the rows of a strip.
    let least = byteCount(of: StripGroup(layers, stripRows: 1), nodes)
    let growth = byteCount(of: StripGroup(layers, stripRows: 2), nodes) - least
    let room = target.model.cacheBudget.stripOfLayers - least
    guard room >= 0, growth > 0 else { return nil }
    let most = min(last.height, 1 + room / growth)
    let count = last.height.dividedRoundingUp(by: most)
    let group = StripGroup(layers, stripRows: last.height.dividedRoundingUp(by: count))
    // What is moved is no more than what is computed.
    let isHigh = group.members.allSatisfy { $0.step + $0.ahead > 0 && $0.image.map(\.keptRows) ?? 0 <= $0.step }
    return count > 1 && isHigh && keepsWhatItReads(group) ? group : nil
  }

  private func layer(_ id: NodeID) -> StripGroup.Layer {
    let node = graph[id]
    guard let convolution = node.operation as? Convolution else { preconditionFailure("\(node.name) has no rows") }
    let output = node.outputs[0]
    let border = storage.views[output].flatMap { storage.borders[$0.buffer]?.border }
    return StripGroup.Layer(
      node: id, output: output, height: graph.type(of: output).shape[1], extent: convolution.window.extent(0),
      stride: convolution.window.strides[0], padding: convolution.window.padBegin[0], border: border ?? Border())
  }

  /// Bytes that a strip touches: its images, the rows that it reads and writes, the weights.
  private func byteCount(of group: StripGroup, _ nodes: [NodeID]) -> Int {
    var count = 0
    for member in group.members {
      let node = graph[member.node]
      if let weight = node.inputs[LinearOperand.weight] { count += graph.byteCount(of: weight) }
      count += rowByteCount(node.outputs[0]) * (member.image?.rowCount ?? member.step)
    }
    if let first = group.members.first, let input = graph[first.node].inputs[LinearOperand.input] {
      let inputRows = graph.type(of: input).shape[1]
      count += rowByteCount(input) * (first.step * inputRows + first.height - 1) / first.height
    }
    return count
  }

  /// Bytes of a row of all images.
  private func rowByteCount(_ value: ValueID) -> Int {
    guard let view = storage.views[value] else { return 0 }
    return 4 * view.shape[0] * view.rowStride
  }

  /// Whether every strip finds the rows that it reads as they were, where the last layer writes into what another layer
  /// reads: an addend that became the result, and began as the first layer's input.
  private func keepsWhatItReads(_ group: StripGroup) -> Bool {
    guard let last = group.members.last, let output = storage.views[graph[last.node].outputs[0]] else { return false }
    for (index, member) in group.members.enumerated() {
      let node = graph[member.node]
      guard let convolution = node.operation as? Convolution else { return false }
      let window = convolution.window
      for (operand, value) in node.inputs.enumerated() {
        guard let value, let view = storage.views[value], view.buffer == output.buffer else { continue }
        guard view == output else { return false }
        if operand == LinearOperand.input {
          // The first row that the second strip reads, and the rows that the first has written.
          let (stride, padding) = (window.strides[0], window.padBegin[0])
          if index > 0 || member.step * stride != last.step || member.ahead * stride < padding { return false }
        } else if member.step != last.step || member.ahead < 0 {
          return false
        }
      }
    }
    return true
  }

  // MARK: Memory

  private mutating func shrinkImages(of group: StripGroup) {
    for image in group.members.compactMap(\.image) {
      guard var view = storage.views[image.value] else { continue }
      view.shape[1] = image.rowCount - image.border.top - image.border.bottom
      view.strides[0] = image.rowCount * view.rowStride
      storage.views[image.value] = view
      storage.buffers[view.buffer.index].elementCount = view.shape[0] * view.imageStride
      storage.borders[view.buffer] = nil
    }
  }
}
