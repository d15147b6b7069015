import KilnGraph

/// Writes every pooling over the whole image as one reduction of the spatial axes that stay with extent 1.
///
/// An average or maximum whose window covers the whole image without padding is one; a reduction that drops the spatial
/// axes becomes one with a reshape after it, which costs nothing; of two reductions of the same kind over different axes
/// that stay, the inner of which nobody else reads, one remains (a mean of means over equally many elements is the mean).
///
/// Source: ONNX GlobalAveragePool, GlobalMaxPool, ReduceMean, ReduceMax.
package struct UnifyGlobalPooling: Pass {
  package let name = "unify-global-pooling"

  /// Makes the pass.
  package init() {}

  package func run(on graph: inout Graph) throws(PassError) {
    for id in graph.nodeIDs where graph.contains(id) {
      guard let input = graph[id].inputs.first ?? nil else { continue }
      let shape = graph.type(of: input).shape
      if let pool = graph[id].operation as? Pool, let kind = pool.kind.reduction, pool.covers(shape) {
        let reduction = Reduction(kind, axes: Array(2..<shape.count), keepsAxes: true)
        graph.replace(id, with: reduction, inputs: graph[id].inputs)
      }
      guard let reduction = graph[id].operation as? Reduction else { continue }
      if shape.count >= 3, !reduction.keepsAxes, reduction.axes == Array(2..<shape.count) {
        var kept = reduction
        kept.keepsAxes = true
        let node = graph[id]
        let name = "\(graph[node.outputs[0]].name).kept"
        let value = try graph.add(
          kept, name: node.name, inputs: [input], outputName: name, folded: node.folded, before: id)
        graph.replace(id, with: Reshape(to: graph.type(of: node.outputs[0]).shape), inputs: [value], name: name)
      } else if reduction.keepsAxes, let inner = graph.producer(of: input), graph.soleUser(of: input) != nil,
        let first = graph[inner].operation as? Reduction, first.keepsAxes, first.kind == reduction.kind,
        first.kind.isAssociative, Set(first.axes).isDisjoint(with: reduction.axes)
      {
        let joined = Reduction(first.kind, axes: (first.axes + reduction.axes).sorted(), keepsAxes: true)
        graph.merge([id], into: inner, as: joined, inputs: graph[inner].inputs, pass: name)
      }
    }
  }
}

extension Pool {
  /// Whether there is one window, which is the whole image.
  fileprivate func covers(_ shape: [Int]) -> Bool {
    layout == .channelsFirst && !window.hasPadding && window.kernel == Array(shape.dropFirst(2))
      && window.dilations.allSatisfy { $0 == 1 }
  }
}

extension Pool.Kind {
  fileprivate var reduction: Reduction.Kind? {
    switch self {
    case .maximum: .maximum
    case .average: .mean
    case .norm, .maximumWithIndices: nil
    }
  }
}

extension Reduction.Kind {
  /// Whether reducing some axes and then others is the same as reducing all of them.
  fileprivate var isAssociative: Bool {
    switch self {
    case .sum, .mean, .maximum, .minimum, .product: true
    case .l1, .l2, .sumOfSquares, .logSum, .logSumExp: false
    }
  }
}
