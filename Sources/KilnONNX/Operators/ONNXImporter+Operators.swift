import KilnGraph

extension ONNXImporter {
  /// An operator that is imported, as its importer declares it.
  package struct ImportedOperator: Sendable {
    /// An attribute that is read.
    package struct Attribute: Hashable, Sendable, Encodable {
      /// The attribute's name.
      package let name: String
      /// The values that are understood; `nil` for all of its type's.
      package let limit: String?
    }

    private let importer: OperatorImporter

    init(_ importer: OperatorImporter) { self.importer = importer }

    /// The operator's type.
    package var name: String { importer.name }
    /// Its domain; `ai.onnx` is the standard's.
    package var domain: String { importer.domain }
    /// The versions of the operator that are told apart, the newest first.
    package var versions: [Int] { importer.versions }
    /// The newest operator set that has the operator; `nil` when ONNX still has it.
    package var lastVersion: Int? { importer.lastVersion }
    /// The attributes that are read, by name.
    package var attributes: [Attribute] {
      importer.attributes.values.map { Attribute(name: $0.name, limit: $0.limit) }.sorted { $0.name < $1.name }
    }
    /// The attributes that change nothing, whatever they are.
    package var ignoredAttributes: [String] { importer.ignoredAttributes }
    /// The operands that must be constant.
    package var constants: [String] { importer.constants }
    /// What else is asked of a node.
    package var limits: [String] { importer.limits }

    /// Small networks of the operator in its newest version, by the type of the elements that they compute with: all types
    /// that can be imported.
    package var samples: [ScalarType: [Graph]] {
      var result: [ScalarType: [Graph]] = [:]
      for scalar in ScalarType.allCases {
        let graphs = importer.samples(of: scalar)
        if !graphs.isEmpty { result[scalar] = graphs }
      }
      return result
    }
  }

  /// Every operator that is imported, ONNX's own first, by name.
  package static var operators: [ImportedOperator] { OperatorRegistry.all.map(ImportedOperator.init) }

  /// Small networks of an operator, as `ImportedOperator.samples`; none for one that isn't imported.
  package static func samples(of name: String, domain: String) -> [ScalarType: [Graph]] {
    OperatorRegistry.importer(of: name, domain: domain).map { ImportedOperator($0).samples } ?? [:]
  }
}
