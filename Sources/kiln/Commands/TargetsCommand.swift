import KilnCompiler
import KilnDeploy

/// `kiln targets`: the machines that Kiln knows.
enum TargetsCommand: Command {
  static let description = CommandDescription(
    "targets", "List the machines that Kiln compiles for.", options: [JSON.option])

  static func run(_ arguments: ParsedArguments) throws -> ExitStatus {
    let targets = Targets.all
    if arguments.has("json") {
      print(try JSON.text(targets.map(Description.init)))
    } else {
      let rows = targets.map { target in
        let unit = "\(target.instructionSet.rawValue), \(target.vectorWidth) floats a register"
        return (target.name, "\(target.summary) (\(unit); \(target.compilerFlags.joined(separator: " ")))")
      }
      print(columns(rows), terminator: "")
    }
    return .success
  }

  /// A target as `--json` gives it.
  private struct Description: Encodable {
    let name: String
    let summary: String
    let triple: String
    let compilerFlags: [String]
    let instructionSet: String
    let vectorWidth: Int
    let vectorRegisterCount: Int
    let cacheByteCounts: [Int]
    let coreCount: Int

    init(_ target: Target) {
      name = target.name
      summary = target.summary
      triple = target.triple
      compilerFlags = target.compilerFlags
      instructionSet = target.instructionSet.rawValue
      vectorWidth = target.vectorWidth
      vectorRegisterCount = target.vectorRegisterCount
      cacheByteCounts = target.cacheByteCounts
      coreCount = target.coreCount
    }
  }
}
