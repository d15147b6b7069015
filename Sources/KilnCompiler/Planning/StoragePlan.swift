import KilnGraph

/// Where every value of a program lies: which share memory, which have a border of zeros, how each is strided.
struct StoragePlan {
  /// The graph, with the paddings that had to be made explicit and the copies that results needed.
  var graph: Graph
  /// Each computed value's and each model input's view.
  var views: [ValueID: View]
  /// The runs of memory.
  var buffers: [Buffer]
  /// Buffers that need zeros around their images, with the value that fills them.
  var borders: [Buffer.ID: BorderedImage]
}

/// A buffer of channels-last images with zeros around each.
struct BorderedImage {
  /// The value that is the whole buffer.
  var root: ValueID
  /// The zeros.
  var border: Border
}

/// Decides storage.
///
/// Concat's operands are placed inside its result, Slice's results inside its operand, both sides of a Reshape on each
/// other, and the result of an elementwise last step on an operand that nobody needs any more, wherever the kernels
/// on both sides can work with that; what remains is copied by the operators' own lowerings. Then every value that a
/// padded convolution reads gets a border of zeros, where nobody needs it dense; elsewhere the padding becomes a Pad.
struct StoragePlanner {
  private var graph: Graph
  private var forest: AliasForest
  private var position: [NodeID: Int] = [:]
  private var storage: [NodeID: NodeStorage] = [:]
  /// Values that a kernel, or the caller, reads or writes as one dense run.
  private var mustBeDense: Set<ValueID> = []
  /// Values in the caller's memory.
  private var external: Set<ValueID> = []

  /// Plans the storage of a graph all of whose nodes can be lowered.
  static func plan(_ graph: Graph) -> StoragePlan {
    var graph = graph
    copySharedResults(in: &graph)
    while true {
      var planner = StoragePlanner(graph)
      planner.shareMemory()
      guard planner.makePaddingExplicit() else { return planner.layOut() }
      graph = planner.graph
    }
  }

  private init(_ graph: Graph) {
    self.graph = graph
    forest = AliasForest(graph: graph)
    external = Set(graph.inputs + graph.outputs.map(\.value))
    mustBeDense = external
    for (index, id) in graph.nodeIDs.enumerated() {
      let node = graph[id]
      position[id] = index
      let request = Lowerings.lowering(for: node.operation)?.storage(node, graph) ?? NodeStorage()
      storage[id] = request
      if node.operation is Concat || node.operation is Slice { continue }
      for (operand, value) in node.inputs.enumerated() where !request.stridedInputs.contains(operand) {
        if let value, graph.constant(value) == nil { mustBeDense.insert(value) }
      }
      for (index, value) in node.outputs.enumerated() where index > 0 || !request.stridedOutput {
        mustBeDense.insert(value)
      }
    }
  }

  /// A result that is a constant, a model input, or another result too gets a copy of its own.
  private static func copySharedResults(in graph: inout Graph) {
    var taken = Set(graph.inputs)
    for (index, output) in graph.outputs.enumerated() {
      let isFirst = taken.insert(output.value).inserted
      guard !isFirst || graph.constant(output.value) != nil else { continue }
      let copy = Reshape(to: graph.type(of: output.value).shape)
      guard let value = try? graph.insert(copy, name: output.name, inputs: [output.value])[0] else { continue }
      graph.setOutput(index, to: value)
    }
  }

  // MARK: Sharing

  private mutating func shareMemory() {
    for id in graph.nodeIDs {
      let node = graph[id]
      switch node.operation {
      case is Reshape: shareReshape(node)
      case let slice as Slice: shareSlice(slice, node)
      case let concat as Concat: shareConcat(concat, node)
      default: shareInPlace(id, node)
      }
    }
  }

  private mutating func shareReshape(_ node: Node) {
    guard let input = node.inputs[0], graph.constant(input) == nil else { return }
    let output = node.outputs[0]
    // The result is the parent where it will itself be placed in a larger value, or is the caller's.
    let prefersOutput = external.contains(output) || graph.users(of: output).contains { graph[$0].operation is Concat }
    if prefersOutput, !external.contains(input), forest.isRoot(input), tryPlacing(input, in: output, .reshape) {
      return
    }
    if !external.contains(output) { _ = tryPlacing(output, in: input, .reshape) }
  }

  private mutating func shareSlice(_ slice: Slice, _ node: Node) {
    guard let input = node.inputs[0], graph.constant(input) == nil, !external.contains(node.outputs[0]) else { return }
    _ = tryPlacing(node.outputs[0], in: input, .block(starts: slice.starts, steps: slice.steps))
  }

  private mutating func shareConcat(_ concat: Concat, _ node: Node) {
    let output = node.outputs[0]
    var starts = [Int](repeating: 0, count: graph.type(of: output).rank)
    let steps = [Int](repeating: 1, count: starts.count)
    for input in node.inputs.compactMap(\.self) {
      if graph.constant(input) == nil, !external.contains(input), forest.isRoot(input), forest.root(of: output) != input
      {
        _ = tryPlacing(input, in: output, .block(starts: starts, steps: steps))
      }
      starts[concat.axis] += graph.type(of: input).shape[concat.axis]
    }
  }

  private mutating func shareInPlace(_ id: NodeID, _ node: Node) {
    guard let here = position[id], let request = storage[id] else { return }
    let output = node.outputs[0]
    for operand in request.inPlaceInputs {
      guard let input = node.inputs[operand], graph.constant(input) == nil,
        graph.type(of: input) == graph.type(of: output), forest.root(of: input) != forest.root(of: output)
      else { continue }
      let family = forest.members(with: input)
      let isLastReader = family.allSatisfy { member in
        graph.users(of: member).allSatisfy { position[$0].map { $0 <= here } ?? true }
      }
      let isOnlyOperand = node.inputs.filter { $0.map { family.contains($0) } ?? false }.count == 1
      guard isLastReader, isOnlyOperand, !external.contains(forest.root(of: input)),
        bordersAgree(family, forest.members(with: output))
      else { continue }
      let rank = graph.type(of: output).rank
      let whole = AliasForest.Placement.block(
        starts: Array(repeating: 0, count: rank), steps: Array(repeating: 1, count: rank))
      if forest.isRoot(input) ? tryPlacing(input, in: output, whole) : tryPlacing(output, in: input, whole) { return }
    }
  }

  /// Whether sharing costs no border: not one side needs a border while the other must be dense.
  private func bordersAgree(_ a: [ValueID], _ b: [ValueID]) -> Bool {
    let together = a + b
    return !(together.contains { wantsBorder($0) } && together.contains { mustBeDense.contains($0) })
  }

  private func wantsBorder(_ value: ValueID) -> Bool {
    graph.users(of: value).contains { user in
      graph[user].inputs[0] == value && !(storage[user]?.border.isEmpty ?? true)
    }
  }

  /// Places `child` in `parent` if every value inside it can still be used as its kernels ask.
  private mutating func tryPlacing(_ child: ValueID, in parent: ValueID, _ placement: AliasForest.Placement) -> Bool {
    guard forest.isRoot(child), forest.root(of: parent) != child, !external.contains(child) else { return false }
    forest.place(child, in: parent, placement)
    let fits = forest.subtree(of: child).allSatisfy { member in
      guard let layout = forest.denseRootLayout(of: member) else { return false }
      let shape = graph.type(of: member).shape
      if isDense(shape, layout.strides) { return true }
      return !mustBeDense.contains(member) && shape.count == 4 && (layout.strides[3] == 1 || shape[3] == 1)
        && layout.strides.allSatisfy { $0 > 0 }
    }
    if !fits { forest.detach(child) }
    return fits
  }

  // MARK: Borders

  /// Gives each padded convolution whose input can't have a border a Pad in front. Returns whether there was one.
  private mutating func makePaddingExplicit() -> Bool {
    var pads: [PadKey: ValueID] = [:]
    for id in graph.nodeIDs {
      guard let border = storage[id]?.border, !border.isEmpty, let input = graph[id].inputs[0],
        !canHaveBorder(input)
      else { continue }
      let node = graph[id]
      let padded: ValueID
      if let existing = pads[PadKey(value: input, border: border)] {
        padded = existing
      } else {
        let pad = Pad(
          begin: [0, border.top, border.left, 0], end: [0, border.bottom, border.right, 0], mode: .constant(0))
        guard let value = try? graph.insert(pad, name: "\(graph[input].name).padded", inputs: [input], before: id)[0]
        else { continue }
        pads[PadKey(value: input, border: border)] = value
        padded = value
      }
      graph.replace(id, with: node.operation.readingPadded(by: border), inputs: [padded] + node.inputs.dropFirst())
    }
    return !pads.isEmpty
  }

  private struct PadKey: Hashable {
    var value: ValueID
    var border: Border
  }

  /// Whether the images around `value` can be given zeros: it spans its root's images, and everybody who shares the
  /// memory can live with strides.
  private func canHaveBorder(_ value: ValueID) -> Bool {
    let root = forest.root(of: value)
    let shape = graph.type(of: value).shape
    let rootShape = graph.type(of: root).shape
    return graph.constant(value) == nil && shape.count == 4 && rootShape.count == 4
      && shape.dropLast() == rootShape.dropLast()
      && forest.subtree(of: root).allSatisfy { !mustBeDense.contains($0) }
  }

  // MARK: Layout

  private func layOut() -> StoragePlan {
    var plan = StoragePlan(graph: graph, views: [:], buffers: [], borders: [:])
    let computed = graph.nodeIDs.flatMap { graph[$0].outputs }
    for root in graph.inputs + computed where forest.isRoot(root) {
      let members = forest.subtree(of: root)
      let border = members.reduce(Border()) { $0.union(self.border(around: $1)) }
      var shape = graph.type(of: root).shape
      var offset = 0
      if !border.isEmpty {
        shape[1] += border.top + border.bottom
        shape[2] += border.left + border.right
      }
      let strides = shape.rowMajorStrides
      if !border.isEmpty { offset = border.top * strides[1] + border.left * strides[2] }
      let buffer = Buffer.ID(index: plan.buffers.count)
      plan.buffers.append(
        Buffer(owner: owner(of: root), scalar: graph.type(of: root).scalar, elementCount: shape.elementCount))
      if !border.isEmpty { plan.borders[buffer] = BorderedImage(root: root, border: border) }
      for member in members {
        guard let layout = forest.layout(of: member, rootOffset: offset, rootStrides: strides) else {
          preconditionFailure("\(graph[member].name) can't be viewed")
        }
        plan.views[member] = View(
          buffer: buffer, offset: layout.offset, shape: graph.type(of: member).shape, strides: layout.strides)
      }
    }
    return plan
  }

  private func border(around value: ValueID) -> Border {
    graph.users(of: value).reduce(Border()) { border, user in
      graph[user].inputs[0] == value ? border.union(storage[user]?.border ?? Border()) : border
    }
  }

  private func owner(of root: ValueID) -> Buffer.Owner {
    if let index = graph.inputs.firstIndex(of: root) { return .input(index) }
    if let index = graph.outputs.firstIndex(where: { $0.value == root }) { return .output(index) }
    return .arena
  }
}

extension Operator {
  /// The operator that computes the same from an input with `border` zeros already around it.
  fileprivate func readingPadded(by border: Border) -> any Operator {
    switch self {
    case var convolution as Convolution:
      let needed = (begin: convolution.window.padBegin, end: convolution.window.padEnd)
      convolution.window.padBegin = [needed.begin[0] - border.top, needed.begin[1] - border.left]
      convolution.window.padEnd = [needed.end[0] - border.bottom, needed.end[1] - border.right]
      return convolution
    case var transposed as TransposedConvolution:
      let strides = transposed.window.strides
      transposed.window.padBegin[0] += border.top * strides[0]
      transposed.window.padBegin[1] += border.left * strides[1]
      transposed.window.padEnd[0] += border.bottom * strides[0]
      transposed.window.padEnd[1] += border.right * strides[1]
      return transposed
    default:
      preconditionFailure("\(name) has no padding")
    }
  }
}
