import Foundation
import KilnDeploy
import Testing

struct InterruptionTests {
  private func start(_ arguments: [String], cache: String, temporary: String? = nil) throws -> Process {
    let process = Process()
    process.executableURL = URL(filePath: Program.path)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(["XDG_CACHE_HOME": cache]) { $1 }
    if let temporary { process.environment?["TMPDIR"] = temporary }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    return process
  }

  private func contents(_ folder: String) throws -> [String: Data] {
    var files: [String: Data] = [:]
    for case let name as String in FileManager.default.enumerator(atPath: folder) ?? .init() {
      files[name] = FileManager.default.contents(atPath: "\(folder)/\(name)")
    }
    return files
  }

  /// Kills `kiln compile` at various moments: what is in place is always one of the two packages, whole.
  @Test func `killed compilations leave a whole package`() throws {
    try withTemporaryFolder { folder in
      let output = "\(folder)/Digits"
      let variants = [[], ["--no-fold"]]
      var packages: [[String: Data]] = []
      for extra in variants {
        let result = try Program.run(["compile", Program.digits, "--output", output] + extra)
        #expect(result.status == 0, "\(result.errors)")
        packages.append(try contents(output))
      }
      #expect(packages[0] != packages[1])
      for round in 0..<16 {
        let process = try start(["compile", Program.digits, "--output", output] + variants[round % 2], cache: folder)
        usleep(UInt32(5000 * round))
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        let found = try contents(output)
        #expect(packages.contains(found))
      }
      // The next one cleans up after those that were killed, and writes the same bytes as the first.
      #expect(try Program.run(["compile", Program.digits, "--output", output]).status == 0)
      let found = try contents(output)
      #expect(found == packages[0])
      let left = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(left == ["Digits"])
    }
  }

  /// Stopped while it builds, `kiln run` ends by the signal and leaves nothing in its cache.
  @Test func `interrupted builds leave nothing`() throws {
    try withTemporaryFolder { folder in
      let cache = "\(folder)/kiln"
      let process = try start(["run", Program.digits], cache: folder)
      func building() -> Bool {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: cache)) ?? []
        return names.contains { FileManager.default.fileExists(atPath: "\(cache)/\($0)/build/scratch") }
      }
      while process.isRunning, !building() { usleep(10_000) }
      kill(process.processIdentifier, SIGINT)
      process.waitUntilExit()
      let status = process.terminationStatus
      #expect(process.terminationReason == .uncaughtSignal && status == SIGINT, "ended with \(status)")
      let left = try FileManager.default.contentsOfDirectory(atPath: cache)
      #expect(left.isEmpty)
    }
  }

  /// Killed while it measures, `kiln bench` leaves no program behind that measures on.
  @Test func `killed measurements end`() throws {
    try withTemporaryFolder { folder in
      let process = try start(["bench", Program.tiny, "--runs", "9999999"], cache: folder, temporary: folder)
      /// The programs that run in the folder's folders.
      func measuring() -> [String] {
        let numbers = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        let programs = numbers.filter { $0.allSatisfy(\.isNumber) }.compactMap {
          try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\($0)/exe")
        }
        return programs.filter { $0.hasPrefix("\(folder)/kiln-bench-") }
      }
      while process.isRunning, measuring().isEmpty { usleep(10_000) }
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      for _ in 0..<3000 where !measuring().isEmpty { usleep(10_000) }
      let left = measuring()
      #expect(left.isEmpty && process.terminationStatus == SIGKILL)
    }
  }
}
