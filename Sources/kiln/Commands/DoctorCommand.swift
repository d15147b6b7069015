import KilnDeploy

/// `kiln doctor`: whether everything is there that Kiln uses.
enum DoctorCommand: Command {
  static let description = CommandDescription(
    "doctor", "Check which tools are here, and say how to get those that are missing.",
    options: [CompileArguments.target, JSON.option])

  static func run(_ arguments: ParsedArguments) throws -> ExitStatus {
    let findings = try Doctor.examine(target: CompileArguments.target(arguments))
    if arguments.has("json") {
      print(try JSON.text(findings))
    } else {
      for finding in findings {
        print("\(finding.isFine ? "ok      " : "missing ") \(finding.subject): \(finding.detail)")
        if let remedy = finding.remedy { print("         \(remedy)") }
      }
    }
    return findings.allSatisfy(\.isFine) ? .success : .unavailable
  }
}
