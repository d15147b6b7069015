import KilnGraph

/// Merges linear branches that read the same value and are added or subtracted into one convolution or fully connected
/// layer: RepVGG's and MobileOne's training form, asymmetric and diverse branch blocks, FastViT's token mixers
/// `x + s * (f(x) - bn(x))`.
///
/// A branch is a convolution with or without multiply-adds around it (batch normalisation, a learned `alpha`), multiply-adds
/// alone (an identity batch normalisation), or the value itself. Multiply-adds of a sum, and negative signs, hold for each
/// of its branches: `(f - g) * s + t = (f * s + t) + g * -s`. Those of the whole sum are folded as well: all of it in
/// Float64, rounded once.
///
/// Applies to any number of branches in a tree of plain additions and subtractions, and of multiply-adds between those,
/// when nobody else reads what is between; the branches may be in groups. Branches with another input, or that are not
/// linear, stay in the sum, where each that was scaled needs a multiply-add of its own: that is done only where it makes
/// no more of them. Does not apply when the merged layer would multiply more than the branches do together (3x1 and 1x3
/// without a 3x3; dense and grouped branches of similar size), when taps don't lie on one grid, or when a branch has an
/// activation.
///
/// Source: `Folding.sum(_:)`; Vasu et al., "FastViT", 2023, section 3.1.
package struct MergeParallelBranches: Pass {
  package let name = "merge-branches"

  /// Makes the pass.
  package init() {}

  package func run(on graph: inout Graph) throws(PassError) {
    for id in graph.nodeIDs where graph.contains(id) && graph.isSum(id) {
      // What is inside of a larger sum is a part of that.
      guard !graph.isTermOfSum(graph[id].outputs[0]) else { continue }
      let whole = SumTree(root: id, passesSteps: true, graph)
      guard try !merge(whole, &graph), whole.stepCount > 0 else { continue }
      for root in [id] + whole.scaledSums where graph.contains(root) {
        _ = try merge(SumTree(root: root, passesSteps: false, graph), &graph)
      }
    }
  }

  /// Merges the branches of each input.
  ///
  /// Returns whether there were any to merge.
  private func merge(_ tree: SumTree, _ graph: inout Graph) throws(PassError) -> Bool {
    let branches = tree.terms.map { BranchMatch($0, graph) }
    let merged = branches.bySource.compactMap { self.layer(of: $0, in: tree, branches, graph) }
    let taken = Set(merged.flatMap(\.terms))
    let rest = tree.terms.indices.filter { !taken.contains($0) }.map { tree.terms[$0] }
    guard let first = merged.first, rest.count(where: { !$0.factor.isIdentity }) <= tree.stepCount else { return false }
    let branchNodes = merged.map { layer in
      layer.terms.flatMap { branches[$0].nodes.filter { $0 != layer.main.node } }
    }
    let rootOutput = graph[tree.root].outputs[0]
    if merged.count == 1, rest.isEmpty {
      let tail = graph.affineChain(after: rootOutput, axis: first.main.channelAxis)
      let affine = tree.shift.followed(by: tail.composed)
      let (operation, inputs) = try first.layer(followedBy: affine, &graph)
      let absorbed = branchNodes[0] + tree.inner + [tree.root] + tail.map(\.node)
      graph.merge(absorbed, into: first.main.node, as: operation, inputs: inputs, pass: name)
    } else {
      var values: [ValueID] = []
      for (index, layer) in merged.enumerated() {
        let shift = index == 0 ? tree.shift : PerChannelAffine(scale: [1], shift: [0])
        let (operation, inputs) = try layer.layer(followedBy: shift, &graph)
        let history = graph[layer.main.node].folded + graph.records(of: branchNodes[index], pass: name)
        let suffix = index == 0 ? "branches" : "branches.\(index)"
        values.append(
          try graph.add(
            operation, name: layer.main.name, inputs: inputs, outputName: "\(graph[rootOutput].name).\(suffix)",
            folded: history, before: tree.root))
      }
      let records = graph.records(of: tree.inner.filter { !graph.isSum($0) }, pass: name)
      try graph.rebuild(tree, adding: values, rest, axis: first.main.channelAxis, records)
    }
    let unused = tree.inner.reversed() + branchNodes.joined().reversed() + merged.map(\.main.node)
    for id in unused { graph.removeIfUnused(id) }
    return true
  }

  /// The one layer of branches with the same input; `nil` when there is none.
  private func layer(
    of candidates: [Int], in tree: SumTree, _ branches: [BranchMatch], _ graph: Graph
  ) -> MergedLayer? {
    guard candidates.count > 1, let main = candidates.map({ branches[$0] }).mainLayer,
      main.reweighted.arrangement == .outputFirst, tree.axis ?? main.channelAxis == main.channelAxis
    else { return nil }
    let chosen = choose(candidates, branches, main, graph)
    guard chosen.count > 1, let sum = Folding.sum(chosen.map { branches[$0].parallelBranch(main, graph) }) else {
      return nil
    }
    return MergedLayer(terms: chosen, main: main, source: branches[candidates[0]].source, sum: sum)
  }

  /// The branches that can be one layer with `main`, and cost no more as such: taken one after the other, as long as
  /// that is so.
  private func choose(
    _ candidates: [Int], _ branches: [BranchMatch], _ main: LinearLayer, _ graph: Graph
  ) -> [Int] {
    var chosen: [Int] = []
    // Without repetitions, which change nothing.
    var shapes: [LinearShape] = []
    var cost = 0
    let mainFirst =
      candidates.filter { branches[$0].layer?.node == main.node }
      + candidates.filter { branches[$0].layer?.node != main.node }
    for index in mainFirst where branches[index].accepts(axis: main.channelAxis) {
      let branch = branches[index]
      // A transposed convolution's kernel is not a convolution's, even where their shapes agree.
      let fits = branch.layer.map {
        $0.reweighted.arrangement == .outputFirst && $0.channelAxis == main.channelAxis
      }
      guard fits ?? true else { continue }
      let shape = branch.shape(main, graph)
      let total = cost + (branch.layer == nil ? 0 : shape.multiplyAccumulates)
      guard let merged = Folding.shape(ofSumOf: shapes + [shape]), merged.multiplyAccumulates <= total else { continue }
      if chosen.isEmpty, branch.layer?.node != main.node { return [] }
      chosen.append(index)
      if !shapes.contains(shape) { shapes.append(shape) }
      cost = total
    }
    return chosen
  }
}

/// A layer that computes several terms of a sum.
private struct MergedLayer {
  /// The terms, by number.
  let terms: [Int]
  /// The layer whose place it takes.
  let main: LinearLayer
  /// What it reads.
  let source: ValueID
  /// Its weights and its window.
  let sum: ParallelBranch

  /// The operator and its operands, with a multiply-add of its result folded in.
  func layer(
    followedBy affine: PerChannelAffine, _ graph: inout Graph
  ) throws(PassError) -> (operation: any LinearOperator, operands: [ValueID?]) {
    var inputs = try graph.operands(of: main, with: Folding.affine(affine, after: sum.weights))
    inputs[LinearOperand.input] = source
    return (main.operation.with(window: sum.window, groups: sum.weights.groups), inputs)
  }
}

/// What a term of a sum computes from an input: a layer, multiply-adds that fold forward into it, and multiply-adds after
/// it, each of which may be missing.
private struct BranchMatch {
  /// The term.
  let term: SumTree.Term
  /// The input.
  let source: ValueID
  /// The layer; `nil` when there are only multiply-adds, or nothing.
  let layer: LinearLayer?
  /// The multiply-adds before the layer, which reads the last one alone.
  let stepsBefore: [AffineStep]
  /// The multiply-adds after the layer.
  let steps: [AffineStep]

  init(_ term: SumTree.Term, _ graph: Graph) {
    self.term = term
    var steps: [AffineStep] = []
    var current = term.value
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
      inputs: graph.type(of: source).shape[axis], outputs: graph.type(of: term.value).shape[axis],
      groups: operation.groups,
      window: layer == nil ? Window(kernel: operation.window.kernel.map { _ in 1 }) : operation.window)
  }

  /// The weights of the layer, or of an identity beside the layer `main`, with the multiply-adds and the term's factor
  /// folded in.
  func parallelBranch(_ main: LinearLayer, _ graph: Graph) -> ParallelBranch {
    let plain =
      layer.map {
        ParallelBranch(
          weights: Folding.affine(stepsBefore.composed, before: graph.weights(of: $0)), window: $0.operation.window)
      }
      ?? Folding.identity(
        channels: graph.type(of: term.value).shape[main.channelAxis], groups: main.operation.groups,
        spatialRank: main.operation.window.rank)
    let affine = steps.composed.followed(by: term.signedFactor)
    return ParallelBranch(weights: Folding.affine(affine, after: plain.weights), window: plain.window)
  }

  /// Whether the multiply-adds treat `axis` as the channels.
  func accepts(axis: Int) -> Bool { steps.allSatisfy { $0.axis ?? axis == axis } }
}

extension [BranchMatch] {
  /// The numbers of those of each source together, in the order in which sources occur first.
  fileprivate var bySource: [[Int]] {
    var groups: [ValueID: Int] = [:]
    return enumerated().reduce(into: []) { result, branch in
      if let group = groups[branch.element.source] {
        result[group].append(branch.offset)
      } else {
        groups[branch.element.source] = result.count
        result.append([branch.offset])
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
  /// Makes the root of a tree the sum of values and terms, of which there are two or more, and a value at least.
  ///
  /// Terms with a factor get a multiply-add along `axis`; the first of these records what they take over.
  fileprivate mutating func rebuild(
    _ tree: SumTree, adding values: [ValueID], _ terms: [SumTree.Term], axis: Int, _ records: [Folded]
  ) throws(PassError) {
    var all = values.map { (value: $0, isNegative: false) }
    var records = records
    let name = self[tree.root].name
    for (index, term) in terms.enumerated() {
      guard !term.factor.isIdentity else {
        all.append((term.value, term.isNegative))
        continue
      }
      let type = type(of: term.value)
      let own = "\(name).term\(index)"
      let terms = try operands(of: term.signedFactor, channels: type.shape[axis], name: own, type.scalar)
      let scaled = try add(
        ChannelAffine(axis: axis), name: own, inputs: [term.value] + terms, folded: records, before: tree.root)
      records = []
      all.append((scaled, false))
    }
    var sum = all[0].value
    for (index, next) in all.enumerated().dropFirst() {
      let operation = Binary(next.isNegative ? .subtract : .add)
      if index == all.count - 1 { return replace(tree.root, with: operation, inputs: [sum, next.value]) }
      sum = try add(operation, name: "\(name).partial\(index)", inputs: [sum, next.value], before: tree.root)
    }
  }
}
