import KilnCompiler
import KilnGraph
import KilnLowering
import KilnONNX
import KilnPasses
import KilnSelection

/// `kiln operators`: what is supported, generated from the registries.
enum OperatorsCommand: Command {
  static let description = CommandDescription(
    "operators", "List the ONNX operators that Kiln imports, and which have kernels.",
    options: [.init("markdown", "Print a Markdown page"), JSON.option],
    notes: """
      'interpreted' operators are computed by 'kiln run --interpret' only; 'resolved' ones are worked out while a model is
      imported, or become other operators. Elements of the listed types may be computed at run time; constants may have any.
      """)

  static func run(_ arguments: ParsedArguments) throws -> ExitStatus {
    let rows = ONNXImporter.operators.map(Row.init)
    if arguments.has("json") {
      print(try JSON.text(rows))
    } else if arguments.has("markdown") {
      print(markdown(rows), terminator: "")
    } else {
      var table = TextTable(["operator", "domain", "opsets", "support", "element types"])
      for row in rows { table.add([row.name, row.domain, row.operatorSets, row.support, row.typeNames]) }
      print(table.text, terminator: "")
    }
    return .success
  }

  private static func markdown(_ rows: [Row]) -> String {
    let lines = rows.map { row in
      "| \([row.name, row.domain, row.operatorSets, row.support, row.typeNames].joined(separator: " | ")) |\n"
    }
    return """
      # Operators

      Written by `kiln operators --markdown`; a test compares. Operators that are *compiled* have kernels for computed elements of
      the listed types (some combinations of attributes may still be refused, by name); *interpreted* ones are computed by
      `kiln run --interpret` only; *resolved* ones are worked out while a model is imported, or become other operators.

      | operator | domain | opsets | support | element types |
      | --- | --- | --- | --- | --- |
      \(lines.joined())
      """
  }

  /// An operator's line.
  private struct Row: Encodable {
    let name: String
    let domain: String
    let operatorSets: String
    let support: String
    let elementTypes: [String]

    init(_ operation: ONNXImporter.ImportedOperator) {
      name = operation.name
      domain = operation.domain
      operatorSets = "\(operation.versions.lowerBound) to \(operation.versions.upperBound)"
      let isStandard = operation.domain == "ai.onnx"
      switch isStandard
        ? OperatorSupport.ofStandardOperator(operation.name) : OperatorSupport.ofMicrosoftOperator(operation.name)
      {
      case .compiled(let types):
        support = "compiled"
        elementTypes = ScalarType.allCases.filter(types.contains).map(\.rawValue)
      case .resolved:
        support = "resolved"
        elementTypes = []
      case .interpreted, nil:
        support = "interpreted"
        elementTypes = []
      }
    }

    var typeNames: String {
      elementTypes.count == ScalarType.allCases.count ? "all" : elementTypes.joined(separator: ", ")
    }
  }
}
