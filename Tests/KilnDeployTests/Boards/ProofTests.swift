import Foundation
import KilnCompiler
import KilnDeploy
import KilnEmission
import KilnGraph
import KilnPasses
import Testing

/// `toolchain/prove-no-allocation` on a network that allocates nothing, and on copies that do.
///
/// Runs where `toolchain/setup` has been run.
@Suite(.enabled(if: Toolchain.tools != nil, "needs toolchain/setup"))
struct ProofTests {
  private let script = Toolchain.script("prove-no-allocation")

  /// What is done to the package: C source, and Swift source that uses it in the first layer or beside it.
  struct Damage: CustomTestStringConvertible, Sendable {
    var check: String
    var header = ""
    var firstLayer = ""
    var beside = ""
    var testDescription: String { check }
  }

  private static let damages = [
    Damage(
      check: "source",
      beside: "func leak(_ n: Int) -> Int { var a: [Int] = []; while a.count < n { a.append(n) }; return a[n / 2] }"),
    // Never called while the benchmark runs, so that only the symbols tell.
    Damage(
      check: "symbols", header: "#include <stdlib.h>",
      firstLayer: "if memory.x[0].isNaN { memory.y[0] = Float(UInt(bitPattern: malloc(16))) }"),
    Damage(check: "system", header: "#include <unistd.h>", firstLayer: "_ = sbrk(4096)"),
  ]

  @Test func `a network that allocates nothing is proved`() throws {
    let (status, lines) = try prove(nil)
    #expect(status == 0)
    #expect(lines.map { $0.prefix(15) } == ["proved  source ", "proved  symbols", "proved  system "])
  }

  @Test(arguments: damages) func `each check finds what is made for it`(damage: Damage) throws {
    let (status, lines) = try prove(damage)
    #expect(status == 1)
    #expect(lines.filter { $0.hasPrefix("BROKEN") }.map { $0.split(separator: " ")[1] } == [damage.check[...]])
  }

  @Test func `what is no package is refused`() throws {
    let result = try Subprocess(script, [FileManager.default.temporaryDirectory.path]).run()
    #expect(result.status == 66)
    #expect(result.errors.contains("has no Package.swift"))
  }

  private func prove(_ damage: Damage?) throws -> (status: Int32, lines: [String]) {
    try withTemporaryFolder { folder in
      var graph = Graph()
      let input = graph.addInput("x", TensorType(.float32, [1, 8]))
      graph.addOutput("y", try graph.insert(Unary(.relu), name: "activation", inputs: [input])[0])
      try Compiler.emit(
        Compiler.plan(OptimizedGraph(graph), CompileOptions(target: Toolchain.board)), name: "Net", origin: "a test"
      ).write(to: folder)
      if let damage {
        try edit(folder.appending(path: "Sources/NetWeights/include/NetWeights.h")) { $0 += damage.header + "\n" }
        try edit(folder.appending(path: "Sources/Net/Net.swift")) { text in
          let start = try #require(text.range(of: "(_ memory: Memory) {\n"))
          text.insert(contentsOf: damage.firstLayer + "\n", at: start.upperBound)
          text += damage.beside + "\n"
        }
      }
      let result = try Subprocess(script, [folder.path]).run()
      #expect(result.errors == "")
      return (result.status, result.output.split(separator: "\n").map(String.init))
    }
  }

  private func edit(_ file: URL, _ change: (inout String) throws -> Void) throws {
    var text = try String(contentsOf: file, encoding: .utf8)
    try change(&text)
    try text.write(to: file, atomically: true, encoding: .utf8)
  }
}
