import KilnDeploy

/// A shell's completion of `kiln`'s command line, made of the subcommands' descriptions.
enum CompletionScript: String, CaseIterable {
  case bash, zsh, fish

  /// The script, which the shell reads from a file or from standard input.
  func text(of commands: [CommandDescription]) -> String {
    switch self {
    case .bash: Self.bash(commands)
    case .zsh: Self.zsh(commands)
    case .fish: Self.fish(commands)
    }
  }

  private static func bash(_ commands: [CommandDescription]) -> String {
    let cases = commands.map { command in
      let choices = command.options.filter { !$0.choices.isEmpty }.map {
        "    \(command.name),--\($0.name)) words='\($0.choices.joined(separator: " "))' ;;\n"
      }.joined()
      // Values of other options are files.
      let values = command.options.filter { $0.value != nil && $0.choices.isEmpty }
        .map { "\(command.name),--\($0.name)" }
      let files = values.isEmpty ? "" : "    \(values.joined(separator: "|"))) return ;;\n"
      let names = (command.options.map(\.name) + ["help"]).map { "--\($0)" }.joined(separator: " ")
      let operands = command.operandChoices.joined(separator: " ")
      return "\(choices)\(files)    \(command.name),*) words='\(operands)'; [[ $word != -* ]] || words='\(names)' ;;\n"
    }.joined()
    return """
      # Completion of kiln for bash: eval "$(kiln completions bash)"
      _kiln() {
        local word=${COMP_WORDS[COMP_CWORD]} words=
        case ${COMP_WORDS[1]},${COMP_WORDS[COMP_CWORD - 1]} in
      \(cases)    *) words='\((commands.map(\.name) + ["--help", "--version"]).joined(separator: " "))' ;;
        esac
        COMPREPLY=($(compgen -W "$words" -- "$word"))
      }
      complete -o default -F _kiln kiln

      """
  }

  private static func zsh(_ commands: [CommandDescription]) -> String {
    /// What may stand between the brackets and colons of a specification.
    func plain(_ text: String) -> String {
      text.map { "[]:\\".contains($0) ? "\\\($0)" : "\($0)" }.joined()
    }
    let names = commands.map { "    \(ShellWords.quoted("\($0.name):\(plain($0.summary))"))\n" }.joined()
    let cases = commands.map { command in
      let options = command.options.map { option in
        let value = option.value.map { value in
          ":\(plain(value)):" + (option.choices.isEmpty ? "_files" : "(\(option.choices.joined(separator: " ")))")
        }
        let word = "\(option.repeats ? "*" : "")--\(option.name)[\(plain(option.summary))]\(value ?? "")"
        return " \\\n      \(ShellWords.quoted(word))"
      }.joined()
      let operand = command.operand.map { operand in
        let files = command.operandChoices.isEmpty ? "_files" : "(\(command.operandChoices.joined(separator: " ")))"
        return " \\\n      \(ShellWords.quoted("1:\(plain(operand)):\(files)"))"
      }
      return "    \(command.name)) _arguments '--help[Print this help]'\(options)\(operand ?? "") ;;\n"
    }.joined()
    return """
      #compdef kiln
      # Completion of kiln for zsh: source <(kiln completions zsh), after compinit
      _kiln() {
        local -a commands=(
      \(names)  )
        if ((CURRENT == 2)); then
          _describe subcommand commands
          return
        fi
        shift words
        ((CURRENT--))
        case $words[1] in
      \(cases)  esac
      }
      compdef _kiln kiln

      """
  }

  private static func fish(_ commands: [CommandDescription]) -> String {
    /// What may stand between single quotes, where fish knows backslashes.
    func quoted(_ text: String) -> String {
      "'" + text.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
    }
    let lines = commands.flatMap { command in
      let isChosen = "complete -c kiln -n '__fish_seen_subcommand_from \(command.name)'"
      let operands = command.operandChoices
      return ["complete -c kiln -n __fish_use_subcommand -f -a \(command.name) -d \(quoted(command.summary))"]
        + (operands.isEmpty ? [] : ["\(isChosen) -f -a \(quoted(operands.joined(separator: " ")))"])
        + command.options.map { option in
          let choices = option.choices.joined(separator: " ")
          let value = option.value == nil ? "" : choices.isEmpty ? " -r -F" : " -x -a \(quoted(choices))"
          return "\(isChosen) -l \(option.name)\(value) -d \(quoted(option.summary))"
        }
    }
    return "# Completion of kiln for fish: kiln completions fish | source\n" + lines.map { "\($0)\n" }.joined()
  }
}

extension CommandDescription.Option {
  /// The words that its value may be, where they are few; others are files or what only the user knows.
  var choices: [String] {
    if name == "target" { return Targets.all.map(\.name) }
    let words = (value ?? "").split(separator: "|").map(String.init)
    return words.count > 1 && words.allSatisfy { $0.isChoice } ? words : []
  }
}

extension CommandDescription {
  /// The words that the operand may be, where they are few.
  var operandChoices: [String] {
    let words = (operand ?? "").split(separator: "|").map(String.init)
    return words.count > 1 && words.allSatisfy { $0.isChoice } ? words : []
  }
}

extension String {
  /// Whether it is a word to be typed as it stands, rather than a name for what the user types.
  fileprivate var isChoice: Bool { allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "-") } }
}
