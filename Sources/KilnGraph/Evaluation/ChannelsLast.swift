extension Tensor {
  /// The elements of an image tensor in the order `[N, spatial …, C]`, whatever its layout.
  func channelsLastDoubles(_ layout: ImageLayout) -> [Double] {
    guard layout == .channelsFirst else { return doubles() }
    let permutation = [0] + Array(shape.indices.dropFirst(2)) + [1]
    return transposed(permutation).doubles()
  }

  /// An image tensor of `type` from elements in the order `[N, spatial …, C]`, each rounded once.
  init(channelsLast elements: [Double], type: TensorType, layout: ImageLayout) {
    switch layout {
    case .channelsLast:
      self.init(shape: type.shape, doubles: elements, as: type.scalar)
    case .channelsFirst:
      let shape = [type.shape[0]] + type.shape[2...] + [type.shape[1]]
      let permutation = [0, type.rank - 1] + Array(1..<(type.rank - 1))
      self = Tensor(shape: shape, doubles: elements, as: type.scalar).transposed(permutation)
    }
  }
}

extension ImageLayout {
  /// The spatial extents of an image tensor.
  func spatialExtents(_ shape: [Int]) -> [Int] {
    Array(shape[firstSpatialAxis..<(firstSpatialAxis + shape.count - 2)])
  }
}
