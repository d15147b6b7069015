/// `kiln manual`: the manual page.
enum ManualCommand: Command {
  static let description = CommandDescription(
    "manual", "Print the manual page, for 'man'.", options: [],
    notes: "kiln manual > ~/.local/share/man/man1/kiln.1 puts it where 'man kiln' finds it.")

  static func run(_ arguments: ParsedArguments) throws -> ExitStatus {
    print(ManualPage.text(of: Commands.all.map { $0.description }), terminator: "")
    return .success
  }
}
