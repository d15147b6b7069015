import Foundation
import KilnDeploy
import Testing

@testable import KilnCompiler
@testable import KilnEmission
@testable import KilnGraph
@testable import KilnKernels
@testable import KilnPasses

/// The machine code of a board's convolutions: what their innermost loops are made of.
///
/// Runs where `toolchain/setup` has been run.
@Suite(.enabled(if: Toolchain.tools != nil, "needs toolchain/setup"))
struct InnerLoopTests {
  @Test func `innermost loops keep their sums in registers and do little else than multiply`() throws {
    let tools = try #require(Toolchain.tools)
    let program = try Compiler.plan(
      Passes.run(on: Self.network()), CompileOptions(target: Toolchain.board, isExact: true))
    // The tile that computes most of each layer: the first call's, not an edge's.
    let nodes = program.layers.flatMap { layer in layer.strips?.members.map(\.calls) ?? [layer.calls] }
    let tiles = nodes.compactMap { calls in calls.compactMap { $0.kernel as? Convolve }.first?.tile.name }
    #expect(tiles.count == 3)
    let functions = try withTemporaryFolder { folder in
      let package = Compiler.emit(program, name: "Net", origin: "a test")
      try package.write(to: folder)
      let binary = try PackageBuilder.build(
        package.benchmarkName, package: folder.path, scratch: folder.appending(path: ".build").path, sdk: tools.sdk)
      return try MachineCode.functions(of: binary)
    }

    let loops = functions.filter { $0.key.contains("Convolve") }.mapValues(MachineCode.innermostLoops)
    #expect(!loops.isEmpty)
    for (function, loops) in loops {
      for loop in loops where loop.contains(where: { $0.hasPrefix("fmla") }) {
        #expect(!loop.contains { $0.contains("[sp") || $0.contains("[x29") }, "\(function) spills")
      }
    }
    for tile in Set(tiles) {
      let loop = try #require(
        loops.filter { $0.key.contains("\(tile.utf8.count)\(tile)O") }.values.joined().max { fmlas($0) < fmlas($1) })
      let count = fmlas(loop)
      #expect(count >= 64, "\(tile)")
      #expect(Double(loop.count) <= 1.3 * Double(count), "\(tile): \(loop.count) instructions for \(count) fmla")
      if let cycles = try MachineCode.cycles(of: loop, on: "cortex-a72") {
        #expect(cycles <= 1.05 * Double(count), "\(tile): \(cycles) cycles for \(count) fmla")
      }
    }
  }

  private func fmlas(_ loop: [String]) -> Int { loop.count { $0.hasPrefix("fmla") } }

  /// A first layer, a 3x3 and a 1x1 convolution of ResNet's sizes.
  private static func network() throws -> Graph {
    var graph = Graph()
    var value = graph.addInput("x", TensorType(.float32, [1, 3, 224, 224]))
    let layers = [(3, 64, 7, 2, "first"), (64, 64, 3, 1, "square"), (64, 256, 1, 1, "point")]
    for (inputs, outputs, side, stride, name) in layers {
      let shape = [outputs, inputs, side, side]
      let weight = graph.addConstant(
        "\(name).weight", Tensor(shape: shape, floats: [Float](repeating: 0.5, count: shape.elementCount)))
      let pads = [side / 2, side / 2]
      let window = Window(kernel: [side, side], strides: [stride, stride], padBegin: pads, padEnd: pads)
      let convolution = try graph.insert(Convolution(window: window), name: name, inputs: [value, weight])[0]
      value = try graph.insert(Unary(.relu), name: "\(name).relu", inputs: [convolution])[0]
    }
    graph.addOutput("y", value)
    return graph
  }
}
