/// `kiln completions`: what a shell needs to complete command lines.
enum CompletionsCommand: Command {
  static let description = CommandDescription(
    "completions", "Print a shell's completion of kiln's command line.",
    operand: CompletionScript.allCases.map(\.rawValue).joined(separator: "|"), options: [],
    notes: """
      In ~/.bashrc:              eval "$(kiln completions bash)"
      In ~/.zshrc:               source <(kiln completions zsh)
      In config.fish:            kiln completions fish | source
      """)

  static func run(_ arguments: ParsedArguments) throws -> ExitStatus {
    guard let script = CompletionScript(rawValue: arguments.operand) else {
      let known = CompletionScript.allCases.map(\.rawValue).joined(separator: ", ")
      throw UsageError("completions knows no shell '\(arguments.operand)': \(known)")
    }
    print(script.text(of: Commands.all.map { $0.description }), terminator: "")
    return .success
  }
}
