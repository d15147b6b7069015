import Testing

@testable import KilnGraph
@testable import KilnKernels
@testable import KilnLowering
@testable import KilnPasses
@testable import KilnPlanning

@Suite("Which values share memory, and which images get a border")
struct StoragePlanTests {
  private static let image = TensorType(.float32, [1, 6, 6, 8])

  /// A convolution of 8 channels to 8, channels last.
  private func convolve(
    _ graph: inout Graph, _ input: ValueID, name: String, kernel: Int = 3, epilogue: Epilogue = Epilogue(),
    addend: ValueID? = nil
  ) throws -> ValueID {
    let channels = graph.type(of: input).shape[3]
    let weight = graph.addConstant(
      "\(name).weight",
      Tensor(
        shape: [8, channels, kernel, kernel], floats: Array(repeating: 0.5, count: 8 * channels * kernel * kernel)))
    let pad = kernel / 2
    let operation = Convolution(
      window: Window(kernel: [kernel, kernel], padBegin: [pad, pad], padEnd: [pad, pad]), layout: .channelsLast,
      epilogue: epilogue)
    return try graph.insert(operation, name: name, inputs: [input, weight, nil, addend])[0]
  }

  private func buffer(_ plan: StoragePlan, _ value: ValueID) -> Buffer.ID? { plan.views[value]?.buffer }

  @Test func `operands of a channel concat lie inside its result`() throws {
    var graph = Graph()
    let x = graph.addInput("x", Self.image)
    let a = try convolve(&graph, x, name: "a", kernel: 1)
    let b = try convolve(&graph, x, name: "b", kernel: 1)
    let both = try graph.insert(Concat(axis: 3), name: "both", inputs: [a, b])[0]
    graph.addOutput("y", try convolve(&graph, both, name: "c"))
    let plan = StoragePlanner.plan(graph)
    #expect(buffer(plan, a) == buffer(plan, both))
    #expect(buffer(plan, b) == buffer(plan, both))
    #expect(plan.views[a]?.pixelStride == 16)
    #expect((plan.views[b]?.offset ?? 0) - (plan.views[a]?.offset ?? 0) == 8)
    // The 3x3 convolution after reads zeros around all 16 channels.
    let border = try #require(buffer(plan, both).flatMap { plan.borders[$0] })
    #expect(border.border == Border(top: 1, left: 1, bottom: 1, right: 1))
  }

  @Test func `a value that a concat takes twice is placed once`() throws {
    var graph = Graph()
    let x = graph.addInput("x", Self.image)
    let a = try convolve(&graph, x, name: "a", kernel: 1)
    let both = try graph.insert(Concat(axis: 3), name: "both", inputs: [a, a])[0]
    graph.addOutput("y", try convolve(&graph, both, name: "c", kernel: 1))
    let plan = StoragePlanner.plan(graph)
    #expect(buffer(plan, a) == buffer(plan, both))
    #expect(plan.views[a]?.offset == plan.views[both]?.offset)
  }

  @Test func `a residual is added in place unless it is still needed`() throws {
    for isNeeded in [false, true] {
      var graph = Graph()
      let x = graph.addInput("x", Self.image)
      let skip = try convolve(&graph, x, name: "skip", kernel: 1)
      let inner = try convolve(&graph, skip, name: "inner", kernel: 1)
      let sum = try convolve(
        &graph, inner, name: "sum", kernel: 1, epilogue: Epilogue(addend: .beforeActivation), addend: skip)
      let last = isNeeded ? skip : sum
      let end = try convolve(
        &graph, sum, name: "end", kernel: 1, epilogue: Epilogue(addend: .beforeActivation), addend: last)
      graph.addOutput("y", end)
      let plan = StoragePlanner.plan(graph)
      #expect((buffer(plan, skip) == buffer(plan, sum)) == !isNeeded)
    }
  }

  @Test func `a convolution of the caller's memory pads a copy`() throws {
    var graph = Graph()
    let x = graph.addInput("x", Self.image)
    graph.addOutput("y", try convolve(&graph, x, name: "a"))
    let plan = StoragePlanner.plan(graph)
    let operators = plan.graph.nodeIDs.map { plan.graph[$0].operation.name }
    #expect(operators == ["Pad", "Conv"])
    let convolution = try #require(plan.graph[plan.graph.nodeIDs[1]].operation as? Convolution)
    #expect(!convolution.window.hasPadding)
    #expect(plan.borders.isEmpty)
  }

  @Test func `a reshape shares, and keeps its operand dense`() throws {
    var graph = Graph()
    let x = graph.addInput("x", Self.image)
    let a = try convolve(&graph, x, name: "a", kernel: 1)
    let flat = try graph.insert(Reshape(to: [1, 288]), name: "flat", inputs: [a])[0]
    graph.addOutput("flat", try graph.insert(Softmax(axis: 1), name: "softmax", inputs: [flat])[0])
    graph.addOutput("y", try convolve(&graph, a, name: "b"))
    let plan = StoragePlanner.plan(graph)
    #expect(buffer(plan, a) == buffer(plan, flat))
    #expect(plan.views[a]?.isDense == true)
    // The padded convolution of the same value has to pad a copy then.
    #expect(plan.graph.nodeIDs.contains { plan.graph[$0].operation is Pad })
  }

  @Test func `results that are inputs, constants or one value twice are copied`() throws {
    var graph = Graph()
    let x = graph.addInput("x", Self.image)
    let a = try convolve(&graph, x, name: "a", kernel: 1)
    for (name, value) in [
      ("x too", x), ("a", a), ("a again", a), ("constant", graph.addConstant("c", Tensor(shape: [2], floats: [1, 2]))),
    ] {
      graph.addOutput(name, value)
    }
    let plan = StoragePlanner.plan(graph)
    let owners = plan.graph.outputs.map { port in
      plan.views[port.value].map { plan.buffers[$0.buffer.index].owner }
    }
    #expect(owners == (0..<4).map { .output($0) })
  }
}
