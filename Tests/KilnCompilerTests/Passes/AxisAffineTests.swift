import Testing

@testable import KilnGraph
@testable import KilnPasses

/// Terms along an axis, before and after a reshape.
struct AxisAffineTests {
  /// What a multiply-add makes of `0, 1, 2, …` in a shape.
  private func results(_ affine: AxisAffine, _ shape: [Int]) -> [Double] {
    let axis = affine.axis ?? 0
    let terms = affine.terms(affine.axis.map { shape[$0] } ?? 1)
    let inner = affine.axis.map { shape.rowMajorStrides[$0] } ?? 1
    return (0..<shape.elementCount).map { index in
      let entry = affine.axis == nil ? 0 : index / inner % shape[axis]
      return Double(index) * terms.scale[entry] + terms.shift[entry]
    }
  }

  private func affine(_ count: Int, axis: Int, period: Int? = nil) -> AxisAffine {
    let period = period ?? count
    return AxisAffine(
      PerChannelAffine(
        scale: (0..<count).map { Double($0 % period + 2) }, shift: (0..<count).map { Double($0 % period) }), axis: axis)
  }

  @Test func `every reshape that keeps terms apart is found`() {
    let shapes = [
      [24], [4, 6], [2, 12], [2, 2, 6], [4, 3, 2], [2, 2, 3, 2], [1, 4, 1, 6], [12, 2], [2, 3, 2, 2],
    ]
    for source in shapes {
      for target in shapes {
        for axis in source.indices {
          let before = affine(source[axis], axis: axis)
          let after = before.reshaped(from: source, to: target)
          // An axis of the target along which the same elements have the same terms.
          let exists =
            source[axis] == 1
            || target.indices.contains { candidate in
              let outer = target[..<candidate].reduce(1, *)
              let (step, span) = (target.rowMajorStrides[candidate], source.rowMajorStrides[axis])
              return source[..<axis].reduce(1, *) % outer == 0 && span % step == 0
            }
          #expect((after != nil) == exists, "\(source) axis \(axis) to \(target)")
          if let after { #expect(results(after, target) == results(before, source)) }
        }
      }
    }
  }

  @Test func `terms that repeat may lie on one of several axes`() {
    let before = affine(12, axis: 0, period: 4)
    let after = before.reshaped(from: [12, 2], to: [3, 4, 2])
    #expect(after?.axis == 1)
    #expect(after.map { results($0, [3, 4, 2]) } == results(before, [12, 2]))
    #expect(before.reshaped(from: [12, 2], to: [4, 3, 2]) == nil)
  }

  @Test func `parts and extensions`() {
    let whole = affine(6, axis: 1)
    #expect(whole.part(2..<4, along: 1)?.terms(2).scale == [4, 5])
    #expect(whole.part(2..<4, along: 0)?.terms(6).scale == whole.terms(6).scale)
    #expect(whole.part(2..<2, along: 1)?.isIdentity == true)
    #expect(affine(2, axis: 1).extended(from: 1..<3, to: 4, along: 1)?.terms(4).scale == [1, 2, 3, 1])
    #expect(affine(2, axis: 1).extended(from: 1..<3, to: 4, along: 0) == nil)
    #expect(affine(3, axis: 2).repeating(2).terms(6).scale == [2, 2, 3, 3, 4, 4])
  }
}
