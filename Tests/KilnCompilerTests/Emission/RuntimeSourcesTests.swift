import Foundation
import KilnCompiler
import Testing

struct RuntimeSourcesTests {
  private static let sources = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Sources")

  @Test func carriesEveryFileByteForByte() throws {
    var expected: [String: String] = [:]
    for (room, folder) in [
      ("KilnRuntime", "KilnRuntime"), ("KilnIntrinsics", "KilnIntrinsics/include"),
      ("Benchmark", "KilnRuntimeSources/Benchmark"), ("Targets", "../Targets"),
    ] {
      let folder = Self.sources.appending(path: folder)
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      for name in names where !["README.md", "module.modulemap"].contains(name) {
        expected["\(room)/\(name)"] = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
      }
    }
    for name in ["prove-no-allocation", "common.bash"] {
      expected["toolchain/\(name)"] = try String(
        contentsOf: Self.sources.appending(path: "../toolchain/\(name)"), encoding: .utf8)
    }
    expected["KilnIntrinsics/KilnThreads.c"] = try String(
      contentsOf: Self.sources.appending(path: "KilnIntrinsics/KilnThreads.c"), encoding: .utf8)
    #expect(Set(RuntimeSources.all.keys) == Set(expected.keys))
    for (name, text) in expected { #expect(RuntimeSources.all[name] == text, "\(name)") }
  }

  @Test(arguments: RuntimeFile.allCases) func everyRuntimeFileHasText(file: RuntimeFile) {
    #expect(!RuntimeSources.text(of: file).isEmpty)
  }

  @Test func benchmarkNamesItsNetwork() throws {
    let files = RuntimeSources.benchmark(network: "Digits", executable: "digits-benchmark")
    #expect(files.contains { $0.path == "Sources/DigitsBenchmarkSystem/include/BenchmarkSystem.h" })
    let network = try #require(files.first { $0.path == "Sources/digits-benchmark/Network.swift" })
    #expect(network.text.contains("import Digits\n"))
    #expect(files.allSatisfy { !$0.text.contains("NetworkModule") && !$0.text.contains("import BenchmarkSystem") })
  }
}
