import KilnGraph

/// Resampling, by its two operators.
enum ResizeOperators {
  /// Upsample, versions 1 to 9: the scales are attributes before 7, one attribute before 9, an operand since.
  static let upsample: OperatorImporter = { context throws(ImportFailure) in
    let x = try context.input(0)
    let attributes = context.node.attributes
    let scales: [Float]
    if context.node.version < 7 {
      let height = try attributes.float("height_scale", default: 1)
      scales = [1, 1, Float(height), Float(try attributes.float("width_scale", default: 1))]
    } else if context.node.version < 9 {
      scales = try attributes.floats("scales") ?? []
    } else {
      scales = try context.constant(1, "scales").floats()
    }
    return [try context.emit(try firstForm(context, context.shape(x), scales), [x])]
  }

  /// Resize, versions 10 to 19.
  static let resize: OperatorImporter = { context throws(ImportFailure) in
    let x = try context.input(0)
    let attributes = context.node.attributes
    let shape = context.shape(x)
    guard context.node.version >= 11 else {
      let scales = try context.constant(1, "scales").floats()
      return [try context.emit(try firstForm(context, shape, scales), [x])]
    }
    let axes = try resizedAxes(context, rank: shape.count)
    let coordinates = try coordinates(context, axes: axes, rank: shape.count)
    let (target, scales) = try target(context, shape, axes: axes)
    let operation = Resize(
      to: target, scales: effective(scales, shape, to: target), coordinates: coordinates,
      interpolation: try interpolation(attributes))
    return [try context.emit(operation, [x])]
  }

  /// What Upsample and version 10 of Resize compute.
  private static func firstForm(
    _ context: ImportContext, _ shape: [Int], _ scales: [Float]
  ) throws(ImportFailure) -> Resize {
    let interpolation: Resize.Interpolation
    switch try context.node.attributes.string("mode", default: "nearest") {
    case "nearest": interpolation = .nearest(.byDirection)
    case "linear", "bilinear": interpolation = .linear(antialias: false)
    case let other: throw .malformed("the attribute mode is '\(other.prefix(40))', not 'nearest' or 'linear'")
    }
    let target = try scaled(shape, by: scales)
    return Resize(
      to: target, scales: effective(scales, shape, to: target), coordinates: .asymmetric, interpolation: interpolation)
  }

  /// ONNX Runtime copies where no length changes, whatever the scales: 10 elements times 1.05 are the same 10.
  private static func effective(_ scales: [Float], _ shape: [Int], to target: [Int]) -> [Float] {
    shape == target ? scales.map { _ in 1 } : scales
  }

  private static func interpolation(_ attributes: Attributes) throws(ImportFailure) -> Resize.Interpolation {
    let antialias = try attributes.flag("antialias")
    let excludes = try attributes.flag("exclude_outside")
    switch try attributes.string("mode", default: "nearest") {
    case "nearest": return .nearest(try rounding(attributes))
    case "linear": return excludes ? .linearExcludingOutside(antialias: antialias) : .linear(antialias: antialias)
    case "cubic":
      let a = try attributes.float("cubic_coeff_a", default: -0.75)
      return .cubic(a: a, excludesOutside: excludes, antialias: antialias)
    case let other: throw .malformed("the attribute mode is '\(other.prefix(40))'")
    }
  }

  private static func rounding(_ attributes: Attributes) throws(ImportFailure) -> Resize.Rounding {
    switch try attributes.string("nearest_mode", default: "round_prefer_floor") {
    case "round_prefer_floor": return .preferFloor
    case "round_prefer_ceil": return .preferCeiling
    case "floor": return .floor
    case "ceil": return .ceiling
    case let other: throw .malformed("the attribute nearest_mode is '\(other.prefix(40))'")
    }
  }

  private static func coordinates(
    _ context: ImportContext, axes: [Int], rank: Int
  ) throws(ImportFailure) -> Resize.Coordinates {
    let attributes = context.node.attributes
    switch try attributes.string("coordinate_transformation_mode", default: "half_pixel") {
    case "half_pixel": return .halfPixel
    case "half_pixel_symmetric": return .halfPixelSymmetric
    case "pytorch_half_pixel": return .pytorchHalfPixel
    case "align_corners": return .alignCorners
    case "asymmetric": return .asymmetric
    case "tf_half_pixel_for_nn": return .tensorFlowHalfPixel
    case "tf_crop_and_resize":
      let region = try context.constant(1, "region of interest").floats()
      guard region.count == 2 * axes.count, region.allSatisfy(\.isFinite) else {
        throw .malformed("its region of interest \(region) does not fit \(axes.count) axes")
      }
      var start = [Float](repeating: 0, count: rank)
      var end = [Float](repeating: 1, count: rank)
      for (index, axis) in axes.enumerated() {
        start[axis] = region[index]
        end[axis] = region[index + axes.count]
      }
      return .crop(start: start, end: end, extrapolation: try attributes.float("extrapolation_value", default: 0))
    case let other: throw .malformed("the attribute coordinate_transformation_mode is '\(other.prefix(40))'")
    }
  }

  /// The axes that scales and sizes are for, in their order: all of them before version 18.
  private static func resizedAxes(_ context: ImportContext, rank: Int) throws(ImportFailure) -> [Int] {
    guard let given = try context.node.attributes.ints("axes") else { return Array(0..<rank) }
    _ = try context.normalized(given, rank: rank)
    var axes: [Int] = []
    for axis in given { axes.append(try context.normalized(axis, rank: rank)) }
    return axes
  }

  /// The dimensions of the result and its scales, from the operand that is there. The text multiplies them by a region
  /// of interest; shape inference, reference and runtimes don't.
  private static func target(
    _ context: ImportContext, _ shape: [Int], axes: [Int]
  ) throws(ImportFailure) -> (shape: [Int], scales: [Float]) {
    var scales = [Float](repeating: 1, count: shape.count)
    if let given = try context.optionalConstant(2, "scales"), given.elementCount > 0 {
      guard given.elementCount == axes.count else {
        throw .malformed("its \(given.elementCount) scales do not fit \(axes.count) axes")
      }
      for (axis, scale) in zip(axes, given.floats()) { scales[axis] = scale }
      return (try scaled(shape, by: scales), scales)
    }
    guard let sizes = try context.optionalIntegers(3, "sizes"), sizes.count == axes.count,
      sizes.allSatisfy({ (0...TensorType.maximumElementCount).contains($0) })
    else { throw .malformed("its sizes are missing, out of range, or do not fit its axes") }
    var target = shape
    for (axis, size) in zip(axes, sizes) {
      target[axis] = size
      scales[axis] = shape[axis] == 0 ? 1 : Float(size) / Float(shape[axis])
    }
    let ratios = axes.map { scales[$0] }
    let common: Float?
    switch try context.node.attributes.string("keep_aspect_ratio_policy", default: "stretch") {
    case "stretch": common = nil
    case "not_larger": common = ratios.min()
    case "not_smaller": common = ratios.max()
    case let other: throw .malformed("the attribute keep_aspect_ratio_policy is '\(other.prefix(40))'")
    }
    if let common {
      for axis in axes {
        target[axis] = try extent((common * Float(shape[axis])).rounded())
        scales[axis] = common
      }
    }
    return (target, scales)
  }

  /// `floor(extent * scale)` for each axis, in Float as ONNX Runtime computes it: 10 times 0.7 is 7.
  private static func scaled(_ shape: [Int], by scales: [Float]) throws(ImportFailure) -> [Int] {
    guard scales.count == shape.count else {
      throw .malformed("its \(scales.count) scales do not fit \(shape.count) axes")
    }
    var result: [Int] = []
    for (axis, scale) in scales.enumerated() {
      result.append(try extent((scale * Float(shape[axis])).rounded(.down)))
    }
    return result
  }

  private static func extent(_ value: Float) throws(ImportFailure) -> Int {
    guard value >= 0, value <= Float(TensorType.maximumElementCount) else {
      throw .malformed("it resizes an axis to \(value)")
    }
    return Int(value)
  }
}
