import KilnGraph

/// Merges linear branches that read the same value and are added into one convolution or fully connected layer: RepVGG's
/// and MobileOne's training form, asymmetric and diverse branch blocks.
///
/// A branch is a convolution with or without multiply-adds around it (batch normalisation, a learned `alpha`), multiply-adds
/// alone (an identity batch normalisation), or the value itself. Multiply-adds behind the sum are folded as well: all of
/// it in Float64, rounded once.
///
/// Applies to any number of branches in a tree of plain additions, when nobody else reads what is between; the branches
/// may be in groups. Branches with another input stay in the sum. Does not apply when the merged layer would multiply
/// more than the branches do together (3x1 and 1x3 without a 3x3; dense and grouped branches of similar size), when taps
/// don't lie on one grid, or when a branch has an activation.
///
/// Source: `Folding.sum(_:)`.
package struct MergeParallelBranches: Pass {
  package let name = "merge-branches"

  /// Makes the pass.
  package init() {}

  package func run(on graph: inout Graph) throws(PassError) {
    for id in graph.nodeIDs where graph.contains(id) && graph.isPlainAddition(id) {
      // Inner additions are part of the tree of an outer one.
      guard !graph.isPlainAddition(graph.soleUser(of: graph[id].outputs[0])) else { continue }
      let tree = AdditionTree(root: id, graph)
      let branches = tree.leaves.map { BranchMatch($0, graph) }
      for candidates in branches.bySource {
        if try merge(candidates, of: tree, &graph) { break }
      }
    }
  }

  /// Merges branches of one input. Returns whether it did.
  private func merge(
    _ candidates: [BranchMatch], of tree: AdditionTree, _ graph: inout Graph
  ) throws(PassError) -> Bool {
    guard let main = candidates.mainLayer, main.reweighted.arrangement == .outputFirst else { return false }
    let chosen = choose(candidates, main, graph)
    guard chosen.count > 1, let merged = Folding.sum(chosen.map { $0.parallelBranch(main, graph) }) else {
      return false
    }
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
      let merged = Set(chosen.map(\.value))
      try graph.rebuild(tree, adding: [value] + tree.leaves.filter { !merged.contains($0) })
    }
    for id in tree.inner.reversed() + branchNodes.reversed() + [main.node] { graph.removeIfUnused(id) }
    return true
  }

  /// The branches that can be one layer with `main`, and cost no more as such: taken one after the other, as long as
  /// that is so.
  private func choose(_ candidates: [BranchMatch], _ main: LinearLayer, _ graph: Graph) -> [BranchMatch] {
    var chosen: [BranchMatch] = []
    // Without repetitions, which change nothing.
    var shapes: [LinearShape] = []
    var cost = 0
    let mainFirst =
      candidates.filter { $0.layer?.node == main.node } + candidates.filter { $0.layer?.node != main.node }
    for branch in mainFirst where branch.accepts(axis: main.channelAxis) {
      // A transposed convolution's kernel is not a convolution's, even where their shapes agree.
      let fits = branch.layer.map {
        $0.reweighted.arrangement == .outputFirst && $0.channelAxis == main.channelAxis
      }
      guard fits ?? true else { continue }
      let shape = branch.shape(main, graph)
      let total = cost + (branch.layer == nil ? 0 : shape.multiplyAccumulates)
      guard let merged = Folding.shape(ofSumOf: shapes + [shape]), merged.multiplyAccumulates <= total else { continue }
      if chosen.isEmpty, branch.layer?.node != main.node { return [] }
      chosen.append(branch)
      if !shapes.contains(shape) { shapes.append(shape) }
      cost = total
    }
    return chosen
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
        inner.append(producer)
        pending += graph[producer].inputs.compactMap(\.self).reversed()
      } else {
        leaves.append(value)
      }
    }
    inner.reverse()
  }
}

/// What a leaf of a sum computes from an input: a layer, multiply-adds that fold forward into it, and multiply-adds behind
/// it, each of which may be missing.
private struct BranchMatch {
  /// The leaf.
  let value: ValueID
  /// The input.
  let source: ValueID
  /// The layer; `nil` when there are only multiply-adds, or nothing.
  let layer: LinearLayer?
  /// The multiply-adds in front of the layer, which reads the last one alone.
  let stepsBefore: [AffineStep]
  /// The multiply-adds behind the layer.
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
    guard let layer else {
      source = current
      stepsBefore = []
      return
    }
    let isAlone = graph.soleUser(of: layer.input) == layer.node
    let chain = isAlone ? graph.affineChain(before: layer.input, axis: layer.channelAxis) : []
    stepsBefore = chain.longestEnd(foldingInto: [layer])
    source = stepsBefore.first?.input ?? layer.input
  }

  /// The nodes in topological order.
  var nodes: [NodeID] { stepsBefore.map(\.node) + (layer.map { [$0.node] } ?? []) + steps.map(\.node) }

  /// The dimensions of the layer, or of an identity beside the layer `main`.
  func shape(_ main: LinearLayer, _ graph: Graph) -> LinearShape {
    let operation = (layer ?? main).operation
    let axis = main.channelAxis
    return LinearShape(
      inputs: graph.type(of: source).shape[axis], outputs: graph.type(of: value).shape[axis],
      groups: operation.groups,
      window: layer == nil ? Window(kernel: operation.window.kernel.map { _ in 1 }) : operation.window)
  }

  /// The weights of the layer, or of an identity beside the layer `main`, with the multiply-adds folded in.
  func parallelBranch(_ main: LinearLayer, _ graph: Graph) -> ParallelBranch {
    let plain =
      layer.map {
        ParallelBranch(
          weights: Folding.affine(stepsBefore.composed, before: graph.weights(of: $0)), window: $0.operation.window)
      }
      ?? Folding.identity(
        channels: graph.type(of: value).shape[main.channelAxis], groups: main.operation.groups,
        spatialRank: main.operation.window.rank)
    return ParallelBranch(weights: Folding.affine(steps.composed, after: plain.weights), window: plain.window)
  }

  /// Whether the multiply-adds treat `axis` as the channels.
  func accepts(axis: Int) -> Bool { steps.allSatisfy { $0.axis ?? axis == axis } }
}

extension [BranchMatch] {
  /// Those of each source together, in the order in which sources occur first.
  fileprivate var bySource: [[BranchMatch]] {
    var indices: [ValueID: Int] = [:]
    return reduce(into: []) { groups, branch in
      if let index = indices[branch.source] {
        groups[index].append(branch)
      } else {
        indices[branch.source] = groups.count
        groups.append([branch])
      }
    }
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
