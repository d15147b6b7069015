import KilnGraph

/// One of ONNX's operators as Kiln imports it: the only place that says its name, the versions that are told apart, the
/// attributes and constant operands that are read, and what is computed of them.
///
/// What is read is checked against what is declared: an importer that asks its node for anything else is a defect, and
/// traps. `kiln operators` prints the declarations.
struct OperatorImporter: Sendable {
  /// Imports the node at hand.
  ///
  /// - Returns: the node's results; `nil` for one that a part of it computes that is not supported.
  typealias Body = @Sendable (inout ImportContext) throws(ImportFailure) -> [ValueID?]

  /// The operator's type.
  let name: String
  /// Its domain, as `OperatorSetID` spells it.
  let domain: String
  /// The versions of the operator that are told apart, the newest first: those in which ONNX changed what is read here.
  let versions: [Int]
  /// The newest operator set that has the operator; `nil` when ONNX still has it.
  let lastVersion: Int?
  /// The attributes that are read, by name.
  let attributes: [String: OperatorAttribute]
  /// The attributes of ONNX's that are not read because they change nothing here.
  let ignoredAttributes: [String]
  /// What the operands are that must be known while the model is imported.
  let constants: [String]
  /// What else is asked of a node, in words.
  let limits: [String]
  /// Nodes that the operator's importer takes, of each form that it has in one of the versions.
  let examples: [NodeExample]
  /// Imports the node at hand.
  let body: Body

  /// Declares an operator.
  ///
  /// - Parameters:
  ///   - versions: those told apart, the newest first. The oldest is the one in force in the oldest operator set that Kiln
  ///     understands, or the operator's first.
  ///   - lastVersion: the newest operator set that has the operator, when later ones have not.
  ///   - ignored: attributes that change nothing here.
  ///   - constants: the operands that must be known, as the importer's errors call them.
  ///   - examples: one for each form at least; of the same version, for other types of operands.
  init(
    _ name: String, domain: String = OperatorSetID.standardDomain, since versions: [Int],
    until lastVersion: Int? = nil, attributes: [OperatorAttribute] = [], ignoring ignored: [String] = [],
    constants: [String] = [], limits: [String] = [], examples: [NodeExample] = [NodeExample([.computed()])],
    _ body: @escaping Body
  ) {
    self.name = name
    self.domain = domain
    self.versions = versions
    self.lastVersion = lastVersion
    self.attributes = Dictionary(uniqueKeysWithValues: attributes.map { ($0.name, $0) })
    ignoredAttributes = ignored
    self.constants = constants
    self.limits = limits
    self.examples = examples
    self.body = body
  }
}
