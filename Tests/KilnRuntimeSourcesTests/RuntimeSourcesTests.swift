import Foundation
import Testing

@testable import KilnRuntimeSources

struct RuntimeSourcesTests {
  private static let package = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  @Test func `every file of the folders is carried byte for byte, and no other`() throws {
    var expected: [String: String] = [:]
    for (room, folder) in [
      ("Benchmark", "Sources/KilnRuntimeSources/Benchmark"), ("KilnIntrinsics", "Sources/KilnIntrinsics"),
      ("KilnIntrinsics/include", "Sources/KilnIntrinsics/include"), ("KilnGeometry", "Sources/KilnGeometry"),
      ("KilnRuntime", "Sources/KilnRuntime"),
      ("Report", "Sources/KilnRuntimeSources/Report"), ("Targets", "Targets"),
    ] {
      let folder = Self.package.appending(path: folder)
      for name in try FileManager.default.contentsOfDirectory(atPath: folder.path)
      where !["README.md", "include", "module.modulemap"].contains(name) {
        expected["\(room)/\(name)"] = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
      }
    }
    for name in ["toolchain/prove-no-allocation", "toolchain/common.bash"] {
      expected[name] = try String(contentsOf: Self.package.appending(path: name), encoding: .utf8)
    }
    #expect(Set(RuntimeSources.all.keys) == Set(expected.keys), "run toolchain/list-carried-files")
    for (name, text) in expected { #expect(RuntimeSources.all[name] == text, "\(name)") }
  }

  @Test func `the lists are as they would be written`() throws {
    let check = Process()
    check.executableURL = Self.package.appending(path: "toolchain/list-carried-files")
    check.arguments = ["--check"]
    try check.run()
    check.waitUntilExit()
    #expect(check.terminationStatus == 0, "run toolchain/list-carried-files")
  }

  @Test func `every Swift file of the runtime can be named`() {
    let names = RuntimeSources.all.keys.filter {
      ($0.hasPrefix("KilnGeometry/") || $0.hasPrefix("KilnRuntime/")) && $0.hasSuffix(".swift")
    }
    #expect(!names.isEmpty && Set(names) == Set(RuntimeFile.allCases.map(\.rawValue)))
    #expect(RuntimeFile.winogradTransform4.rawValue == "KilnRuntime/WinogradTransform4.swift")
    #expect(RuntimeFile.winogradTransform4.name == "WinogradTransform4.swift")
    #expect(
      RuntimeFile.winogradTransform4.text.contains(
        "\nenum WinogradTransform4<Lanes: WinogradLanes>: WinogradTransform {\n"))
  }

  @Test func `the benchmark program names its network`() throws {
    let files = RuntimeSources.benchmark(network: "Digits", executable: "digits-benchmark")
    #expect(files.contains { $0.path == "Sources/DigitsBenchmarkSystem/include/BenchmarkSystem.h" })
    let functions = try #require(files.first { $0.path == "Sources/digits-benchmark/NetworkFunctions.swift" })
    #expect(functions.text.contains("import Digits\n"))
    #expect(files.allSatisfy { !$0.text.contains("NetworkModule") && !$0.text.contains("import BenchmarkSystem") })
    #expect(RuntimeSources.benchmarkProgram.allSatisfy { !$0.text.contains("NetworkModule") })
    // What waits for the network's module is compiled with it.
    let callers = files.filter { $0.text.contains("import Digits\n") }.compactMap { $0.path.split(separator: "/").last }
    #expect(callers.count == 2 && callers.allSatisfy { RuntimeSources.networkFunctions.contains(String($0)) })
  }
}
