/// What a subcommand is called and takes: parsing and help follow from it.
struct CommandDescription: Sendable {
  /// An option that begins with two dashes.
  struct Option: Sendable {
    /// The name, without dashes.
    let name: String
    /// What its value is called in the help; `nil` for an option without a value.
    let value: String?
    /// Whether it may be given more than once.
    let repeats: Bool
    /// One line.
    let summary: String

    init(_ name: String, value: String? = nil, repeats: Bool = false, _ summary: String) {
      self.name = name
      self.value = value
      self.repeats = repeats
      self.summary = summary
    }

    fileprivate var usage: String { "--\(name)" + (value.map { " \($0)" } ?? "") }
  }

  /// The subcommand.
  let name: String
  /// One line.
  let summary: String
  /// What its operand is called; `nil` when it takes none.
  let operand: String?
  /// Its options, `--help` apart.
  let options: [Option]
  /// What a user should know besides.
  let notes: String

  init(_ name: String, _ summary: String, operand: String? = nil, options: [Option], notes: String = "") {
    self.name = name
    self.summary = summary
    self.operand = operand
    self.options = options
    self.notes = notes
  }

  /// The option of that name.
  func option(_ name: String) -> Option? { options.first { $0.name == name } }

  /// What `kiln NAME --help` prints.
  var help: String {
    let words = ["kiln", name] + [operand].compactMap(\.self) + (options.isEmpty ? [] : ["[options]"])
    var text = "\(summary)\n\nUsage: \(words.joined(separator: " "))\n"
    let rows = options.map { ($0.usage, $0.summary + ($0.repeats ? " (repeats)" : "")) }
    text += "\nOptions:\n" + columns(rows + [("--help", "Print this help")])
    if !notes.isEmpty { text += "\n\(notes)\n" }
    return text
  }
}

/// Lines of two columns, the second aligned.
func columns(_ rows: [(String, String)]) -> String {
  let width = rows.map(\.0.count).max() ?? 0
  return rows.map { "  \($0)\(String(repeating: " ", count: width - $0.count))  \($1)\n" }.joined()
}
