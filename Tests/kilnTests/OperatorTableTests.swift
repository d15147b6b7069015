import Foundation
import Testing

/// The page of supported operators in the repository is what the program says.
struct OperatorTableTests {
  @Test func theTableIsUpToDate() throws {
    let page = try Program.run(["operators", "--markdown"])
    #expect(page.status == 0)
    let file = try String(contentsOfFile: "\(Program.repository)/Sources/KilnONNX/OPERATORS.md", encoding: .utf8)
    #expect(page.output == file, "kiln operators --markdown > Sources/KilnONNX/OPERATORS.md")
  }

  @Test func itSaysWhatIsCompiled() throws {
    let lines = try Program.run(["operators"]).output.split(separator: "\n")
    func words(_ name: String) -> [Substring] {
      lines.first { $0.hasPrefix("\(name) ") }?.split(separator: " ") ?? []
    }
    #expect(words("Conv").dropFirst(5) == ["compiled", "float32"])
    #expect(words("ArgMax").contains("compiled") && words("ArgMax").contains("int64,"))
    #expect(words("ScatterND").dropFirst(5) == ["interpreted"])
    #expect(words("Shape").dropFirst(5) == ["resolved"])
  }
}
