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
        return names.contains { FileManager.default.fileExists(atPath: "\(cache)/\($0)/build/package") }
      }
      while process.isRunning, !building() { usleep(10_000) }
      kill(process.processIdentifier, SIGINT)
      process.waitUntilExit()
      let status = process.terminationStatus
      #expect(process.terminationReason == .uncaughtSignal && status == SIGINT, "ended with \(status)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: cache).isEmpty)
    }
  }

  /// Killed at various moments while it builds: what is in the cache is whole, and the next one needs nothing else.
  @Test func `killed builds leave nothing half-made`() throws {
    try withTemporaryFolder { folder in
      let cache = "\(folder)/kiln"
      func entries() -> [String] { (try? FileManager.default.contentsOfDirectory(atPath: cache)) ?? [] }
      for round in 0..<5 {
        let before = Set(entries())
        let process = try start(["run", Program.tiny], cache: folder)
        while process.isRunning, Set(entries()).subtracting(before).isEmpty { usleep(10_000) }
        usleep(UInt32(300_000 * round))
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        for entry in entries() where !entry.hasPrefix("building-") {
          let files = try FileManager.default.contentsOfDirectory(atPath: "\(cache)/\(entry)").sorted()
          #expect([["object"], ["interface.json", "program"]].contains(files))
        }
      }
      #expect(try Program.run(["run", Program.tiny], cache: folder).status == 0)
      #expect(entries().allSatisfy { !$0.hasPrefix("building-") } && entries().count == 2)
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
