/// A compiler rejects what Kiln wrote.
package struct BuildError: Error, CustomStringConvertible {
  /// The program that rejects it.
  package let tool: String
  /// The program or library that can't be built.
  package let product: String
  /// What the compiler said: its errors, else how it crashed, else its last lines.
  package let lines: [String]

  init(tool: String = "swift build", product: String, said text: String) {
    self.tool = tool
    self.product = product
    let said = text.split(separator: "\n").map(String.init).filter { PackageBuilder.steps($0) == nil }
    let errors = said.filter { $0.contains("error:") }
    // A crashed tool says what happened first, and registers last.
    let crash = said.drop { !$0.contains("crashed") }
    lines = Array(!errors.isEmpty ? errors.prefix(12) : !crash.isEmpty ? crash.prefix(12) : said.suffix(12))
  }

  /// Throws unless a program that builds something succeeded.
  ///
  /// - Throws: `ToolError` when it lacked something to do its work, `BuildError` when it rejected what it was given.
  static func check(_ result: Subprocess.Result, of tool: String, building product: String) throws {
    if result.status == 0 { return }
    guard let (shortage, line) = BuildShortage.find(in: result) else {
      throw BuildError(tool: tool, product: product, said: result.errors + result.output)
    }
    let evidence = line.map { "\n  \($0.prefix(300))" } ?? ""
    throw ToolError("\(tool) did not finish \(product): \(shortage.description)\(evidence)")
  }

  /// One line, and below it what the compiler said.
  package var description: String {
    (["\(tool) can't build \(product):"] + lines).joined(separator: "\n  ")
  }
}
