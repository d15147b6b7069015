import Foundation
import KilnCompiler
import KilnEmission
import KilnGraph
import KilnPasses
import KilnPlanning
import Testing

@testable import KilnDeploy

/// A program that was broken by hand in several ways: its input `fault` says which of them it shows, so that it is built once.
@Suite(.serialized)
struct BisectionTests {
  @Test func `the first layer that leaves the reference is found, and why it does`() throws {
    let model = try model()
    let optimized = try Passes.run(on: model)
    let plan = try Compiler.plan(optimized, CompileOptions(target: HostTarget.detect()))
    try withTemporaryFolder { folder in
      let package = Compiler.emit(plan, name: "Broken", origin: "a test")
      try package.write(to: folder)
      try sabotage(plan, folder.appending(path: "Sources/Broken/Broken.swift"))
      let path = try PackageBuilder.build(
        package.benchmarkName, package: folder.path, scratch: folder.appending(path: ".build").path)
      let program = NetworkExecutable(path: path, interface: NetworkInterface(plan.graph))
      let build = Verification.Build(graph: optimized, plan: plan, executable: program)
      func bisection(_ fault: Float, offset: Float = 0, of reference: Graph? = nil) throws -> Bisection {
        try Bisection(
          of: build, model: reference ?? model, inputs: inputs(fault: fault, offset: offset), tolerance: 1e-4,
          onProgress: { _ in })
      }

      let right = try bisection(0)
      #expect(right.passed && right.fault == nil && right.largestOwnError < 1e-5)

      let kernel = try bisection(1)
      let wrong = try #require(kernel.fault)
      #expect(!kernel.passed && kernel.wrongOutputs.keys.sorted() == ["y"])
      #expect(wrong.name == "second" && wrong.cause == .kernel && wrong.index == Self.index(of: "second", in: plan))
      #expect(wrong.operands.map(\.name) == ["first"] && (wrong.operands.first?.relativeError ?? 1) < 1e-5)
      // Channels last: the sixth number is that of the first pixel's channel 5.
      #expect(wrong.difference?.position == [0, 0, 0, 5] && wrong.difference?.wrongCount == 1)
      #expect(wrong.difference.map { abs($0.computed - $0.reference - 64) < 1e-3 } == true)
      #expect(wrong.kernels.contains { $0.contains("Pool.swift") })

      let overwritten = try #require(try bisection(2).fault)
      #expect(overwritten.name == "product")
      #expect(
        overwritten.cause
          == .overwrittenInput(value: "relu", by: try #require(Self.index(of: "second", in: plan)), name: "second"))

      let crash = try #require(try bisection(3).fault)
      guard case .crash = crash.cause else {
        Issue.record("\(crash)")
        return
      }
      #expect(crash.name == "first" && crash.ownError == nil)

      // Another bias in the model: as if a pass had changed it.
      let passes = try #require(try bisection(0, of: self.model(bias: 2)).fault)
      #expect(passes.cause == .passes)
      #expect(passes.nodes == ["Conv 'conv'", "Relu 'relu'"])

      // What is left of the sum is as small as its rounding errors.
      let sum = try Interpreter(model).run(inputs(fault: 0, offset: 0))[1].floats()[0]
      let drifted = try bisection(0, offset: sum * 0.999999)
      #expect(drifted.fault?.cause == .accumulation && drifted.fault?.name == "rest")
      #expect(drifted.largestOwnError < 1e-5 && drifted.wrongOutputs.keys.sorted() == ["z"])
    }
  }

  /// Appends to layers what spoils them.
  private func sabotage(_ plan: Program, _ file: URL) throws {
    func start(_ name: String) throws -> Int {
      let memory = plan.memory(ofLayer: try #require(Self.index(of: name, in: plan)))
      try #require(memory.output == nil)
      return memory.offset / 4
    }
    var lines = try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n")
    for (layer, code) in [
      ("second", "if memory.fault[0] == 1 { memory.arena[\(try start("second") + 5)] += 64 }"),
      ("second", "if memory.fault[0] == 2 { memory.arena[\(try start("relu"))] += 64 }"),
      ("first", "if memory.fault[0] == 3 { UnsafeMutablePointer<Int>(bitPattern: 8)?.pointee = 1 }"),
    ] {
      let head = try #require(lines.firstIndex { $0.contains("static func \(layer)(_ memory: Memory)") })
      let end = try #require(lines[head...].firstIndex(of: "  }"))
      lines.insert("    " + code, at: end)
    }
    try lines.joined(separator: "\n").write(to: file, atomically: true, encoding: .utf8)
  }

  /// A convolution, two poolings, and their product with it; beside them a sum of many products less a number.
  private func model(bias: Float = 1) throws -> Graph {
    var graph = Graph()
    let fault = graph.addInput("fault", TensorType(.float32, [1]))
    let image = graph.addInput("image", TensorType(.float32, [1, 4, 6, 6]))
    let row = graph.addInput("row", TensorType(.float32, [1, 1500]))
    let offset = graph.addInput("offset", TensorType(.float32, [1, 1]))
    let weights = graph.addConstant("weights", Self.tensor([8, 4, 3, 3]))
    let biases = graph.addConstant("biases", Tensor(shape: [8], floats: [Float](repeating: bias, count: 8)))
    let factors = graph.addConstant("factors", Self.tensor([1, 1500]))
    let window = Window(kernel: [3, 3], padBegin: [1, 1], padEnd: [1, 1])
    let convolved = try graph.insert(Convolution(window: window), name: "conv", inputs: [image, weights, biases])[0]
    let rectified = try graph.insert(Unary(.relu), name: "relu", inputs: [convolved])[0]
    let first = try graph.insert(Pool(.maximum, window: window), name: "first", inputs: [rectified])[0]
    let second = try graph.insert(Pool(.maximum, window: window), name: "second", inputs: [first])[0]
    graph.addOutput("y", try graph.insert(Binary(.multiply), name: "product", inputs: [rectified, second])[0])
    let sum = try graph.insert(Linear(), name: "sum", inputs: [row, factors])[0]
    graph.addOutput("z", try graph.insert(Binary(.subtract), name: "rest", inputs: [sum, offset])[0])
    graph.addOutput("f", try graph.insert(Unary(.negate), name: "negative", inputs: [fault])[0])
    return graph
  }

  private func inputs(fault: Float, offset: Float) -> [Tensor] {
    [
      Tensor(shape: [1], floats: [fault]), Self.tensor([1, 4, 6, 6]), Self.tensor([1, 1500]),
      Tensor(shape: [1, 1], floats: [offset]),
    ]
  }

  private static func tensor(_ shape: [Int]) -> Tensor {
    let count = shape.reduce(1, *)
    return Tensor(shape: shape, floats: (0..<count).map { Float(($0 * 7 + 3) % 17) / 17 - 0.25 })
  }

  private static func index(of name: String, in plan: Program) -> Int? {
    plan.layers.firstIndex { layer in layer.node.name == name || plan.graph[layer.node.outputs[0]].name.hasPrefix(name)
    }
  }
}
