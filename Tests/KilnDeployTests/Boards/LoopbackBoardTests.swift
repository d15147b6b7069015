import Foundation
import KilnCompiler
import KilnDeploy
import KilnGraph
import KilnPasses
import Testing

/// `toolchain/loopback-board` as tests and people use it.
///
/// Runs where `toolchain/setup --boards` has been run.
@Suite(
  .enabled(
    if: Toolchain.tools != nil && FileManager.default.fileExists(atPath: "/usr/sbin/sshd"),
    "needs toolchain/setup --boards"))
struct LoopbackBoardTests {
  @Test func `a network runs there, and nothing stays behind`() throws {
    try withTemporaryFolder { folder in
      var graph = Graph()
      let input = graph.addInput("x", TensorType(.float32, [1, 8]))
      graph.addOutput("y", try graph.insert(Unary(.relu), name: "activation", inputs: [input])[0])
      let package = try Compiler.emit(
        Compiler.plan(OptimizedGraph(graph), CompileOptions(target: Toolchain.board)), name: "Net", origin: "a test")
      try package.write(to: folder.appending(path: "package"))
      let program = try PackageBuilder.build(
        package.benchmarkName, package: folder.appending(path: "package").path,
        scratch: folder.appending(path: "scratch").path, sdk: try #require(Toolchain.tools).sdk)

      try #expect(board("status", in: folder).status == 1)
      let start = try board("start", in: folder)
      #expect(start.status == 0, "\(start.errors)")
      try #expect(board("status", in: folder).output.hasPrefix("loopback: running"))
      try #expect(board("ssh", "uname -m; exit 5", in: folder).output == "aarch64\n")
      try #expect(board("ssh", "exit 5", in: folder).status == 5)
      try #expect(board("scp", program, "loopback:program", in: folder).status == 0)
      let report = BenchmarkReport(try board("ssh", "./program bench --runs 3; rm program", in: folder).output)
      #expect(report?.runs == 3)
      try #expect(board("stop", in: folder).status == 0)
      try #expect(board("status", in: folder).status == 1)
      try #expect(board("ssh", "true", in: folder).status == 69)
    }
  }

  @Test func `arguments that make no sense are refused`() throws {
    try withTemporaryFolder { folder in
      try #expect(board("begin", in: folder).status == 64)
      try #expect(board("start", "now", in: folder).status == 64)
      try #expect(board("--help", in: folder).output.hasPrefix("usage: toolchain/loopback-board"))
    }
  }

  /// Runs the script with a state of its own, on a port that nothing else here uses.
  private func board(_ arguments: String..., in folder: URL) throws -> Subprocess.Result {
    let environment = ["XDG_STATE_HOME=\(folder.path)", "KILN_BOARD_PORT=\(20000 + getpid() % 10000)"]
    return try Subprocess("/usr/bin/env", environment + [Toolchain.script("loopback-board")] + arguments).run()
  }
}
