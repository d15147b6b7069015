import Foundation
import Synchronization
import Testing

@testable import KilnDeploy

struct SubprocessTests {
  @Test func `gives what the program says`() throws {
    let lines = Mutex<[String]>([])
    let result = try Subprocess("/bin/sh", ["-c", "echo one; echo two >&2; echo three; exit 7"]).run { line in
      lines.withLock { $0.append(line) }
    }
    #expect(result.status == 7)
    #expect(result.output == "one\nthree\n")
    #expect(result.errors == "two\n")
    #expect(lines.withLock(\.self) == ["one", "three"])
  }

  @Test func `many errors do not block`() throws {
    let result = try Subprocess("/bin/sh", ["-c", "head -c 300000 /dev/zero >&2; head -c 300000 /dev/zero"]).run()
    #expect(result.errors.utf8.count == 300_000 && result.output.utf8.count == 300_000)
  }

  @Test func `standard input is empty and arguments are not words`() throws {
    let result = try Subprocess("/bin/sh", ["-c", "cat; echo \"$1\"", "sh", "a b; $(c)"]).run()
    #expect(result.output == "a b; $(c)\n")
  }

  @Test func `signals count as in a shell`() throws {
    #expect(try Subprocess("/bin/sh", ["-c", "kill -9 $$"]).run().status == 137)
  }

  @Test func `programs that are not there`() {
    #expect(throws: ToolError.self) { try Subprocess("/nowhere/program", []).run() }
    #expect(Subprocess.find("sh") != nil)
    #expect(Subprocess.find("/nowhere/program") == nil)
    #expect(Subprocess.find("no-such-program-of-kiln") == nil)
  }
}
