import KilnGraph

/// Resamples three and more axes one or two at a time: each element of a result is a weighted sum along one axis of weighted
/// sums along the others, so that the order only changes rounding.
///
/// Does not apply where something but 0 is extrapolated and weighed: a value that stands for the outside must not be
/// weighed again. Source: ONNX Resize.
package struct SplitVolumeResize: Pass {
  package let name = "split-volume-resize"

  /// Makes the pass.
  package init() {}

  package func run(on graph: inout Graph) throws(PassError) {
    for id in graph.nodeIDs {
      let node = graph[id]
      guard let resize = node.operation as? Resize, !resize.weighsExtrapolation, let input = node.data
      else { continue }
      let shape = graph.type(of: input).shape
      let axes = shape.indices.filter { shape[$0] != resize.shape[$0] || resize.scales[$0] != 1 }
      guard axes.count > 2 else { continue }
      var value = input
      for axis in axes.dropLast(2) {
        value = try graph.add(
          resize.along([axis], of: graph.type(of: value).shape), name: "\(node.name).axis\(axis)", inputs: [value],
          folded: node.folded, before: id)
      }
      let rest = resize.along(Array(axes.suffix(2)), of: graph.type(of: value).shape)
      graph.replace(id, with: rest, inputs: [value])
    }
  }
}

extension Resize {
  fileprivate var weighsExtrapolation: Bool {
    guard case .crop(_, _, let extrapolation) = coordinates, extrapolation != 0 else { return false }
    return if case .nearest = interpolation { false } else { true }
  }

  /// The same resampling of some axes of an input of this shape; the others stay.
  fileprivate func along(_ axes: [Int], of input: [Int]) -> Resize {
    Resize(
      to: input.indices.map { axes.contains($0) ? shape[$0] : input[$0] },
      scales: input.indices.map { axes.contains($0) ? scales[$0] : 1 }, coordinates: coordinates,
      interpolation: interpolation)
  }
}
