extension ONNXImporter {
  /// An operator that is imported.
  public struct ImportedOperator: Hashable, Sendable {
    /// The operator's type.
    public let name: String
    /// Its domain; `ai.onnx` is the standard's.
    public let domain: String
    /// The versions of its operator set.
    public let versions: ClosedRange<Int>
  }

  /// Every operator that is imported, by domain and name.
  public static var operators: [ImportedOperator] {
    OperatorRegistry.standard.keys.sorted().map {
      ImportedOperator(name: $0, domain: OperatorSetID.standardDomain, versions: operatorSetVersions)
    }
      + OperatorRegistry.microsoft.keys.sorted().map {
        ImportedOperator(name: $0, domain: "com.microsoft", versions: 1...1)
      }
  }
}
