import KilnGraph

/// Writes operators that only pick or compare as the elementwise functions that do it: OneHot as a comparison with the
/// places along its axis and a choice, Trilu as a choice between its operand and zeros.
///
/// Source: ONNX OneHot 11, Trilu 14.
package struct SpreadSelections: Pass {
  package let name = "spread-selections"

  /// Makes the pass.
  package init() {}

  package func run(on graph: inout Graph) throws(PassError) {
    for id in graph.nodeIDs {
      switch graph[id].operation {
      case let oneHot as OneHot: try spread(id, oneHot, &graph)
      case let trilu as Trilu: spread(id, trilu, &graph)
      default: break
      }
    }
  }

  /// An index is on at its place and, counted from the end, at the place `depth` after.
  private func spread(_ id: NodeID, _ oneHot: OneHot, _ graph: inout Graph) throws(PassError) {
    let node = graph[id]
    guard let indices = node.data, let values = graph.constant(node.inputs[OneHotOperand.values]) else { return }
    let type = graph.type(of: indices)
    let result = graph.type(of: node.outputs[0])
    var (kept, places) = (type.shape, [Int](repeating: 1, count: result.rank))
    kept.insert(1, at: oneHot.axis)
    places[oneHot.axis] = oneHot.depth
    func add(_ operation: any Operator, _ suffix: String, _ inputs: [ValueID?]) throws(PassError) -> ValueID {
      try graph.add(operation, name: "\(node.name).\(suffix)", inputs: inputs, before: id)
    }
    let column = try add(Reshape(to: kept), "column", [indices])
    func equals(_ start: Int, _ suffix: String) throws(PassError) -> ValueID {
      let range = Tensor(shape: places, integers: Array(start..<(start + oneHot.depth)), as: type.scalar)
      return try add(Binary(.equal), suffix, [column, graph.addConstant("\(node.name).\(suffix).places", range)])
    }
    var isOn = try equals(0, "counted")
    if type.scalar.isSigned { isOn = try add(Binary(.or), "either", [isOn, equals(-oneHot.depth, "fromTheEnd")]) }
    let choices = [1, 0].map { index in
      let size = values.scalar.byteCount
      let element = values.storage.slice((index * size)..<((index + 1) * size))
      return graph.addConstant(
        "\(node.name).\(index == 1 ? "on" : "off")", Tensor(type: TensorType(values.scalar, []), storage: element))
    }
    graph.replace(id, with: Select(), inputs: [isOn] + choices)
  }

  private func spread(_ id: NodeID, _ trilu: Trilu, _ graph: inout Graph) {
    let node = graph[id]
    guard let input = node.data else { return }
    let type = graph.type(of: input)
    let (rows, columns) = (type.shape[type.rank - 2], type.shape[type.rank - 1])
    let mask = (0..<(rows * columns)).map { place in
      let distance = place % columns - place / columns
      return (trilu.keepsUpper ? distance >= trilu.diagonal : distance <= trilu.diagonal) ? 1 : 0
    }
    let kept = graph.addConstant(
      "\(node.name).kept", Tensor(shape: [rows, columns], integers: mask, as: .bool))
    let zero = graph.addConstant("\(node.name).zero", Tensor(shape: [], integers: [0], as: type.scalar))
    graph.replace(id, with: Select(), inputs: [kept, input, zero])
  }
}
