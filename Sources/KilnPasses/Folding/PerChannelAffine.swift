/// One multiply-add a channel, in Float64: `y = x * scale[c] + shift[c]`.
///
/// Batch normalisation in inference mode is one, and so are additions and multiplications of constants.
package struct PerChannelAffine: Hashable, Sendable {
  /// The factor of each channel; one entry means the same for all.
  package var scale: [Double]
  /// What is added to each channel, one entry a factor.
  package var shift: [Double]

  /// Makes a multiply-add.
  ///
  /// Precondition: there are as many shifts as scales.
  package init(scale: [Double], shift: [Double]) {
    precondition(scale.count == shift.count, "\(scale.count) scales, \(shift.count) shifts")
    self.scale = scale
    self.shift = shift
  }

  /// Whether it leaves every number as it is.
  package var isIdentity: Bool { isTranslation && isScaling }
  /// Whether every factor is 1.
  package var isTranslation: Bool { scale.allSatisfy { $0 == 1 } }
  /// Whether every shift is 0: 0 stays 0.
  package var isScaling: Bool { shift.allSatisfy { $0 == 0 } }

  /// The same with one entry a channel.
  ///
  /// Precondition: it has one entry, or `channels`.
  package func expanded(to channels: Int) -> PerChannelAffine {
    guard scale.count != channels else { return self }
    precondition(scale.count == 1, "\(scale.count) entries for \(channels) channels")
    return PerChannelAffine(
      scale: Array(repeating: scale[0], count: channels), shift: Array(repeating: shift[0], count: channels))
  }

  /// This one first, then `next`: `(x * s + t) * s' + t' = x * (s * s') + (t * s' + t')`.
  package func followed(by next: PerChannelAffine) -> PerChannelAffine {
    let channels = max(scale.count, next.scale.count)
    let first = expanded(to: channels)
    let second = next.expanded(to: channels)
    return PerChannelAffine(
      scale: (0..<channels).map { first.scale[$0] * second.scale[$0] },
      shift: (0..<channels).map { first.shift[$0] * second.scale[$0] + second.shift[$0] })
  }
}
