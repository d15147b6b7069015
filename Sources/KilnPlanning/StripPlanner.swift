import KilnGraph
import KilnKernels
import KilnLowering
import KilnMachine
import KilnSelection

/// Decides which layers are computed together in strips, and gives the images between them memory for a strip only.
///
/// Two convolutions are taken together when the image between them fills more than half of the second cache: written
/// and read whole, it would travel to a farther one and back. A conversion of pixels is taken together with the convolution that
/// reads the image, some rows of which stay in the first cache: of the rest there never are any numbers. A group is as long as its layers follow one another so; a
/// strip is as high as leaves it, the rows that it reads and writes, and all weights in half of that cache, which the
/// strips of several workers may share. Winograd's convolutions, whose tiles have rows of their own, are not taken.
struct StripPlanner {
  private var storage: StoragePlan
  private let target: Target
  private let algorithms: AlgorithmSelection
  private let sharing: WorkSharing
  private let chosenRows: [String: Int]
  private var valuesOfBuffer: [Buffer.ID: [ValueID]] = [:]

  /// The groups, by their last layer, and the storage with what they need.
  ///
  /// - Parameter chosenRows: rows in a strip that the cost model doesn't choose, by the name of the group's last layer. A
  ///   group that can't have them isn't made.
  static func plan(
    _ storage: StoragePlan, for target: Target, _ algorithms: AlgorithmSelection, _ sharing: WorkSharing,
    chosenRows: [String: Int] = [:]
  ) -> (groups: [NodeID: StripGroup], storage: StoragePlan) {
    var planner = StripPlanner(storage, target, algorithms, sharing, chosenRows)
    let groups = planner.groups()
    for group in groups { planner.shrinkImages(of: group) }
    let byLast = groups.compactMap { group in group.members.last.map { ($0.node, group) } }
    return (Dictionary(uniqueKeysWithValues: byLast), planner.storage)
  }

  private init(
    _ storage: StoragePlan, _ target: Target, _ algorithms: AlgorithmSelection, _ sharing: WorkSharing,
    _ chosenRows: [String: Int]
  ) {
    self.chosenRows = chosenRows
    self.storage = storage
    self.target = target
    self.algorithms = algorithms
    self.sharing = sharing
    for (value, view) in storage.views { valuesOfBuffer[view.buffer, default: []].append(value) }
  }

  private var graph: Graph { storage.graph }

  /// Of each run of layers that may be taken together the longest groups, from the front.
  private mutating func groups() -> [StripGroup] {
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

  private mutating func groups(in run: [NodeID]) -> [StripGroup] {
    var groups: [StripGroup] = []
    var rest = run[...]
    while rest.count > 1 {
      var longest: StripGroup?
      for count in (2...rest.count).reversed() {
        longest = group(of: Array(rest.prefix(count)))
        if longest != nil { break }
      }
      if let longest { groups.append(longest) }
      rest = rest.dropFirst(longest?.members.count ?? 1)
    }
    return groups
  }

  // MARK: What may be taken together

  private func isStage(_ node: Node) -> Bool {
    if node.operation is PixelConversion { return true }
    guard let input = node.inputs.first ?? nil, graph.constant(input) == nil else { return false }
    switch node.operation {
    case let convolution as Convolution:
      guard convolution.layout == .channelsLast, algorithms.allowsStrips(node) else { return false }
      guard let addend = node.addend(convolution.epilogue) else { return true }
      return addend != input && graph.constant(addend) == nil
    case let convolution as RequantizedConvolution:
      return convolution.layout == .channelsLast && convolution.window.rank == 2 && algorithms.allowsStrips(node)
    default: return false
    }
  }

  /// Whether `second` alone reads what `first` computes, an image worth keeping near.
  private func isWorthwhile(from first: NodeID, to second: NodeID) -> Bool {
    let value = graph[first].outputs[0]
    let reader = graph[second]
    guard isStage(reader), let window = reader.rowWindow, reader.inputs[LinearOperand.input] == value,
      reader.inputs.count(where: { $0 == value }) == 1,
      graph.users(of: value).allSatisfy({ $0 == second }), let buffer = storage.views[value]?.buffer,
      valuesOfBuffer[buffer]?.count == 1, storage.buffers[buffer.index].owner == .arena
    else { return false }
    let extent = window.extent(0)
    let budget = target.model.cacheBudget
    let most = graph[first].operation is PixelConversion ? budget.convertedRows : budget.image
    return window.strides[0] <= extent && extent <= graph.type(of: value).shape[1]
      && (0..<extent).contains(window.padBegin[0]) && storage.buffers[buffer.index].byteCount > most
  }

  /// The group of some layers; `nil` when its strips would be too low, would overwrite what others read, or would repeat too
  /// much of what other workers compute.
  private mutating func group(of nodes: [NodeID]) -> StripGroup? {
    let layers = nodes.map(layer)
    guard let last = layers.last, last.height >= sharing.threads else { return nil }
    let workers = sharing.threads
    // Bytes grow evenly with the rows of a strip.
    let least = byteCount(of: StripGroup(layers, stripRows: 1, workers: workers))
    let growth = byteCount(of: StripGroup(layers, stripRows: 2, workers: workers)) - least
    let room = target.model.cacheBudget.stripOfLayers - least
    guard room >= 0 || least <= largestImage(of: nodes) / 2 && workers > 1, growth > 0 else { return nil }
    let bandRows = last.height.dividedRoundingUp(by: workers)
    let most = min(bandRows, 1 + max(0, room) / growth, convertedRows(layers) ?? bandRows)
    let count = bandRows.dividedRoundingUp(by: most)
    let modelRows = bandRows.dividedRoundingUp(by: count)
    var group = StripGroup(layers, stripRows: chosenRows[graph[last.node].name] ?? modelRows, workers: workers)
    guard group.isPossible, savesTime(group) else { return nil }
    group.otherStripRows = [modelRows, modelRows * 2, modelRows / 2].filter { rows in
      rows != group.stripRows && StripGroup(layers, stripRows: rows, workers: workers).isPossible
    }
    if keepsWhatItReads(group) { return group }
    return workers > 1 && separateResult(of: group) ? group : nil
  }

  /// The rows of a convolution for which the numbers that bytes become stay in the first cache, but no fewer than make the rows
  /// that are kept fewer than those that are computed; `nil` where no bytes become numbers, or other images are larger.
  private func convertedRows(_ layers: [StripGroup.Layer]) -> Int? {
    guard layers.count == 2, let first = layers.first, graph[first.node].operation is PixelConversion,
      let member = StripGroup(layers, stripRows: 1).members.first, let image = member.image
    else { return nil }
    let rows = target.model.cacheBudget.convertedRows / max(1, rowByteCount(first.output))
    let computed = rows - image.keptRows - image.border.bottom
    return max(computed / member.scale, image.keptRows.dividedRoundingUp(by: member.scale), 1)
  }

  /// Bytes of the largest image between two of some layers.
  private func largestImage(of nodes: [NodeID]) -> Int {
    nodes.dropLast().compactMap { storage.views[graph[$0].outputs[0]] }
      .map { storage.buffers[$0.buffer.index].byteCount }.max() ?? 0
  }

  /// Whether workers would spend less time on rows that others compute too than it takes to write and read the images
  /// between the layers whole.
  private func savesTime(_ group: StripGroup) -> Bool {
    let model = target.model
    var (repeated, saved) = (0.0, 0.0)
    for member in group.members {
      guard let image = member.image, let view = storage.views[image.value] else { continue }
      let multiplyAdds = graph.multiplyAccumulates(of: graph[member.node]) / max(1, member.height)
      repeated += WorkSharing.cycles(multiplyAdds: multiplyAdds * group.repeatedRows(member), target)
      let byteCount = storage.buffers[view.buffer.index].byteCount
      let cache = model.caches.dropFirst(2).first { $0.byteCount >= byteCount }
      let shared = model.memory.peakBytesPerCycle / Double(group.workers)
      let bytesPerCycle = cache?.bytesPerCycle ?? min(model.memory.bytesPerCycle, shared)
      saved += 2 * Double(byteCount / group.workers) / bytesPerCycle
    }
    return repeated < saved
  }

  private func layer(_ id: NodeID) -> StripGroup.Layer {
    let node = graph[id]
    guard let window = node.rowWindow else { preconditionFailure("\(node.name) has no rows") }
    let output = node.outputs[0]
    let image = storage.views[output].flatMap { storage.borders[$0.buffer] }
    return StripGroup.Layer(
      node: id, output: output, height: graph.type(of: output).shape[1], extent: window.extent(0),
      stride: window.strides[0], padding: window.padBegin[0], border: image?.border ?? Border(),
      borderNumber: image?.number ?? 0)
  }

  /// Bytes of the second cache that strips touch: the images, and the rows that are read and written, of all workers whose
  /// cache it is, and the weights.
  private func byteCount(of group: StripGroup) -> Int {
    var (weights, rows) = (0, 0)
    for member in group.members {
      let node = graph[member.node]
      if let weight = node.inputs[LinearOperand.weight] { weights += graph.byteCount(of: weight) }
      rows += rowByteCount(node.outputs[0]) * (member.image?.rowCount ?? group.step(member))
    }
    if let first = group.members.first, let input = graph[first.node].inputs[LinearOperand.input] {
      let inputRows = graph.type(of: input).shape[1]
      rows += rowByteCount(input) * (group.step(first) * inputRows + first.height - 1) / first.height
    }
    let sharers = target.model.caches.dropFirst().first?.sharingCoreCount ?? 1
    return weights + rows * min(group.workers, sharers)
  }

  /// Bytes of a row of all images.
  private func rowByteCount(_ value: ValueID) -> Int {
    guard let view = storage.views[value] else { return 0 }
    return graph.type(of: value).scalar.byteCount * view.shape[0] * view.rowStride
  }

  /// Whether every strip finds the rows that it reads as they were, where the last layer writes into what another layer
  /// reads: an addend that became the result, and began as the first layer's input.
  ///
  /// Of several workers, each may write over those rows only that it alone reads: the last layer's addend.
  private func keepsWhatItReads(_ group: StripGroup) -> Bool {
    guard let last = group.members.last, let output = storage.views[graph[last.node].outputs[0]] else { return false }
    for (index, member) in group.members.enumerated() {
      let node = graph[member.node]
      guard let window = node.rowWindow else { return false }
      for (operand, value) in node.inputs.enumerated() {
        guard let value, let view = storage.views[value], view.buffer == output.buffer else { continue }
        guard view == output else { return false }
        if group.workers > 1 {
          if operand == LinearOperand.input || index + 1 < group.members.count { return false }
        } else if operand == LinearOperand.input {
          // The first row that the second strip reads, and the rows that the first has written.
          let (stride, padding) = (window.strides[0], window.padBegin[0])
          if index > 0 || member.scale * stride != last.scale || member.after * stride < padding { return false }
        } else if member.scale != last.scale || member.after < 0 {
          return false
        }
      }
    }
    return true
  }

  /// Gives a group's result, and what has taken that one's place since, a buffer of their own, which nobody reads
  /// meanwhile.
  ///
  /// - Returns: `false`, with nothing changed, where other values than whole results lie in the buffer.
  private mutating func separateResult(of group: StripGroup) -> Bool {
    guard let last = group.members.last else { return false }
    let result = graph[last.node].outputs[0]
    guard let view = storage.views[result], storage.buffers[view.buffer.index].owner == .arena,
      let values = valuesOfBuffer[view.buffer], values.allSatisfy({ storage.views[$0] == view })
    else { return false }
    var later: Set<ValueID> = []
    for id in graph.nodeIDs.drop(while: { $0 != last.node }) {
      later.formUnion(graph[id].outputs.filter(values.contains))
    }
    let separate = Buffer.ID(index: storage.buffers.count)
    storage.buffers.append(storage.buffers[view.buffer.index])
    storage.borders[separate] = storage.borders[view.buffer].map {
      BorderedImage(root: result, border: $0.border, number: $0.number)
    }
    for value in later { storage.views[value]?.buffer = separate }
    // The earlier buffer's border is made around a value that is still in it.
    let earlier = values.filter { !later.contains($0) }
    if let image = storage.borders[view.buffer], later.contains(image.root),
      let root = earlier.min(by: { $0.index < $1.index })
    {
      storage.borders[view.buffer]?.root = root
    }
    valuesOfBuffer[view.buffer] = earlier
    valuesOfBuffer[separate] = Array(later)
    return true
  }

  // MARK: Memory

  private mutating func shrinkImages(of group: StripGroup) {
    for image in group.members.compactMap(\.image) {
      guard var view = storage.views[image.value] else { continue }
      view.shape[1] = image.rowCount - image.border.top - image.border.bottom
      view.strides[0] = image.rowCount * view.rowStride
      storage.views[image.value] = view
      storage.buffers[view.buffer.index].elementCount = group.workers * view.stripImageCount
      storage.borders[view.buffer] = nil
    }
  }
}
