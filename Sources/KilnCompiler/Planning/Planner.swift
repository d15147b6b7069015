import KilnGraph
import KilnKernels
import KilnMachine

/// Turns a final graph into a program: storage, calls, memory.
enum Planner {
  /// Plans a graph.
  ///
  /// - Parameters:
  ///   - sharing: how threads share the work.
  ///   - choices: how convolutions are computed, by name, where the cost model isn't to choose. Precondition: each is
  ///     possible.
  /// - Throws: `UnsupportedError` that lists every node that can't be compiled.
  static func plan(
    _ graph: Graph, for target: Target, isExact: Bool = false, sharing: WorkSharing = WorkSharing(threads: 1),
    choices: [String: ConvolutionChoice] = [:]
  ) throws(UnsupportedError) -> Program {
    let obstacles = Lowerings.obstacles(in: graph)
    guard obstacles.isEmpty else { throw UnsupportedError(obstacles) }
    let program = program(graph, for: target, isExact: isExact, sharing: sharing, choices: choices)
    let alike = SharedWeights.choices(for: program.convolutions, choices, target)
    if alike.isEmpty { return program }
    return self.program(
      graph, for: target, isExact: isExact, sharing: sharing, choices: choices.merging(alike) { own, _ in own })
  }

  private static func program(
    _ graph: Graph, for target: Target, isExact: Bool, sharing: WorkSharing, choices: [String: ConvolutionChoice]
  ) -> Program {
    var storage = StoragePlanner.plan(graph)
    var groups: [NodeID: StripGroup] = [:]
    if sharing.threads == 1 { (groups, storage) = StripPlanner.plan(storage, for: target, isExact: isExact, choices) }
    let context = LoweringContext(
      graph: storage.graph, target: target, views: storage.views, isExact: isExact, sharing: sharing, choices: choices)
    let lowered = lower(storage, groups, context)
    let memory = arena(lowered.layers, storage)
    return Program(
      graph: storage.graph, target: target, threads: sharing.threads, layers: memory.layers,
      convolutions: lowered.convolutions, tables: lowered.tables, views: storage.views,
      buffers: storage.buffers, arenaOffsets: memory.offsets, arenaByteCount: memory.plan.byteCount,
      arenaLowerBound: memory.plan.lowerBound)
  }

  private static func lower(
    _ storage: StoragePlan, _ groups: [NodeID: StripGroup], _ context: LoweringContext
  ) -> (layers: [Program.Layer], convolutions: [PlannedConvolution], tables: [WeightTable]) {
    var context = context
    var layers: [Program.Layer] = []
    var convolutions: [PlannedConvolution] = []
    var cleared: Set<Buffer.ID> = []
    let strips = Set(groups.values.flatMap { $0.stages.map(\.node) })
    for id in storage.graph.nodeIDs {
      guard var layer = groups[id].map({ layer(of: $0, &context) }) ?? (strips.contains(id) ? nil : layer(id, &context))
      else { continue }
      // The first layer that writes into a buffer also makes the zeros around its images.
      let written = Set(layer.allCalls.flatMap(\.writes).map { context.view($0).buffer })
      for buffer in written.sorted(by: { $0.index < $1.index }) {
        guard let image = storage.borders[buffer], cleared.insert(buffer).inserted else { continue }
        let view = context.view(image.root)
        let border = ClearBorder(
          context.destination(image.root), around: view.shape, strides: view.strides, image.border)
        layer.calls.insert(KernelCall(border), at: 0)
      }
      // Those that the lowering has shared stay as they are.
      if !isSequence(layer.calls) { layer.calls = layer.calls.flatMap { $0.shared(context.sharing) } }
      layer.calls = separatingWorkspaces(layer.calls)
      convolutions += context.takeConvolutions(ofLayer: layers.count)
      if !layer.allCalls.isEmpty { layers.append(layer) }
    }
    return (layers, convolutions, context.tables)
  }

  /// The layer that a node becomes.
  private static func layer(_ id: NodeID, _ context: inout LoweringContext) -> Program.Layer? {
    let node = context.graph[id]
    return Lowerings.lowering(for: node.operation).map { Program.Layer(node: node, calls: $0.calls(node, &context)) }
  }

  /// Whether some of a layer's calls use what others of them write, and so must be made in order.
  private static func isSequence(_ calls: [KernelCall]) -> Bool {
    let written = Set(calls.flatMap(\.writes))
    return calls.contains { call in call.overwrites || call.reads.contains { written.contains($0) } }
  }

  /// The calls with a part of the layer's workspace for each worker.
  private static func separatingWorkspaces(_ calls: [KernelCall]) -> [KernelCall] {
    let step = calls.reduce(0) { max($0, $1.workspaceCount) }
    return step == 0 ? calls : calls.map { $0.movingWorkspace(by: $0.worker * step) }
  }

  /// Places the arena's buffers, each alive from the first layer that touches it to the last, and the layers'
  /// workspaces.
  private static func arena(
    _ layers: [Program.Layer], _ storage: StoragePlan
  ) -> (offsets: [Buffer.ID: Int], layers: [Program.Layer], plan: MemoryPlan) {
    var lifetimes: [Buffer.ID: ClosedRange<Int>] = [:]
    for (step, layer) in layers.enumerated() {
      for value in layer.allCalls.flatMap({ $0.reads + $0.writes }) {
        guard let buffer = storage.views[value]?.buffer, storage.buffers[buffer.index].owner == .arena else { continue }
        let first = lifetimes[buffer]?.lowerBound ?? step
        lifetimes[buffer] = first...step
      }
    }
    let buffers = lifetimes.keys.sorted { $0.index < $1.index }
    let working = layers.indices.filter { layers[$0].workspaceCount > 0 }
    let plan = MemoryPlan(
      buffers.compactMap { id in
        lifetimes[id].map { MemoryPlan.Request(byteCount: storage.buffers[id.index].byteCount, lifetime: $0) }
      }
        + working.map {
          MemoryPlan.Request(byteCount: layers[$0].workspaceCount * MemoryLayout<Float>.stride, lifetime: $0...$0)
        })
    var layers = layers
    for (step, offset) in zip(working, plan.offsets.dropFirst(buffers.count)) { layers[step].workspaceOffset = offset }
    return (Dictionary(uniqueKeysWithValues: zip(buffers, plan.offsets)), layers, plan)
  }
}
