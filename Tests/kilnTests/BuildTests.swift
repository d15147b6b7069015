import Foundation
import KilnDeploy
import KilnGraph
import Testing

/// `kiln build`, as its users call it.
struct BuildTests {
  @Test(
    arguments: [
      ([], 64, "build needs --as with one of static, shared, executable"),
      (["--as", "dynamic"], 64, "--as 'dynamic' is none of static, shared, executable"),
      (["--as", "static", "--output", ""], 64, "--output needs a folder's name"),
      (["--as", "static", "--name", "Math"], 64, "a library 'math' would hide a header, library or module"),
      (["--as", "static", "--threads", "100000"], 64, "--threads"),
      (["--as", "static", "--schedule", "/nowhere/schedule.json"], 66, "/nowhere/schedule.json"),
      (["--as", "shared", "--output", "/proc/nothing"], 66, "/proc: nothing can be written there"),
      (["--as", "shared", "--output", "/dev/null"], 73, "/dev/null: there is a file of that name"),
    ] as [([String], Int32, String)])
  func `mistakes are one line with a status`(options: [String], status: Int32, text: String) throws {
    let result = try Program.run(["build", Program.tiny] + options)
    #expect(result.status == status && result.errors.contains(text) && result.output.isEmpty, "\(result)")
    #expect(result.errors.split(separator: "\n").count == 1)
  }

  @Test func `what is no model, or has no kernel, is refused as by compile`() throws {
    try withTemporaryFolder { folder in
      let output = ["--as", "shared", "--output", "\(folder)/out"]
      try Files.write("no model", to: "\(folder)/text.onnx")
      let refused = "\(Program.repository)/Tests/Networks/refused"
      let unsupported = try #require(
        FileManager.default.contentsOfDirectory(atPath: refused).first { $0.hasSuffix(".onnx") })
      for (model, status) in [("\(folder)/text.onnx", 65), ("\(folder)/no.onnx", 66), ("\(refused)/\(unsupported)", 3)]
      {
        let result = try Program.run(["build", model] + output)
        #expect(result.status == Int32(status), "\(result)")
        let compiled = try Program.run(["compile", model, "--output", "\(folder)/out"])
        // Both print a command that would do, with their own name.
        #expect(result.errors.replacing("build", with: "compile").hasPrefix(compiled.errors.prefix(200)))
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["text.onnx"])
    }
  }

  /// A stranger's header is found before anything takes long.
  @Test func `a file of the user's stays`() throws {
    try withTemporaryFolder { folder in
      try Files.write("#define MINE\n", to: "\(folder)/tinyunfused.h")
      let result = try Program.run(["build", Program.tiny, "--as", "static", "--output", folder])
      #expect(result.status == 73 && result.errors.contains("Kiln did not write this file"), "\(result)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["tinyunfused.h"])
    }
  }

  /// The program reads and writes raw elements.
  @Test func `a program computes what 'run' does, and replaces itself`() throws {
    try withTemporaryFolder { folder in
      for _ in 0..<2 {
        let built = try Program.run(
          ["build", Program.tiny, "--as", "executable", "--name", "Tiny", "--output", "\(folder)/bin"], cache: folder)
        #expect(built.status == 0 && built.output.hasPrefix("\(folder)/bin/tiny: 'input' float32[1, 3, 32, 37] to "))
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder)/bin") == ["tiny"])
      let input = try Npy.read("\(Program.repository)/Tests/Networks/tiny.input.npy")
      try Files.write(input.storage, to: "\(folder)/in")
      let run = try Subprocess("\(folder)/bin/tiny", ["run", "\(folder)/in", "\(folder)/out"]).run()
      #expect(run.status == 0, "\(run)")
      let arguments = ["run", Program.tiny, "--input", "\(Program.repository)/Tests/Networks/tiny.input.npy"]
      #expect(try Program.run(arguments + ["--output-directory", folder], cache: folder).status == 0)
      let expected = try Npy.read("\(folder)/output_0.npy")
      let output = try Files.read("\(folder)/out")
      #expect(output.bytes.elementsEqual(expected.storage.bytes))
    }
  }

  /// Killed at various moments, and asked to stop: there is no library, or a whole one with all that belongs to it.
  @Test func `stopped builds leave nothing half-made`() throws {
    try withTemporaryFolder { folder in
      let output = "\(folder)/out"
      for (index, signal) in [SIGTERM, SIGKILL, SIGINT].enumerated() {
        func builds() throws -> Set<String> {
          Set(try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasPrefix("kiln-build-") })
        }
        let before = try builds()
        let process = Process()
        process.executableURL = URL(filePath: Program.path)
        process.arguments = ["build", Program.tiny, "--as", "static", "--output", output]
        process.environment = ProcessInfo.processInfo.environment.merging(["TMPDIR": folder]) { $1 }
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        while process.isRunning, try builds().subtracting(before).isEmpty { usleep(10_000) }
        usleep(UInt32(200_000 * index))
        kill(process.processIdentifier, signal)
        process.waitUntilExit()
        #expect(process.terminationReason == .uncaughtSignal && process.terminationStatus == signal)
        #expect(!FileManager.default.fileExists(atPath: output))
        // What SIGKILL leaves in the temporary folder, the next build removes.
        #expect(try builds().count == (signal == SIGKILL ? 1 : 0))
      }
    }
  }
}
