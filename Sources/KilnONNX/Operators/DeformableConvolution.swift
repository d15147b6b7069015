import KilnGraph

/// A convolution whose taps lie where offsets say: each tap of each pixel is sampled, and all of a pixel's samples are multiplied by
/// the kernel.
///
/// Source: ONNX DeformConv 19.
struct DeformableConvolution {
  private let (image, weight, offsets): (ValueID, ValueID, ValueID)
  private let window: Window
  private let groups: Int
  /// The number of groups of channels, each of which has offsets of its own.
  private let offsetGroups: Int
  private let output: TensorType

  /// Reads the node at hand.
  init(_ context: ImportContext) throws(ImportFailure) {
    (image, weight, offsets) = (try context.input(0), try context.input(1), try context.input(2))
    let attributes = context.node.attributes
    let (shape, kernel, places) = (context.shape(image), context.shape(weight), context.shape(offsets))
    guard shape.count == 4, kernel.count == 4, places.count == 4 else {
      throw .unsupported("it convolves \(shape); flat images are supported")
    }
    window = try attributes.explicitWindow(kernel: Array(kernel[2...]))
    groups = try attributes.int("group", default: 1)
    offsetGroups = try attributes.int("offset_group", default: 1)
    if let given = try attributes.ints("kernel_shape"), given != window.kernel {
      throw .malformed("the attribute kernel_shape is \(given), its weight is \(kernel)")
    }
    let types = [context.type(image), context.type(weight)]
    let convolution = Convolution(window: window, groups: groups)
    output = try ImportFailure.wrap { () throws(OperatorError) in try convolution.outputTypes(for: types)[0] }
    let taps = window.kernel.reduce(1, *)
    guard offsetGroups > 0, shape[1] % offsetGroups == 0,
      places == [shape[0], 2 * offsetGroups * taps] + output.shape[2...]
    else {
      throw .malformed("its offsets \(places) do not fit \(offsetGroups) groups and its result \(output.shape)")
    }
    if let mask = context.optionalInput(4) {
      guard context.shape(mask) == [shape[0], offsetGroups * taps] + output.shape[2...] else {
        throw .malformed("its mask \(context.shape(mask)) does not fit its offsets \(places)")
      }
    }
  }

  /// Adds its nodes.
  func emit(_ context: inout ImportContext) throws(ImportFailure) -> ValueID {
    let shape = context.shape(image)
    let (taps, pixels) = (window.kernel.reduce(1, *), output.shape[2] * output.shape[3])
    let samples = try sampled(&context, taps: taps, pixels: pixels)
    // Samples of a pixel in the order of the kernel: group, channel, tap.
    let depth = shape[1] / groups * taps
    var columns = try context.reshape(
      samples, to: [shape[0], offsetGroups, pixels, taps, shape[1] / offsetGroups], role: "groups")
    columns = try context.emit(Transpose([0, 2, 1, 4, 3]), [columns], role: "ordered")
    let bias = context.optionalInput(3)
    if groups == 1, context.constant(weight) != nil {
      columns = try context.reshape(columns, to: [shape[0], pixels, depth], role: "rows")
      let kernels = try context.reshape(weight, to: [output.shape[1], depth], role: "kernels")
      let isKnown = context.constant(bias) != nil
      var result = try context.emit(
        Linear(arrangement: .outputFirst), [columns, kernels] + (isKnown ? [bias] : []), role: "product")
      if let bias, !isKnown { result = try context.emit(Binary(.add), [result, bias], role: "sum") }
      let image = [output.shape[0], output.shape[2], output.shape[3], output.shape[1]]
      result = try context.reshape(result, to: image, role: "image")
      return try context.emit(Transpose([0, 3, 1, 2]), [result])
    }
    columns = try context.reshape(columns, to: [shape[0], pixels, groups, depth], role: "rows")
    columns = try context.emit(Transpose([0, 2, 3, 1]), [columns], role: "columns")
    let kernels = try context.reshape(weight, to: [1, groups, output.shape[1] / groups, depth], role: "kernels")
    let product = try context.emit(MatMul(), [kernels, columns], role: "product")
    guard let bias else { return try context.emit(Reshape(to: output.shape), [product]) }
    let image = try context.reshape(product, to: output.shape, role: "image")
    let column = try context.reshape(bias, to: [output.shape[1], 1, 1], role: "biasColumn")
    return try context.emit(Binary(.add), [image, column])
  }

  /// What is under each tap of each pixel, `[images * offset groups, pixels, taps, channels]`.
  private func sampled(
    _ context: inout ImportContext, taps: Int, pixels: Int
  ) throws(ImportFailure) -> ValueID {
    let shape = context.shape(image)
    let parts = shape[0] * offsetGroups
    let split = try context.reshape(
      image, to: [parts, shape[1] / offsetGroups, shape[2], shape[3]], role: "parts")
    let channelsLast = try context.emit(Transpose([0, 2, 3, 1]), [split], role: "channelsLast")
    var places = try context.reshape(offsets, to: [parts, taps, 2, pixels], role: "offsets")
    places = try context.emit(Transpose([0, 3, 1, 2]), [places], role: "pairs")
    let resting = try restingPlaces(&context, taps: taps, pixels: pixels)
    places = try context.emit(Binary(.add), [places, resting], role: "places")
    let sampling = GridSample(coordinates: .pixels, interpolation: .linear, padding: .zeros)
    let samples = try context.emit(sampling, [channelsLast, places], role: "samples")
    guard let mask = context.optionalInput(4) else { return samples }
    var factors = try context.reshape(mask, to: [parts, taps, pixels, 1], role: "mask")
    factors = try context.emit(Transpose([0, 2, 1, 3]), [factors], role: "factors")
    return try context.emit(Binary(.multiply), [samples, factors], role: "masked")
  }

  /// Where each tap of each pixel lies without offset: its row and its column.
  private func restingPlaces(
    _ context: inout ImportContext, taps: Int, pixels: Int
  ) throws(ImportFailure) -> ValueID {
    let scalar = context.type(offsets).scalar
    let type = try ImportFailure.wrap { () throws(OperatorError) in
      try TensorType.checked(scalar, [1, pixels, taps, 2])
    }
    try context.spend(type)
    var places: [Double] = []
    places.reserveCapacity(type.elementCount)
    for pixel in 0..<pixels {
      let starts = [pixel / output.shape[3], pixel % output.shape[3]]
      for tap in 0..<taps {
        let steps = [tap / window.kernel[1], tap % window.kernel[1]]
        for axis in 0..<2 {
          places.append(
            Double(
              starts[axis] * window.strides[axis] - window.padBegin[axis] + steps[axis] * window.dilations[axis]))
        }
      }
    }
    return context.addConstant(Tensor(shape: type.shape, doubles: places, as: scalar), role: "resting")
  }
}
