import KilnCompiler
import KilnGraph
import KilnONNX

/// What `kiln operators` says of an operator.
struct OperatorRow: Encodable {
  let name: String
  let domain: String
  /// The versions that are told apart, the newest first.
  let versions: [Int]
  /// The newest operator set that has the operator; absent when ONNX still has it.
  let lastVersion: Int?
  let support: String
  let compiledTypes: [String]
  let interpretedTypes: [String]
  let attributes: [ONNXImporter.ImportedOperator.Attribute]
  let ignoredAttributes: [String]
  /// The operands that must be constant.
  let constants: [String]
  let limits: [String]

  init(_ operation: ONNXImporter.ImportedOperator) {
    name = operation.name
    domain = operation.domain
    versions = operation.versions
    lastVersion = operation.lastVersion
    attributes = operation.attributes
    ignoredAttributes = operation.ignoredAttributes
    constants = operation.constants
    limits = operation.limits
    let samples = operation.samples
    interpretedTypes = Self.names(Set(samples.keys))
    switch OperatorSupport(of: samples) {
    case .compiled(let types): (support, compiledTypes) = ("compiled", Self.names(types))
    case .interpreted: (support, compiledTypes) = ("interpreted", [])
    case .resolved: (support, compiledTypes) = ("resolved", [])
    }
  }

  /// The row in a table: all but the attributes.
  var cells: [String] {
    let since = versions.map(String.init).joined(separator: ", ") + (lastVersion.map { ", until \($0)" } ?? "")
    return [
      name, domain, since, support, Self.summary(compiledTypes), Self.summary(interpretedTypes),
      allLimits.joined(separator: "; "),
    ]
  }

  /// The names of the attributes that are read.
  var attributeNames: String { attributes.map(\.name).joined(separator: ", ") }

  private var allLimits: [String] {
    let values = attributes.compactMap { attribute in attribute.limit.map { "\(attribute.name): \($0)" } }
    return values + (constants.isEmpty ? [] : ["constant operands: \(constants.joined(separator: ", "))"]) + limits
  }

  private static func names(_ types: Set<ScalarType>) -> [String] {
    ScalarType.allCases.filter(types.contains).map(\.rawValue)
  }

  /// The names of types in few words.
  private static func summary(_ names: [String]) -> String {
    let missing = ScalarType.allCases.map(\.rawValue).filter { !names.contains($0) }
    return switch missing.count {
    case 0: "all"
    case 1...3: "all but \(missing.joined(separator: ", "))"
    default: names.joined(separator: ", ")
    }
  }
}
