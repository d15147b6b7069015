import Foundation
import KilnDeploy

@testable import kiln

/// A command that the documentation shows.
struct DocumentedCommand {
  /// The page that shows it.
  let page: String
  /// Its words.
  let words: [String]

  /// The commands of a block, those that `&&` joins too.
  static func all(in block: MarkdownPage.Block) -> [DocumentedCommand] {
    block.text.split(separator: "\n").flatMap { line in
      let text = line.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)[0]
      return text.split(separator: "&&").map { command in
        let words = command.split(separator: " ").map(String.init)
        // Variables before a command are the shell's.
        return DocumentedCommand(page: block.page, words: Array(words.drop { $0.contains(/^[A-Z_]+=/) }))
      }
    }.filter { !$0.words.isEmpty }
  }

  /// Why the command can't work as it is printed; `nil` when its programs and files are there and understand their
  /// options.
  ///
  /// What it works on, such as models and boards, may be the reader's.
  func fault() throws -> String? {
    let arguments = Array(words.dropFirst())
    switch words[0] {
    case "kiln", ".build/release/kiln": return kilnFault(arguments)
    case "swift":
      let isKnown = ["build", "package", "run", "test"].contains(arguments.first)
      return isKnown ? nil : "an unknown subcommand of swift's"
    case "ssh-copy-id": return arguments.count == 1 ? nil : "it takes a host"
    case "python3":
      guard let script = arguments.first, script.hasSuffix(".py") else {
        let modules = ["pip", "tf2onnx.convert", "zipfile"]
        let isKnown =
          arguments == ["-m", "venv", "venv"]
          || arguments.count > 2 && arguments[0] == "-m" && modules.contains(arguments[1])
        return isKnown ? nil : "only scripts, 'python3 -m venv venv' and \(modules) are known"
      }
      return nil
    // What they work on is made by other commands, or is the reader's; blocks that are run show that they can.
    case "clang", "cmake", "grep", "pkg-config", "touch":
      return arguments.isEmpty ? "it does nothing without arguments" : nil
    case let program where program.hasPrefix("./"): return nil
    case "venv/bin/pip":
      guard arguments.count == 3, arguments.starts(with: ["install", "-r"]) else { return "only '-r FILE' is known" }
      return path(arguments[2]) == nil ? "there is no \(arguments[2])" : nil
    case "venv/bin/python": return try pythonFault(arguments)
    case let program where program.hasPrefix("toolchain/"): return try toolchainFault(program, arguments)
    default: return "an unknown program: say in DocumentedCommand how it is checked"
    }
  }

  /// Why a sentence can't mention a command of `kiln`'s in these words; `nil` when there are such a subcommand and such
  /// options.
  ///
  /// What they work on may be left out or in capitals.
  static func fault(ofMention words: [String]) -> String? {
    let options = words.filter { $0.hasPrefix("--") }.map { $0.dropFirst(2) }.filter { $0 != "help" && $0 != "version" }
    guard let name = words.first, !name.hasPrefix("--"), name != "SUBCOMMAND" else {
      return options.first.map { "there is no option --\($0)" }
    }
    guard let command = Commands.all.first(where: { $0.description.name == name })?.description else {
      return "there is no such subcommand"
    }
    return options.first { command.option(String($0)) == nil }.map { "there is no option --\($0)" }
  }

  /// Reads the words as `kiln` does, as far as it needs no file for that.
  private func kilnFault(_ arguments: [String]) -> String? {
    guard let command = Commands.all.first(where: { $0.description.name == arguments.first })?.description else {
      return "there is no such subcommand"
    }
    do {
      let parsed = try ParsedArguments(Array(arguments.dropFirst()), for: command)
      guard command.operand != nil else { return nil }
      _ = try InputArguments(parsed)
      _ = try BenchArguments(parsed, try CompileArguments(parsed))
      return nil
    } catch is FileError {
      // The reader's own file, such as a schedule.
      return nil
    } catch {
      return "\(error)"
    }
  }

  /// A script, or a folder that is one, whose options must be in its source.
  private func pythonFault(_ arguments: [String]) throws -> String? {
    guard let script = arguments.first, let path = path(script) else { return "there is no such script" }
    let folder = Files.isFolder(path)
    let files = folder ? try FileManager.default.contentsOfDirectory(atPath: path).map { "\(path)/\($0)" } : [path]
    guard !folder || files.contains("\(path)/__main__.py") else { return "this folder is no program" }
    let source = try files.filter { $0.hasSuffix(".py") }.map { try String(contentsOfFile: $0, encoding: .utf8) }
    // `add` is what some scripts call the parser's function.
    return arguments.first { word in
      let additions = ["add_argument(\"\(word)\"", " add(\"\(word)\""]
      return word.hasPrefix("--") && !source.contains { text in additions.contains(where: text.contains) }
    }.map { "it has no option \($0)" }
  }

  /// A script that says what it takes; the words after `with` are a command of their own.
  private func toolchainFault(_ program: String, _ arguments: [String]) throws -> String? {
    guard let path = path(program), access(path, X_OK) == 0 else { return "there is no such script" }
    let help = try Subprocess(path, ["--help"]).run()
    guard help.status == 0 else { return "it has no --help" }
    let known = Set(help.output.split { " \n[]|,".contains($0) }.map(String.init))
    for (index, word) in arguments.enumerated() {
      guard known.contains(word) else { return "it says nothing of '\(word)'" }
      if word == "with" { return try DocumentedCommand(page: page, words: Array(arguments[(index + 1)...])).fault() }
    }
    return nil
  }

  /// A file as seen from the repository's folder or the page's.
  private func path(_ name: String) -> String? {
    let folder = URL(filePath: "\(Program.repository)/\(page)").deletingLastPathComponent().path
    return [Program.repository, folder].map { "\($0)/\(name)" }.first { FileManager.default.fileExists(atPath: $0) }
  }
}
