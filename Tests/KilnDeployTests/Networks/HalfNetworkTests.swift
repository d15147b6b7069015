import Foundation
import KilnCompiler
import KilnExecution
import KilnGraph
import KilnKernels
import KilnMachine
import KilnPasses
import KilnPlanning
import Testing

@testable import KilnDeploy

/// Layers of float16 have the same bits on every machine, and those are near what float32 gives.
struct HalfNetworkTests {
  private static let image = RandomInputs.tensors(for: [TensorType(.float32, HalfNetwork.shape)], seed: 3)[0]
  private static let options = PassOptions(halves: .computed)

  private static func program(_ name: String, isExact: Bool = false, threads: Int = 1) throws -> Program {
    let target = try #require(Targets.target(named: name))
    let board = try #require(Targets.target(named: "raspberry-pi-5"))
    let options = CompileOptions(target: target, isExact: isExact, threads: threads, algorithmsOf: board)
    return try Compiler.plan(Passes.run(on: HalfNetwork().graph, options: Self.options), options)
  }

  /// What the board computes, by tiles of any size.
  private static let computed = Result { ProgramExecution(try program("raspberry-pi-5")).run([image])[0].floats() }

  private static func reference() throws -> [Float] { try computed.get() }

  @Test func `layers are computed in float16`() throws {
    let graph = try Passes.run(on: HalfNetwork().graph, options: Self.options).graph
    for id in graph.nodeIDs where graph[id].operation is Convolution || graph[id].operation is Linear {
      #expect(graph.type(of: graph[id].outputs[0]).scalar == .float16, "\(graph[id].name)")
    }
  }

  @Test func `Winograd's tiles of both sizes are among them`() throws {
    let kernels = try Self.program("raspberry-pi-5").layers.flatMap(\.allCalls)
      .compactMap { $0.kernel as? ConvolveWinograd }
    #expect(kernels.allSatisfy { $0.tile.arithmetic.isHalf })
    #expect(Set(kernels.map(\.transform)) == [.of2x2, .of4x4])
    #expect(Set(kernels.map(\.tile.arithmetic)) == [.float16, .flushedFloat16])
  }

  /// Whether Winograd's tiles are taken, how many decibels the results are above their noise, and how far off one may be.
  @Test(arguments: [(true, 60.0, Float(0.012)), (false, 50, 0.05)])
  func `results are as near to float32's as float16 is`(isExact: Bool, decibels: Double, largest: Float) throws {
    let exact = try Interpreter(HalfNetwork().graph).run([Self.image])[0].floats()
    let program = try Self.program("raspberry-pi-5", isExact: isExact)
    let output = ProgramExecution(program).run([Self.image])[0].floats()
    let difference = zip(exact, output).map { Double($0 - $1) }
    let noise = difference.reduce(0) { $0 + $1 * $1 }
    let signal = exact.reduce(0.0) { $0 + Double($1) * Double($1) }
    #expect(10 * log10(signal / noise) > decibels)
    // No element of a layer is far off either.
    #expect(difference.allSatisfy { abs($0) < Double(largest) })
  }

  /// Vectors of all widths, and shares of several workers.
  @Test(arguments: [
    ("x86-64-v2", 1), ("x86-64-v3", 1), ("x86-64-v4", 1), ("raspberry-pi-5", 3), ("x86-64-v3", 2),
  ])
  func `every machine's plan gives the board's bits`(name: String, threads: Int) throws {
    guard RunnableTargets.executes(name) else { return }
    let output = try ProgramExecution(Self.program(name, threads: threads)).run([Self.image])[0].floats()
    #expect(try output == Self.reference())
  }

  /// Tiles as they are written out, on this machine, which may have no arithmetic of float16.
  @Test func `this machine gives the board's bits`() throws {
    let plan = try Self.program("host")
    #expect(try plan.emittedOutput(named: "HalfLayers", for: Self.image) == Self.reference())
  }

  @Test(.enabled(if: Toolchain.tools != nil, "needs toolchain/setup"))
  func `a board with arithmetic of float16 gives these bits`() throws {
    let tools = try #require(Toolchain.tools)
    let board = try #require(Targets.target(named: "raspberry-pi-5"))
    let graph = try Passes.run(on: HalfNetwork().graph, options: Self.options)
    try withTemporaryFolder { folder in
      let networks = try NetworksOnBoard(["HalfLayers": graph], board: board, tools: tools, folder: folder)
      let output = try networks.output(of: "HalfLayers", for: Self.image)
      #expect(try output.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) } == Self.reference())
    }
  }

  /// Elsewhere only the weights are rounded, each once.
  @Test func `weights that are stored in float16 are computed in float32`() throws {
    let graph = try Passes.run(on: HalfNetwork().graph, options: PassOptions(halves: .stored))
    for name in ["x86-64-v2", "raspberry-pi-4"] {
      let target = try #require(Targets.target(named: name))
      let program = try Compiler.plan(graph, CompileOptions(target: target, isExact: true))
      let output = ProgramExecution(program).run([Self.image])[0].floats()
      let expected = try Interpreter(graph.graph).run([Self.image])[0].floats()
      #expect(zip(output, expected).allSatisfy { abs($0 - $1) < 1e-5 })
    }
    let exact = try Interpreter(HalfNetwork().graph).run([Self.image])[0].floats()
    let rounded = try Interpreter(graph.graph).run([Self.image])[0].floats()
    #expect(exact != rounded)
    #expect(zip(exact, rounded).allSatisfy { abs($0 - $1) < 2e-3 })
  }
}
