/// Resamples a tensor along any of its axes.
///
/// Source: ONNX Resize, versions 10 to 19, and Upsample.
package struct Resize: Operator, Hashable {
  /// How an output coordinate becomes an input coordinate.
  ///
  /// `scale` is output over input. An axis whose scale is 1 stays as it is, whatever the formula says: ONNX Runtime
  /// only maps coordinates where something is resized.
  package enum Coordinates: Hashable, Sendable {
    /// `(x + 0.5) / scale - 0.5`.
    case halfPixel
    /// As `halfPixel`, corrected where the output's extent was rounded.
    case halfPixelSymmetric
    /// As `halfPixel`, but 0 when the output has one element.
    case pytorchHalfPixel
    /// `x * (in - 1) / (out - 1)`.
    case alignCorners
    /// `x / scale`.
    case asymmetric
    /// `(x + 0.5) / scale`, for nearest only: TensorFlow's half-pixel nearest.
    case tensorFlowHalfPixel
    /// Into the region of interest, one pair an axis, as fractions of the input.
    case crop(start: [Float], end: [Float], extrapolation: Double)
  }

  /// How elements around an input coordinate are combined.
  package enum Interpolation: Hashable, Sendable {
    case nearest(Rounding)
    case linear(antialias: Bool)
    /// Keys' kernel with parameter `a`; taps outside the input may be left out and the rest renormalised.
    case cubic(a: Double, excludesOutside: Bool, antialias: Bool)
    /// As linear or cubic, with taps outside left out.
    case linearExcludingOutside(antialias: Bool)

    var isAntialiased: Bool {
      switch self {
      case .nearest: false
      case .linear(let antialias), .linearExcludingOutside(let antialias), .cubic(_, _, let antialias): antialias
      }
    }
  }

  /// How nearest rounds a coordinate.
  package enum Rounding: Hashable, Sendable {
    case preferFloor, preferCeiling, floor, ceiling
    /// Down where the axis is enlarged, up where it is reduced: Upsample and Resize 10, whose text leaves it open and
    /// which ONNX Runtime computes so.
    case byDirection
  }

  /// The dimensions of the result.
  package var shape: [Int]
  /// Output over input, one entry an axis, as the model gives it (which may differ from the ratio of the extents).
  package var scales: [Float]
  /// How coordinates map.
  package var coordinates: Coordinates
  /// How elements are combined.
  package var interpolation: Interpolation

  /// Makes a resampling.
  package init(to shape: [Int], scales: [Float], coordinates: Coordinates, interpolation: Interpolation) {
    self.shape = shape
    self.scales = scales
    self.coordinates = coordinates
    self.interpolation = interpolation
  }

  package var name: String { "Resize" }

  package var details: String { "to \(shape), \(interpolation)" }

  package func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    try inputs.requireCount(atMost: 1)
    let input = try inputs.operand(0, "input")
    try input.require(entries: shape.count, "the resized shape")
    try input.require(entries: scales.count, "the list of scales")
    guard input.scalar != .bool else { throw OperatorError("the input is bool") }
    guard scales.allSatisfy({ $0 > 0 && $0.isFinite }) else {
      throw OperatorError("the scales \(scales) are not all positive numbers")
    }
    if case .crop(let start, let end, _) = coordinates {
      try input.require(entries: start.count, "the region's start")
      try input.require(entries: end.count, "the region's end")
    }
    // Antialiasing looks at elements in proportion to 1 / scale: a scale that lies must not make it look at more.
    for axis in shape.indices where interpolation.isAntialiased && scales[axis] < 1 {
      guard Double(scales[axis]) * 2 * Double(input.shape[axis]) >= Double(shape[axis]) else {
        throw OperatorError(
          "the scale \(scales[axis]) does not resize axis \(axis) of \(input.shape) to \(shape[axis])")
      }
    }
    for axis in shape.indices where input.shape[axis] == 0 && shape[axis] > 0 {
      throw OperatorError("axis \(axis) has no element to resample")
    }
    return [try .checked(input.scalar, shape)]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let types = try outputTypes(for: inputs.types)
    if let empty = types.emptyResults { return empty }
    let output = types[0]
    let input = try inputs.operand(0)
    var elements = input.doubles()
    var extents = input.shape
    for axis in shape.indices {
      let taps = taps(along: axis, inputExtent: extents[axis])
      let inner = extents[(axis + 1)...].reduce(1, *)
      let outer = extents[..<axis].reduce(1, *)
      var resampled: [Double] = []
      resampled.reserveCapacity(outer * shape[axis] * inner)
      for start in (0..<outer).map({ $0 * extents[axis] * inner }) {
        for taps in taps {
          for offset in start..<(start + inner) {
            resampled.append(value(of: taps) { elements[offset + $0 * inner] })
          }
        }
      }
      elements = resampled
      extents[axis] = shape[axis]
    }
    return [Tensor(shape: output.shape, doubles: elements, as: output.scalar)]
  }

  private func value(of taps: [Tap]?, element: (Int) -> Double) -> Double {
    guard let taps else {
      if case .crop(_, _, let extrapolation) = coordinates { return extrapolation }
      return 0
    }
    // A weight of 0 stands for no element at all, and must not meet an infinite one.
    return taps.reduce(0) { $1.weight == 0 ? $0 : $0 + $1.weight * element($1.index) }
  }
}
