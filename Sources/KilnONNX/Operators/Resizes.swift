import KilnGraph

/// Resampling, by its two operators.
enum ResizeOperators {
  /// The operators.
  static let all: [OperatorImporter] = [
    resize, upsample,
  ]

  /// Upsample: the scales are attributes before version 7, one attribute before 9, an operand since.
  static let upsample = OperatorImporter(
    "Upsample", since: [9, 7, 1], until: 9,
    attributes: [
      .word("mode", FirstMode.self), .floats("scales"), .float("height_scale"), .float("width_scale"),
    ],
    constants: ["scales"],
    examples: [
      NodeExample(since: 9, [.computed(), .floats([1, 1, 2, 2])]),
      NodeExample(since: 7, [.computed()], [.floats("scales", [1, 1, 2, 2])]),
      NodeExample([.computed()], [.float("height_scale", 2), .float("width_scale", 2)]),
    ]
  ) { context throws(ImportFailure) in
    let x = try context.input(0)
    let attributes = context.node.attributes
    let scales: [Float]
    if context.node.isSince(9) {
      scales = try context.constant(1, "scales").floats()
    } else if context.node.isSince(7) {
      scales = try attributes.floats("scales") ?? []
    } else {
      let height = try attributes.float("height_scale", default: 1)
      scales = [1, 1, Float(height), Float(try attributes.float("width_scale", default: 1))]
    }
    return [try context.emit(try firstForm(context, context.shape(x), scales), [x])]
  }

  static let resize = OperatorImporter(
    "Resize", since: [18, 11, 10],
    attributes: [
      .word("mode", Mode.self), .word("nearest_mode", NearestMode.self), .float("cubic_coeff_a"),
      .word("coordinate_transformation_mode", CoordinateMode.self), .float("extrapolation_value"),
      .word("keep_aspect_ratio_policy", AspectPolicy.self), .ints("axes"), .int("antialias"), .int("exclude_outside"),
    ],
    constants: ["scales", "sizes", "region of interest"],
    examples: [
      NodeExample(since: 11, [.computed(), nil, .floats([1, 1, 2, 2])]),
      NodeExample(
        since: 11, [.computed(), nil, .floats([1, 1, 2, 2])], [.word("mode", Mode.cubic)]),
      NodeExample(
        since: 11, [.computed(), .floats([0, 0, 0, 0, 1, 1, 1, 1]), nil, .integers([1, 4, 12, 12])],
        [.word("coordinate_transformation_mode", CoordinateMode.crop)]),
      NodeExample([.computed(), .floats([1, 1, 2, 2])]),
    ]
  ) { context throws(ImportFailure) in
    let x = try context.input(0)
    let attributes = context.node.attributes
    let shape = context.shape(x)
    guard context.node.isSince(11) else {
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
    let interpolation: Resize.Interpolation =
      switch try context.node.attributes.word("mode", default: FirstMode.nearest) {
      case .nearest: .nearest(.byDirection)
      case .linear, .bilinear: .linear(antialias: false)
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
    switch try attributes.word("mode", default: Mode.nearest) {
    case .nearest: return .nearest(try rounding(attributes))
    case .linear: return excludes ? .linearExcludingOutside(antialias: antialias) : .linear(antialias: antialias)
    case .cubic:
      let a = try attributes.float("cubic_coeff_a", default: -0.75)
      return .cubic(a: a, excludesOutside: excludes, antialias: antialias)
    }
  }

  private static func rounding(_ attributes: Attributes) throws(ImportFailure) -> Resize.Rounding {
    switch try attributes.word("nearest_mode", default: NearestMode.preferFloor) {
    case .preferFloor: .preferFloor
    case .preferCeiling: .preferCeiling
    case .floor: .floor
    case .ceiling: .ceiling
    }
  }

  private static func coordinates(
    _ context: ImportContext, axes: [Int], rank: Int
  ) throws(ImportFailure) -> Resize.Coordinates {
    let attributes = context.node.attributes
    switch try attributes.word("coordinate_transformation_mode", default: CoordinateMode.halfPixel) {
    case .halfPixel: return .halfPixel
    case .halfPixelSymmetric: return .halfPixelSymmetric
    case .pytorchHalfPixel: return .pytorchHalfPixel
    case .alignCorners: return .alignCorners
    case .asymmetric: return .asymmetric
    case .tensorFlowHalfPixel: return .tensorFlowHalfPixel
    case .crop:
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
  ///
  /// The text multiplies them by a region of interest; shape inference, reference and runtimes don't.
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
    let common: Float? =
      switch try context.node.attributes.word("keep_aspect_ratio_policy", default: AspectPolicy.stretch) {
      case .stretch: nil
      case .notLarger: ratios.min()
      case .notSmaller: ratios.max()
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

  /// The modes of Upsample and of version 10 of Resize.
  private enum FirstMode: String, AttributeWord {
    case nearest, linear, bilinear
  }

  private enum Mode: String, AttributeWord {
    case nearest, linear, cubic
  }

  private enum NearestMode: String, AttributeWord {
    case preferFloor = "round_prefer_floor"
    case preferCeiling = "round_prefer_ceil"
    case floor
    case ceiling = "ceil"
  }

  private enum CoordinateMode: String, AttributeWord {
    case halfPixel = "half_pixel"
    case halfPixelSymmetric = "half_pixel_symmetric"
    case pytorchHalfPixel = "pytorch_half_pixel"
    case alignCorners = "align_corners"
    case asymmetric
    case tensorFlowHalfPixel = "tf_half_pixel_for_nn"
    case crop = "tf_crop_and_resize"
  }

  private enum AspectPolicy: String, AttributeWord {
    case stretch
    case notLarger = "not_larger"
    case notSmaller = "not_smaller"
  }
}
