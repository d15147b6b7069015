import Foundation
import KilnGraph
import KilnONNX
import Testing

/// Imports real files and runs them by the reference interpreter, against ONNX Runtime's answers.
struct ReferenceModelTests {
  static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// The small cases of this repository, but for those whose lengths depend on the data, which `CaseTests` compares.
  static let cases = models(in: package.appending(path: "Tests/Networks/cases"))
    .filter { !$0.lastPathComponent.hasPrefix("detect_") }

  @Test func `every case computes what ONNX Runtime does`() throws {
    #expect(Self.cases.count > 400)
    for model in Self.cases {
      let stem = model.deletingPathExtension()
      let inputs = try Self.arrays { stem.appendingPathExtension("input_\($0).npy") }
      let outputs = try Self.arrays { stem.appendingPathExtension("output_\($0).npy") }
      Self.check(model, inputs, outputs)
    }
  }

  /// The trained networks beside the repository, where they are; the large ones are imported only, because the
  /// reference interpreter is slow.
  @Test func `shared models compute what ONNX Runtime does`() throws {
    let folder = Self.package.deletingLastPathComponent().appending(path: "shared/models")
    guard FileManager.default.fileExists(atPath: folder.path) else {
      print("ReferenceModelTests: skipped the trained networks: there is no ../shared/models")
      return
    }
    for directory in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil) {
      for model in Self.models(in: directory) {
        let references = directory.appending(path: "ref/\(model.deletingPathExtension().lastPathComponent)")
        let sets = (try? FileManager.default.contentsOfDirectory(at: references, includingPropertiesForKeys: nil)) ?? []
        for set in sets.prefix(1) {
          let inputs = try Self.arrays { set.appending(path: "input_\($0).npy") }
          let outputs = try Self.arrays { set.appending(path: "output_\($0).npy") }
          Self.check(model, inputs, outputs)
        }
      }
    }
  }

  static func models(in folder: URL) -> [URL] {
    let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
    return files.filter { $0.pathExtension == "onnx" }.sorted { $0.path < $1.path }
  }

  private static func arrays(_ file: (Int) -> URL) throws -> [Tensor] {
    var result: [Tensor] = []
    while FileManager.default.fileExists(atPath: file(result.count).path) {
      result.append(try numPyArray(file(result.count)))
    }
    return result
  }

  private static func multiplyAccumulates(_ graph: Graph) -> Int {
    graph.nodeIDs.reduce(0) { sum, id in
      let node = graph[id]
      let inputs = node.inputs.map { $0.map { graph.type(of: $0) } }
      return sum + node.operation.multiplyAccumulates(inputs: inputs, outputs: node.outputs.map { graph.type(of: $0) })
    }
  }

  /// Every output within 1e-4 of its largest magnitude, where numbers of 16 bits don't round it more often than ONNX Runtime does.
  private static func check(_ model: URL, _ inputs: [Tensor], _ expected: [Tensor]) {
    let name = Comment(rawValue: model.lastPathComponent)
    do {
      let graph = try ONNXImporter.importGraph(at: model.path)
      guard multiplyAccumulates(graph) < 3_000_000 else { return }
      let results = try Interpreter(graph).run(inputs)
      #expect(results.count == expected.count, name)
      for (result, reference) in zip(results, expected) {
        #expect(result.type == reference.type, name)
        let wanted = reference.doubles()
        let scale = wanted.reduce(1e-30) { max($0, $1.isFinite ? abs($1) : 0) }
        let error = zip(result.doubles(), wanted).reduce(0) { worst, pair in
          pair.0 == pair.1 || pair.0.isNaN && pair.1.isNaN ? worst : max(worst, abs(pair.0 - pair.1))
        }
        let isRounded = model.lastPathComponent.hasPrefix("half_")
        #expect(error <= (isRounded ? 3e-3 : 1e-4) * scale, "\(name): error \(error) of \(scale)")
      }
    } catch {
      Issue.record(error, name)
    }
  }
}
