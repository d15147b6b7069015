import KilnGraph

/// Lets what only moves elements, or takes the largest of several, move numbers of 8 bits.
///
/// - `Move(DequantizeLinear(x))` becomes `DequantizeLinear(Move(x))`, where all operands stand for numbers alike.
/// - `QuantizeLinear(Move(x))` becomes `Move(QuantizeLinear(x))`, for all operands of a concatenation.
/// - `QuantizeLinear(DequantizeLinear(x))` becomes `x`, or a `ByteTable` where both differ.
///
/// Exact: to quantise, and to dequantise, keeps the order of numbers.
///
/// Applies where scales and zero points are constants and a tensor has 8 bits and one scale.
package struct MoveQuantization: Pass {
  package let name = "move-quantization"

  /// Makes the pass.
  package init() {}

  package func run(on graph: inout Graph) throws(PassError) {
    for id in graph.nodeIDs where graph.contains(id) { try dequantizeAfter(id, &graph) }
    for id in graph.nodeIDs where graph.contains(id) { try quantizeBefore(id, &graph) }
    for id in graph.nodeIDs where graph.contains(id) { try translate(id, &graph) }
    graph.removeUnused()
  }

  /// Dequantises what the node `id` moves after that.
  private func dequantizeAfter(_ id: NodeID, _ graph: inout Graph) throws(PassError) {
    let node = graph[id]
    guard node.operation.movesElements else { return }
    let operands = node.inputs.compactMap { graph.dequantization(of: $0) }
    guard let first = operands.first, operands.count == node.inputs.count,
      operands.allSatisfy({ $0.quantization == first.quantization && $0.scalar == first.scalar })
    else { return }
    let output = node.outputs[0]
    let codes = try graph.add(
      node.operation, name: node.name, inputs: operands.map(\.codes), outputName: "\(graph[output].name).codes",
      folded: node.folded, before: id)
    let real = try graph.add(
      graph[first.node].operation, name: "\(node.name).real",
      inputs: [codes] + graph[first.node].inputs.dropFirst(), before: id)
    graph.giveName(of: output, to: real)
    graph.remove(id)
  }

  /// Quantises what is moved to the operand of the node `id`, which quantises, before that.
  private func quantizeBefore(_ id: NodeID, _ graph: inout Graph) throws(PassError) {
    var waiting = [id]
    while let id = waiting.popLast() {
      let node = graph[id]
      guard node.operation is QuantizeLinear, graph.tensorQuantization(by: id) != nil, let data = node.data,
        graph.soleUser(of: data) == id,
        let mover = graph.producer(of: data), graph[mover].operation.movesElements,
        graph[mover].inputs.allSatisfy({ graph.isQuantizedForNothing($0) })
      else { continue }
      var codes: [ValueID?] = []
      for case let operand? in graph[mover].inputs {
        if let constant = graph.constant(operand) {
          codes.append(graph.addConstant("\(graph[operand].name).codes", try graph.evaluated(id, on: constant)))
          continue
        }
        let value = try graph.add(
          node.operation, name: "\(node.name).\(graph[operand].name)",
          inputs: [operand] + node.inputs.dropFirst(), before: mover)
        if let producer = graph.producer(of: value) { waiting.append(producer) }
        codes.append(value)
      }
      let moved = try graph.add(
        graph[mover].operation, name: graph[mover].name, inputs: codes,
        folded: graph[mover].folded + graph.records(of: [id], pass: name), before: mover)
      graph.giveName(of: node.outputs[0], to: moved)
      graph.remove(id)
      graph.remove(mover)
    }
  }

  /// Takes numbers of 8 bits that are dequantised and quantised again as they are, or from a table.
  private func translate(_ id: NodeID, _ graph: inout Graph) throws(PassError) {
    let node = graph[id]
    guard node.operation is QuantizeLinear, let quantization = graph.tensorQuantization(by: id),
      let source = graph.dequantization(of: node.data)
    else { return }
    let output = node.outputs[0]
    if quantization == source.quantization, source.scalar == graph.type(of: output).scalar,
      !graph.outputs.contains(where: { $0.value == output })
    {
      graph.replaceUses(of: output, with: source.codes)
      return graph.remove(id)
    }
    let numbers = try graph.byteTable(of: [source.node, id], for: source.scalar)
    let table = graph.addConstant("\(node.name).table", numbers)
    graph.replace(id, with: ByteTable(), inputs: [source.codes, table])
  }
}

extension Operator {
  /// Whether each element of the result is an element of an operand, or the largest of several.
  ///
  /// Every operand is data.
  var movesElements: Bool {
    switch self {
    case let pool as Pool: pool.kind == .maximum
    case is Slice: true
    default: onlyMovesElements
    }
  }
}

extension Graph {
  /// What stands for the numbers of a value: the node that makes them of a tensor of 8 bits, and that.
  fileprivate func dequantization(
    of value: ValueID?
  ) -> (node: NodeID, codes: ValueID, scalar: ScalarType, quantization: TensorQuantization)? {
    guard let id = producer(of: value), self[id].operation is DequantizeLinear, let codes = self[id].data,
      let quantization = tensorQuantization(by: id), constant(codes) == nil
    else { return nil }
    return (id, codes, type(of: codes).scalar, quantization)
  }

  /// Whether an operand is probably quantised by what computes it, so that quantising it costs nothing.
  fileprivate func isQuantizedForNothing(_ value: ValueID?) -> Bool {
    guard let value else { return false }
    guard let id = producer(of: value) else { return constant(value) != nil }
    switch self[id].operation {
    case is DequantizeLinear, is Convolution, is Linear, is Unary, is Binary: return true
    case let operation: return operation.movesElements
    }
  }
}
