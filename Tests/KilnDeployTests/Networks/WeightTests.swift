import KilnCompiler
import KilnDeploy
import KilnEmission
import KilnGraph
import KilnLowering
import KilnONNX
import KilnSelection
import KilnPasses
import Testing

/// How many bytes a network's weights take in the binary.
struct WeightTests {
  private let target = HostTarget.detect()

  private func tables(_ name: String) throws -> [WeightTable] {
    try NetworkFiles.program("cases/\(name)", target: target).tables
  }

  @Test(arguments: ["weights_shared", "weights_shared_by_sizes"])
  func `branches that share their weights have each table once`(name: String) throws {
    let program = try NetworkFiles.program("cases/\(name)", target: target)
    let layers = program.layers.filter { $0.node.operation is Convolution || $0.node.operation is Linear }
    let weights = Set(layers.compactMap { $0.node.inputs[1] })
    #expect(layers.count == 8 && weights.count == 4)
    let contents = program.tables.map { table in
      let storage = table.bytes.storage
      return withExtendedLifetime(storage) { Array(storage.bytes) }
    }
    #expect(Set(contents).count == contents.count)
    // One table each, perhaps a second for Winograd's biases or the last channels, and what the rest of the network has.
    #expect((weights.count...2 * weights.count + 1).contains(program.tables.count))
  }

  @Test(arguments: [
    ("int8", ScalarType.int8), ("int8_one_scale", .int8), ("uint8", .uint8), ("uint8_one_scale", .uint8),
    ("int16", .int16), ("uint16", .uint16), ("float16", .float16), ("bfloat16", .bfloat16),
    ("int8_batch_norm", .int8), ("uint8_batch_norm", .uint8), ("float16_batch_norm", .float16),
    ("int8_parametric_relu", .int8), ("int8_transposed", .int8), ("int8_conv1d", .int8), ("int8_conv3d", .int8),
    ("integer_products_2d", .int8), ("integer_products_3d", .int8),
  ])
  func `weights of 8 and 16 bits stay so, with batch norms folded too`(name: String, scalar: ScalarType) throws {
    let tables = try tables("weights_\(name)")
    let narrow = tables.filter { $0.scalar == scalar }
    #expect(!narrow.isEmpty)
    // What is float32 are biases, scales and zero points: a few rows.
    for table in tables where table.scalar == .float32 { #expect(table.shape.count < 3 || table.shape[2] <= 4) }
    #expect(tables.allSatisfy { $0.type.elementCount < 2 || [scalar, .float32].contains($0.scalar) })
  }

  /// The weights of two convolutions that differ in their biases: as Winograd's, and as int8.
  @Test(arguments: [false, true]) func `biases of their own leave weights in common`(isNarrow: Bool) throws {
    var graph = Graph(name: "biases")
    let image = graph.addInput("x", TensorType(.float32, [1, 32, 32, 32]))
    let codes = Tensor(shape: [32, 32, 3, 3], integers: (0..<9216).map { $0 % 255 - 127 }, as: .int8)
    let real = try DequantizeLinear().evaluate([codes, Tensor(shape: [], floats: [0.01]), nil])[0]
    let weight = graph.addConstant("w", isNarrow ? real : Tensor(shape: real.shape, floats: real.floats()))
    for index in 0..<2 {
      let bias = graph.addConstant("b\(index)", Tensor(shape: [32], floats: (0..<32).map { Float($0 + index) }))
      let window = Window(kernel: [3, 3], padBegin: [1, 1], padEnd: [1, 1])
      let convolution = Convolution(window: window, layout: .channelsLast)
      let result = try graph.insert(convolution, name: "conv\(index)", inputs: [image, weight, bias])[0]
      graph.addOutput("y\(index)", result)
    }
    let program = try Compiler.plan(OptimizedGraph(graph), CompileOptions(target: target))
    let algorithm: ConvolutionAlgorithm = isNarrow ? .direct : .winograd4
    #expect(program.convolutions.map(\.choice.algorithm) == [algorithm, algorithm])
    #expect(program.tables.count { $0.type.elementCount >= 9216 } == 1 && program.tables.count == 3)
  }

  @Test func `scales that output channels don't have make weights float32`() throws {
    #expect(try tables("weights_int8_not_narrow").allSatisfy { $0.scalar == .float32 })
  }
}
