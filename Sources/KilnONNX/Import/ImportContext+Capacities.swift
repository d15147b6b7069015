import KilnGraph

// Results whose length depends on the data have room for as many rows as the user says. The real ones come first, and a count says how many
// they are; it follows them through the operators after it (`ImportContext+CountedRows`), and becomes a result of the network.

extension ImportContext {
  /// The room that the user gives the node's result.
  ///
  /// - Parameter bound: the most rows that it can have.
  mutating func room(atMost bound: Int) throws(ImportFailure) -> PartialModel.RowRoom {
    let tensor = innermost.prefix + (node.outputs.first ?? "")
    let names = [tensor, node.name].filter { capacities.byName[$0] != nil }
    usedCapacities.formUnion(names)
    guard let capacity = names.first.flatMap({ capacities.byName[$0] }) ?? capacities.others else {
      openCapacities[node.name] = tensor
      throw .unsupported(
        "how many rows '\(tensor)' has depends on the data; say how many there may be with --capacity '\(tensor)=100'")
    }
    return PartialModel.RowRoom(tensor: tensor, capacity: max(min(capacity, bound), 1), bound: bound)
  }

  /// A result of which a count of rows says what is real, and which others share.
  mutating func emitCounted(
    _ operation: any Operator, _ inputs: [ValueID?], axis: Int, room: PartialModel.RowRoom, role: String? = nil
  ) throws(ImportFailure) -> ValueID {
    let results = try emitAll(operation, inputs, role: role)
    if room.capacity < room.bound { shortRooms[results[1]] = room }
    countedRows[results[0]] = CountedRows(axis: axis, count: results[1])
    return results[0]
  }

  /// Adds the counts of the network's results to them, each once, under the name of the first that it is of.
  mutating func addCounts() {
    var named: Set<ValueID> = []
    var names = Set(graph.outputs.map(\.name)).union(graph.inputs.map { graph[$0].name })
    for output in graph.outputs {
      guard let rows = countedRows[output.value], named.insert(rows.count).inserted else { continue }
      var name = "\(output.name)_count"
      while !names.insert(name).inserted { name += "_" }
      graph.rename(rows.count, to: name)
      graph.addOutput(name, rows.count)
      shortRooms[rows.count] = nil
    }
  }

  /// Throws for capacities of what the model doesn't have.
  func checkCapacities() throws(ImportOptionError) {
    guard unsupported.isEmpty, let name = Set(capacities.byName.keys).subtracting(usedCapacities).min() else { return }
    throw ImportOptionError(
      description: "--capacity '\(name)': no NonMaxSuppression, NonZero or Compress of the model has that name, or a "
        + "result of that name")
  }
}
