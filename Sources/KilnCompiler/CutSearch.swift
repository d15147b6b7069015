import KilnGraph
import KilnPasses

/// Looks for the place where a model can be cut: the latest before everything that is unsupported.
struct CutSearch {
  /// How often a place that turns out to be too late is moved.
  ///
  /// Each trial costs what the passes cost.
  private static let trials = 4

  private let model: PartialModel
  private let options: PassOptions
  private let nodes: [String: NodeID]
  /// The nodes that can't be in the first part: the unsupported, those that read what they compute, and those that compute
  /// something without a name in the file for them.
  private var excluded: Set<NodeID> = []
  /// What excluded nodes read.
  private var ends: Set<ValueID> = []

  init(_ model: PartialModel, _ options: PassOptions) {
    self.model = model
    self.options = options
    let nodeIDs = model.graph.nodeIDs
    nodes = Dictionary(nodeIDs.map { (model.graph[$0].name, $0) }, uniquingKeysWith: { first, _ in first })
    open(model.openEnds)
  }

  /// All that was imported, with what the rest of the model reads as its results too.
  var whole: Graph {
    var graph = model.graph
    graph.setOutputs(graph.outputs + model.openEnds.sorted { $0.index < $1.index }.map { port(for: $0) })
    graph.removeUnused()
    return graph
  }

  /// The place; `nil` when nothing would be left, or none was found.
  ///
  /// - Parameter obstacles: what in `whole` can't be compiled.
  mutating func cut(before obstacles: [UnsupportedError.Item]) -> ModelCut? {
    var obstacles = obstacles
    for _ in 0..<Self.trials {
      let before = excluded.count
      exclude(obstacles.compactMap { nodes.value(ofNode: $0.node) })
      if !obstacles.isEmpty, excluded.count == before { return nil }
      let first = firstPart
      guard !first.outputs.isEmpty else { return nil }
      obstacles = Compiler.obstacles(in: first, options)
      guard obstacles.isEmpty else { continue }
      let inputs = first.inputs.filter { !first.users(of: $0).isEmpty }
      return ModelCut(
        inputs: inputs.map { ModelCut.Tensor(name: first[$0].name, type: first.type(of: $0)) },
        outputs: first.outputs.map { ModelCut.Tensor(name: $0.name, type: first.type(of: $0.value)) })
    }
    return nil
  }

  /// What remains, with the model's results that it computes, and what the rest reads, as its own.
  private var firstPart: Graph {
    var first = model.graph
    let kept = first.outputs.filter { isComputed($0.value) }
    let others = ends.subtracting(kept.map(\.value)).filter(isComputed).sorted { $0.index < $1.index }
    first.setOutputs(kept + others.map { port(for: $0) })
    first.removeUnused()
    return first
  }

  private func port(for value: ValueID) -> Port {
    Port(name: model.fileNames[value] ?? model.graph[value].name, value: value)
  }

  /// Whether a node of the first part computes a value.
  private func isComputed(_ value: ValueID) -> Bool {
    model.graph.producer(of: value).map { !excluded.contains($0) } ?? false
  }

  /// Lets the rest of the model read these values.
  ///
  /// Those that have no name to cut at are computed there too.
  private mutating func open(_ values: some Sequence<ValueID>) {
    for value in values {
      guard let producer = model.graph.producer(of: value), !excluded.contains(producer) else { continue }
      if model.fileNames[value] == nil { exclude([producer]) } else { ends.insert(value) }
    }
  }

  /// Puts nodes, and all that read what they compute, into the rest of the model.
  ///
  /// Complexity: linear over all calls.
  private mutating func exclude(_ nodes: [NodeID]) {
    var pending = nodes
    while let id = pending.popLast() {
      guard excluded.insert(id).inserted else { continue }
      let node = model.graph[id]
      pending += node.outputs.flatMap(model.graph.users(of:))
      for value in node.inputs.compactMap(\.self) {
        guard let producer = model.graph.producer(of: value) else { continue }
        if model.fileNames[value] == nil { pending.append(producer) } else { ends.insert(value) }
      }
    }
  }
}
