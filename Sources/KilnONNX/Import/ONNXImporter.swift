import KilnGraph

/// Turns ONNX models into Kiln's graphs.
package enum ONNXImporter {
  /// The versions of ONNX's own operator set that are understood.
  ///
  /// Later ones up to the upper bound change none of the operators in what Kiln supports of them.
  package static let operatorSetVersions = 6...28

  /// The names of ONNX's own operators that are imported.
  package static var operatorTypes: [String] {
    OperatorRegistry.all.filter { $0.domain == OperatorSetID.standardDomain }.map(\.name)
  }

  /// Imports the model file at `path`.
  ///
  /// The result has canonical operators, static shapes, and constants wherever something is known now. Weights stay in
  /// the mapped file. Complexity: near-linear in the nodes; memory and time are bounded by a multiple of the file.
  ///
  /// - Throws: `ModelError` for a file that is missing or malformed, `UnsupportedError` with everything in the model that
  ///   Kiln does not do, `ImportOptionError` for options that don't fit the model.
  package static func importGraph(at path: String, options: ImportOptions = ImportOptions()) throws -> Graph {
    try importGraph(ONNXModel(path: path), options: options)
  }

  /// Imports a model that has been opened.
  ///
  /// Throws as `importGraph(at:options:)`.
  package static func importGraph(_ model: ONNXModel, options: ImportOptions = ImportOptions()) throws -> Graph {
    let partial = try importPart(of: model, options: options)
    guard partial.unsupported.isEmpty else { throw UnsupportedError(partial.unsupported) }
    return partial.graph
  }

  /// Imports what can be imported of a model, or of the part of it that the options name.
  ///
  /// Throws as `importGraph(at:options:)`, but for what is unsupported, which the result lists.
  package static func importPart(
    of model: ONNXModel, options: ImportOptions = ImportOptions()
  ) throws -> PartialModel {
    try importPart(of: model, options: options, needsCapacities: true)
  }

  /// The same.
  ///
  /// - Parameter needsCapacities: whether all capacities that the options name must be of the part.
  static func importPart(
    of model: ONNXModel, options: ImportOptions, needsCapacities: Bool
  ) throws -> PartialModel {
    let (model, options) = try model.part(options)
    let decoder = TensorDecoder(externalData: ExternalData(folder: model.folder))
    var context = ImportContext(
      fileName: model.fileName, graph: Graph(name: model.graph.name), node: .none,
      limits: ImportLimits(byteCount: model.byteCount), decoder: decoder)
    context.scopes = [Scope(opsets: try operatorSets(of: model, &context))]
    context.capacities = options.capacities
    for function in model.model.functions {
      let key = FunctionKey(domain: function.domain, name: function.name, overload: function.overload)
      guard context.functions.updateValue(function, forKey: key) == nil else {
        throw ModelError(.malformed, "\(model.fileName): the function '\(function.name)' is defined twice")
      }
    }
    try context.defineInitializers(model.graph)
    context.limits.grow(byteCount: context.decoder.externalData.mappedByteCount)
    try context.defineInputs(model.graph.inputs, options)
    try context.importNodes(model.graph.nodes)
    try context.defineResults(model.graph.outputs)
    if needsCapacities { try context.checkCapacities() }
    // Of a part that is no network, nobody wants to know.
    if context.unsupported.isEmpty { context.addCounts() }
    if context.unsupported.isEmpty { context.graph.removeUnused() }
    return PartialModel(
      graph: context.graph, unsupported: context.unsupported, unreached: context.unreached, openEnds: context.openEnds,
      fileNames: context.fileNames, positions: context.nodePositions,
      shortRooms: context.shortRooms.values.sorted { $0.tensor < $1.tensor })
  }

  private static func operatorSets(
    of model: ONNXModel, _ context: inout ImportContext
  ) throws(ModelError) -> [String: Int] {
    var versions: [String: Int] = [:]
    for (domain, version) in model.model.opsetImports.map({ ($0.domain, $0.version) }) {
      guard versions.updateValue(version, forKey: domain) ?? version == version else {
        throw ModelError(.malformed, "\(model.fileName): the operator set '\(domain)' is imported in two versions")
      }
    }
    let sets = versions.merging(
      model.model.functions.flatMap(\.opsetImports).map { ($0.domain, $0.version) }, uniquingKeysWith: max)
    if let version = sets[OperatorSetID.standardDomain], !operatorSetVersions.contains(version) {
      context.unsupported.append(
        .init(
          node: model.graph.name, operation: "opset \(version)",
          reason: "convert the model to an operator set from \(operatorSetVersions.lowerBound) to "
            + "\(operatorSetVersions.upperBound), for instance with onnx.version_converter"))
    }
    return versions
  }
}
