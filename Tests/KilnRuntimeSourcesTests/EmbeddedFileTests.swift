import Foundation
import Testing

@testable import embed_files

struct EmbeddedFileTests {
  @Test(arguments: [
    ("KilnRuntime/Vector.swift", "vector"), ("KilnRuntime/WinogradTransform4.swift", "winogradTransform4"),
    ("KilnRuntime/Pools/LRN.swift", "lrn"), ("KilnRuntime/GELU+Tables.swift", "geluTables"),
    ("KilnRuntime/Repeat.swift", "repeat"),
  ])
  func `cases are named as their files`(name: String, caseName: String) {
    #expect(EmbeddedFile(name: name, text: "").caseName == caseName)
    let source = EmbeddedFile.source(of: [EmbeddedFile(name: name, text: "")])
    #expect(source.contains("\n  case `\(caseName)` = \"\(name)\"\n"))
  }

  @Test func `only Swift files of the runtime are cases`() {
    let names = ["Benchmark/Entry.swift", "KilnRuntime/table.json", "KilnRuntimeOther/Vector.swift"]
    #expect(!EmbeddedFile.source(of: names.map { EmbeddedFile(name: $0, text: "") }).contains("case"))
  }

  /// The compiler itself must read every literal as the text that it was written from.
  @Test func `texts survive as literals`() throws {
    let texts = [
      "", "\"\"\"#\\(x)\\", "a\r\nb\rc\u{0}\t\u{7F}\u{85}\u{2028}", "é e\u{301} \u{301} 👩‍👩‍👧 \u{FEFF}", "#\"\"#",
    ]
    let source =
      EmbeddedFile.source(
        of: texts.enumerated().map { EmbeddedFile(name: "A/\($0)", text: $1) }
          + [EmbeddedFile(name: "KilnRuntime/A.swift", text: "")])
      + texts.indices.map { "for byte in embeddedFiles[\"A/\($0)\"]!.utf8 { print(byte) }\nprint()\n" }.joined()
    let script = FileManager.default.temporaryDirectory.appending(path: "kiln-\(UUID().uuidString).swift")
    defer { try? FileManager.default.removeItem(at: script) }
    try Data(source.utf8).write(to: script)
    let compiler = Process()
    compiler.executableURL = URL(filePath: "/usr/bin/env")
    compiler.arguments = ["swift", "-package-name", "Kiln", script.path]
    let output = Pipe()
    compiler.standardOutput = output
    try compiler.run()
    let printed = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    compiler.waitUntilExit()
    #expect(printed == texts.map { $0.utf8.map { "\($0)\n" }.joined() + "\n" }.joined())
  }
}
