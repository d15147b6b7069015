/// The words of a command line, understood by a subcommand's description.
struct ParsedArguments: Equatable {
  /// An option as it was given.
  struct GivenOption: Equatable {
    /// The name, without dashes.
    let name: String
    /// The value; `nil` for an option that takes none.
    let value: String?
  }

  /// The subcommand.
  let command: String
  /// The operand, when the subcommand takes one.
  let operand: String
  /// Whether `--help` was among the options.
  let asksForHelp: Bool
  /// The options, in their order.
  let options: [GivenOption]

  /// Reads the words after the subcommand's name: `--option value`, `--option=value`, operands, and `--`, after which
  /// everything is an operand.
  init(_ words: [String], for command: CommandDescription) throws(UsageError) {
    var operands: [String] = []
    var options: [GivenOption] = []
    var asksForHelp = false
    var rest = words[...]
    while let word = rest.popFirst() {
      if word == "--" {
        operands += rest
        break
      }
      guard word.hasPrefix("-"), word != "-" else {
        operands.append(word)
        continue
      }
      if word == "--help" || word == "-h" {
        asksForHelp = true
        continue
      }
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(parts[0].drop { $0 == "-" })
      guard parts[0].hasPrefix("--"), let option = command.option(name) else {
        throw command.unknownOption(String(parts[0]))
      }
      let value: String?
      if option.value == nil {
        guard parts.count == 1 else { throw UsageError("--\(name) takes no value") }
        value = nil
      } else if parts.count == 2 {
        value = String(parts[1])
      } else {
        guard let next = rest.first, !next.hasPrefix("--") else {
          throw UsageError("--\(name) needs a value: --\(name) \(option.value ?? "")")
        }
        value = rest.removeFirst()
      }
      guard option.repeats || !options.contains(where: { $0.name == name }) else {
        throw UsageError("--\(name) is given twice")
      }
      options.append(GivenOption(name: name, value: value))
    }
    self.command = command.name
    self.options = options
    self.asksForHelp = asksForHelp
    operand = operands.first ?? ""
    if asksForHelp { return }
    guard operands.count >= (command.operand == nil ? 0 : 1), operand != "" || command.operand == nil else {
      throw UsageError("\(command.name) needs \(command.operand ?? ""); see 'kiln \(command.name) --help'")
    }
    guard operands.count <= (command.operand == nil ? 0 : 1) else {
      throw UsageError("'\(operands[command.operand == nil ? 0 : 1])' is one operand too many for \(command.name)")
    }
  }

  /// Whether an option is given.
  func has(_ name: String) -> Bool { options.contains { $0.name == name } }

  /// The value of an option; `nil` when it isn't given.
  func value(_ name: String) -> String? { values(name).last }

  /// The values of an option that repeats, in order.
  func values(_ name: String) -> [String] { options.filter { $0.name == name }.compactMap(\.value) }

  /// The value of an option that is a whole number in `range`.
  func integer(_ name: String, in range: ClosedRange<Int>) throws(UsageError) -> Int? {
    guard let text = value(name) else { return nil }
    guard let number = Int(text), range.contains(number) else {
      throw UsageError("--\(name) '\(text)' is not a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// The value of an option that is a positive number.
  func positiveNumber(_ name: String) throws(UsageError) -> Double? {
    guard let text = value(name) else { return nil }
    guard let number = Double(text), number > 0, number.isFinite else {
      throw UsageError("--\(name) '\(text)' is not a positive number")
    }
    return number
  }
}

extension CommandDescription {
  fileprivate func unknownOption(_ word: String) -> UsageError {
    let names = options.map { "--\($0.name)" } + ["--help"]
    let hint = closest(to: word, among: names).map { "did you mean '\($0)'?" } ?? "see 'kiln \(name) --help'"
    return UsageError("\(name) has no option '\(word)'; \(hint)")
  }
}
