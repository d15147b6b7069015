import Foundation
import KilnDeploy

/// A page of the documentation: its blocks of code, and the code in its sentences.
struct MarkdownPage: CustomStringConvertible {
  /// A block of code.
  struct Block: CustomStringConvertible {
    /// The page's path in the repository.
    let page: String
    /// The number of its first line.
    let line: Int
    /// What stands after its fence; `indented` where it has none.
    let language: String
    /// The comment on the line before it, which isn't shown to readers: what tests do with it.
    let label: String
    /// Its lines.
    let text: String

    var description: String { "\(page):\(line)" }

    /// The file that it goes to, and whether to its end.
    var file: (path: String, isAdded: Bool)? {
      let words = label.split(separator: " ").map(String.init)
      return words.count == 2 && ["file", "add"].contains(words[0]) ? (words[1], words[0] == "add") : nil
    }
  }

  /// The page's path in the repository.
  let path: String
  /// The blocks, in order.
  let blocks: [Block]
  /// The code between back quotes in everything else.
  let spans: [String]

  var description: String { path }

  /// All pages of the repository, but for those that git ignores, such as those of packages that Kiln wrote.
  static let all: [MarkdownPage] = {
    let arguments = ["-C", Program.repository, "ls-files", "--cached", "--others", "--exclude-standard", "*.md"]
    let listing = try? Subprocess("/usr/bin/env", ["git"] + arguments).run()
    if let listing, listing.status == 0 {
      return listing.output.split(separator: "\n").sorted().map { MarkdownPage(String($0)) }
    }
    // What was downloaded without git has nothing else in it.
    let files = FileManager.default.enumerator(
      at: URL(filePath: Program.repository), includingPropertiesForKeys: nil, options: .skipsHiddenFiles)
    let pages = (files?.allObjects as? [URL] ?? []).map(\.path).filter { $0.hasSuffix(".md") }.sorted()
    return pages.map { MarkdownPage(String($0.dropFirst(Program.repository.count + 1))) }
  }()

  /// Reads a page.
  init(_ path: String) {
    self.path = path
    let text = (try? String(contentsOfFile: "\(Program.repository)/\(path)", encoding: .utf8)) ?? ""
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    var blocks: [Block] = []
    var sentences = ""
    var index = 0
    while index < lines.count {
      let start = index
      let before = start > 0 ? lines[start - 1] : ""
      let label = before.hasPrefix("<!-- ") ? before.dropFirst(5).replacing(" -->", with: "") : ""
      func add(_ language: String, _ lines: some Sequence<String>) {
        blocks.append(
          Block(
            page: path, line: start + 1, language: language, label: String(label),
            text: lines.joined(separator: "\n") + "\n"))
      }
      index += 1
      if lines[start].hasPrefix("```") {
        while index < lines.count, lines[index] != "```" { index += 1 }
        add(String(lines[start].dropFirst(3)), lines[(start + 1)..<index])
        index += 1
      } else if lines[start].hasPrefix("    "), before.isEmpty {
        while index < lines.count, lines[index].hasPrefix("    ") { index += 1 }
        add("indented", lines[start..<index])
      } else {
        sentences += lines[start] + "\n"
      }
    }
    self.blocks = blocks
    spans = sentences.split(separator: "`", omittingEmptySubsequences: false).enumerated()
      .filter { $0.offset % 2 == 1 }.map { String($0.element) }
  }
}
