import Foundation
import Testing

/// The page of supported operators in the repository is what the program says.
struct OperatorTableTests {
  @Test func `the table in the repository is up to date`() throws {
    let page = try Program.run(["operators", "--markdown"])
    #expect(page.status == 0)
    let file = try String(contentsOfFile: "\(Program.repository)/Sources/KilnONNX/OPERATORS.md", encoding: .utf8)
    #expect(
      page.output == file,
      "write it again: swift run kiln operators --markdown > Sources/KilnONNX/OPERATORS.md")
  }

  @Test func `it says for each operator which versions are told apart and what is compiled`() throws {
    let text = try Program.run(["operators"]).output
    let lines = text.split(separator: "\n").map { line in
      line.split(separator: /\ \ +/).map(String.init)
    }
    func cells(_ name: String) -> [String] { lines.first { $0.first == name } ?? [] }
    let floats = "float32, float64, float16, bfloat16"
    let autoPad = "auto_pad: NOTSET, SAME_UPPER, SAME_LOWER, VALID"
    #expect(cells("Conv") == ["Conv", "ai.onnx", "1", "compiled", "float32, float16, bfloat16", floats, autoPad])
    #expect(cells("BatchNormalization")[2] == "14, 9, 6")
    #expect(cells("Upsample")[2] == "9, 7, 1, until 9")
    #expect(cells("ArgMax")[3...] == ["compiled", "all", "all"])
    #expect(cells("ScatterND")[3...] == ["compiled", "all", "all", "reduction: none, add, mul, min, max"])
    #expect(cells("Acosh")[3...] == ["compiled", "float32, float16, bfloat16", floats])
    #expect(cells("Shape")[3...] == ["resolved", "all"])
    #expect(cells("Split").last == "constant operands: split")
  }

  @Test func `programs can read it`() throws {
    struct Row: Decodable {
      let name, domain, support: String
      let versions: [Int]
      let compiledTypes, interpretedTypes, constants: [String]
    }
    let json = try Program.run(["operators", "--json"])
    let rows = try JSONDecoder().decode([Row].self, from: Data(json.output.utf8))
    let clip = try #require(rows.first { $0.name == "Clip" })
    #expect(clip.domain == "ai.onnx" && clip.versions == [11, 6] && clip.support == "compiled")
    #expect(clip.compiledTypes.contains("float32") && clip.interpretedTypes.contains("float16"))
    #expect(Set(rows.map { "\($0.domain).\($0.name)" }).count == rows.count)
  }
}
