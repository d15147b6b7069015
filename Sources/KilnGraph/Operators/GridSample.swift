/// Samples images or volumes at points that another operand names: `y[n, point] = image[n] at grid[n, point]`.
///
/// Operands: image `[N, H, W, C]` or `[N, D, H, W, C]`, grid `[N, …, axes]` with a coordinate for each spatial axis. The result
/// is `[N, …, C]`. Source: ONNX GridSample 16 to 22, whose channels come before the spatial axes, and the sampling in DeformConv.
package struct GridSample: Operator, Hashable {
  /// How a coordinate names a place along an axis of `L` pixels.
  package enum Coordinates: Hashable, Sendable {
    /// From -1 to 1, the last axis first: -1 and 1 are the centres of the outermost pixels if corners are aligned, their
    /// outer edges otherwise.
    case normalized(alignsCorners: Bool)
    /// In pixels, the first axis first.
    case pixels
  }

  /// How pixels around a place are combined.
  package enum Interpolation: String, Hashable, Sendable {
    case nearest, linear
    /// Keys' kernel with `a = -0.75`.
    case cubic
  }

  /// What is outside the image.
  package enum Padding: String, Hashable, Sendable {
    case zeros
    /// The nearest pixel.
    case border
    /// The image mirrored: at the outermost pixels' centres if corners are aligned, at their outer edges otherwise.
    case reflection
  }

  /// How coordinates are read.
  package var coordinates: Coordinates
  /// How pixels are combined.
  package var interpolation: Interpolation
  /// What is outside.
  package var padding: Padding

  /// Makes the operator.
  package init(
    coordinates: Coordinates = .normalized(alignsCorners: false), interpolation: Interpolation = .linear,
    padding: Padding = .zeros
  ) {
    self.coordinates = coordinates
    self.interpolation = interpolation
    self.padding = padding
  }

  package var name: String { "GridSample" }

  package var details: String { "\(interpolation.rawValue), \(padding.rawValue)" }

  package func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    try inputs.requireCount(atMost: 2)
    let image = try inputs.operand(0, "image")
    let grid = try inputs.operand(1, "grid")
    try image.requireFloatingPoint("the image")
    try grid.requireFloatingPoint("the grid")
    guard image.rank == 4 || image.rank == 5 else {
      throw OperatorError("the image \(image) is neither flat nor a volume")
    }
    guard grid.rank >= 2, grid.shape[0] == image.shape[0], grid.shape[grid.rank - 1] == image.rank - 2 else {
      throw OperatorError("the grid \(grid) does not fit the image \(image)")
    }
    if image.elementCount == 0, grid.elementCount > 0, image.shape.last != 0 {
      throw OperatorError("the image \(image) has no pixel to sample")
    }
    return [try .checked(image.scalar, grid.shape.dropLast() + image.shape.suffix(1))]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let types = try outputTypes(for: inputs.types)
    if let empty = types.emptyResults { return empty }
    let image = try inputs.operand(0)
    let extents = Array(image.shape[1..<(image.shape.count - 1)])
    let channels = image.shape[image.shape.count - 1]
    let pixels = image.doubles()
    // Coordinates are computed in float32, as ONNX Runtime does: in float64 another pixel may be the nearest one.
    let grid = try inputs.operand(1).floats()
    let pointCount = grid.count / extents.count / image.shape[0]
    var result: [Double] = []
    result.reserveCapacity(types[0].elementCount)
    for (point, first) in stride(from: 0, to: grid.count, by: extents.count).enumerated() {
      let place = Array(grid[first..<(first + extents.count)])
      let taps = extents.indices.map { axis in
        self.taps(at: coordinates == .pixels ? place[axis] : place[extents.count - 1 - axis], extent: extents[axis])
      }
      var sums = [Double](repeating: 0, count: channels)
      add(taps[...], extents[...], from: point / pointCount, factor: 1, pixels, to: &sums)
      result += sums
    }
    return [Tensor(shape: types[0].shape, doubles: result, as: types[0].scalar)]
  }

  package func multiplyAccumulates(inputs: [TensorType?], outputs: [TensorType]) -> Int {
    let taps =
      switch interpolation {
      case .nearest: 1
      case .linear: 2
      case .cubic: 4
      }
    let axes = (inputs.optional(0)?.rank ?? 4) - 2
    return saturatingProduct(outputs.first?.elementCount ?? 0, (0..<axes).reduce(1) { product, _ in product * taps })
  }

  /// Adds what the taps along the axes that are left weigh, from the pixel of that number on.
  private func add(
    _ taps: ArraySlice<[Tap]>, _ extents: ArraySlice<Int>, from pixel: Int, factor: Double, _ pixels: [Double],
    to sums: inout [Double]
  ) {
    guard let along = taps.first, let extent = extents.first else {
      for channel in sums.indices { sums[channel] += factor * pixels[pixel * sums.count + channel] }
      return
    }
    for tap in along {
      add(
        taps.dropFirst(), extents.dropFirst(), from: pixel * extent + tap.index, factor: factor * tap.weight, pixels,
        to: &sums)
    }
  }

  /// The pixels along an axis that make what is at a coordinate, and their weights.
  private func taps(at coordinate: Float, extent: Int) -> [Tap] {
    let length = Float(extent)
    let isAligned = coordinates == .normalized(alignsCorners: true)
    var x: Float =
      switch coordinates {
      case .pixels: coordinate
      case .normalized(alignsCorners: true): (coordinate + 1) / 2 * (length - 1)
      case .normalized(alignsCorners: false): ((coordinate + 1) * length - 1) / 2
      }
    if interpolation == .nearest { x.round(.toNearestOrEven) }
    let (least, most): (Float, Float) = isAligned ? (0, length - 1) : (-0.5, length - 0.5)
    let isOutside = !(least <= x && x <= most)
    switch padding {
    case .zeros: break
    case .border where isOutside:
      // A cubic kernel reaches inside from two pixels away; ONNX Runtime and PyTorch repeat the edge for each of its taps.
      let reach: Float = interpolation == .cubic ? 2 : 0
      x = x > -reach ? min(x, length - 1 + reach) : -reach
    case .reflection where isOutside: x = reflect(x, least, most)
    case .border, .reflection: break
    }
    // Beyond any image, and NaN.
    guard abs(x) < 0x1p23 else { return [] }
    let first = x.rounded(.down)
    let weights = weights(at: Double(x - first))
    let start = Int(first) - (interpolation == .cubic ? 1 : 0)
    return weights.enumerated().compactMap { number, weight -> Tap? in
      let index = start + number
      if (0..<extent).contains(index) { return Tap(index: index, weight: weight) }
      switch padding {
      case .zeros: return nil
      case .border: return Tap(index: min(max(index, 0), extent - 1), weight: weight)
      case .reflection:
        return Tap(index: min(max(Int(reflect(Float(index), least, most)), 0), extent - 1), weight: weight)
      }
    }
  }

  /// `x`, mirrored at both ends of a range until it is inside; its start for what is no number.
  private func reflect(_ x: Float, _ least: Float, _ most: Float) -> Float {
    let range = most - least
    let distance = x < least ? least - x : x - most
    guard range > 0, distance.isFinite else { return max(least, 0) }
    let turns = (distance / range).rounded(.down)
    let rest = distance - turns * range
    let isEven = turns / 2 == (turns / 2).rounded(.down)
    return (x < least) == isEven ? least + rest : most - rest
  }

  private func weights(at fraction: Double) -> [Double] {
    switch interpolation {
    case .nearest: return [1]
    case .linear: return [1 - fraction, fraction]
    case .cubic:
      let a = -0.75
      func near(_ x: Double) -> Double { ((a + 2) * x - (a + 3)) * x * x + 1 }
      func far(_ x: Double) -> Double { ((a * x - 5 * a) * x + 8 * a) * x - 4 * a }
      return [far(fraction + 1), near(fraction), near(1 - fraction), far(2 - fraction)]
    }
  }

  private struct Tap {
    var index: Int
    var weight: Double
  }
}
