import KilnGraph

/// Merges linear branches that read the same value and are added into one convolution or fully connected layer: RepVGG's
/// and MobileOne's training form, asymmetric and diverse branch blocks.
///
/// A branch is a convolution with or without multiply-adds behind it (batch normalisation, a learned `alpha`), multiply-adds
/// alone (an identity batch normalisation), or the value itself. Multiply-adds behind the sum are folded as well: all of
/// it in Float64, rounded once.
///
/// Applies to any number of branches in a tree of plain additions, when nobody else reads what is between; the branches
/// may be in groups. Branches with another input stay in the sum. Does not apply when the merged layer would multiply
/// more than the branches do together (3x1 and 1x3 without a 3x3; dense and grouped branches of similar size), when taps
/// don't lie on one grid, or when a branch has an activation.
///
/// Source: `Folding.sum(_:)`.
public struct MergeParallelBranches: Pass {
  public let name = "merge-branches"

  /// Makes the pass.
  public init() {}

  public func run(on graph: inout Graph) throws(PassError) {
    for id in graph.nodeIDs where graph.contains(id) && graph.isPlainAddition(id) {
      // Inner additions are part of the tree of an outer one.
      guard !graph.isPlainAddition(graph.soleUser(of: graph[id].outputs[0])) else { continue }
      let tree = AdditionTree(root: id, graph)
      let branches = tree.leaves.map { BranchMatch($0, graph) }
      for source in branches.distinctSources {
        if try merge(branches.filter { $0.source == source }, of: tree, &graph) { break }
      }
    }
  }

  /// Merges branches of one input. Returns whether it did.
  private func merge(
    _ candidates: [BranchMatch], of tree: AdditionTree, _ graph: inout Graph
  ) throws(PassError) -> Bool {
    guard candidates.count > 1, let main = candidates.mainLayer, main.operation.arrangement == .outputFirst else {
      return false
    }
    // Shapes are compared before the weights are read.
    let strides = main.operation.window.strides
    let chosen = candidates.filter { branch in
      branch.accepts(axis: main.channelAxis)
        && (branch.layer?.operation.window.strides ?? strides.map { _ in 1 }) == strides
        && (branch.layer == nil || branch.layer?.channelAxis == main.channelAxis)
    }
    guard chosen.count > 1, chosen.contains(where: { $0.layer?.node == main.node }),
      let merged = sum(of: chosen, main, graph)
    else { return false }
    let coversTree = chosen.count == tree.leaves.count
    let rootOutput = graph[tree.root].outputs[0]
    let tail = coversTree ? graph.affineChain(after: rootOutput, axis: main.channelAxis) : []
    let weights = Folding.affine(tail.composed, after: merged.weights)
    var inputs = try graph.operands(of: main, with: weights)
    inputs[LinearOperand.input] = candidates[0].source
    let operation = main.operation.with(window: merged.window, groups: merged.weights.groups)
    let branchNodes = chosen.flatMap { $0.nodes.filter { $0 != main.node } }
    if coversTree {
      let absorbed = branchNodes + tree.inner + [tree.root] + tail.map(\.node)
      graph.merge(absorbed, into: main.node, as: operation, inputs: inputs, pass: name)
    } else {
      let history = graph[main.node].folded + graph.records(of: branchNodes, pass: name)
      let value = try graph.add(
        operation, name: main.name, inputs: inputs, outputName: "\(graph[rootOutput].name).branches", folded: history,
        before: tree.root)
      try graph.rebuild(tree, adding: [value] + tree.leaves.filter { leaf in !chosen.contains { $0.value == leaf } })
    }
    for id in tree.inner.reversed() + branchNodes.reversed() + [main.node] { graph.removeIfUnused(id) }
    return true
  }

  /// The merged layer; `nil` when it can't be, or would cost more than the branches.
  private func sum(of branches: [BranchMatch], _ main: LinearLayer, _ graph: Graph) -> ParallelBranch? {
    let channels = graph.type(of: main.output).shape[main.channelAxis]
    let parts = branches.map { branch in
      guard let layer = branch.layer else {
        let identity = Folding.identity(
          channels: channels, groups: main.operation.groups, spatialRank: main.operation.window.rank)
        return ParallelBranch(
          weights: Folding.affine(branch.affine, after: identity.weights), window: identity.window)
      }
      return ParallelBranch(
        weights: Folding.affine(branch.affine, after: graph.weights(of: layer)), window: layer.operation.window)
    }
    let cost = zip(branches, parts).reduce(0) { $0 + ($1.0.layer == nil ? 0 : $1.1.weights.multiplyAccumulates) }
    guard let merged = Folding.sum(parts), merged.weights.multiplyAccumulates <= cost else { return nil }
    return merged
  }
}

/// Additions of which each but the root is read only by another one.
private struct AdditionTree {
  /// The last addition.
  let root: NodeID
  /// The other additions, in topological order.
  private(set) var inner: [NodeID] = []
  /// What is added, from left to right.
  private(set) var leaves: [ValueID] = []

  init(root: NodeID, _ graph: Graph) {
    self.root = root
    var pending = Array(graph[root].inputs.compactMap(\.self).reversed())
    while let value = pending.popLast() {
      if let producer = graph.producer(of: value), graph.soleUser(of: value) != nil, graph.isPlainAddition(producer) {
        inner.insert(producer, at: 0)
        pending += graph[producer].inputs.compactMap(\.self).reversed()
      } else {
        leaves.append(value)
      }
    }
  }
}

/// What a leaf of a sum computes from an input: a layer and multiply-adds behind it, either of which may be missing.
private struct BranchMatch {
  /// The leaf.
  let value: ValueID
  /// The input.
  let source: ValueID
  /// The layer; `nil` when there are only multiply-adds, or nothing.
  let layer: LinearLayer?
  /// The multiply-adds.
  let steps: [AffineStep]

  init(_ value: ValueID, _ graph: Graph) {
    self.value = value
    var steps: [AffineStep] = []
    var current = value
    while graph.soleUser(of: current) != nil, let step = graph.affineStep(graph.producer(of: current)) {
      steps.insert(step, at: 0)
      current = step.input
    }
    self.steps = steps
    layer = graph.soleUser(of: current) == nil ? nil : graph.linearLayer(graph.producer(of: current))
    source = layer?.input ?? current
  }

  var affine: PerChannelAffine { steps.composed }
  var nodes: [NodeID] { (layer.map { [$0.node] } ?? []) + steps.map(\.node) }

  /// Whether the multiply-adds treat `axis` as the channels.
  func accepts(axis: Int) -> Bool { steps.allSatisfy { $0.axis ?? axis == axis } }
}

extension [BranchMatch] {
  fileprivate var distinctSources: [ValueID] {
    reduce(into: []) { sources, branch in if !sources.contains(branch.source) { sources.append(branch.source) } }
  }

  /// The layer with the largest kernel; the first of several.
  fileprivate var mainLayer: LinearLayer? {
    compactMap(\.layer).reduce(nil) { best, layer in
      guard let best else { return layer }
      let isLarger = layer.operation.window.kernel.elementCount > best.operation.window.kernel.elementCount
      return isLarger ? layer : best
    }
  }
}

extension Graph {
  fileprivate func records(of nodes: [NodeID], pass: String) -> [Folded] {
    nodes.flatMap { id in
      self[id].folded + [Folded(pass: pass, node: self[id].name, operation: self[id].operation.name)]
    }
  }

  /// Makes the root of a tree the sum of `values`, of which there are two or more.
  fileprivate mutating func rebuild(_ tree: AdditionTree, adding values: [ValueID]) throws(PassError) {
    var sum = values[0]
    let name = self[tree.root].name
    for (index, value) in values.enumerated().dropFirst().dropLast() {
      sum = try add(Binary(.add), name: "\(name).partial\(index)", inputs: [sum, value], before: tree.root)
    }
    replace(tree.root, with: Binary(.add), inputs: [sum, values[values.count - 1]])
  }
}
