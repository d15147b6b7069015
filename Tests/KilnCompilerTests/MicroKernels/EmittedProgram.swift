import Foundation
import KilnPasses
import KilnMachine

@testable import KilnCompiler
@testable import KilnGraph

/// A graph compiled, built and run for the machine that the tests run on.
///
/// Register tiles are text that is written for each network, so that only a package has them; everything else that kernels do is
/// tested in the process of the tests.
struct EmittedProgram {
  /// Compiles, builds, and runs the program once on `inputs`.
  static func run(_ graph: Graph, for target: Target, inputs: [Tensor]) throws -> [Tensor] {
    let directory = FileManager.default.temporaryDirectory.appending(path: "kiln-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: directory) }
    let package = Compiler.emit(
      try Compiler.plan(OptimizedGraph(graph), CompileOptions(target: target)), name: "Sample", origin: "a test")
    try package.write(to: directory)
    let build = ["swift", "build", "-c", "release", "-Xswiftc", "-Ounchecked", "--product", package.benchmarkName]
    // Writing debug information takes a fifth of the time.
    try execute(build + ["-debug-info-format", "none", "--package-path", directory.path])

    var arguments = [directory.appending(path: ".build/release/\(package.benchmarkName)").path, "run"]
    for (index, input) in inputs.enumerated() {
      let url = directory.appending(path: "input\(index)")
      try Data(input.storage.bytes).write(to: url)
      arguments.append(url.path)
    }
    let outputs = graph.outputs.indices.map { directory.appending(path: "output\($0)") }
    try execute(arguments + outputs.map(\.path))
    return try zip(outputs, graph.outputs).map { url, port in
      let data = try Data(contentsOf: url)
      let floats = data.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
      return Tensor(shape: graph.type(of: port.value).shape, floats: floats)
    }
  }

  private static func execute(_ command: [String]) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = command
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failure(description: "\(command.joined(separator: " ")): \(String(decoding: output, as: UTF8.self))")
    }
  }

  struct Failure: Error, CustomStringConvertible { let description: String }
}

/// Instruction sets that this machine can run, as targets.
enum HostTarget: String, CaseIterable {
  case avx512 = "x86-64-v4"
  case avx2 = "x86-64-v3"
  case sse2 = "x86-64-v2"

  var target: Target {
    let instructionSet: InstructionSet =
      switch self {
      case .avx512: .avx512
      case .avx2: .avx2
      case .sse2: .sse2
      }
    return Target(
      name: rawValue, summary: "the machine of the tests", triple: "x86_64-unknown-linux-gnu",
      compilerFlags: ["-march=\(rawValue)"],
      // So small that the samples are cut into regions.
      model: Processor.generic(instructionSet).model.with(cacheByteCounts: [2 << 10, 8 << 10]), coreCount: 1)
  }

  /// What this machine runs.
  static let runnable: [HostTarget] = {
    let flags = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    func has(_ flag: String) -> Bool { flags.contains(" \(flag) ") }
    return allCases.filter {
      switch $0 {
      case .avx512: has("avx512f") && has("avx512vl") && has("avx512bw") && has("avx512dq") && has("avx512cd")
      case .avx2: has("avx2") && has("fma")
      case .sse2: has("sse4_2")
      }
    }
  }()
}

/// Small random tensors that are the same in every run.
struct SeededTensors {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// Elements that are uniform between `-scale` and `scale`.
  mutating func tensor(_ shape: [Int], scale: Float = 1) -> Tensor {
    let elements = (0..<shape.elementCount).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return scale * (Float(state >> 40) / Float(1 << 23) - 1)
    }
    return Tensor(shape: shape, floats: elements)
  }
}
