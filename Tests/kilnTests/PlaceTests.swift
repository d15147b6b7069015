import Foundation
import KilnDeploy
import Testing

/// Where results go: folders that somebody stands in, names that are taken, places that are full.
struct PlaceTests {
  /// What a shell prints, whose `$KILN` is the program.
  private func shell(_ script: String) throws -> Subprocess.Result {
    try Subprocess("/usr/bin/env", ["KILN=\(Program.path)", "XDG_CACHE_HOME=/nowhere", "/bin/sh", "-c", script]).run()
  }

  /// A folder that is replaced as a whole would leave the shell in one that is gone.
  @Test func `the current folder may become a package, twice`() throws {
    try withTemporaryFolder { folder in
      let script = """
        cd '\(folder)' && "$KILN" compile '\(Program.digits)' --output . >/dev/null && touch .build \
        && "$KILN" compile '\(Program.tiny)' --output . >/dev/null && ls -a
        """
      let result = try shell(script)
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.output == ".\n..\n.build\nPackage.swift\nREADME.md\nSources\n")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 4)
      let sources = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/Sources")
      #expect(sources.contains("TinyUnfused") && !sources.contains("Digits"))
    }
  }

  @Test func `lost output is told`() throws {
    let result = try shell("\"$KILN\" targets >/dev/full")
    #expect(result.status == 66)
    #expect(result.errors == "kiln: standard output: can't be written: No space left on device\n")
  }

  @Test func `a cache that can't be written is called so`() throws {
    let result = try Program.run(["run", Program.digits], cache: "/proc/nowhere")
    #expect(result.status == 66)
    #expect(result.errors.hasSuffix("; set XDG_CACHE_HOME to a folder that can be written\n"), "\(result.errors)")
  }

  /// A library called `class` could be imported by no Python program.
  @Test func `a library that is called after a file gets a name that it can have`() throws {
    try withTemporaryFolder { folder in
      try FileManager.default.copyItem(atPath: Program.digits, toPath: "\(folder)/class.onnx")
      let result = try Program.run(["build", "\(folder)/class.onnx", "--as", "static", "--output", "\(folder)/lib"])
      #expect(result.status == 0, "\(result.errors)")
      #expect(FileManager.default.fileExists(atPath: "\(folder)/lib/libclassnetwork.a"))
    }
  }
}
