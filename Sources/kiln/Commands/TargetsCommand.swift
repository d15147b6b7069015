import KilnDeploy
import KilnMachine

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
        let words = [target.model.processor, unit, target.compilerFlags.joined(separator: " ")]
        return (target.name, "\(target.summary) (\(words.joined(separator: "; ")))")
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
    let processor: String
    let instructionSet: String
    let vectorWidth: Int
    let vectorRegisterCount: Int
    let cacheByteCounts: [Int]
    let coreCount: Int
    let model: ModelDescription

    init(_ target: Target) {
      name = target.name
      summary = target.summary
      triple = target.triple
      compilerFlags = target.compilerFlags
      processor = target.model.processor
      instructionSet = target.instructionSet.rawValue
      vectorWidth = target.vectorWidth
      vectorRegisterCount = target.vectorRegisterCount
      cacheByteCounts = target.cacheByteCounts
      coreCount = target.coreCount
      model = ModelDescription(target.model)
    }
  }
}
