import KilnCompiler
import KilnExecution
import KilnGraph
import KilnKernels
import KilnMachine
import KilnPasses
import KilnPlanning
import Testing

@testable import KilnDeploy

/// Products of two that are added in 16 bits: when they are chosen, and that the largest are exact.
struct NarrowPairTests {
  /// A 1x1 convolution, each of whose input channels has the next of some weights, from another one on for each output channel.
  private static func graph(
    of scalar: ScalarType, channels: Int = 64, weights: [Int]
  ) throws -> Graph {
    var graph = Graph(name: "narrow")
    let image = graph.addInput("image", TensorType(.float32, [1, channels, 4, 5]))
    let codes = try graph.insert(
      QuantizeLinear(to: scalar), name: "codes",
      inputs: [
        image, graph.addConstant("scale", Tensor(shape: [], floats: [1])),
        graph.addConstant("zero", Tensor(shape: [], integers: [0], as: scalar)),
      ])[0]
    let outputs = 40
    let all = (0..<outputs).flatMap { output in
      (0..<channels).map { weights[($0 + 2 * output) % weights.count] }
    }
    let result = try graph.insert(
      RequantizedConvolution(window: Window(kernel: [1, 1]), inputZeroPoint: 0, result: nil), name: "convolution",
      inputs: [
        codes, graph.addConstant("weights", Tensor(shape: [outputs, channels, 1, 1], integers: all, as: .int8)),
        graph.addConstant("biases", Tensor(shape: [outputs], integers: Array(0..<outputs), as: .int32)), nil,
        graph.addConstant("multipliers", Tensor(shape: [outputs], floats: .init(repeating: 1, count: outputs))),
      ])[0]
    graph.addOutput("result", result)
    return graph
  }

  private static func program(_ graph: Graph, for target: String) throws -> Program {
    try Compiler.plan(Passes.run(on: graph), CompileOptions(target: try #require(Targets.target(named: target))))
  }

  private static func products(_ program: Program) -> Set<ByteProducts> {
    Set(program.layers.flatMap(\.allCalls).compactMap { ($0.kernel as? ConvolveBytes)?.tile.products })
  }

  @Test(arguments: [ScalarType.int8, .uint8])
  func `the largest pairs are exact with the largest numbers`(scalar: ScalarType) throws {
    for weights in [[64, 64], [-64, -64], [127, 1, -127, -1], [-128, 0, 127, -128], [0, -128]] {
      let graph = try Self.graph(of: scalar, weights: weights)
      let program = try Self.program(graph, for: "x86-64-v3")
      #expect(Self.products(program) == [.narrowPairs])
      for number in (scalar == .int8 ? [-128, 127] : [0, 255]) as [Float] {
        let image = Tensor(shape: [1, 64, 4, 5], floats: .init(repeating: number, count: 64 * 20))
        let expected = try Interpreter(graph).run([image])[0].floats()
        #expect(ProgramExecution(program).run([image])[0].floats() == expected)
        if RunnableTargets.executes("x86-64-v3") {
          #expect(try program.emittedOutput(named: "Narrow", for: image) == expected)
        }
      }
    }
  }

  @Test func `larger pairs, odd channels and other machines have other products`() throws {
    func products(_ target: String, channels: Int = 64, _ weights: [Int]) throws -> Set<ByteProducts> {
      try Self.products(Self.program(Self.graph(of: .int8, channels: channels, weights: weights), for: target))
    }
    for weights in [[64, 65], [-127, -2], [1, 1, 1, 1, 1, 1, 127, 2]] {
      #expect(try products("x86-64-v3", weights) == [.pairs])
    }
    // Large ones that aren't multiplied together.
    #expect(try products("x86-64-v3", [1, 127, 1, 127]) == [.narrowPairs])
    #expect(try products("x86-64-v3", channels: 63, [1]) == [.pairs])
    for (target, expected) in [
      ("x86-64-v2", ByteProducts.pairs), ("x86-64-v4-vnni", .quads), ("raspberry-pi-4", .pairs),
      ("raspberry-pi-5", .quads),
    ] {
      #expect(try products(target, [1]) == [expected])
    }
  }
}
