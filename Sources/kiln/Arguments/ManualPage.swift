/// The manual page of `kiln`, made of the subcommands' descriptions.
enum ManualPage {
  /// The page as `man` reads it.
  static func text(of commands: [CommandDescription]) -> String {
    let sections = commands.map { command in
      let words = ["kiln", command.name] + [command.operand].compactMap(\.self)
      let options = command.options.map { option in
        """
        .TP
        .B \(escaped("--\(option.name)"))\(option.value.map { " \\fI\(escaped($0))\\fR" } ?? "")
        \(escaped(option.summary))\(option.repeats ? " (repeats)" : "")

        """
      }.joined()
      return """
        .SH \(escaped(words.joined(separator: " ")))
        \(escaped(command.summary))
        \(options)\(notes(command.notes))
        """
    }.joined()
    let statuses = ExitStatus.allCases.map { ".TP\n.B \($0.rawValue)\n\(escaped($0.meaning))\n" }.joined()
    return """
      .TH KILN 1 "" "kiln \(escaped(Version.text))"
      .nh
      .ad l
      .SH NAME
      kiln \\- \(escaped(Commands.summary))
      .SH SYNOPSIS
      .B kiln
      .I SUBCOMMAND
      [options]
      .SH DESCRIPTION
      Each subcommand has a section below, which
      .B kiln SUBCOMMAND \\-\\-help
      prints too.
      .B kiln \\-\\-version
      prints the version.
      \(sections).SH EXIT STATUS
      \(statuses)
      """
  }

  /// Paragraphs, whose lines `man` fills itself.
  private static func notes(_ text: String) -> String {
    guard !text.isEmpty else { return "" }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return ".PP\n" + lines.map { $0.isEmpty ? ".PP\n" : "\(escaped(String($0)))\n" }.joined()
  }

  /// Text that no request begins and no escape is in.
  private static func escaped(_ text: String) -> String {
    let text = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
    return text.hasPrefix(".") || text.hasPrefix("'") ? "\\&\(text)" : text
  }
}
