import KilnGraph

/// A multiply-add of a tensor whose terms differ along one axis at most, and how it moves across operators that only
/// rearrange elements.
///
/// Index `k` along the axis has entry `(k / repetition) % entries` of the terms: moving across a reshape costs nothing,
/// however long the axis becomes.
struct AxisAffine {
  /// The axis; `nil` when all elements are treated alike.
  let axis: Int?
  /// The terms of one period along the axis; one when there is no axis.
  private let terms: PerChannelAffine
  /// How many neighbours along the axis have the same terms.
  private let repetition: Int

  private init(axis: Int?, terms: PerChannelAffine, repetition: Int) {
    let isUniform = terms.scale.allSatisfy { $0 == terms.scale[0] } && terms.shift.allSatisfy { $0 == terms.shift[0] }
    self.axis = isUniform ? nil : axis
    self.terms = isUniform ? PerChannelAffine(scale: [terms.scale[0]], shift: [terms.shift[0]]) : terms
    self.repetition = isUniform ? 1 : repetition
  }

  /// Makes a multiply-add.
  ///
  /// Precondition: there are terms, one for each index along the axis, or one for all.
  init(_ terms: PerChannelAffine, axis: Int?) {
    self.init(axis: axis, terms: terms, repetition: 1)
  }

  /// Whether it leaves every number as it is.
  var isIdentity: Bool { terms.isIdentity }
  /// Whether 0 stays 0.
  var isScaling: Bool { terms.isScaling }
  /// Whether larger numbers stay larger, or equal.
  var keepsOrder: Bool { terms.scale.allSatisfy { $0 >= 0 } }

  /// The same without its shifts.
  var scaling: AxisAffine {
    AxisAffine(
      axis: axis, terms: PerChannelAffine(scale: terms.scale, shift: terms.shift.map { _ in 0 }), repetition: repetition
    )
  }

  /// The terms of `extent` indices from `start` on.
  func terms(_ extent: Int, from start: Int = 0) -> PerChannelAffine {
    guard axis != nil else { return terms }
    let entries = (start..<start + extent).map { ($0 / repetition) % terms.scale.count }
    return PerChannelAffine(scale: entries.map { terms.scale[$0] }, shift: entries.map { terms.shift[$0] })
  }

  /// The same terms along another axis.
  func along(_ axis: Int) -> AxisAffine { AxisAffine(axis: axis, terms: terms, repetition: repetition) }

  /// The same of a tensor whose every index along the axis is `factor` indices now.
  func repeating(_ factor: Int) -> AxisAffine {
    AxisAffine(axis: axis, terms: terms, repetition: repetition * factor)
  }

  /// The same of the part of a tensor that has these indices along `axis`, which this one's terms may differ along.
  ///
  /// - Returns: `nil` when the part is too long to be worth it.
  func part(_ range: Range<Int>, along axis: Int) -> AxisAffine? {
    guard self.axis == axis else { return self }
    guard !range.isEmpty else { return AxisAffine(PerChannelAffine(scale: [1], shift: [0]), axis: nil) }
    guard range.count <= Self.longestPart else { return nil }
    return AxisAffine(terms(range.count, from: range.lowerBound), axis: axis)
  }

  /// The multiply-add of a tensor of `extent` indices along `axis` that does this to those of `range`, and nothing to
  /// the others.
  ///
  /// - Returns: `nil` when there are too many for it to be worth it.
  func extended(from range: Range<Int>, to extent: Int, along axis: Int) -> AxisAffine? {
    guard self.axis ?? axis == axis, extent <= Self.longestPart else { return nil }
    var result = PerChannelAffine(scale: [1], shift: [0]).expanded(to: extent)
    let part = terms(range.count).expanded(to: range.count)
    result.scale.replaceSubrange(range, with: part.scale)
    result.shift.replaceSubrange(range, with: part.shift)
    return AxisAffine(result, axis: axis)
  }

  /// The same of the elements of a tensor of dimensions `source` as a tensor of dimensions `target`, in row-major order.
  ///
  /// The axis may become a part of a longer one, each of whose indices then has the terms of the one that it was; or
  /// several, along one of which the terms differ.
  ///
  /// - Returns: `nil` when the terms would differ along several axes.
  func reshaped(from source: [Int], to target: [Int]) -> AxisAffine? {
    guard let axis else { return self }
    let (before, after) = (source[..<axis].reduce(1, *), source.rowMajorStrides[axis])
    guard source.elementCount > 0, target.elementCount == source.elementCount else { return nil }
    let inner = target.rowMajorStrides
    let outer = target.indices.map { target[..<$0].reduce(1, *) }
    if let whole = target.indices.first(where: { before % outer[$0] == 0 && after % inner[$0] == 0 }) {
      return along(whole).repeating(after / inner[whole])
    }
    guard source[axis] <= Self.longestPart, outer.contains(before), inner.contains(after) else { return nil }
    let all = terms(source[axis])
    for part in target.indices where target[part] > 1 && outer[part] >= before && inner[part] >= after {
      let step = inner[part] / after
      let first = { (index: Int) in index / step % target[part] * step }
      let differs = all.scale.indices.contains {
        all.scale[$0] != all.scale[first($0)] || all.shift[$0] != all.shift[first($0)]
      }
      guard !differs else { continue }
      let entries = (0..<target[part]).map { $0 * step }
      return AxisAffine(
        PerChannelAffine(scale: entries.map { all.scale[$0] }, shift: entries.map { all.shift[$0] }), axis: part)
    }
    return nil
  }

  /// More terms than layers have channels.
  private static let longestPart = 1 << 18
}
