import Foundation
import KilnEmission
import KilnGraph
import KilnONNX
import KilnPasses
import Testing

/// The passes on the models of `Tests/Networks`: what remains, and that the results are the same.
struct NetworkPassTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Networks")

  static let networks = [
    "tiny", "mobilenet_v2", "resnet18", "resnet34", "resnet50", "resnet152", "repvgg_a0", "repvgg_a0_deploy",
    "unet_r18",
  ]

  static func graph(_ name: String) throws -> Graph {
    try ONNXImporter.importGraph(
      at: folder.appending(path: name + ".onnx").path, options: ImportOptions(capacities: RowCapacities(others: 40)))
  }

  static func count(_ operation: String, in graph: Graph) -> Int {
    summary(graph).count { $0.split(separator: "+").first.map(String.init) == operation }
  }

  @Test(arguments: networks, ["", ".unfused"])
  func `networks fold completely`(name: String, form: String) throws {
    let original = try Self.graph(name + form)
    let result = try Passes.run(on: original).graph
    for operation in ["BatchNormalization", "ChannelAffine", "Add", "Relu", "Clip", "Pad"] {
      #expect(Self.count(operation, in: result) == 0, "\(operation) remains")
    }
    // The input becomes channels-last; only a result with several channels and pixels goes back. A convolution of a few
    // planes to a few planes stays as the model has it.
    let image = result.type(of: result.outputs[0].value)
    let expected = name == "tiny" ? 0 : image.rank == 4 && image.shape[1] > 1 ? 2 : 1
    #expect(Self.count("Transpose", in: result) == expected)
    try expectSameResults(original, result)
  }

  @Test func `a training form has its deploy form's convolutions`() throws {
    let training = try Passes.run(on: Self.graph("repvgg_a0.unfused")).graph
    let deploy = try Passes.run(on: Self.graph("repvgg_a0_deploy")).graph
    #expect(summary(training) == summary(deploy))
  }

  static let cases: [String] = {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "cases").path)) ?? []
    let models = files.filter { $0.hasSuffix(".onnx") }.map { String($0.dropLast(5)) }
    // Quantised operators can be imported, but not evaluated; and seeded numbers are no indices of short axes, and lie outside of
    // what some functions are defined for: CaseTests has the cases' own.
    let omitted: Set = [
      "file_weights_dequantized", "function_acos", "function_asin", "function_atanh", "index_gather_nd_rank7_computed",
      "index_scatter_data_used_again",
      "index_scatter_of_itself",
    ]
    return models.filter { !omitted.contains($0) }.sorted()
  }()

  @Test(arguments: cases) func `cases compute the same`(name: String) throws {
    // ONNX rounds every result to 16 bits, the passes' graph only those of the network.
    let original = try Passes.widened(Self.graph("cases/" + name))
    let result = try Passes.run(on: original).graph
    try expectSameResults(original, result)
  }
}
