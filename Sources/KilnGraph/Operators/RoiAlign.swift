/// Regions of images resampled to one size: each cell of a region is the mean, or the largest, of samples on a grid in it, which are
/// interpolated between four pixels.
///
/// Channels are last. Operands: images `[images, height, width, channels]`, regions `[R, 4]` as x and y of two corners, the image of each
/// region `[R]` (int32 or int64). Result: `[R, outputHeight, outputWidth, channels]`. Coordinates are float32, each operation rounded, as in
/// ONNX Runtime: on them depends which pixels count, and how many samples a cell has. A largest sample is the largest of the products of
/// pixels and weights, of which a mean's samples are sums. Source: ONNX RoiAlign 22, 16 and 10; He et al., Mask R-CNN, 2017.
package struct RoiAlign: Operator, Hashable {
  /// What a cell is of its samples.
  package enum Mode: Hashable, Sendable {
    case average
    case maximum
  }

  /// What a cell is of its samples.
  package var mode: Mode
  /// Rows of the result.
  package var outputHeight: Int
  /// Columns of the result.
  package var outputWidth: Int
  /// Samples along each axis of a cell; 0 for as many as it has pixels, rounded up.
  package var samplingRatio: Int
  /// Pixels of the images for each unit of the regions' coordinates.
  package var spatialScale: Float
  /// Whether the centre of the first pixel is at a half (`half_pixel`); otherwise at 0, and regions have at least one pixel.
  package var isHalfPixel: Bool

  /// Makes the operator.
  package init(
    mode: Mode, outputHeight: Int, outputWidth: Int, samplingRatio: Int, spatialScale: Float, isHalfPixel: Bool
  ) {
    self.mode = mode
    self.outputHeight = outputHeight
    self.outputWidth = outputWidth
    self.samplingRatio = samplingRatio
    self.spatialScale = spatialScale
    self.isHalfPixel = isHalfPixel
  }

  package var name: String { "RoiAlign" }

  package var details: String { "\(outputHeight)x\(outputWidth)" }

  package func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    try inputs.requireCount(atMost: 3)
    let images = try inputs.operand(0, "images")
    let regions = try inputs.operand(1, "regions")
    let numbers = try inputs.operand(2, "the regions' images")
    try images.requireFloatingPoint("the images")
    try regions.require(images.scalar, "the regions")
    try numbers.requireIndices("the regions' images")
    guard images.rank == 4 else { throw OperatorError("images of \(images.shape) have not 4 axes") }
    guard regions.rank == 2, regions.shape[1] == 4 else { throw OperatorError("regions of \(regions.shape)") }
    try numbers.require(shape: [regions.shape[0]], "the list of the regions' images")
    guard outputHeight > 0, outputWidth > 0, samplingRatio >= 0 else {
      throw OperatorError("\(outputHeight)x\(outputWidth) cells of \(samplingRatio) samples make no sense")
    }
    guard images.shape[1] > 0, images.shape[2] > 0 else { throw OperatorError("the images have no pixels") }
    return [try .checked(images.scalar, [regions.shape[0], outputHeight, outputWidth, images.shape[3]])]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let types = try outputTypes(for: inputs.types)
    if let empty = types.emptyResults { return empty }
    let images = try inputs.operand(0)
    let (count, height, width, channels) = (images.shape[0], images.shape[1], images.shape[2], images.shape[3])
    let corners = try inputs.operand(1).floats()
    let numbers = try inputs.operand(2).integers()
    let pixels = images.doubles()
    var result: [Double] = []
    result.reserveCapacity(types[0].elementCount)
    for (region, number) in numbers.enumerated() {
      guard (0..<count).contains(number) else {
        throw OperatorError("region \(region) is of image \(number), of \(count)")
      }
      let corner = Array(corners[(4 * region)...].prefix(4))
      let rows = axis(from: corner[1], to: corner[3], cells: outputHeight, extent: height)
      let columns = axis(from: corner[0], to: corner[2], cells: outputWidth, extent: width)
      for row in rows {
        for column in columns {
          for channel in 0..<channels {
            result.append(
              cell(row, column) { y, x in pixels[((number * height + y) * width + x) * channels + channel] })
          }
        }
      }
    }
    return [Tensor(shape: types[0].shape, doubles: result, as: types[0].scalar)]
  }

  /// A sample's place along an axis: two pixels and how much of each; `nil` for one outside of the image.
  private typealias Sample = (low: Int, high: Int, lowWeight: Float, highWeight: Float)?

  /// The samples of each cell along an axis.
  private func axis(from start: Float, to end: Float, cells: Int, extent: Int) -> [[Sample]] {
    let offset: Float = isHalfPixel ? 0.5 : 0
    let first = start * spatialScale - offset
    var size = end * spatialScale - offset - first
    if !isHalfPixel, !(size > 1) { size = 1 }
    let cell = size / Float(cells)
    let samples = samplingRatio > 0 ? samplingRatio : Self.sampleCount(cell, extent: extent)
    return (0..<cells).map { index in
      (0..<max(samples, 0)).map { number in
        let place = first + Float(index) * cell + (Float(number) + 0.5) * cell / Float(samples)
        guard place >= -1, place <= Float(extent) else { return nil }
        let inside = place > 0 ? place : 0
        let low = Int(inside)
        if low >= extent - 1 { return (extent - 1, extent - 1, 1, 0) }
        let weight = inside - Float(low)
        return (low, low + 1, 1 - weight, weight)
      }
    }
  }

  /// Samples of a cell along an axis where there are as many as it has pixels.
  ///
  /// A region that is larger than any image has as many as make no difference: ONNX Runtime would not end.
  package static func sampleCount(_ cell: Float, extent: Int) -> Int {
    let limit = Float(4 * extent + 4)
    return cell > 0 ? Int((cell < limit ? cell : limit).rounded(.up)) : 0
  }

  /// The most samples that a cell of regions in these images may have.
  package func sampleBound(of inputs: [TensorType?]) -> Int {
    let extents = inputs.optional(0)?.shape.dropFirst().prefix(2) ?? []
    return extents.reduce(1) { saturatingProduct($0, samplingRatio > 0 ? samplingRatio : 4 * $1 + 4) }
  }

  /// A cell of the samples along both axes.
  private func cell(_ rows: [Sample], _ columns: [Sample], _ pixel: (Int, Int) -> Double) -> Double {
    var sum = 0.0
    var largest: Double?
    for row in rows {
      for column in columns {
        var products = [0.0]
        if let row, let column {
          products = [
            pixel(row.low, column.low) * Double(row.lowWeight * column.lowWeight),
            pixel(row.low, column.high) * Double(row.lowWeight * column.highWeight),
            pixel(row.high, column.low) * Double(row.highWeight * column.lowWeight),
            pixel(row.high, column.high) * Double(row.highWeight * column.highWeight),
          ]
        }
        sum += products.reduce(0, +)
        for product in products { largest = largest.map { product > $0 ? product : $0 } ?? product }
      }
    }
    switch mode {
    case .average: return sum / Double(max(rows.count * columns.count, 1))
    case .maximum: return largest ?? 0
    }
  }
}
