import KilnGraph

/// Resampling, by its two operators.
enum ResizeOperators {
  /// Upsample, versions 1 to 9: the scales are attributes before 7, one attribute before 9, an operand since.
  static let upsample: OperatorImporter = { context throws(ImportFailure) in
    let x = try context.input(0)
    let attributes = context.node.attributes
    let scales: [Double]
    if context.node.version < 7 {
      let height = try attributes.float("height_scale", default: 1)
      scales = [1, 1, height, try attributes.float("width_scale", default: 1)]
    } else if context.node.version < 9 {
      scales = (try attributes.floats("scales") ?? []).map { Double($0) }
    } else {
      scales = try context.constant(1, "scales").doubles()
    }
    let interpolation: Resize.Interpolation
    switch try attributes.string("mode", default: "nearest") {
    case "nearest": interpolation = .nearest(.floor)
    case "linear", "bilinear": interpolation = .linear(antialias: false)
    case let other: throw .malformed("the attribute mode is '\(other.prefix(40))', not 'nearest' or 'linear'")
    }
    let shape = try scaled(context.shape(x), by: scales)
    let operation = Resize(to: shape, scales: scales, coordinates: .asymmetric, interpolation: interpolation)
    return [try context.emit(operation, [x])]
  }

  /// Resize, versions 10 to 19.
  static let resize: OperatorImporter = { context throws(ImportFailure) in
    let x = try context.input(0)
    let attributes = context.node.attributes
    let shape = context.shape(x)
    guard context.node.version >= 11 else {
      let scales = try context.constant(1, "scales").doubles()
      let operation = Resize(
        to: try scaled(shape, by: scales), scales: scales, coordinates: .asymmetric,
        interpolation: try firstInterpolation(attributes, scales))
      return [try context.emit(operation, [x])]
    }
    let axes = try resizedAxes(context, rank: shape.count)
    let coordinates = try coordinates(context, axes: axes, rank: shape.count)
    let (target, scales) = try target(context, shape, axes: axes, coordinates)
    let operation = Resize(
      to: target, scales: scales, coordinates: coordinates, interpolation: try interpolation(attributes))
    return [try context.emit(operation, [x])]
  }

  /// Version 10 doesn't say how nearest rounds. ONNX Runtime rounds down where it enlarges, up where it reduces.
  private static func firstInterpolation(
    _ attributes: Attributes, _ scales: [Double]
  ) throws(ImportFailure) -> Resize.Interpolation {
    switch try attributes.string("mode", default: "nearest") {
    case "linear": return .linear(antialias: false)
    case "nearest":
      let (reduces, enlarges) = (scales.contains { $0 < 1 }, scales.contains { $0 > 1 })
      guard !reduces || !enlarges else {
        throw .unsupported("it reduces one axis and enlarges another; use two Resize nodes, or version 11")
      }
      return .nearest(reduces ? .ceiling : .floor)
    case let other: throw .malformed("the attribute mode is '\(other.prefix(40))', not 'nearest' or 'linear'")
    }
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
      let region = try context.constant(1, "region of interest").doubles()
      guard region.count == 2 * axes.count, region.allSatisfy(\.isFinite) else {
        throw .malformed("its region of interest \(region) does not fit \(axes.count) axes")
      }
      var start = [Double](repeating: 0, count: rank)
      var end = [Double](repeating: 1, count: rank)
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

  /// The dimensions of the result and its scales, from the operand that is there.
  private static func target(
    _ context: ImportContext, _ shape: [Int], axes: [Int], _ coordinates: Resize.Coordinates
  ) throws(ImportFailure) -> (shape: [Int], scales: [Double]) {
    var scales = [Double](repeating: 1, count: shape.count)
    if let given = try context.optionalConstant(2, "scales"), given.elementCount > 0 {
      guard given.elementCount == axes.count else {
        throw .malformed("its \(given.elementCount) scales do not fit \(axes.count) axes")
      }
      for (axis, scale) in zip(axes, given.doubles()) { scales[axis] = scale }
      guard case .crop(let start, let end, _) = coordinates else { return (try scaled(shape, by: scales), scales) }
      return (try scaled(shape, by: shape.indices.map { (end[$0] - start[$0]) * scales[$0] }), scales)
    }
    guard let sizes = try context.optionalIntegers(3, "sizes"), sizes.count == axes.count,
      sizes.allSatisfy({ (0...TensorType.maximumElementCount).contains($0) })
    else { throw .malformed("its sizes are missing, out of range, or do not fit its axes") }
    var target = shape
    for (axis, size) in zip(axes, sizes) {
      target[axis] = size
      scales[axis] = shape[axis] == 0 ? 1 : Double(size) / Double(shape[axis])
    }
    let ratios = axes.map { scales[$0] }
    let common: Double?
    switch try context.node.attributes.string("keep_aspect_ratio_policy", default: "stretch") {
    case "stretch": common = nil
    case "not_larger": common = ratios.min()
    case "not_smaller": common = ratios.max()
    case let other: throw .malformed("the attribute keep_aspect_ratio_policy is '\(other.prefix(40))'")
    }
    if let common {
      for axis in axes {
        target[axis] = try extent((Double(shape[axis]) * common + 0.5).rounded(.down))
        scales[axis] = common
      }
    }
    return (target, scales)
  }

  /// `floor(extent * scale)` for each axis, in Float as ONNX Runtime computes it: 10 times 0.7 is 7.
  private static func scaled(_ shape: [Int], by scales: [Double]) throws(ImportFailure) -> [Int] {
    guard scales.count == shape.count else {
      throw .malformed("its \(scales.count) scales do not fit \(shape.count) axes")
    }
    var result: [Int] = []
    for (axis, scale) in scales.enumerated() {
      result.append(try extent(Double((Float(shape[axis]) * Float(scale)).rounded(.down))))
    }
    return result
  }

  private static func extent(_ value: Double) throws(ImportFailure) -> Int {
    guard value >= 0, value <= Double(TensorType.maximumElementCount) else {
      throw .malformed("it resizes an axis to \(value)")
    }
    return Int(value)
  }
}
