import Foundation
import KilnDeploy
import Testing

/// `toolchain/prove-board-failures`, on the program beside the tests.
///
/// Runs where `toolchain/setup --boards` has been run.
@Suite(.enabled(if: Program.hasLoopbackBoard, "needs toolchain/setup --boards"))
struct BoardFailureTests {
  @Test func `each failure says one line and leaves nothing behind`() throws {
    try withTemporaryFolder { folder in
      let script = "\(Program.repository)/toolchain/prove-board-failures"
      let environment = ["XDG_CACHE_HOME=\(folder)", "KILN_BOARD_PORT=\(30000 + getpid() % 10000)"]
      let result = try Subprocess("/usr/bin/env", environment + [script, Program.path]).run()
      #expect(result.status == 0, "\(result.output)\(result.errors)")
      #expect(result.output.split(separator: "\n").count >= 11)
    }
  }
}
