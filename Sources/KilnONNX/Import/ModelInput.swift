import KilnGraph

/// A run-time input of a model, as its file declares it.
package struct ModelInput: Sendable {
  /// Its name.
  package let name: String
  /// Its dimensions; `nil` when even their number is unknown.
  let dimensions: [TypeProto.Dimension]?

  init(_ info: ValueInfoProto) {
    name = info.name
    dimensions = info.type?.shape
  }

  /// The dimensions, `nil` where the model leaves one open; none when even their number is unknown.
  package var extents: [Int?] { dimensions?.map(\.extent) ?? [] }

  /// Whether the model leaves a dimension open.
  package var isOpen: Bool { dimensions?.contains { $0.extent == nil } ?? true }

  /// The dimensions as `--shape` takes them, with names where they are open.
  package var dimensionText: String { dimensions.map { $0.map(\.description).joined(separator: ",") } ?? "…" }

  /// Whether these dimensions agree with those that the model fixes.
  package func fits(_ shape: [Int]) -> Bool {
    guard let dimensions else { return true }
    return shape.count == dimensions.count && zip(shape, dimensions).allSatisfy { $0 == $1.extent ?? $0 }
  }

  /// The dimensions when nobody chooses any: an open batch is 1, other open dimensions can't be guessed.
  var defaultShape: [Int]? {
    guard let dimensions, dimensions.dropFirst().allSatisfy({ $0.extent != nil }) else { return nil }
    return dimensions.map { $0.extent ?? 1 }
  }

  /// Dimensions that a network could be tried with: those that the model fixes, and usual ones where it fixes none.
  var exampleShape: [Int] {
    guard let dimensions else { return [1, 3, 224, 224] }
    let rank = dimensions.count
    // Images and volumes have as many rows as columns, 3 channels where these are open before them.
    let hasChannelsLast = dimensions.last?.extent.map { $0 <= 4 } ?? false
    let others = dimensions.dropFirst(hasChannelsLast ? 1 : 2).compactMap(\.extent).filter { $0 >= 16 }
    let side = rank == 4 || dimensions.first?.extent == 3 ? 224 : rank > 4 ? 64 : 128
    return dimensions.enumerated().map { axis, dimension in
      if let extent = dimension.extent { return extent }
      if axis == 0 { return 1 }
      return axis == 1 && rank > 3 && !hasChannelsLast ? 3 : rank > 3 ? others.last ?? side : side
    }
  }
}

extension ONNXModel {
  /// The run-time inputs, or those of the part that the options name, in their order.
  ///
  /// Throws as importing the model does.
  package func inputs(_ options: ImportOptions) throws -> [ModelInput] {
    let graph = try part(options).model.graph
    let constants = Set(graph.initializers.map(\.name))
    return graph.inputs.filter { !constants.contains($0.name) }.map(ModelInput.init)
  }
}
