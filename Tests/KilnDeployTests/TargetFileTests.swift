import Foundation
import KilnCompiler
import Testing

@testable import KilnDeploy

struct TargetFileTests {
  private let board = """
    {"summary": "A board", "triple": "aarch64-unknown-linux-gnu", "cpu": "cortex-a72", "instructionSet": "neon",
     "cacheByteCounts": [32768, 1048576], "coreCount": 4}
    """

  private func read(_ text: String) throws(FileError) -> Target {
    try TargetFile.target(Data(text.utf8), name: "board", origin: "board.json")
  }

  private func message(_ text: String) -> String {
    do {
      return "no error: \(try read(text))"
    } catch {
      return error.description
    }
  }

  @Test func everyShippedFileIsKnown() {
    let names = Targets.all.map(\.name)
    #expect(names.first == "host")
    #expect(Set(names).isSuperset(of: ["raspberry-pi-3", "raspberry-pi-zero-2-w", "raspberry-pi-4", "raspberry-pi-5"]))
    #expect(Set(names).isSuperset(of: ["generic-aarch64", "x86-64-v2", "x86-64-v3", "x86-64-v4", "x86-64-v4-vnni"]))
    #expect(Set(names).count == names.count)
  }

  @Test func flagsFollowFromProcessorAndFeatures() {
    #expect(Targets.target(named: "raspberry-pi-4")?.compilerFlags == ["-mcpu=cortex-a72"])
    #expect(Targets.target(named: "raspberry-pi-5")?.compilerFlags == ["-mcpu=cortex-a76+dotprod+fp16"])
    #expect(Targets.target(named: "x86-64-v4-vnni")?.compilerFlags == ["-march=x86-64-v4", "-mavx512vnni"])
  }

  @Test func vectorsAreThoseOfTheInstructionSetUnlessTheFileSaysLess() throws {
    #expect(try read(board).vectorWidth == 4)
    #expect(try read(board).vectorRegisterCount == 32)
    let half =
      board
      .replacing("aarch64-unknown-linux-gnu", with: "x86_64-unknown-linux-gnu").replacing("neon", with: "avx512")
      .replacing("\"coreCount\"", with: "\"vectorWidth\": 8, \"coreCount\"")
    #expect(try read(half).vectorWidth == 8)
    #expect(try read(half).vectorRegisterCount == 32)
  }

  @Test func errorsNameFileKeyAndExpectation() {
    let expectations: [(String, String, String)] = [
      ("\"cpu\"", "\"CPU\"", "there is no key `CPU`: the keys are summary, triple, cpu"),
      ("\"cpu\": \"cortex-a72\",", "", "`cpu` is missing: expected a processor's name"),
      ("cortex-a72", "cortex-a72\\\", \\\"-fplugin=x", "`cpu`: expected a processor's name"),
      ("aarch64-unknown-linux-gnu", "armv7-unknown-linux-gnueabihf", "`triple`: expected aarch64-unknown-linux-gnu or"),
      ("neon", "avx2", "`instructionSet`: expected neon"),
      ("\"coreCount\": 4", "\"coreCount\": true", "`coreCount`: expected a number from 1 to 1024"),
      ("\"coreCount\": 4", "\"coreCount\": 1.5", "`coreCount`: expected a number from 1 to 1024"),
      ("\"coreCount\": 4", "\"coreCount\": 4, \"vectorWidth\": 8", "`vectorWidth`: expected 4, 8 or 16, at most 4"),
      ("\"coreCount\": 4", "\"coreCount\": 4, \"features\": [\"a b\"]", "`features`: expected a list of clang's names"),
      ("[32768, 1048576]", "[]", "`cacheByteCounts`: expected 1 to 4 sizes"),
      ("[32768, 1048576]", "[32768, 1024]", "`cacheByteCounts`: expected 1 to 4 sizes"),
      ("A board", "A\\nboard", "`summary`: expected one line"),
    ]
    for (part, replacement, expected) in expectations {
      #expect(message(board.replacing(part, with: replacement)).hasPrefix("board.json: \(expected)"))
    }
    #expect(message("{\"cpu\": ").hasPrefix("board.json: this is not a JSON object: "))
    #expect(message("[]").hasPrefix("board.json: this is not a JSON object: "))
  }

  @Test func pathMeansAFile() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "my-board.json")
    try Data(board.utf8).write(to: file)
    #expect(try Targets.target(file.path)?.name == "my-board")
    #expect(throws: FileError.self) { try Targets.target(folder.appending(path: "other.json").path) }
    #expect(try Targets.target("toaster") == nil)
    #expect(try Targets.target("raspberry-pi-3")?.coreCount == 4)
  }
}
