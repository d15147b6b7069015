import KilnGraph

/// Recognises a hard sigmoid written as arithmetic: `clip(x * a + b, l, u) * c + d`, when the clip's bounds become 0
/// and 1, is `min(max(x * (a * c) + (b * c + d), 0), 1)`.
///
/// PyTorch's `F.relu6(x + 3) / 6` is one.
///
/// Applies when `a`, `b`, `c`, `d` are the same for all elements, `c` is positive, and nobody else reads what is between.
/// Bounds may miss 0 and 1 by the rounding of a float32 constant.
///
/// Source: Howard et al., "Searching for MobileNetV3", 2019; ONNX HardSigmoid.
package struct RecognizeHardSigmoid: Pass {
  package let name = "recognize-hard-sigmoid"

  /// Makes the pass.
  package init() {}

  package func run(on graph: inout Graph) throws(PassError) {
    for id in graph.nodeIDs where graph.contains(id) {
      guard let outer = graph.affineStep(id), let c = outer.affine.uniformScale, let d = outer.affine.uniformShift,
        c > 0, graph.soleUser(of: outer.input) != nil, let clip = graph.producer(of: outer.input),
        case .clip(let lower, let upper) = (graph[clip].operation as? Unary)?.function,
        abs(lower * c + d) < tolerance, abs(upper * c + d - 1) < tolerance,
        let clipped = graph[clip].data, graph.soleUser(of: clipped) != nil,
        let inner = graph.affineStep(graph.producer(of: clipped)),
        let a = inner.affine.uniformScale, let b = inner.affine.uniformShift
      else { continue }
      let function = ScalarFunction.hardSigmoid(alpha: a * c, beta: b * c + d)
      graph.merge([clip, id], into: inner.node, as: Unary(function), inputs: [inner.input], pass: name)
    }
  }

  /// How far constants that were rounded to float32 may be off.
  private let tolerance = 1e-6
}

extension PerChannelAffine {
  /// The factor of all channels; `nil` when they have different ones.
  var uniformScale: Double? { scale.count == 1 ? scale[0] : nil }
  /// The shift of all channels; `nil` when they have different ones.
  var uniformShift: Double? { shift.count == 1 ? shift[0] : nil }
}
