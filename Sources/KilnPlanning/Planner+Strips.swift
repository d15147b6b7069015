import KilnGraph
import KilnKernels
import KilnLowering
import KilnSelection

/// The calls of layers that are computed together in strips.
extension Planner {
  /// The convolutions of a group.
  package static func sites(of group: StripGroup, _ context: LoweringContext) -> [WeightedSite] {
    var context = context
    return group.members.enumerated().flatMap { index, member in
      context.strip = StripExtent(most: member.rowCount, member: index)
      return Lowerings.sites(of: context.graph[member.node], context)
    }
  }

  /// The layer that a group becomes, without what its result needs before.
  package static func layer(of group: StripGroup, _ context: inout LoweringContext) -> Program.Layer? {
    var strips = Program.Strips(
      height: group.height, stripRows: group.stripRows, otherStripRows: group.otherStripRows, workers: group.workers,
      callsBefore: [], members: [])
    context.stripWorkspaceCount = 0
    for (index, member) in group.members.enumerated() {
      let node = context.graph[member.node]
      guard let lowering = Lowerings.lowering(for: node.operation) else { return nil }
      context.strip = StripExtent(most: member.rowCount, member: index)
      let calls = lowering.calls(node, &context).map { group.moved($0, of: index, context) }
      context.strip = nil
      strips.callsBefore += calls.filter(\.isPreparation)
      var lowered = Program.Strips.Member(
        node: node, height: member.height, scale: member.scale, after: member.after, before: member.before,
        calls: calls.filter { !$0.isPreparation }, callsBelow: [], callsAfter: [])
      if let image = member.image {
        let view = context.view(image.value)
        let scalar = context.graph.type(of: image.value).scalar
        strips.callsBefore += image.borderAround(view, of: scalar)
        lowered.callsBelow = image.borderBelow(row: member.height, view, of: scalar, next: index + 1)
        lowered.callsAfter = image.keeping(view, next: index + 1)
      }
      strips.members.append(lowered)
    }
    guard let node = strips.members.last?.node else { return nil }
    if group.workers > 1 { strips.separateWorkers(images: Set(group.members.compactMap(\.image?.value)), context) }
    return Program.Layer(node: node, calls: [], strips: strips)
  }
}

extension Program.Strips {
  /// Gives each worker a part of its own of the images between the layers, and of the workspace.
  fileprivate mutating func separateWorkers(images: Set<ValueID>, _ context: LoweringContext) {
    let workspaceStep = allCalls.reduce(0) { max($0, $1.workspaceCount) }
    func separate(_ operand: inout Operand) {
      switch operand.memory {
      case .value(let value):
        if images.contains(value) { operand.workerStep = context.view(value).stripImageCount }
      case .workspace: operand.workerStep = workspaceStep
      case .table: break
      }
    }
    func separate(_ calls: inout [KernelCall]) {
      for index in calls.indices { calls[index].kernel.update(reads: separate, writes: separate) }
    }
    separate(&callsBefore)
    for index in members.indices {
      separate(&members[index].calls)
      separate(&members[index].callsBelow)
      separate(&members[index].callsAfter)
    }
  }
}

extension View {
  /// Elements of the rows in memory of all images between two layers.
  var stripImageCount: Int { shape[0] * imageStride }
}

extension StripGroup {
  /// A call with pointers that move from strip to strip.
  ///
  /// Images between two layers begin with the rows that the later reads; all other memory is whole.
  fileprivate func moved(_ call: KernelCall, of index: Int, _ context: LoweringContext) -> KernelCall {
    let node = context.graph[members[index].node]
    let input = node.inputs[LinearOperand.input]
    let stride = node.rowWindow?.strides[0] ?? 1
    var call = call
    call.kernel.update(
      reads: { operand in
        guard let value = operand.value else { return }
        let rowStride = context.view(value).rowStride
        if value != input {
          operand.moves = [StripMove(member: index, elements: rowStride)]
        } else if index == 0 {
          operand.moves = [StripMove(member: 0, elements: stride * rowStride)]
        }
      },
      writes: { operand in
        guard let value = operand.value else { return }
        let rowStride = context.view(value).rowStride
        operand.moves = [StripMove(member: index, elements: rowStride)]
        if let image = members[index].image {
          operand.moves.append(StripMove(member: index + 1, elements: -image.stride * rowStride))
        }
      })
    return call
  }
}

extension StripGroup.Image {
  /// Makes the border above and beside the rows in memory, once.
  fileprivate func borderAround(_ view: View, of scalar: ScalarType) -> [KernelCall] {
    var border = border
    border.bottom = 0
    if border.isEmpty { return [] }
    var shape = view.shape
    shape[1] = rowCount - border.top
    return borderCalls(
      around: Operand(.value(value)), shape, strides: view.strides, border, number: borderNumber, of: scalar)
  }

  /// Makes the border below the image's last row.
  fileprivate func borderBelow(row: Int, _ view: View, of scalar: ScalarType, next: Int) -> [KernelCall] {
    if border.bottom == 0 { return [] }
    var below = border
    below.top = 0
    var shape = view.shape
    shape[1] = 0
    var first = Operand(.value(value), offset: row * view.rowStride)
    first.moves = [StripMove(member: next, elements: -stride * view.rowStride)]
    return borderCalls(around: first, shape, strides: view.strides, below, number: borderNumber, of: scalar)
  }

  /// Keeps the rows that the next strip reads again.
  fileprivate func keeping(_ view: View, next: Int) -> [KernelCall] {
    if keptRows == 0 { return [] }
    let first = border.top * view.rowStride + border.left * view.pixelStride
    return [
      KernelCall(
        KeepRows(
          Operand(.value(value), offset: -first), images: view.shape[0], imageStride: view.imageStride,
          rowStride: view.rowStride, fromRowsOf: next, times: stride, rows: keptRows))
    ]
  }
}
