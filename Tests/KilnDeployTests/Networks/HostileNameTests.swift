import Foundation
import KilnCompiler
import KilnGraph
import KilnLowering
import KilnPasses
import Testing

@testable import KilnDeploy

/// A package of a network whose every name means something in Swift, or would end a comment or a string.
@Suite(.serialized)
struct HostileNameTests {
  private static let inputs = ["Float", "predict", "precondition", "Memory", "class", "await", "0", "a b", "a_b"]
  private static let nodes = [
    "mapElements", "relu", "deinit", "any", "Self", "\"\\(evil)\u{0}", "x\nimport Evil", "*/\u{2028}}", "a b",
  ]

  /// The sum of the ReLUs of all inputs.
  private func graph() throws -> Graph {
    var graph = Graph()
    var sum: ValueID?
    for (input, node) in zip(Self.inputs, Self.nodes) {
      let x = graph.addInput(input, TensorType(.float32, [3]))
      let y = try graph.insert(Unary(.relu), name: node, inputs: [x])[0]
      guard let last = sum else {
        sum = y
        continue
      }
      sum = try graph.insert(Binary(.add), name: "\(node)+", inputs: [last, y])[0]
    }
    graph.addOutput("UnsafePointer", try #require(sum))
    return graph
  }

  @Test func `such a package builds and computes`() throws {
    let graph = try graph()
    let program = try Compiler.plan(OptimizedGraph(graph), CompileOptions(target: HostTarget.detect()))
    let package = Compiler.emit(program, name: "Hostile", origin: "m\r\nimport Evil\u{85}*/.onnx")
    try withTemporaryFolder { folder in
      try package.write(to: folder)
      let path = try PackageBuilder.build(
        package.benchmarkName, package: folder.path, scratch: folder.appending(path: ".build").path)
      let network = NetworkExecutable(path: path, interface: NetworkInterface(graph))
      let inputs = Self.inputs.indices.map { Tensor(shape: [3], floats: [Float($0), -1, 0.5]) }
      let outputs = try network.run(inputs)
      #expect(outputs.map { $0.floats() } == [[36, 0, 4.5]])
    }
  }
}
