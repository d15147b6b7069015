import Foundation
import KilnDeploy
import KilnPlanning
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
  /// What is expected of the loops of one precision on one board.
  struct Expectation: CustomTestStringConvertible, Sendable {
    let precision: String
    let board: String
    /// The processor by llvm-mca's name.
    let processor: String
    /// The instructions that multiply, and products of each.
    let multiplications: Set<String>
    let products: Int
    /// Instructions of a loop for each that multiplies, at most.
    let instructions: Double
    /// Products in a cycle by llvm-mca's model, at least, of the best tile; `nil` where that model is of no use.
    ///
    /// Others may reach nine tenths. Of a Cortex-A53 the model lets no load end before a multiplication that began earlier, so that what
    /// is quickest there by measurement is slowest in it.
    var productsPerCycle: Double?
    /// The share of the insertions of half a vector that stand beside a load of another half, with which a Cortex-A53 issues them.
    var insertionsBesideLoads = 0.0

    /// How many of the three layers are computed so: in 8 bits not the last, whose result is real and limited.
    var tileCount: Int { precision == "int8" ? 2 : 3 }

    /// The register tile of a convolution in this precision; `nil` for other kernels.
    func tile(of kernel: any Kernel) -> String? {
      let isWanted = precision == "int8" ? kernel is ConvolveBytes : kernel is Convolve
      return isWanted ? kernel.tiles.first?.name : nil
    }

    var testDescription: String { "\(precision) on \(board)" }

    static let all = [
      Expectation(
        precision: "float32", board: "raspberry-pi-4", processor: "cortex-a72", multiplications: ["fmla"], products: 4,
        instructions: 1.3, productsPerCycle: 3.8),
      Expectation(
        precision: "float16", board: "raspberry-pi-5", processor: "neoverse-n1", multiplications: ["fmla"], products: 8,
        instructions: 1.25, productsPerCycle: 15.8),
      Expectation(
        precision: "int8", board: "raspberry-pi-5", processor: "neoverse-n1", multiplications: ["sdot"], products: 16,
        instructions: 1.25, productsPerCycle: 30.3),
      Expectation(
        precision: "int8", board: "raspberry-pi-4", processor: "cortex-a72",
        multiplications: ["smull", "smull2", "smlal", "smlal2"], products: 8, instructions: 2.0, productsPerCycle: 7.9),
      Expectation(
        precision: "float32", board: "raspberry-pi-3", processor: "cortex-a53", multiplications: ["fmla"], products: 4,
        instructions: 2.5, insertionsBesideLoads: 0.9),
      Expectation(
        precision: "int8", board: "raspberry-pi-3", processor: "cortex-a53",
        multiplications: ["smull", "smull2", "smlal", "smlal2"], products: 8, instructions: 2.6,
        insertionsBesideLoads: 0.45),
    ]

    /// How many instructions of a loop multiply.
    func multiplications(in loop: [String]) -> Int {
      loop.count { multiplications.contains(String($0.prefix { $0 != " " })) }
    }

    fileprivate var layers: [Layer] { precision == "int8" ? InnerLoopTests.stridedLayers : InnerLoopTests.layers }

    var options: PassOptions {
      switch precision {
      case "float16": PassOptions(halves: .computed)
      case "int8": PassOptions(quantization: InnerLoopTests.plan(layers))
      default: PassOptions()
      }
    }
  }

  @Test(arguments: Expectation.all)
  func `innermost loops keep their sums in registers and do little else than multiply`(_ expected: Expectation) throws {
    let board = try #require(Targets.target(named: expected.board))
    let tools = try #require(CrossTools(for: board))
    let program = try Compiler.plan(
      Passes.run(on: Self.network(expected.layers), options: expected.options),
      CompileOptions(target: board, isExact: true))
    // The tile that computes most of each layer: the first call's, not an edge's.
    let nodes = program.layers.flatMap { layer in layer.strips?.members.map(\.calls) ?? [layer.calls] }
    let tiles = nodes.compactMap { calls in calls.lazy.compactMap { expected.tile(of: $0.kernel) }.first }
    #expect(tiles.count == expected.tileCount)
    let multiplications = expected.multiplications(in:)
    let loops = try Self.loops(of: program, named: "Convolve", tools)
    Self.expectRegistersOnly(loops, multiplications)
    let tileLoops = loops.filter { $0.key.contains("O3run") }
    var rates: [Double] = []
    for tile in Set(tiles) {
      // What is left of a run after that loop may multiply as often, in a loop of its own for runs too short for it.
      let loop = try #require(
        tileLoops.filter {
          $0.key.firstMatch(of: Self.sizedName)?.output == tile.firstMatch(of: Self.sizedName)?.output
        }
        .values.joined()
        .max { (multiplications($0), -$0.count) < (multiplications($1), -$1.count) })
      let count = multiplications(loop)
      #expect(count >= 32, "\(tile)")
      #expect(
        Double(loop.count) <= expected.instructions * Double(count),
        "\(tile): \(loop.count) instructions, \(count) of them multiply")
      #expect(Self.insertionsBesideLoads(loop) >= expected.insertionsBesideLoads, "\(tile)")
      if expected.productsPerCycle != nil, let cycles = try MachineCode.cycles(of: loop, on: expected.processor) {
        rates.append(Double(count * expected.products) / cycles)
      }
    }
    if let least = expected.productsPerCycle, let best = rates.max() {
      for rate in rates { #expect(rate >= 0.9 * least) }
      #expect(best >= least)
    }
  }

  /// Winograd's method in 8 bits, whose products are of 16 bits: of 64 to 64 channels at 56x56.
  @Test(arguments: [("raspberry-pi-3", "cortex-a53"), ("raspberry-pi-4", "cortex-a72")])
  func `loops of Winograd's method in 8 bits keep their sums in registers`(name: String, processor: String) throws {
    let board = try #require(Targets.target(named: name))
    let tools = try #require(CrossTools(for: board))
    let layers = [
      Layer(inputs: 3, outputs: 64, side: 3, stride: 4, name: "first"),
      Layer(inputs: 64, outputs: 64, side: 3, stride: 1, name: "square"),
      Layer(inputs: 64, outputs: 8, side: 1, stride: 1, name: "point"),
    ]
    let graph = try Passes.run(on: Self.network(layers), options: PassOptions(quantization: Self.plan(layers)))
    let program = try Compiler.plan(graph, CompileOptions(target: board))
    func multiplications(in loop: [String]) -> Int { loop.count { $0.hasPrefix("smlal") } }
    let products = try Self.loops(of: program, named: "WinogradBytes", tools)
    Self.expectRegistersOnly(products, multiplications)
    let loop = try #require(products.values.joined().max { multiplications(in: $0) < multiplications(in: $1) })
    let count = multiplications(in: loop)
    #expect(count >= 128 && Double(loop.count) <= 1.15 * Double(count))
    // Four products of each, of which an A72 starts one in a cycle.
    if processor == "cortex-a72", let cycles = try MachineCode.cycles(of: loop, on: processor) {
      #expect(Double(4 * count) / cycles >= 3.9)
    }
    for name in ["transformTile", "transformWeights", "finishTile"] {
      let transforms = try Self.loops(of: program, named: name, tools).values.joined()
      #expect(transforms.joined().contains { $0.hasPrefix("sub v") }, "\(name)")
      for instruction in transforms.joined() {
        #expect(!MachineCode.spillsVector(instruction) && !instruction.hasPrefix("bl "), "\(name): \(instruction)")
      }
    }
  }

  /// The share of a loop's insertions into the upper half of a vector that stand beside a load of half a vector.
  private static func insertionsBesideLoads(_ loop: [String]) -> Double {
    func isLoad(_ index: Int) -> Bool {
      loop.indices.contains(index) && (loop[index].hasPrefix("ldr d") || loop[index].hasPrefix("ldur d"))
    }
    let insertions = loop.indices.filter { loop[$0].hasPrefix("mov v") && loop[$0].contains(".d[1], x") }
    return Double(insertions.count { isLoad($0 - 1) || isLoad($0 + 1) }) / Double(max(insertions.count, 1))
  }

  /// Kernels of one channel each, of results that are limited and that aren't.
  ///
  /// Those of a Cortex-A53 spill, for which the compiler loads far ahead.
  @Test(
    arguments: Expectation.all.filter { $0.precision == "int8" && $0.insertionsBesideLoads == 0 }, [0, 0.05] as [Float])
  func `depthwise loops in 8 bits keep weights and columns in registers`(
    _ expected: Expectation, zero: Float
  ) throws {
    let board = try #require(Targets.target(named: expected.board))
    let tools = try #require(CrossTools(for: board))
    for stride in [1, 2] {
      let layers = [
        Layer(inputs: 32, outputs: 32, side: 3, stride: stride, groups: 32, name: "apart"),
        Layer(inputs: 32, outputs: 8, side: 1, stride: 1, name: "point"),
      ]
      var plan = Self.plan(layers)
      // With the least number for 0, a ReLU is no limit of its own.
      plan.tensors["apart.relu"] = TensorQuantization(scale: 0.05, zeroPoint: zero == 0 ? 0 : -128)
      let graph = try Passes.run(on: Self.network(layers), options: PassOptions(quantization: plan))
      let program = try Compiler.plan(graph, CompileOptions(target: board))
      let loops = try Self.loops(of: program, named: "Depthwise", tools)
      Self.expectRegistersOnly(loops, expected.multiplications(in:))
    }
  }

  /// The innermost loops of a program's functions with a word in their names.
  private static func loops(
    of program: Program, named word: String, _ tools: CrossTools
  ) throws -> [String: [[String]]] {
    try withTemporaryFolder { folder in
      let package = Compiler.emit(program, name: "Net", origin: "a test")
      try package.write(to: folder)
      let binary = try PackageBuilder.build(
        package.benchmarkName, package: folder.path, scratch: folder.appending(path: ".build").path, sdk: tools.sdk)
      return try MachineCode.functions(of: binary).filter { $0.key.contains(word) }
        .mapValues(MachineCode.innermostLoops)
    }
  }

  /// Expects that what multiplies neither spills nor calls.
  private static func expectRegistersOnly(_ loops: [String: [[String]]], _ multiplications: ([String]) -> Int) {
    #expect(loops.values.joined().contains { multiplications($0) > 0 })
    for (function, loops) in loops {
      for loop in loops where multiplications(loop) > 0 {
        #expect(!loop.contains { $0.contains("[sp") || $0.contains("[x29") }, "\(function) spills")
        #expect(!loop.contains { $0.hasPrefix("bl ") }, "\(function) calls")
      }
    }
  }

  /// A tile's name up to its size; words that occur twice in what follows are abbreviated in mangled names.
  private static var sizedName: Regex<Substring> { /Convolve[A-Za-z]*[0-9]+x[0-9]+/ }

  /// Makes every layer one of 8 bits.
  private static func plan(_ layers: [Layer]) -> QuantizationPlan {
    let names = ["x"] + layers.map { "\($0.name).relu" }
    return QuantizationPlan(
      tensors: Dictionary(uniqueKeysWithValues: names.map { ($0, TensorQuantization(scale: 0.05, zeroPoint: 0)) }))
  }

  fileprivate struct Layer {
    var inputs: Int
    var outputs: Int
    var side: Int
    var stride: Int
    var groups = 1
    var name: String
  }

  private static let layers = [
    Layer(inputs: 3, outputs: 64, side: 7, stride: 2, name: "first"),
    Layer(inputs: 64, outputs: 64, side: 3, stride: 1, name: "square"),
    Layer(inputs: 64, outputs: 256, side: 1, stride: 1, name: "point"),
  ]

  /// The same for tiles of 8 bits: with steps of one pixel the second would be Winograd's.
  private static let stridedLayers = [
    layers[0], Layer(inputs: 64, outputs: 64, side: 3, stride: 2, name: "square"), layers[2],
  ]

  /// Layers of ResNet's sizes.
  private static func network(_ layers: [Layer]) throws -> Graph {
    var graph = Graph()
    var value = graph.addInput("x", TensorType(.float32, [1, layers[0].inputs, 224, 224]))
    for layer in layers {
      let (side, name) = (layer.side, layer.name)
      let shape = [layer.outputs, layer.inputs / layer.groups, side, side]
      let weight = graph.addConstant(
        "\(name).weight", Tensor(shape: shape, floats: [Float](repeating: 0.5, count: shape.elementCount)))
      let pads = [side / 2, side / 2]
      let window = Window(
        kernel: [side, side], strides: [layer.stride, layer.stride], padBegin: pads, padEnd: pads)
      let convolution = try graph.insert(
        Convolution(window: window, groups: layer.groups), name: name, inputs: [value, weight])[0]
      value = try graph.insert(Unary(.relu), name: "\(name).relu", inputs: [convolution])[0]
    }
    graph.addOutput("y", value)
    return graph
  }
}
