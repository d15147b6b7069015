/// Which operators are imported.
///
/// What they are, their importers declare.
enum OperatorRegistry {
  /// All importers, by domain and name.
  static let all = [
    ArithmeticOperators.all,
    AttentionOperators.all,
    ConstantOperators.all,
    ControlFlowOperators.all,
    ConvolutionOperators.all,
    DetectionOperators.all,
    EinsumOperators.all,
    ElementwiseOperators.all,
    FusedConvolutionOperators.all,
    IndexingOperators.all,
    MatrixOperators.all,
    NormalizationOperators.all,
    PlainFunctionOperators.all,
    PoolingOperators.all,
    QuantizationOperators.all,
    QuantizedArithmeticOperators.all,
    QuantizedGemmOperators.all,
    RecurrenceOperators.all,
    ReductionOperators.all,
    ResizeOperators.all,
    SamplingOperators.all,
    SelectionOperators.all,
    SequenceOperators.all,
    ShapeOperators.all,
  ].joined().sorted { ($0.domain, $0.name) < ($1.domain, $1.name) }

  /// The importer of an operator; `nil` when it is not supported.
  static func importer(of type: String, domain: String) -> OperatorImporter? { byName[Key(type, domain)] }

  private static let byName = Dictionary(uniqueKeysWithValues: all.map { (Key($0.name, $0.domain), $0) })

  private struct Key: Hashable {
    let name: String
    let domain: String

    init(_ name: String, _ domain: String) { (self.name, self.domain) = (name, domain) }
  }
}
