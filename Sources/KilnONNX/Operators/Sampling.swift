import KilnGraph

/// Images sampled at points that are computed, and grids of such points.
enum SamplingOperators {
  /// The operators.
  static let all: [OperatorImporter] = [
    affineGrid, deformableConvolution, gridSample,
  ]

  /// GridSample, whose modes have other names before version 20.
  static let gridSample = OperatorImporter(
    "GridSample", since: [16],
    attributes: [.word("mode", Mode.self), .word("padding_mode", PaddingMode.self), .int("align_corners")],
    examples: [NodeExample([.computed(), .computed([1, 3, 3, 2])])]
  ) { context throws(ImportFailure) in
    let attributes = context.node.attributes
    let alignsCorners = try attributes.flag("align_corners")
    var operation = GridSample(coordinates: .normalized(alignsCorners: alignsCorners))
    switch try attributes.word("mode", default: Mode.linear) {
    case .nearest: operation.interpolation = .nearest
    case .linear, .bilinear: operation.interpolation = .linear
    case .cubic, .bicubic: operation.interpolation = .cubic
    }
    switch try attributes.word("padding_mode", default: PaddingMode.zeros) {
    case .zeros: operation.padding = .zeros
    case .border: operation.padding = .border
    case .reflection: operation.padding = .reflection
    }
    let x = try context.input(0)
    let rank = context.shape(x).count
    guard rank == 4 || rank == 5 else {
      throw .unsupported("it samples \(context.shape(x)), which is neither an image nor a volume")
    }
    let image = try context.emit(Transpose([0] + Array(2..<rank) + [1]), [x], role: "channelsLast")
    let samples = try context.emit(operation, [image, try context.input(1)], role: "samples")
    return [try context.emit(Transpose([0, rank - 1] + Array(1..<(rank - 1))), [samples])]
  }

  /// AffineGrid: a product of the matrices with the coordinates of all pixels, which are known.
  static let affineGrid = OperatorImporter(
    "AffineGrid", since: [20], attributes: [.int("align_corners")], constants: ["size"],
    examples: [NodeExample([.computed([1, 2, 3]), .integers([1, 4, 3, 3])])]
  ) { context throws(ImportFailure) in
    let matrices = try context.input(0)
    let size = try context.integers(1, "size")
    let extents = Array(size.dropFirst(2))
    guard extents.count == 2 || extents.count == 3,
      context.shape(matrices) == [size[0], extents.count, extents.count + 1]
    else { throw .malformed("its matrices \(context.shape(matrices)) do not fit its size \(size.prefix(8))") }
    let type = try ImportFailure.wrap { () throws(OperatorError) in
      try TensorType.checked(context.type(matrices).scalar, extents + [extents.count + 1])
    }
    try context.spend(type)
    let alignsCorners = try context.node.attributes.flag("align_corners")
    let axes = extents.map { coordinates(extent: $0, alignsCorners: alignsCorners) }
    var points: [Double] = []
    points.reserveCapacity(type.elementCount)
    for pixel in 0..<extents.reduce(1, *) {
      var rest = pixel
      // The last axis comes first.
      for axis in extents.indices.reversed() {
        points.append(Double(axes[axis][rest % extents[axis]]))
        rest /= extents[axis]
      }
      points.append(1)
    }
    let pixels = Tensor(
      shape: [extents.reduce(1, *), extents.count + 1], doubles: points, as: context.type(matrices).scalar)
    let base = context.addConstant(pixels, role: "pixels")
    let columns = try context.emit(Transpose([0, 2, 1]), [matrices], role: "columns")
    let product = try context.emit(MatMul(), [base, columns], role: "product")
    return [try context.emit(Reshape(to: [size[0]] + extents + [extents.count]), [product])]
  }

  /// The coordinates of an axis' pixels: from -1 to 1 if corners are aligned, otherwise half a pixel inside of that.
  private static func coordinates(extent: Int, alignsCorners: Bool) -> [Float] {
    let length = Float(extent)
    return (0..<extent).map { pixel in
      let place = Float(pixel)
      if alignsCorners { return extent == 1 ? 0 : place * (2 / (length - 1)) - 1 }
      return (2 * place + 1) / length - 1
    }
  }

  /// DeformConv: the image sampled where the offsets say, then a product of matrices.
  static let deformableConvolution = OperatorImporter(
    "DeformConv", since: [19],
    attributes: [
      .ints("dilations"), .int("group"), .ints("kernel_shape"), .int("offset_group"), .ints("pads"), .ints("strides"),
    ],
    limits: ["images are flat"],
    examples: [NodeExample([.computed(), .constant([8, 4, 3, 3]), .computed([1, 18, 4, 4])])]
  ) { context throws(ImportFailure) in
    [try DeformableConvolution(context).emit(&context)]
  }

  private enum Mode: String, AttributeWord {
    case linear, nearest, cubic, bilinear, bicubic
  }

  private enum PaddingMode: String, AttributeWord {
    case zeros, border, reflection
  }
}
