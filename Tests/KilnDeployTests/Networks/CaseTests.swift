import Foundation
import KilnCompiler
import KilnDeploy
import KilnEmission
import KilnExecution
import KilnGraph
import KilnONNX
import KilnPasses
import Testing

/// The small models of Tests/Networks/cases, one for each edge of a fold, a kernel or the file format: interpreted,
/// compiled, and compiled without folding, all must give what ONNX Runtime gives.
@Suite(.serialized)
struct CaseTests {
  private static let names: [String] = {
    let files = try? FileManager.default.contentsOfDirectory(atPath: NetworkFiles.folder.path + "/cases")
    return (files ?? []).filter { $0.hasSuffix(".onnx") }.map { "cases/" + $0.dropLast(5) }.sorted()
  }()

  @Test func `there are cases`() { #expect(Self.names.count > 400) }

  @Test(arguments: names) func `the interpreter agrees with ONNX Runtime`(name: String) throws {
    let graph = try NetworkFiles.graph(name)
    let outputs = try Interpreter(graph).run(try NetworkFiles.tensors("\(name).input_"))
    // ONNX rounds every result to float16, ONNX Runtime only those of the network.
    try expect(outputs, agreeWith: name, within: name.hasPrefix("cases/half_") ? 3e-3 : 1e-4)
  }

  @Test func `compiled networks agree with ONNX Runtime, folded or not`() throws {
    let target = HostTarget.detect()
    for name in Self.names {
      for folds in [true, false] {
        let program = try NetworkFiles.program(name, target: target, folds: folds)
        let outputs = ProgramExecution(program).run(try NetworkFiles.tensors("\(name).input_"))
        try expect(outputs, agreeWith: name)
      }
    }
  }

  private func expect(_ outputs: [Tensor], agreeWith name: String, within tolerance: Double = 1e-4) throws {
    let expected = try NetworkFiles.tensors("\(name).output_")
    #expect(outputs.count == expected.count)
    for (actual, expected) in zip(outputs, expected) {
      // Of a length that depends on the data, those rows are expected that are real.
      let real = name.hasPrefix("cases/detect_") ? try actual.first(expected.shape) : actual
      let comparison = Comparison(real, expected)
      // Numbers of float16 may be neighbours.
      let least = expected.scalar == .float16 ? 1e-3 : 1e-4
      #expect(comparison.isWithin(max(tolerance, least)), "\(name) \(comparison)")
    }
  }

  @Test(arguments: [1, 3]) func `rows beyond the capacity are left out, and the count says so`(capacity: Int) throws {
    let target = HostTarget.detect()
    for name in ["detect_suppressed_classes", "detect_places_image", "detect_places_none", "detect_after_flat"] {
      let graph = try NetworkFiles.graph("cases/\(name)", capacity: capacity)
      let inputs = try NetworkFiles.tensors("cases/\(name).input_")
      let expected = try NetworkFiles.tensors("cases/\(name).output_")
      let interpreted = try Interpreter(graph).run(inputs)
      let program = try Compiler.plan(Passes.run(on: graph), CompileOptions(target: target))
      for outputs in [interpreted, ProgramExecution(program).run(inputs)] {
        let perRow = name == "detect_after_flat" ? 3 : 1
        let count = min(capacity * perRow, expected[1].integers()[0])
        #expect(outputs[1].integers() == [count], "\(name)")
        var shape = expected[0].shape
        shape[name.hasPrefix("detect_places") ? 1 : 0] = count
        #expect(try outputs[0].first(shape).doubles() == expected[0].first(shape).doubles(), "\(name)")
      }
    }
  }

  private static func identifier(_ name: String) -> String {
    "Case_" + String(name.map { $0.isLetter || $0.isNumber ? $0 : "_" })
  }
}

extension Tensor {
  /// The first elements along each axis.
  fileprivate func first(_ counts: [Int]) throws -> Tensor {
    try Slice(starts: counts.map { _ in 0 }, counts: counts).evaluate([self])[0]
  }
}
