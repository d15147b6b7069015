import KilnGraph

/// A layer's weights as signed numbers of 8 bits whose zero point is 0, with their scales.
struct QuantizedWeights {
  /// Int8, output channels first.
  let codes: Tensor
  /// One for each output channel.
  let scales: [Float]

  /// Weights as a model stores them; `nil` unless their distances from their zero points fit into 8 bits, and scales are one for all or
  /// one for each output channel.
  init?(_ weight: Tensor) {
    guard let narrow = weight.narrow(along: 0), narrow.scalar.byteRange != nil else { return nil }
    let stored = Tensor(type: TensorType(narrow.scalar, weight.shape), storage: narrow.codes)
    self.init(stored, scales: narrow.scales, zeroPoints: narrow.zeroPoints.map { Int($0) })
  }

  /// Weights of 8 bits with one scale and zero point for all or for each output channel; `nil` unless their distances from the zero
  /// points fit into 8 bits.
  init?(_ stored: Tensor, scales: [Float], zeroPoints: [Int]) {
    let channels = stored.shape.first ?? 0
    guard stored.scalar.byteRange != nil, channels > 0, let scales = scales.repeated(to: channels),
      let zeroPoints = zeroPoints.isEmpty ? [Int](repeating: 0, count: channels) : zeroPoints.repeated(to: channels),
      scales.allSatisfy({ $0.isNormal && $0 > 0 })
    else { return nil }
    self.scales = scales
    if stored.scalar == .int8, zeroPoints.allSatisfy({ $0 == 0 }) {
      codes = stored
      return
    }
    var codes = stored.integers()
    let perChannel = codes.count / channels
    for index in codes.indices { codes[index] -= zeroPoints[index / perChannel] }
    guard codes.allSatisfy({ (-128...127).contains($0) }) else { return nil }
    self.codes = Tensor(shape: stored.shape, integers: codes, as: .int8)
  }

  /// The sum of the magnitudes of each output channel's weights.
  var magnitudes: [Int] {
    let codes = codes.integers()
    let perChannel = codes.count / scales.count
    return scales.indices.map { channel in
      codes[channel * perChannel..<(channel + 1) * perChannel].reduce(0) { $0 + abs($1) }
    }
  }
}

extension Array {
  /// As many elements as said: these, or one repeated; `nil` when there are others.
  fileprivate func repeated(to count: Int) -> [Element]? {
    self.count == count ? self : self.count == 1 ? [Element](repeating: self[0], count: count) : nil
  }
}
