import Foundation
import KilnDeploy
import Testing

/// `kiln tune` and `--schedule` from the outside.
///
/// Nothing depends on what is faster.
struct TuneTests {
  /// A schedule of the digits' network as `kiln tune` may write it, but for the tiles of one layer.
  private func schedule(_ tiles: String, folder: String) throws -> String {
    let text = """
      {"kilnSchedule": 1, "layers": [
        {"layer": "/0/features/features.2/first/first.0/Conv", "algorithm": "direct"},
        {"layer": "/0/features/features.5/dense/dense.0/Conv", \(tiles)}
      ]}
      """
    let path = "\(folder)/s.json"
    try Files.write(text, to: path)
    return path
  }

  /// Tunes a small network, and computes with the file that it wrote, with others' files, and without one.
  @Test func `tunes and computes the same`() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/digits.json"
      let arguments = [
        "tune", Program.digits, "--exact", "--candidates", "3", "--rounds", "1", "--output", path, "--json",
      ]
      let result = try Program.run(arguments, cache: "\(folder)/cache")
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.output.contains("\"largestDifference\" : 0"), "\(result.output.suffix(300))")
      #expect(result.output.contains("\"candidates\" : 3"))
      let text = try String(contentsOfFile: path, encoding: .utf8)
      #expect(text.contains("{\"layer\": \"/0/classifier/Gemm\", \"shape\": \"1x1 32->10 at 1x1x1\", "))

      func bits(_ extra: [String]) throws -> [UInt8] {
        let arguments = ["run", Program.digits, "--input", Program.seven, "--output-directory", folder]
        let result = try Program.run(arguments + extra, cache: "\(folder)/cache")
        #expect(result.status == 0, "\(result.errors)")
        return Array(try Data(contentsOf: URL(filePath: "\(folder)/output_0.npy")))
      }
      let exact = try bits(["--exact"])
      // The same algorithms give the same bits, whatever the tiles.
      #expect(try bits(["--exact", "--schedule", path]) == exact)
      // Any tile of several pixels may have one less.
      let edited = text.replacing(/"pixels": ([2-9])/) { "\"pixels\": \((Int($0.1) ?? 2) - 1)" }
      #expect(edited != text)
      try Files.write(edited, to: path)
      #expect(try bits(["--schedule", path]) == exact)
      // Another algorithm rounds otherwise.
      let winograd = try schedule("\"algorithm\": \"winograd2\"", folder: folder)
      #expect(try bits(["--schedule", winograd]) != exact)
      let left = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(Set(left) == ["cache", "digits.json", "s.json", "output_0.npy"])
    }
  }

  @Test func `depthwise convolutions are tuned`() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/s.json"
      let model = "\(Program.repository)/Tests/Networks/cases/conv_depthwise_33_channels.onnx"
      let arguments = [
        "tune", model, "--threads", "2", "--candidates", "2", "--rounds", "1", "--output", path, "--json",
      ]
      let result = try Program.run(arguments, cache: "\(folder)/cache")
      #expect(result.status == 0, "\(result.errors)")
      let text = try String(contentsOfFile: path, encoding: .utf8)
      #expect(text.contains(" 33 depthwise at "), "\(text.prefix(1000))")
      #expect(result.output.contains(" depthwise at "))
    }
  }

  /// Where `toolchain/setup --boards` has been run.
  @Test(.enabled(if: Program.hasLoopbackBoard, "needs toolchain/setup --boards"))
  func `tunes on a board`() throws {
    try withTemporaryFolder { folder in
      let environment = [
        "XDG_STATE_HOME=\(folder)", "XDG_CACHE_HOME=\(folder)/cache", "KILN_BOARD_PORT=\(20000 + getpid() % 10000)",
      ]
      func board(_ arguments: [String]) throws -> Subprocess.Result {
        try Subprocess(
          "/usr/bin/env", environment + ["\(Program.repository)/toolchain/loopback-board"] + arguments
        ).run()
      }
      #expect(try board(["start"]).status == 0)
      defer { _ = try? board(["stop"]) }
      let path = "\(folder)/pi.json"
      let kiln = ["with", Program.path]
      let target = ["--target", "raspberry-pi-4", "--on", "loopback"]
      let tune = ["tune", Program.digits, "--candidates", "2", "--rounds", "1", "--output", path]
      let tuned = try board(kiln + tune + target)
      #expect(tuned.status == 0, "\(tuned.errors)")
      #expect(tuned.output.contains("shapes of convolution"))
      #expect(try String(contentsOfFile: path, encoding: .utf8).contains("\"name\": \"raspberry-pi-4\""))
      // The board's programs are gone, and the schedule is what it computes by.
      #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder)/kiln-boards/loopback/tmp").isEmpty)
      let measured = try board(kiln + ["bench", Program.digits, "--runs", "1", "--schedule", path] + target)
      #expect(measured.status == 0, "\(measured.errors)")
    }
  }

  @Test func `schedules that do not fit are refused`() throws {
    try withTemporaryFolder { folder in
      func expectError(_ status: Int32, _ text: String, _ arguments: [String]) throws {
        let result = try Program.run(arguments)
        #expect(result.status == status && result.errors.contains(text), "\(result.errors)")
        #expect(result.errors.split(separator: "\n").count == 1 && result.output.isEmpty)
      }
      let compile = ["compile", Program.digits, "--output", "\(folder)/Digits", "--schedule"]
      let winograd = try schedule("\"algorithm\": \"winograd2\"", folder: folder)
      try expectError(65, "\(winograd):3:3: layer", compile + [winograd, "--exact"])
      try expectError(65, "winograd2 is not exact: leave out --exact", compile + [winograd, "--exact"])
      try expectError(65, ":2:3: layer '/0/features", ["compile", Program.tiny, "--schedule", winograd])
      let mistaken = try schedule("\"algorithm\": \"winograd3\"", folder: folder)
      try expectError(65, ":3:71: `algorithm`: expected one of direct, winograd2, winograd4", compile + [mistaken])
      try expectError(66, "there is no such file", compile + ["\(folder)/none.json"])
      try expectError(65, "not a regular file", compile + [folder])
      try FileHandle(forWritingTo: URL(filePath: mistaken)).truncate(atOffset: 1 << 30)
      try expectError(65, "this is no schedule: those have at most", compile + [mistaken])
      try expectError(66, "is no file's name", ["tune", Program.digits, "--output", folder])
      try expectError(66, "can't be written", ["tune", Program.digits, "--output", "\(folder)/none/s.json"])
      try expectError(
        64, "--candidates '1' is not a whole number from 2", ["tune", Program.digits, "--candidates", "1"])
      try expectError(64, "tune has no option '--schedule'", ["tune", Program.digits, "--schedule", winograd])
      #expect(!Files.isFolder("\(folder)/Digits"))
    }
  }

  /// Stopped while it builds, `kiln tune` leaves neither a schedule nor anything in its cache.
  @Test func `interrupted tuning leaves nothing`() throws {
    try withTemporaryFolder { folder in
      let cache = "\(folder)/kiln"
      let process = Process()
      process.executableURL = URL(filePath: Program.path)
      process.arguments = ["tune", Program.digits, "--output", "\(folder)/s.json"]
      process.environment = ProcessInfo.processInfo.environment.merging(["XDG_CACHE_HOME": folder]) { $1 }
      process.standardInput = FileHandle.nullDevice
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      try process.run()
      func building() -> Bool {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: cache)) ?? []
        return names.contains { FileManager.default.fileExists(atPath: "\(cache)/\($0)/build/package") }
      }
      while process.isRunning, !building() { usleep(10_000) }
      kill(process.processIdentifier, SIGTERM)
      process.waitUntilExit()
      #expect(process.terminationReason == .uncaughtSignal && process.terminationStatus == SIGTERM)
      #expect(try FileManager.default.contentsOfDirectory(atPath: cache).isEmpty)
      let left = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(left.allSatisfy { !$0.contains("s.json") })
    }
  }
}
