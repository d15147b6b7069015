/// Interleaved bytes of images as real numbers: `y[c] = x[places[c]] * weight[c] + bias[c]` for each pixel, channels last.
///
/// Operands: pixels of `byteCount` bytes, uint8 `[N, H, W, byteCount]`; weight `[C]` and bias `[C]` for the C channels that a
/// network sees, float32. What `--image` puts after an input, and what a cast of images of bytes becomes; no operator of ONNX's
/// is one.
package struct PixelConversion: Operator, Hashable {
  /// Which byte of a pixel each channel is.
  package var places: [Int]
  /// Bytes of a pixel.
  package var byteCount: Int
  /// What whoever gives the bytes calls their order, if they said; the places may be others by now.
  package let order: PixelFormat.Order?

  /// Makes a conversion of pixels whose bytes have an order with a name.
  package init(_ order: PixelFormat.Order) {
    self.order = order
    byteCount = order.byteCount
    places = (0..<order.channelCount).map(order.place)
  }

  /// Makes a conversion of pixels whose bytes are the channels.
  package init(channels: Int) {
    order = nil
    byteCount = channels
    places = Array(0..<channels)
  }

  package var name: String { "PixelConversion" }

  package var details: String { order?.rawValue ?? "\(byteCount) bytes" }

  package func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    try inputs.requireCount(atMost: 3)
    let pixels = try inputs.operand(PixelOperand.pixels, "pixels")
    try pixels.require(.uint8, "the pixels")
    guard pixels.rank == 4, pixels.shape[3] == byteCount, places.allSatisfy((0..<byteCount).contains) else {
      throw OperatorError("\(pixels) is no image of pixels of \(byteCount) bytes")
    }
    for (operand, name) in [(PixelOperand.weight, "weight"), (PixelOperand.bias, "bias")] {
      let type = try inputs.operand(operand, name)
      try type.require(.float32, "the \(name)")
      try type.require(shape: [places.count], "the \(name)")
    }
    return [try .checked(.float32, pixels.shape.dropLast() + [places.count])]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let types = try outputTypes(for: inputs.types)
    if let empty = types.emptyResults { return empty }
    let bytes = try inputs.operand(PixelOperand.pixels).integers()
    let weight = try inputs.operand(PixelOperand.weight).doubles()
    let bias = try inputs.operand(PixelOperand.bias).doubles()
    let channels = places.count
    let values = (0..<types[0].elementCount).map { index in
      let (pixel, channel) = (index / channels, index % channels)
      let byte = bytes[pixel * byteCount + places[channel]]
      return Double(byte) * weight[channel] + bias[channel]
    }
    return [Tensor(shape: types[0].shape, doubles: values, as: .float32)]
  }
}

/// The operands of `PixelConversion` in a node.
package enum PixelOperand {
  /// The bytes.
  package static let pixels = 0
  /// What the bytes of each channel are multiplied by.
  package static let weight = 1
  /// What is added after that.
  package static let bias = 2
}

extension Graph {
  /// The order of the bytes of an input that takes pixels; `nil` for other inputs.
  package func pixelOrder(ofInput input: ValueID) -> PixelFormat.Order? {
    users(of: input).lazy.compactMap { self[$0].operation as? PixelConversion }.first?.order
  }

  /// Makes an input that is a float32 image take interleaved bytes, channels last: it keeps its name, and what reads it sees the
  /// numbers of before.
  ///
  /// The image has its channels second, or last where the second dimension is no number of channels. The format's mean and scale
  /// become nodes, which the passes fold into the layers that read the image as they do with a model's own.
  ///
  /// - Throws: `PixelFormatError` where the input is no such image.
  package mutating func takePixels(_ format: PixelFormat, input: ValueID) throws(PixelFormatError) {
    let (name, type) = (self[input].name, self.type(of: input))
    let channels = format.order.channelCount
    guard type.scalar == .float32, type.rank == 4, type.shape[1] == channels || type.shape[3] == channels else {
      throw PixelFormatError("input '\(name)' is \(type), no float32 image of \(channels) channels")
    }
    let isChannelsLast = type.shape[1] != channels
    let (height, width) = isChannelsLast ? (type.shape[1], type.shape[2]) : (type.shape[2], type.shape[3])
    let shape = [type.shape[0], height, width, format.order.byteCount]
    do throws(OperatorError) {
      setType(of: input, to: try .checked(.uint8, shape))
      let conversion = PixelConversion(format.order)
      let operands = [input] + addUnchangedTerms(of: name, channels: channels)
      let first = nodeIDs.first
      let numbers = try insert(conversion, name: "\(name).image", inputs: operands, before: first)[0]
      var image = numbers
      let steps = [("mean", Binary.Function.subtract, format.mean, 0.0), ("scale", .multiply, format.scale, 1.0)]
      for (suffix, function, terms, neutral) in steps where terms.contains(where: { $0 != neutral }) {
        let term = addConstant("\(name).\(suffix)", Tensor(shape: [channels], doubles: terms, as: .float32))
        image = try insert(Binary(function), name: "\(name).\(suffix)", inputs: [image, term], before: first)[0]
      }
      let original =
        isChannelsLast
        ? image : try insert(Transpose([0, 3, 1, 2]), name: "\(name).nchw", inputs: [image], before: first)[0]
      replaceUses(of: input, with: original)
      if let node = producer(of: numbers) { replace(node, with: conversion, inputs: operands) }
    } catch {
      throw PixelFormatError("input '\(name)': \(error)")
    }
  }

  /// Adds the weights and biases of a conversion that leaves its bytes the numbers that they are.
  package mutating func addUnchangedTerms(of name: String, channels: Int) -> [ValueID] {
    [("weight", 1.0), ("bias", 0.0)].map { suffix, number in
      let numbers = [Double](repeating: number, count: channels)
      return addConstant("\(name).\(suffix)", Tensor(shape: [channels], doubles: numbers, as: .float32))
    }
  }
}
