import KilnGraph

/// Folds constant padding of the spatial axes into the padding of what reads it.
///
/// Zeros fold into a convolution, and into an average whose divisor counts padding, or that had none and counts it from
/// then on. Minus infinity, or the lowest finite number, folds into a maximum, and so do zeros when nothing in the image is
/// negative and every window holds a part of the image.
///
/// Applies when all readers take it. Does not apply to cropping (negative padding), to padded batches and channels, to
/// reflected, replicated or repeated images, and to poolings whose extent is rounded up when that would change the
/// number of windows.
///
/// Source: ONNX Pad, Conv, MaxPool, AveragePool (`count_include_pad`).
package struct FoldPadding: Pass {
  package let name = "fold-padding"

  /// Makes the pass.
  package init() {}

  package func run(on graph: inout Graph) throws(PassError) {
    // Backwards, so that of two the inner one finds the convolution too.
    for id in graph.nodeIDs.reversed() {
      guard let pad = graph[id].operation as? Pad, let image = graph[id].data, let padding = SpatialPadding(pad),
        !graph.isOutput(graph[id].outputs[0])
      else { continue }
      let readers = graph.users(of: graph[id].outputs[0])
      let rewritten = readers.map { self.operation(of: $0, reading: id, padding, graph) }
      guard !readers.isEmpty, rewritten.allSatisfy({ $0 != nil }) else { continue }
      let record = Folded(pass: name, node: graph[id].name, operation: pad.name)
      for (reader, operation) in zip(readers, rewritten.compactMap(\.self)) {
        var inputs = graph[reader].inputs
        inputs[0] = image
        graph.replace(reader, with: operation, inputs: inputs, folded: graph[id].folded + [record])
      }
      graph.removeIfUnused(id)
    }
  }

  /// The reader's operator with the padding folded in; `nil` when it can't be.
  private func operation(
    of reader: NodeID, reading id: NodeID, _ padding: SpatialPadding, _ graph: Graph
  ) -> (any Operator)? {
    let node = graph[reader]
    guard let image = graph[id].data, node.data == graph[id].outputs[0],
      !node.inputs.dropFirst().contains(graph[id].outputs[0])
    else { return nil }
    let folded: any Operator
    switch node.operation {
    case var convolution as Convolution where convolution.layout == .channelsFirst:
      guard padding.value == 0 else { return nil }
      convolution.window = convolution.window.padded(by: padding)
      folded = convolution
    case var pool as Pool where pool.layout == .channelsFirst:
      let window = pool.window.padded(by: padding)
      let everyWindowHoldsImage = (0..<window.rank).allSatisfy {
        max(window.padBegin[$0], window.padEnd[$0]) < window.extent($0) && window.dilations[$0] == 1
      }
      guard everyWindowHoldsImage else { return nil }
      switch pool.kind {
      case .maximum:
        let neverWins = padding.value <= -Double(Float.greatestFiniteMagnitude)
        guard neverWins || (padding.value == 0 && graph.isNeverNegative(image)) else { return nil }
      case .average(let countsPadding):
        guard padding.value == 0, countsPadding || !pool.window.hasPadding, !pool.roundsUp else { return nil }
        pool.kind = .average(countsPadding: true)
      case .norm, .maximumWithIndices: return nil
      }
      pool.window = window
      folded = pool
    default: return nil
    }
    var types = node.inputs.map { $0.map { graph.type(of: $0) } }
    types[0] = graph.type(of: image)
    return (try? folded.outputTypes(for: types)) == node.outputs.map { graph.type(of: $0) } ? folded : nil
  }
}

/// A constant padding of spatial axes.
private struct SpatialPadding {
  let begin: [Int]
  let end: [Int]
  let value: Double

  /// `nil` when other axes are padded, something is cropped, or the padding isn't constant.
  init?(_ pad: Pad) {
    guard case .constant(let value) = pad.mode, (pad.begin + pad.end).allSatisfy({ $0 >= 0 }), pad.begin.count > 2,
      (pad.begin.prefix(2) + pad.end.prefix(2)).allSatisfy({ $0 == 0 })
    else { return nil }
    begin = Array(pad.begin.dropFirst(2))
    end = Array(pad.end.dropFirst(2))
    self.value = value
  }
}

extension Window {
  fileprivate func padded(by padding: SpatialPadding) -> Window {
    var window = self
    for axis in 0..<rank {
      window.padBegin[axis] += padding.begin[axis]
      window.padEnd[axis] += padding.end[axis]
    }
    return window
  }
}

extension Graph {
  /// Whether what computes the value can't give a negative number.
  fileprivate func isNeverNegative(_ value: ValueID) -> Bool {
    guard let producer = producer(of: value), let unary = self[producer].operation as? Unary else { return false }
    switch unary.function {
    case .relu, .sigmoid, .hardSigmoid, .absolute, .exponential, .softplus: return true
    case .clip(let lower, _): return lower >= 0
    default: return false
    }
  }
}
