/// A subcommand.
protocol Command: Sendable {
  /// What it is called and takes.
  static var description: CommandDescription { get }

  /// Does it. Results go to standard output, everything else to standard error.
  ///
  /// - Returns: `.success`, or `.checkFailed`.
  static func run(_ arguments: ParsedArguments) throws -> ExitStatus
}

/// The registry: every subcommand, in the order of the help.
enum Commands {
  static let all: [any Command.Type] = [
    CompileCommand.self, BuildCommand.self, RunCommand.self, VerifyCommand.self, InspectCommand.self, BenchCommand.self,
    ReportCommand.self, TuneCommand.self,
    OperatorsCommand.self, TargetsCommand.self, DoctorCommand.self, CompletionsCommand.self, ManualCommand.self,
  ]

  /// What Kiln is, in one line.
  static let summary = "turns a trained convolutional network (ONNX) into a Swift package that needs nothing else"

  /// What `kiln --help` prints.
  static var help: String {
    let rows = all.map { ($0.description.name, $0.description.summary) }
    return """
      Kiln \(summary).

      Usage: kiln SUBCOMMAND [options]

      Subcommands:
      \(columns(rows))
      'kiln SUBCOMMAND --help' explains each; 'kiln --version' prints the version.

      """
  }
}
