import KilnCompiler
import KilnExecution
import KilnGraph
import KilnMachine
import KilnPasses
import Testing

@testable import KilnDeploy

/// Layers of numbers of 8 bits have the interpreter's bits on every machine.
struct ByteNetworkTests {
  private static let image = RandomInputs.tensors(for: [TensorType(.float32, ByteNetwork.shape)], seed: 3)[0]

  /// What the interpreter computes.
  private static let interpreted = Result { try Interpreter(ByteNetwork().graph).run([image])[0].floats() }

  private static func reference() throws -> [Float] { try interpreted.get() }

  @Test func `the layers give numbers of all sizes`() throws {
    #expect(try Set(Self.reference()).count > 250)
  }

  /// How weights are packed for each machine.
  @Test(arguments: [
    "x86-64-v2", "x86-64-v3", "x86-64-v4", "x86-64-v4-vnni", "raspberry-pi-3", "raspberry-pi-4", "raspberry-pi-5",
  ])
  func `every machine's packing gives the interpreter's bits`(name: String) throws {
    guard RunnableTargets.executes(name) else { return }
    let target = try #require(Targets.target(named: name))
    let graph = try Passes.run(on: ByteNetwork().graph)
    for threads in [1, 3] {
      let program = try Compiler.plan(graph, CompileOptions(target: target, threads: threads))
      let reference = try Self.reference()
      #expect(ProgramExecution(program).run([Self.image])[0].floats() == reference)
    }
  }

  /// Tiles as they are written out, with the instructions that this machine has.
  @Test(arguments: ["x86-64-v2", "x86-64-v3", "x86-64-v4", "x86-64-v4-vnni"])
  func `tiles give the interpreter's bits`(name: String) throws {
    guard RunnableTargets.executes(name) else { return }
    let target = try #require(Targets.target(named: name))
    let plan = try Compiler.plan(Passes.run(on: ByteNetwork().graph), CompileOptions(target: target))
    #expect(try plan.emittedOutput(named: "Bytes", for: Self.image) == Self.reference())
  }

  /// Boards without and with dot products, under qemu.
  @Test(.enabled(if: Toolchain.tools != nil, "needs toolchain/setup"), arguments: ["raspberry-pi-4", "raspberry-pi-5"])
  func `boards give the interpreter's bits`(name: String) throws {
    let tools = try #require(Toolchain.tools)
    let board = try #require(Targets.target(named: name))
    let graph = try Passes.run(on: ByteNetwork().graph)
    try withTemporaryFolder { folder in
      let networks = try NetworksOnBoard(["Bytes": graph], board: board, tools: tools, folder: folder)
      let output = try networks.output(of: "Bytes", for: Self.image)
      let numbers = output.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
      #expect(try numbers == Self.reference())
    }
  }
}
