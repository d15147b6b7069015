import KilnGraph

/// An operator of one tensor that a multiply-add may come before as well as after: `f(x * s + t) = f(x) * s' + t'`.
///
/// It moves elements, repeats them, or takes averages whose weights add up to 1.
protocol AffineCommuting: Operator {
  /// The multiply-add of the operand that has the effect of `affine` on the result; `nil` when none has.
  ///
  /// - Parameters:
  ///   - operand: the operand's dimensions.
  ///   - result: the result's dimensions.
  func onOperand(_ affine: AxisAffine, operand: [Int], result: [Int]) -> AxisAffine?

  /// The multiply-add of the result that has the effect of `affine` on the operand; `nil` when none has.
  func onResult(_ affine: AxisAffine, operand: [Int], result: [Int]) -> AxisAffine?
}

/// An operator that leaves the axis of the multiply-add as it is, or does not commute with it.
protocol AxisKeepingAffine: AffineCommuting {
  /// Whether the multiply-add of the operand is that of the result.
  func commutes(with affine: AxisAffine) -> Bool
}

extension AxisKeepingAffine {
  func onOperand(_ affine: AxisAffine, operand: [Int], result: [Int]) -> AxisAffine? {
    commutes(with: affine) ? affine : nil
  }
  func onResult(_ affine: AxisAffine, operand: [Int], result: [Int]) -> AxisAffine? {
    commutes(with: affine) ? affine : nil
  }
}

extension Reshape: AffineCommuting {
  func onOperand(_ affine: AxisAffine, operand: [Int], result: [Int]) -> AxisAffine? {
    affine.reshaped(from: result, to: operand)
  }
  func onResult(_ affine: AxisAffine, operand: [Int], result: [Int]) -> AxisAffine? {
    affine.reshaped(from: operand, to: result)
  }
}

extension Transpose: AffineCommuting {
  func onOperand(_ affine: AxisAffine, operand: [Int], result: [Int]) -> AxisAffine? {
    affine.axis.map { affine.along(permutation[$0]) } ?? affine
  }
  func onResult(_ affine: AxisAffine, operand: [Int], result: [Int]) -> AxisAffine? {
    affine.axis.map { affine.along(permutation.inversePermutation[$0]) } ?? affine
  }
}

extension Expand: AffineCommuting {
  func onOperand(_ affine: AxisAffine, operand: [Int], result: [Int]) -> AxisAffine? {
    guard let axis = affine.axis else { return affine }
    let own = axis - (result.count - operand.count)
    return own >= 0 && operand[own] == result[axis] ? affine.along(own) : nil
  }
  func onResult(_ affine: AxisAffine, operand: [Int], result: [Int]) -> AxisAffine? {
    affine.axis.map { affine.along($0 + result.count - operand.count) } ?? affine
  }
}

extension DepthToSpace: AffineCommuting {
  func onOperand(_ affine: AxisAffine, operand: [Int], result: [Int]) -> AxisAffine? {
    // Channel by channel, or block by block with all channels in each.
    affine.axis == 1 && channelIsOuter ? affine.repeating(block * block) : affine.axis ?? 1 == 1 ? affine : nil
  }
  func onResult(_ affine: AxisAffine, operand: [Int], result: [Int]) -> AxisAffine? {
    affine.axis == nil ? affine : nil
  }
}

extension Reduction: AffineCommuting {
  func onOperand(_ affine: AxisAffine, operand: [Int], result: [Int]) -> AxisAffine? {
    guard commutes(with: affine) else { return nil }
    return affine.axis.map { affine.along(keptAxes(of: operand.count)[$0]) } ?? affine
  }
  func onResult(_ affine: AxisAffine, operand: [Int], result: [Int]) -> AxisAffine? {
    guard commutes(with: affine) else { return nil }
    guard let axis = affine.axis else { return affine }
    guard !axes.contains(axis) else { return nil }
    return keptAxes(of: operand.count).firstIndex(of: axis).map { affine.along($0) }
  }

  private func commutes(with affine: AxisAffine) -> Bool {
    switch kind {
    case .mean: true
    case .sum: affine.isScaling
    case .maximum, .minimum: affine.keepsOrder
    case .product, .l1, .l2, .sumOfSquares, .logSum, .logSumExp: false
    }
  }

  /// The operand's axis of each of the result's; one that is reduced and stays has one index, and no terms.
  private func keptAxes(of rank: Int) -> [Int] {
    keepsAxes ? Array(0..<rank) : (0..<rank).filter { !axes.contains($0) }
  }
}

extension Tile: AxisKeepingAffine {
  func commutes(with affine: AxisAffine) -> Bool { affine.axis.map { repeats[$0] == 1 } ?? true }
}

extension Pad: AxisKeepingAffine {
  func commutes(with affine: AxisAffine) -> Bool {
    if case .constant(let value) = mode, value != 0 || !affine.isScaling { return false }
    return affine.axis.map { begin[$0] == 0 && end[$0] == 0 } ?? true
  }
}

extension Resize: AxisKeepingAffine {
  func commutes(with affine: AxisAffine) -> Bool {
    if case .crop = coordinates { return false }
    if case .linearExcludingOutside = interpolation { return false }
    // What is resampled along the axis of the terms mixes them.
    return affine.axis.map { scales[$0] == 1 } ?? true
  }
}

extension Pool: AxisKeepingAffine {
  func commutes(with affine: AxisAffine) -> Bool {
    guard layout == .channelsFirst, affine.axis ?? 0 < 2 else { return false }
    switch kind {
    case .maximum: return affine.keepsOrder
    case .average(let countsPadding):
      return affine.isScaling || !countsPadding || (!window.hasPadding && !roundsUp)
    case .norm, .maximumWithIndices: return false
    }
  }
}
