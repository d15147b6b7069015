import Foundation
import KilnDeploy
import Testing

/// What the machine lacks is no defect of Kiln's.
@Suite("A machine that lacks something")
struct ShortageTests {
  /// Runs a network with another program in the place of `swift`, whose `swift build` is the script.
  private func run(swiftBuild script: String) throws -> Subprocess.Result {
    try withTemporaryFolder { folder in
      let swift = "\(folder)/swift"
      try Files.write("#!/bin/sh\n[ \"$1\" = build ] || exit 0\n\(script)\n", to: swift)
      chmod(swift, 0o700)
      let result = try Subprocess(
        "/usr/bin/env",
        ["PATH=\(folder):/usr/bin:/bin", "XDG_CACHE_HOME=\(folder)/c", Program.path, "run", Program.tiny]
      ).run()
      let left = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/c/kiln")
      #expect(left.isEmpty)
      return result
    }
  }

  @Test(arguments: [
    ("kill -9 $$", "it was killed, by the system if that was short of memory"),
    ("kill -15 $$", "signal 15 ended it"),
    ("echo 'error: compile command failed due to signal 9 (use -v to see invocation)'; exit 1", "it was killed"),
    ("echo 'LLVM ERROR: out of memory' >&2; exit 1", "there was not enough memory"),
    (
      "echo 'note: IO failure on output stream: No space left on device'; exit 1",
      "there was not enough space on the disk"
    ),
  ])
  func `does not finish a build, with status 69`(script: String, text: String) throws {
    let result = try run(swiftBuild: script)
    #expect(result.status == 69, "\(result)")
    let lines = result.errors.split(separator: "\n").filter { !$0.hasPrefix("building ") }
    #expect(
      lines.first?.hasPrefix("kiln: swift build did not finish tinyunfused-benchmark: \(text)") ?? false, "\(result)")
  }

  @Test func `is told from a package that Swift rejects, with status 70`() throws {
    let result = try run(swiftBuild: "echo \"$4/A.swift:1:1: error: no\"; exit 1")
    #expect(result.status == 70 && result.errors.contains("a defect of Kiln's own; please report it"), "\(result)")
    #expect(result.errors.contains("/A.swift:1:1: error: no"))
  }

  /// Needs root, to mount a small file system.
  @Test(arguments: [["compile", "--output", "Digits"], ["run"], ["run", "--output-directory", "out"]])
  func `has no room on its disk`(arguments: [String]) throws {
    try withTemporaryFolder { folder in
      let mount = try? Subprocess("/bin/mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", folder]).run()
      guard mount?.status == 0 else { return }
      defer { _ = try? Subprocess("/bin/umount", [folder]).run() }
      let words = arguments.map { $0.first == "D" || $0.first == "o" ? "\(folder)/\($0)" : $0 }
      let result = try Program.run(words + [Program.digits], cache: folder)
      #expect(result.status == 66 || result.status == 69, "\(result)")
      #expect(result.errors.contains("No space left on device"), "\(result.errors)")
      let left = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(left.allSatisfy { ["kiln", "out"].contains($0) })
    }
  }

  /// Both build it; one of them puts it into the cache, and both find it there.
  @Test func `is shared by two that build the same network`() throws {
    try withTemporaryFolder { folder in
      let environment = ProcessInfo.processInfo.environment.merging(["XDG_CACHE_HOME": folder]) { $1 }
      let processes = try (0..<2).map { _ in
        let process = Process()
        process.executableURL = URL(filePath: Program.path)
        process.arguments = ["run", Program.tiny]
        process.environment = environment
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
      }
      for process in processes {
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
      }
      #expect(try Program.networks(inCache: folder).count == 1)
    }
  }
}
