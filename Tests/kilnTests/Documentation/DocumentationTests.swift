import Foundation
import KilnDeploy
import Testing

@testable import kiln

/// Every block of code in the documentation is run as it is printed, here or by `.ci/run`, or is a command for machines that
/// are not here, whose words must be understood.
///
/// The README and the pages in `Documentation` say of the latter that they need a board; those of other folders may show what
/// takes too long to be run. A comment before a block says what becomes of it: `<!-- run -->` runs a shell block in a folder with
/// the repository's `Examples`, `<!-- run with numpy torch -->` where Python has these packages, `<!-- run for boards -->` where
/// programs for boards can be built, `<!-- needs a board -->` doesn't, `<!-- file PATH -->` writes a block of Swift, C or Python
/// into a file there and `<!-- add PATH -->` adds it to one, `<!-- prints -->` is what the block that ran last must print.
/// `.ci/run` runs others by their names. Blocks of the language `text` are no code.
@Suite("The documentation")
struct DocumentationTests {
  @Test(arguments: MarkdownPage.all) func `says of every block what it is`(page: MarkdownPage) throws {
    for block in page.blocks {
      switch block.language {
      case "text": continue
      case "swift", "c", "python": #expect(block.file != nil, "\(block): nothing compiles this")
      case "sh":
        let isTold = block.needsBoard || block.label.isEmpty && !page.isForUsers
        #expect(isTold || block.isRun || isRunByCI(block), "\(block): nothing runs this")
      // A machine's description.
      case "json": _ = try TargetFile.target(Data(block.text.utf8), name: "machine", origin: "\(block)")
      default: Issue.record("\(block): say ```sh, ```swift or ```text; nothing knows what '\(block.language)' is")
      }
    }
  }

  @Test(arguments: MarkdownPage.all) func `shows commands that are understood`(page: MarkdownPage) throws {
    for block in page.blocks where block.language == "sh" {
      for command in DocumentedCommand.all(in: block) {
        let fault = try command.fault()
        #expect(fault == nil, "\(block): \(command.words.joined(separator: " ")): \(fault ?? "")")
      }
    }
    for span in page.spans where span.hasPrefix("kiln ") {
      let words = span.split(separator: " ").dropFirst().map(String.init)
      let fault = DocumentedCommand.fault(ofMention: words)
      #expect(fault == nil, "\(page): `\(span)`: \(fault ?? "")")
    }
  }

  /// Nothing else in this suite is proved by a page without such blocks.
  @Test func `has blocks of each kind`() {
    let blocks = MarkdownPage.all.flatMap(\.blocks)
    #expect(blocks.contains { isRunByCI($0) } && blocks.contains(where: \.needsBoard))
    #expect(blocks.contains { $0.label.isEmpty && $0.language == "sh" } && blocks.contains(where: \.isForBoards))
    #expect(blocks.contains { $0.isRun } && blocks.contains { $0.label == "prints" })
    #expect(MarkdownPage.all.flatMap(\.spans).contains { $0.hasPrefix("kiln ") })
  }

  @Test(.enabled(if: HostTarget.detect().coreCount >= 2, "needs two cores"), arguments: MarkdownPage.all)
  func `shows programs that build and print what it says`(page: MarkdownPage) throws {
    try withTemporaryFolder { folder in
      try FileManager.default.createSymbolicLink(
        atPath: "\(folder)/Examples", withDestinationPath: "\(Program.repository)/Examples")
      var printed: String?
      for block in page.blocks {
        if let (name, isAdded) = block.file {
          let path = "\(folder)/\(name)"
          try Files.makeFolder(URL(filePath: path).deletingLastPathComponent().path)
          let before = isAdded ? try String(contentsOfFile: path, encoding: .utf8) : ""
          try Files.write(before + block.text, to: path)
        } else if block.isRun, try !Self.pythonHas(block.packages) || block.isForBoards && !Self.buildsForBoards() {
          printed = nil
        } else if block.isRun {
          let script = "cd \"$0\" && PATH=\"$1:$PATH\"\n\(block.text)"
          let programs = URL(filePath: Program.path).deletingLastPathComponent().path
          let result = try Subprocess("/bin/sh", ["-euc", script, folder, programs]).run()
          #expect(result.status == 0, "\(block): \(result.output)\(result.errors)")
          printed = result.output
        } else if block.label == "prints", let printed {
          #expect(printed == block.text, "\(block)")
        }
      }
    }
  }

  /// Whether Python finds all of these packages.
  private static func pythonHas(_ packages: [String]) -> Bool {
    guard !packages.isEmpty else { return true }
    let script = "import importlib.util, sys; sys.exit(not all(map(importlib.util.find_spec, sys.argv[1:])))"
    guard let python = Subprocess.find("python3") else { return false }
    return (try? Subprocess(python, ["-c", script] + packages).run())?.status == 0
  }

  /// Whether programs for a Raspberry Pi can be built here.
  private static func buildsForBoards() throws -> Bool {
    try Program.run(["doctor", "--target", "raspberry-pi-4"]).status == 0
  }

  /// Whether `.ci/run` runs a block by its name.
  private func isRunByCI(_ block: MarkdownPage.Block) -> Bool {
    let script = (try? String(contentsOfFile: "\(Program.repository)/.ci/run", encoding: .utf8)) ?? ""
    return block.page == "README.md" && !block.label.isEmpty && script.contains("$(readme \(block.label))")
  }
}

extension MarkdownPage.Block {
  /// Whether the tests run it, where its needs are met.
  fileprivate var isRun: Bool { label == "run" || isForBoards || !packages.isEmpty }

  /// Whether the tests run it where programs for boards can be built.
  fileprivate var isForBoards: Bool { label == "run for boards" }

  /// Whether nothing runs it, as it needs a board.
  fileprivate var needsBoard: Bool { label == "needs a board" }

  /// What Python must have for it.
  fileprivate var packages: [String] {
    let words = label.split(separator: " ").map(String.init)
    return words.starts(with: ["run", "with"]) ? Array(words.dropFirst(2)) : []
  }
}

extension MarkdownPage {
  /// Whether it is for those who use Kiln, and nothing on it may go unproved.
  fileprivate var isForUsers: Bool { path == "README.md" || path.hasPrefix("Documentation/") }
}
