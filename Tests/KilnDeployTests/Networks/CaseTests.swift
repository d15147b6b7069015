import Foundation
import KilnDeploy
import KilnEmission
import KilnExecution
import KilnGraph
import KilnONNX
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
    let graph = try ONNXImporter.importGraph(at: NetworkFiles.folder.appending(path: "\(name).onnx").path)
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
      let comparison = Comparison(actual, expected)
      // Numbers of float16 may be neighbours.
      let least = expected.scalar == .float16 ? 1e-3 : 1e-4
      #expect(comparison.isWithin(max(tolerance, least)), "\(name) \(comparison)")
    }
  }

  private static func identifier(_ name: String) -> String {
    "Case_" + String(name.map { $0.isLetter || $0.isNumber ? $0 : "_" })
  }
}
