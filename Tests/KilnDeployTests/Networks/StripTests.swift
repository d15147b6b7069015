import KilnDeploy
import KilnExecution
import KilnGraph
import KilnPasses
import Testing

@testable import KilnCompiler
@testable import KilnEmission
@testable import KilnGraph
@testable import KilnLowering
@testable import KilnPlanning
@testable import KilnSelection

/// Layers that are computed together in strips give the bits that they give one by one.
///
/// Programs with strips are executed in this process, those of several threads in both orders of their workers, and one of
/// each kind is emitted too, because its loop is emitted text.
@Suite(.serialized)
struct StripTests {
  /// A convolution: output channels, kernel, step, padding above, left, below and right.
  struct Layer {
    var channels: Int
    var kernel: [Int]
    var stride = 1
    var pads = [0, 0, 0, 0]
    var isDepthwise = false
    var dilation = 1
    var epilogue = Epilogue()

    var window: Window {
      Window(
        kernel: kernel, strides: [stride, stride], dilations: [dilation, dilation], padBegin: Array(pads[..<2]),
        padEnd: Array(pads[2...]))
    }

    static func pointwise(_ channels: Int, _ epilogue: Epilogue = relu) -> Layer {
      Layer(channels: channels, kernel: [1, 1], epilogue: epilogue)
    }

    static func depthwise(
      _ channels: Int, _ kernel: Int = 3, stride: Int = 1, pads: [Int]? = nil, dilation: Int = 1,
      epilogue: Epilogue = relu
    ) -> Layer {
      let pad = dilation * (kernel / 2)
      return Layer(
        channels: channels, kernel: [kernel, kernel], stride: stride, pads: pads ?? [pad, pad, pad, pad],
        isDepthwise: true, dilation: dilation, epilogue: epilogue)
    }
  }

  private static let relu = Epilogue(activation: .function(.relu))
  private static let silu = Epilogue(activation: .function(.silu))
  private static let residual = Epilogue(addend: .beforeActivation)
  private static let siluResidual = Epilogue(activation: .function(.silu), addend: .afterActivation)

  /// Images and what is computed of them.
  ///
  /// A residual is the image; `isNeeded` where something else reads it later, so that the result doesn't take its
  /// place.
  private static let cases: [(name: String, image: [Int], isNeeded: Bool, layers: [Layer])] = [
    ("Block", [1, 28, 20, 8], false, [.pointwise(48), .depthwise(48), .pointwise(8, residual)]),
    ("Needed", [1, 28, 20, 8], true, [.pointwise(48), .depthwise(48), .pointwise(8, residual)]),
    (
      "Silu", [1, 27, 21, 9], false,
      [.pointwise(50, silu), .depthwise(50, epilogue: silu), .pointwise(9, siluResidual)]
    ),
    ("Stride", [1, 57, 21, 8], false, [.pointwise(24), .depthwise(24, stride: 2), .pointwise(20)]),
    ("Even", [1, 56, 22, 8], false, [.pointwise(24), .depthwise(24, stride: 2, pads: [0, 0, 1, 1])]),
    ("Five", [1, 31, 17, 8], false, [.pointwise(40), .depthwise(40, 5), .pointwise(16)]),
    ("FiveBy2", [1, 45, 17, 8], false, [.pointwise(40), .depthwise(40, 5, stride: 2), .pointwise(16)]),
    ("Dilated", [1, 33, 17, 8], false, [.pointwise(40), .depthwise(40, dilation: 2), .pointwise(16)]),
    ("Tall", [1, 121, 4, 16], false, [.pointwise(96), .depthwise(96), .pointwise(16, residual)]),
    ("Batch", [2, 28, 12, 8], false, [.pointwise(32), .depthwise(32), .pointwise(8, residual)]),
    (
      "Stem", [1, 59, 40, 3], false,
      [
        Layer(channels: 32, kernel: [3, 3], stride: 2, pads: [1, 1, 1, 1], epilogue: relu), .depthwise(32),
        .pointwise(64), .depthwise(64, stride: 2), .pointwise(64),
      ]
    ),
    (
      "Dense", [1, 40, 20, 8], false,
      [.pointwise(32), Layer(channels: 12, kernel: [3, 3], stride: 2, pads: [1, 1, 1, 1], epilogue: relu)]
    ),
    (
      "Uneven", [1, 40, 20, 8], false,
      [.pointwise(20), Layer(channels: 16, kernel: [4, 3], pads: [2, 0, 1, 1]), .pointwise(16)]
    ),
  ]

  @Test(arguments: [false, true])
  func `layers in strips give the bits of layers one by one`(storesHalves: Bool) throws {
    let graphs = try Self.cases.map { name, image, isNeeded, layers in
      (name, try Self.graph(image, layers, isNeeded: isNeeded, storesHalves: storesHalves))
    }
    try expectSameInStrips(graphs, kilobytes: [96, 128], emitting: storesHalves ? (128, 3) : (96, 1))
  }

  @Test func `layers of 8 bits in strips give the bits of layers one by one`() throws {
    let graphs = try Self.cases.filter { $0.layers.allSatisfy { $0.epilogue == Self.relu } }
      .map { name, image, _, layers in ("\(name)Bytes", try Self.byteGraph(image, layers)) }
    #expect(graphs.count > 5)
    try expectSameInStrips(graphs, kilobytes: [24, 32], emitting: (24, 2))
  }

  /// Plans graphs of one input for caches that hold everything and for second caches of some kilobytes, and compares what they
  /// compute; for one size and number of threads as emitted text too.
  private func expectSameInStrips(
    _ graphs: [(name: String, graph: Graph)], kilobytes sizes: [Int], emitting: (kilobytes: Int, threads: Int)
  ) throws {
    // All fits into the caches of the one; the others' second cache holds a few rows.
    var large = HostTarget.detect()
    large.cacheByteCounts = [32 << 10, 1 << 30]
    // A farther memory so slow that rows are rather computed twice.
    large.model.memory.bytesPerCycle = 0.1
    var emitted: [String: Program] = [:]
    var whole: [String: (input: [Tensor], results: [Tensor])] = [:]
    for (name, graph) in graphs {
      let input = RandomInputs.tensors(for: graph.inputs.map { graph.type(of: $0) }, seed: 5)
      let graph = OptimizedGraph(graph)
      let program = try Planner.plan(graph, for: large)
      #expect(!program.layers.contains { $0.strips != nil })
      let results = ProgramExecution(program).run(input)
      #expect(results[0].doubles().contains { $0 != results[0].doubles()[0] })
      whole[name] = (input, results)
      for kilobytes in sizes {
        var small = large
        small.cacheByteCounts = [kilobytes << 10 / 12, kilobytes << 10]
        for threads in 1...4 {
          let what = "\(name), \(kilobytes) KiB, \(threads) threads"
          let options = PlanningOptions(sharing: WorkSharing(threads: threads))
          let program = try Planner.plan(graph, for: small, options)
          let strips = program.layers.compactMap(\.strips)
          let kernels = strips.flatMap { $0.members.dropFirst().compactMap { $0.node.rowWindow?.kernel } }
          #expect(kernels.contains { $0 != [1, 1] } || kilobytes == sizes[0] && !kernels.isEmpty, "\(what)")
          #expect(strips.allSatisfy { $0.workers == threads })
          for order in ProgramExecution.Order.allCases where threads > 1 || order == .ascending {
            expectSame(ProgramExecution(program).run(input, order: order), results, "\(what), \(order)")
          }
          for other in try withOtherRows(program, graph, options) {
            expectSame(ProgramExecution(other).run(input), results, "\(what), other strips")
          }
          if (kilobytes, threads) == emitting { emitted["\(name)Strips"] = program }
        }
      }
    }
    try withTemporaryFolder { folder in
      let batch = try NetworkBatch(emitted, target: large, folder: folder)
      for (name, _) in graphs {
        let (input, results) = try #require(whole[name])
        expectSame(try batch.run("\(name)Strips", input), results, "\(name), emitted")
      }
    }
  }

  /// The programs that schedules make which give strips other numbers of rows.
  private func withOtherRows(
    _ program: Program, _ graph: OptimizedGraph, _ options: PlanningOptions
  ) throws -> [Program] {
    try program.layers.flatMap { layer -> [Program] in
      guard let strips = layer.strips,
        let convolution = program.convolutions.first(where: { $0.site.name == layer.node.name }),
        case .direct(var schedule) = convolution.choice.kind
      else { return [] }
      return try strips.otherStripRows.map { rows in
        schedule.stripRows = rows
        var options = options
        options.schedule = Schedule(program, choosing: [layer.node.name: ConvolutionChoice(.direct(schedule))])
        let other = try Planner.plan(graph, for: program.target, options)
        #expect(other.layers.contains { $0.node.name == layer.node.name && $0.strips?.stripRows == rows })
        return other
      }
    }
  }

  @Test func `strips that can't have the rows of a schedule are refused`() throws {
    var target = HostTarget.detect()
    target.cacheByteCounts = [32 << 10, 128 << 10]
    let graph = OptimizedGraph(
      try Self.graph([1, 28, 20, 8], [.pointwise(48), .depthwise(48), .pointwise(8)], isNeeded: false))
    let program = try Planner.plan(graph, for: target)
    for (layer, rows) in [("layer2", 29), ("layer2", 1), ("layer1", 4)] {
      let convolution = try #require(program.convolutions.first { $0.site.name == layer })
      guard case .direct(var schedule) = convolution.choice.kind else { continue }
      schedule.stripRows = rows
      let choice = ConvolutionChoice(.direct(schedule))
      let options = PlanningOptions(schedule: Schedule(program, choosing: [layer: choice]))
      let error = #expect(throws: PlanningError.self) { try Planner.plan(graph, for: target, options) }
      #expect(error.map { "\($0)".contains("layer '\(layer)': `stripRows`") } == true, "\(String(describing: error))")
    }
  }

  private func expectSame(_ outputs: [Tensor], _ expected: [Tensor], _ what: String) {
    let isSame = zip(outputs, expected).allSatisfy { $0.storage.bytes.elementsEqual($1.storage.bytes) }
    #expect(isSame && outputs.count == expected.count, "\(what)")
  }

  @Test func `only images that nobody else reads are never whole`() throws {
    var target = HostTarget.detect()
    target.cacheByteCounts = [32 << 10, 128 << 10]
    func strips(_ graph: Graph, threads: Int = 1) throws -> [[String]] {
      try Planner.plan(OptimizedGraph(graph), for: target, PlanningOptions(sharing: WorkSharing(threads: threads)))
        .layers
        .compactMap { $0.strips?.members.map(\.node.name) }
    }
    let layers: [Layer] = [.pointwise(48), .depthwise(48), .pointwise(8, Self.residual)]
    var graph = try Self.graph([1, 28, 20, 8], layers, isNeeded: false)
    #expect(try strips(graph) == [["layer0", "layer1", "layer2"]])
    // With two threads the result doesn't take the image's place, of which the other thread reads rows.
    #expect(try strips(graph, threads: 2) == [["layer0", "layer1", "layer2"]])
    // What is a result too is whole.
    let inner = try #require(graph.nodeIDs.first { graph[$0].name == "layer1" })
    graph.addOutput("inner", graph[inner].outputs[0])
    #expect(try strips(graph) == [["layer0", "layer1"]])
    // And what fits into half the second cache.
    target.cacheByteCounts[1] = 1 << 20
    #expect(try strips(graph).isEmpty)
  }

  @Test func `strips take less memory`() throws {
    var target = HostTarget.detect()
    let graph = try Self.graph([1, 28, 20, 8], [.pointwise(48), .depthwise(48), .pointwise(8)], isNeeded: false)
    let arenas = try [1 << 30, 128 << 10].map { cache in
      target.cacheByteCounts = [32 << 10, cache]
      return try Planner.plan(OptimizedGraph(graph), for: target).arenaByteCount
    }
    #expect(arenas[1] * 2 < arenas[0])
  }

  @Test func `a schedule's tiles hold in strips, and Winograd's leave them`() throws {
    var target = HostTarget.detect()
    target.cacheByteCounts = [32 << 10, 128 << 10]
    let dense = Layer(channels: 4, kernel: [3, 3], pads: [1, 1, 1, 1])
    let graph = try Self.graph([1, 28, 20, 8], [.pointwise(48), .depthwise(48), dense], isNeeded: false)
    let program = try Compiler.plan(OptimizedGraph(graph), CompileOptions(target: target))
    #expect(program.layers.compactMap(\.strips).map(\.members.count) == [3])
    let same = try Compiler.plan(OptimizedGraph(graph), CompileOptions(target: target, schedule: Schedule(program)))
    #expect(same.layers.compactMap(\.strips).map(\.members.count) == [3])
    let site = try #require(program.convolutions.first { $0.site.name == "layer2" }).site
    // What is tuned keeps its strips.
    #expect(site.candidates(for: target, limit: 9).allSatisfy { $0.algorithm == .direct })
    #expect(site.candidates(for: target, limit: 9).first == site.modelChoice(target))
    let winograd = try #require(site.modelChoice(of: .winograd4, target))
    let other = try Compiler.plan(
      OptimizedGraph(graph), CompileOptions(target: target, schedule: Schedule(program, choosing: ["layer2": winograd]))
    )
    #expect(other.layers.compactMap(\.strips).map(\.members.count) == [2])
  }

  /// The layers after a convolution that makes an image of their own, and before one that reads their result.
  ///
  /// Constants may be stored as float16.
  private static func graph(
    _ image: [Int], _ layers: [Layer], isNeeded: Bool, storesHalves: Bool = false
  ) throws -> Graph {
    var graph = Graph(name: "strips")
    var state: UInt32 = 1
    func constant(_ name: String, _ shape: [Int]) throws -> ValueID {
      let scale = 2 / Float(shape.dropFirst().reduce(1, *)).squareRoot()
      let floats = (0..<shape.reduce(1, *)).map { _ in
        state = state &* 1_664_525 &+ 1_013_904_223
        return (Float(state >> 8) / Float(1 << 24) - 0.5) * scale
      }
      let tensor = Tensor(shape: shape, floats: floats)
      guard storesHalves else { return graph.addConstant(name, tensor) }
      let halves = try Cast(to: .float16).evaluate([tensor])
      return graph.addConstant(name, try Cast(to: .float32).evaluate(halves)[0])
    }
    func convolve(_ input: ValueID, _ layer: Layer, _ name: String, addend: ValueID? = nil) throws -> ValueID {
      let channels = graph.type(of: input).shape[3]
      let groups = layer.isDepthwise ? channels : 1
      let weight = try constant("\(name).weight", [layer.channels, channels / groups] + layer.kernel)
      let convolution = Convolution(
        window: layer.window, groups: groups, layout: .channelsLast, epilogue: layer.epilogue)
      let bias = try constant("\(name).bias", [layer.channels])
      return try graph.insert(convolution, name: name, inputs: [input, weight, bias, addend])[0]
    }
    let input = graph.addInput("x", TensorType(.float32, image))
    let first = try convolve(input, .pointwise(image[3]), "first")
    var value = first
    for (index, layer) in layers.enumerated() {
      let addend = layer.epilogue.addend == nil ? nil : first
      value = try convolve(value, layer, "layer\(index)", addend: addend)
    }
    let end = try convolve(value, .pointwise(isNeeded ? image[3] : 5), "end")
    graph.addOutput("y", end)
    if isNeeded { graph.addOutput("z", try convolve(first, .pointwise(3), "again")) }
    return graph
  }

  /// The layers in 8 bits, with limits in the place of activations; what stands for 0 around images isn't 0.
  private static func byteGraph(_ image: [Int], _ layers: [Layer]) throws -> Graph {
    var graph = Graph(name: "strips")
    var state: UInt32 = 1
    func numbers(_ count: Int) -> [Int] {
      (0..<count).map { _ in
        state = state &* 1_664_525 &+ 1_013_904_223
        return Int(state >> 24) - 128
      }
    }
    let zeroPoint = -7
    let result = try #require(QuantizedResult(.int8, zeroPoint: zeroPoint, limits: -100...100))
    func convolve(_ input: ValueID, _ layer: Layer, _ name: String) throws -> ValueID {
      let channels = graph.type(of: input).shape[3]
      let groups = layer.isDepthwise ? channels : 1
      let shape = [layer.channels, channels / groups] + layer.kernel
      let depth = shape.dropFirst().reduce(1, *)
      let operands = [
        graph.addConstant(
          "\(name).weight", Tensor(shape: shape, integers: numbers(layer.channels * depth), as: .int8)),
        graph.addConstant(
          "\(name).bias",
          Tensor(shape: [layer.channels], integers: numbers(layer.channels).map { $0 * 20 }, as: .int32)),
        graph.addConstant(
          "\(name).multiplier",
          Tensor(
            shape: [layer.channels],
            floats: (0..<layer.channels).map { Float(1 + $0 % 3) / (200 * Float(depth).squareRoot()) })),
      ]
      let convolution = RequantizedConvolution(
        window: layer.window, groups: groups, layout: .channelsLast, inputZeroPoint: zeroPoint, result: result)
      var inputs: [ValueID?] = [input, nil, nil, nil, nil]
      inputs[LinearOperand.weight] = operands[0]
      inputs[LinearOperand.bias] = operands[1]
      inputs[RequantizedConvolution.multiplierOperand] = operands[2]
      return try graph.insert(convolution, name: name, inputs: inputs)[0]
    }
    var value = graph.addInput("x", TensorType(.int8, image))
    for (index, layer) in layers.enumerated() { value = try convolve(value, layer, "layer\(index)") }
    graph.addOutput("y", value)
    return graph
  }
}
