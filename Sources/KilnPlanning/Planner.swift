import KilnGraph
import KilnKernels
import KilnLowering
import KilnMachine
import KilnPasses
import KilnSelection

/// Turns an optimized graph into a program: storage, calls, memory.
package enum Planner {
  /// Plans a network.
  ///
  /// - Throws: `PlanningError.unsupported` that lists every node that can't be compiled, or `.schedule` when the schedule
  ///   doesn't fit the network or the target.
  package static func plan(
    _ optimized: OptimizedGraph, for target: Target, _ options: PlanningOptions = PlanningOptions()
  ) throws(PlanningError) -> Program {
    let graph = optimized.graph
    let obstacles = Lowerings.obstacles(in: graph)
    guard obstacles.isEmpty else { throw .unsupported(UnsupportedError(obstacles)) }
    let algorithms = AlgorithmSelection(
      graph, isExact: options.isExact, schedule: options.schedule, costs: options.winograd ?? target.model.winograd,
      target: target)
    var storage = StoragePlanner.plan(graph)
    let groups: [NodeID: StripGroup]
    (groups, storage) = StripPlanner.plan(
      storage, for: target, algorithms, options.sharing, chosenRows: options.schedule?.stripRows ?? [:])
    let layers = layers(of: storage.graph, groups)
    var context = LoweringContext(
      graph: storage.graph, target: target, views: storage.views, algorithms: algorithms, sharing: options.sharing)
    let sites = layers.map { Self.sites(of: $0, context) }
    do {
      context.selection = try ConvolutionSelection(
        sites.flatMap(\.self), schedule: options.schedule, target: target, isExact: options.isExact)
      try options.schedule?.requireStrips(
        Dictionary(
          groups.map { (storage.graph[$0.key].name, $0.value.stripRows) }, uniquingKeysWith: { $1 }))
    } catch {
      throw .schedule(error)
    }
    return program(storage, layers, sites.map { $0.map(\.site) }, &context, target, options)
  }

  /// What becomes a layer: a node, or nodes that are computed together in strips.
  private enum LayerSource {
    case node(NodeID)
    case strips(StripGroup)
  }

  private static func layers(of graph: Graph, _ groups: [NodeID: StripGroup]) -> [LayerSource] {
    let strips = Set(groups.values.flatMap { $0.members.map(\.node) })
    return graph.nodeIDs.compactMap { id in
      groups[id].map(LayerSource.strips) ?? (strips.contains(id) ? nil : .node(id))
    }
  }

  private static func sites(of source: LayerSource, _ context: LoweringContext) -> [WeightedSite] {
    switch source {
    case .node(let id): Lowerings.sites(of: context.graph[id], context)
    case .strips(let group): sites(of: group, context)
    }
  }

  private static func program(
    _ storage: StoragePlan, _ sources: [LayerSource], _ sites: [[ConvolutionSite]], _ context: inout LoweringContext,
    _ target: Target, _ options: PlanningOptions
  ) -> Program {
    var layers: [Program.Layer] = []
    var convolutions: [PlannedConvolution] = []
    var cleared: Set<Buffer.ID> = []
    for (source, sites) in zip(sources, sites) {
      guard var layer = layer(source, &context) else { continue }
      // The first layer that writes into a buffer also makes the border around its images.
      let written = Set(layer.allCalls.flatMap(\.writes).map { context.view($0).buffer })
      for buffer in written.sorted(by: { $0.index < $1.index }) {
        guard let image = storage.borders[buffer], cleared.insert(buffer).inserted else { continue }
        let view = context.view(image.root)
        let calls = borderCalls(
          around: context.destination(image.root), view.shape, strides: view.strides, image.border,
          number: image.number, of: storage.buffers[buffer.index].scalar)
        layer.calls.insert(contentsOf: calls, at: 0)
      }
      // Those that the lowering has shared stay as they are.
      if !isSequence(layer.calls) { layer.calls = layer.calls.flatMap { $0.shared(context.sharing) } }
      layer.calls = separatingWorkspaces(layer.calls)
      convolutions += sites.map {
        PlannedConvolution(site: $0, choice: context.selection[$0], layer: layers.count)
      }
      if !layer.allCalls.isEmpty { layers.append(layer) }
    }
    let memory = arena(layers, storage)
    return Program(
      graph: storage.graph, target: target, threads: options.sharing.threads, layers: memory.layers,
      convolutions: convolutions, tables: context.tables, views: storage.views,
      buffers: storage.buffers, arenaOffsets: memory.offsets, arenaByteCount: memory.plan.byteCount,
      arenaLowerBound: memory.plan.lowerBound)
  }

  private static func layer(_ source: LayerSource, _ context: inout LoweringContext) -> Program.Layer? {
    switch source {
    case .node(let id): layer(id, &context)
    case .strips(let group): layer(of: group, &context)
    }
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
    let lifetimes = layers.lifetimes { storage.views[$0]?.buffer }
      .filter { storage.buffers[$0.key.index].owner == .arena }
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
