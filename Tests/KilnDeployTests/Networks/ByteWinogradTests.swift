import KilnCompiler
import KilnExecution
import KilnGraph
import KilnKernels
import KilnPasses
import KilnPlanning
import Testing

@testable import KilnDeploy

/// Winograd's method in integers: when it is chosen, and that its largest sums are exact.
///
/// `ByteNetworkTests` has its edges.
struct ByteWinogradTests {
  /// A convolution of 3x3 with weights of one magnitude, of an image of 8 bits.
  private static func graph(
    images: Int = 1, channels: Int, side: Int, weight: (_ output: Int) -> Int
  ) throws -> Graph {
    var graph = Graph(name: "winograd")
    let image = graph.addInput("image", TensorType(.float32, [images, channels, side, side]))
    let codes = try graph.insert(
      QuantizeLinear(to: .int8), name: "codes",
      inputs: [
        image, graph.addConstant("scale", Tensor(shape: [], floats: [1])),
        graph.addConstant("zero", Tensor(shape: [], integers: [0], as: .int8)),
      ])[0]
    let outputs = 32
    let depth = channels * 9
    let weights = (0..<outputs).flatMap { output in [Int](repeating: weight(output), count: depth) }
    let convolution = RequantizedConvolution(
      window: Window(kernel: [3, 3], padBegin: [1, 1], padEnd: [1, 1]), inputZeroPoint: 0,
      result: QuantizedResult(.int8, zeroPoint: 0))
    let result = try graph.insert(
      convolution, name: "convolution",
      inputs: [
        codes, graph.addConstant("weights", Tensor(shape: [outputs, channels, 3, 3], integers: weights, as: .int8)),
        graph.addConstant("biases", Tensor(shape: [outputs], integers: Array(0..<outputs), as: .int32)), nil,
        graph.addConstant(
          "multipliers", Tensor(shape: [outputs], floats: (0..<outputs).map { 100 / Float(depth << 14 + $0) })),
      ])[0]
    graph.addOutput("result", try graph.insert(Cast(to: .float32), name: "real", inputs: [result])[0])
    return graph
  }

  private static func program(_ graph: Graph, for target: String, threads: Int = 1) throws -> Program {
    try Compiler.plan(
      Passes.run(on: graph),
      CompileOptions(target: try #require(Targets.target(named: target)), threads: threads))
  }

  private static func usesWinograd(_ program: Program) -> Bool {
    program.layers.flatMap(\.allCalls).contains { $0.kernel is ConvolveWinogradBytes }
  }

  /// 229 channels of weights of 127 are the most whose sums lie within 2^25, with inputs of -128.
  @Test(arguments: ["x86-64-v2", "x86-64-v3", "raspberry-pi-4"])
  func `sums up to the limit are exact, and larger ones are another method's`(target: String) throws {
    for (channels, isWinograd) in [(229, true), (230, false)] {
      let graph = try Self.graph(channels: channels, side: 8) { $0 % 2 == 0 ? 127 : -127 }
      let program = try Self.program(graph, for: target)
      #expect(Self.usesWinograd(program) == isWinograd)
      for number in [-128, 127] as [Float] {
        let image = Tensor(shape: [1, channels, 8, 8], floats: .init(repeating: number, count: channels * 64))
        let expected = try Interpreter(graph).run([image])[0].floats()
        #expect(ProgramExecution(program).run([image])[0].floats() == expected)
        if RunnableTargets.executes(target), target.hasPrefix("x86") {
          #expect(try program.emittedOutput(named: "Winograd", for: image) == expected)
        }
      }
    }
  }

  @Test func `machines with dot products, small images and lone channels have direct tiles`() throws {
    func isChosen(_ channels: Int, _ side: Int, _ target: String) throws -> Bool {
      Self.usesWinograd(try Self.program(Self.graph(channels: channels, side: side) { $0 }, for: target))
    }
    for target in ["x86-64-v2", "x86-64-v3", "raspberry-pi-3", "raspberry-pi-4"] {
      #expect(try isChosen(64, 28, target))
      #expect(try !isChosen(64, 3, target))
      #expect(try !isChosen(15, 28, target))
    }
    for target in ["x86-64-v4-vnni", "raspberry-pi-5"] { #expect(try !isChosen(64, 28, target)) }
    let empty = try Self.graph(images: 0, channels: 64, side: 28) { $0 }
    #expect(try !Self.usesWinograd(Self.program(empty, for: "x86-64-v3")))
  }
}
