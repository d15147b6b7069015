import KilnDeploy

/// An inspection for people.
extension Inspection {
  var text: String {
    [
      facts, remainders, before.text(titled: "Before"), after.text(titled: "After"), operators, plan.map(layers),
      plan.map(memory),
    ].compactMap(\.self).joined(separator: "\n")
  }

  private var facts: String {
    let sets = model.operatorSets.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    let rows = [
      ("producer", model.producer.isEmpty ? "unknown" : model.producer),
      ("operator sets", sets.joined(separator: ", ") + "; file format \(model.irVersion)"),
      ("nodes in file", "\(model.nodeCount)"),
      ("multiply-adds", change(before.multiplyAccumulates, after.multiplyAccumulates)),
      ("parameters", change(before.parameterCount, after.parameterCount)),
    ]
    let norms = batchNormalizations
    let left = norms.count - norms.foldedCount
    let normRows =
      norms.count == 0 ? [] : [("batch norms", "\(norms.count): \(norms.foldedCount) folded, \(left) left")]
    let ports =
      interface.inputs.map { ("input", "\($0.name) \($0.type)") }
      + interface.outputs.map { ("output", "\($0.name) \($0.type)") }
    return "\(file)\n" + columns(rows + normRows + ports)
  }

  /// The batch normalisations that no layer took over, and where they are.
  private var remainders: String? {
    guard !batchNormalizations.remainders.isEmpty else { return nil }
    let lines = batchNormalizations.remainders.map { part in
      let readers = part.before.isEmpty ? "" : ", before \(part.before.joined(separator: ", "))"
      return "  \(part.name): \(part.operation) \(part.output) after \(part.after ?? "an input")\(readers)\n"
    }
    return "Batch norms that are left\n" + lines.joined()
  }

  private func change(_ before: Int, _ after: Int) -> String {
    before == after ? Quantity.count(after) : "\(Quantity.count(after)) (\(Quantity.count(before)) before folding)"
  }

  private var operators: String {
    var table = TextTable(["operator", "before", "after"], rightAligned: [1, 2])
    for name in Set(before.operatorCounts.keys).union(after.operatorCounts.keys).sorted() {
      table.add([name, "\(before.operatorCounts[name] ?? 0)", "\(after.operatorCounts[name] ?? 0)"])
    }
    return "Operators\n\(table.text.indented)"
  }

  private func layers(_ plan: PlanFacts) -> String {
    var table = TextTable(["", "layer", "operator", "output", "MACs", "kernels"], rightAligned: [0, 4])
    for (index, layer) in plan.layers.enumerated() {
      let work = layer.multiplyAccumulates == 0 ? "-" : Quantity.count(layer.multiplyAccumulates)
      let kernels = layer.kernels.joined(separator: ", ")
      table.add(["\(index)", layer.name, layer.operation, layer.output, work, kernels])
    }
    return "Layers for \(plan.target)\n\(table.text.indented)"
  }

  private func memory(_ plan: PlanFacts) -> String {
    var table = TextTable(["owner", "offset", "bytes", "values"], rightAligned: [1, 2])
    for buffer in plan.buffers {
      let offset = buffer.offset.map(String.init) ?? "-"
      table.add([buffer.owner, offset, "\(buffer.byteCount)", buffer.values.joined(separator: ", ")])
    }
    let ratio = Double(plan.arenaByteCount) / Double(max(plan.arenaLowerBound, 1))
    return """
      Memory
        arena    \(Quantity.bytes(plan.arenaByteCount)), \(Quantity.rounded(ratio)) times the lower bound of \
      \(Quantity.bytes(plan.arenaLowerBound))
        weights  \(Quantity.bytes(plan.weightByteCount))
      \(table.text.indented)
      """
  }
}

extension GraphFacts {
  /// The nodes, each with what it computes from what, and what was folded into it.
  func text(titled title: String) -> String {
    let count = nodes.count == 1 ? "1 node" : "\(nodes.count) nodes"
    let lines = nodes.map { node in
      let computed = node.inputs.filter { !$0.isConstant }.map(\.name).joined(separator: ", ")
      let results = node.outputs.map { "\($0.name) \($0.type)" }.joined(separator: ", ")
      let what = [node.operation, node.details].filter { !$0.isEmpty }.joined(separator: " ")
      let folded = node.folded.map { "      + \($0.operation) \($0.node)  (\($0.pass))\n" }.joined()
      return "  \(node.name): \(what)\n      \(computed) -> \(results)\n\(folded)"
    }
    return "\(title): \(count)\n" + lines.joined()
  }
}

extension String {
  /// The text with two spaces before each line.
  fileprivate var indented: String {
    split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : "  \($0)" }.joined(separator: "\n")
  }
}
