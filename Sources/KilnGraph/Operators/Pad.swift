/// Adds elements around a tensor, or with negative amounts crops it.
///
/// Source: ONNX Pad.
package struct Pad: Operator, Hashable {
  /// What the new elements hold.
  package enum Mode: Hashable, Sendable {
    case constant(Double)
    /// The image mirrored at its outermost element, which isn't repeated.
    case reflect
    /// The outermost element repeated (PyTorch's `replicate`).
    case edge
    /// The image repeated (PyTorch's `circular`).
    case wrap

    /// ONNX's name of the mode.
    package var name: String {
      switch self {
      case .constant: "constant"
      case .reflect: "reflect"
      case .edge: "edge"
      case .wrap: "wrap"
      }
    }

    var isConstant: Bool { if case .constant = self { true } else { false } }
  }

  /// Elements added before each axis.
  package var begin: [Int]
  /// Elements added after each axis.
  package var end: [Int]
  /// What they hold.
  package var mode: Mode

  /// Makes a padding.
  package init(begin: [Int], end: [Int], mode: Mode) {
    self.begin = begin
    self.end = end
    self.mode = mode
  }

  package var name: String { "Pad" }

  package var details: String { "\(begin) \(end) \(mode.name)" }

  package func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    try inputs.requireCount(atMost: 1)
    let input = try inputs.operand(0, "input")
    try input.require(entries: begin.count, "the padding in front")
    try input.require(entries: end.count, "the padding behind")
    var shape: [Int] = []
    for axis in input.shape.indices {
      let kept = saturatingSum(saturatingSum(input.shape[axis], min(begin[axis], 0)), min(end[axis], 0))
      guard kept >= 0 else {
        throw OperatorError("padding by \(begin[axis]) and \(end[axis]) crops more than axis \(axis) has")
      }
      let added = saturatingSum(max(begin[axis], 0), max(end[axis], 0))
      if kept == 0, added > 0, !mode.isConstant {
        throw OperatorError("axis \(axis) has no element to pad with in mode '\(mode.name)'")
      }
      shape.append(saturatingSum(kept, added))
    }
    return [try .checked(input.scalar, shape)]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let input = try inputs.operand(0)
    let types = try outputTypes(for: inputs.types)
    if let empty = types.emptyResults { return empty }
    let strides = input.shape.rowMajorStrides
    let offsets = input.shape.indices.map { axis in
      sources(axis, extent: input.shape[axis]).map { $0.map { $0 * strides[axis] } }
    }
    if case .constant(let value) = mode { return [input.gathering(offsets, fill: value)] }
    return [input.gathering(offsets)]
  }

  /// The index along `axis` of the input that each element of the result holds; `nil` for the constant.
  ///
  /// Negative amounts crop first; what is left is then padded. Mirroring and repeating may go around more than once.
  package func sources(_ axis: Int, extent: Int) -> [Int?] {
    let first = max(-begin[axis], 0)
    let kept = extent - first - max(-end[axis], 0)
    return (-max(begin[axis], 0)..<(kept + max(end[axis], 0))).map { position in
      if (0..<kept).contains(position) { return first + position }
      switch mode {
      case .constant: return nil
      case .edge: return first + (position < 0 ? 0 : kept - 1)
      case .wrap: return first + (position % kept + kept) % kept
      case .reflect:
        let period = max(2 * (kept - 1), 1)
        let phase = (position % period + period) % period
        return first + min(phase, period - phase)
      }
    }
  }
}
