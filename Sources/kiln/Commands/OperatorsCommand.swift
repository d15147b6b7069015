import KilnCompiler
import KilnGraph
import KilnONNX

/// `kiln operators`: what is supported, as importers and kernels declare it.
enum OperatorsCommand: Command {
  static let description = CommandDescription(
    "operators", "List the ONNX operators that Kiln imports, and which have kernels.",
    options: [.init("markdown", "Print a Markdown page"), JSON.option],
    notes: """
      'since' has the versions of the operator that are told apart; others of operator sets \(operatorSets) mean the same here.
      'interpreted' operators are computed by 'kiln run --interpret' only; 'resolved' ones are worked out while a model is
      imported. Elements of the listed types may be computed at run time; constants may have any.
      """)

  private static let operatorSets =
    "\(ONNXImporter.operatorSetVersions.lowerBound) to \(ONNXImporter.operatorSetVersions.upperBound)"

  static func run(_ arguments: ParsedArguments) throws -> ExitStatus {
    let rows = ONNXImporter.operators.map(OperatorRow.init)
    if arguments.has("json") {
      print(try JSON.text(rows))
    } else if arguments.has("markdown") {
      print(markdown(rows), terminator: "")
    } else {
      var table = TextTable(["operator", "domain", "since", "support", "compiled for", "interpreted for", "limits"])
      for row in rows { table.add(row.cells) }
      print(table.text, terminator: "")
    }
    return .success
  }

  private static func markdown(_ rows: [OperatorRow]) -> String {
    let lines = rows.map { "| \(($0.cells + [$0.attributeNames]).joined(separator: " | ")) |\n" }
    return """
      # Operators

      Written by `kiln operators --markdown`; a test compares. The types are found out by importing a small network of each operator
      and type, and by asking the passes and the kernels' lowerings about it. Weights, statistics, scales, zero points and OneHot's
      values are constants in these networks.

      *Since* has the versions of the operator that are told apart; others of operator sets \(operatorSets) mean the same to Kiln.
      *Compiled* operators have kernels for computed elements of the listed types (some combinations of attributes may still be
      refused, by name); *interpreted* ones are computed by `kiln run --interpret` only; *resolved* ones are worked out while a
      model is imported. *Attributes* are those that are read.

      | operator | domain | since | support | compiled for | interpreted for | limits | attributes |
      | --- | --- | --- | --- | --- | --- | --- | --- |
      \(lines.joined())
      """
  }
}
