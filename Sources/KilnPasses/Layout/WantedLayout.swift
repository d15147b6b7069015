import KilnGraph

extension Graph {
  /// The values that an operator on images reads, directly or through operators that don't care about the order of
  /// axes.
  ///
  /// Complexity: O(nodes).
  var valuesWantedChannelsLast: Set<ValueID> {
    var wanted: Set<ValueID> = []
    for id in nodeIDs.reversed() {
      let node = self[id]
      guard let input = node.inputs.first ?? nil else { continue }
      switch node.operation {
      case let operation as any SpatialOperator where (1...2).contains(operation.window.rank):
        wanted.formUnion(node.images)
      case is DepthToSpace, is SpaceToDepth: wanted.insert(input)
      case is Resize where (3...4).contains(type(of: input).rank): wanted.insert(input)
      case let operation as ChannelAffine where operation.axis != type(of: input).rank - 1:
        wanted.formUnion(node.images)
      case is any ChannelOperator where wanted.contains(node.outputs[0]): wanted.formUnion(node.images)
      case let operation as any AxisReducing where !operation.droppedAxes.isEmpty: break
      case let operation as any AxisPermutable where wanted.contains(node.outputs[0]):
        for (index, value) in node.inputs.enumerated() where operation.permutes(operand: index) {
          if let value { wanted.insert(value) }
        }
      default: break
      }
    }
    return wanted
  }
}

extension Node {
  /// The operands of an operator on images that are images themselves: the data, and a residual.
  fileprivate var images: [ValueID] {
    [LinearOperand.input, LinearOperand.addend].compactMap { inputs.indices.contains($0) ? inputs[$0] : nil }
  }
}
