import KilnGraph

/// Convolution and its adjoint.
enum ConvolutionOperators {
  /// The operators.
  static let all: [OperatorImporter] = [
    convolution, transposedConvolution,
  ]

  /// The attributes that convolutions have in common.
  static let attributes = OperatorAttribute.window + [.ints("kernel_shape"), .int("group")]

  static let convolution = OperatorImporter(
    "Conv", since: [1], attributes: attributes, examples: [NodeExample([.computed(), .constant([8, 4, 3, 3])])]
  ) { context throws(ImportFailure) in
    let (window, groups) = try geometry(context, input: 0, weight: 1)
    let operation = Convolution(window: window, groups: groups)
    return [
      try emit(operation, &context, try context.input(0), try context.input(1), context.optionalInput(2))
    ]
  }

  /// The window and the groups that the node's attributes describe.
  ///
  /// - Parameters:
  ///   - input: which operand is the image.
  ///   - weight: which operand is the weight.
  static func geometry(
    _ context: ImportContext, input: Int, weight: Int
  ) throws(ImportFailure) -> (window: Window, groups: Int) {
    let attributes = context.node.attributes
    let window = try attributes.resolvedWindow(
      kernel: try kernel(context, try context.input(weight)),
      input: Array(context.shape(try context.input(input)).dropFirst(2)))
    return (window, try attributes.int("group", default: 1))
  }

  static let transposedConvolution = OperatorImporter(
    "ConvTranspose", since: [1], attributes: attributes + [.ints("output_padding"), .ints("output_shape")],
    examples: [NodeExample([.computed(), .constant([4, 8, 3, 3])])]
  ) { context throws(ImportFailure) in
    let x = try context.input(0)
    let weight = try context.input(1)
    let attributes = context.node.attributes
    let kernel = try kernel(context, weight)
    let input = Array(context.shape(x).dropFirst(2))
    guard input.count == kernel.count else {
      throw .malformed("its kernel has \(kernel.count) axes, its input \(input.count) spatial ones")
    }
    var window = try attributes.window(kernel: kernel)
    let outputPadding =
      try attributes.spatial("output_padding", rank: kernel.count, range: 0...1 << 30)
      ?? [Int](repeating: 0, count: kernel.count)
    try crop(&window, attributes, input: input, outputPadding: outputPadding)
    let operation = TransposedConvolution(
      window: window, outputPadding: outputPadding, groups: try attributes.int("group", default: 1))
    if context.constant(weight) == nil {
      return [try emitComputed(operation, &context, x, weight, context.optionalInput(2))]
    }
    return [try context.emit(operation, [x, weight] + bias(context))]
  }

  /// Turns a wanted output shape into padding.
  ///
  /// `output_shape` wins over `pads`; `auto_pad` SAME asks for `input * stride`. The total,
  /// `stride * (input - 1) + output_padding + extent - output`, is divided as ONNX's text for ConvTranspose says: the
  /// odd element goes after with SAME_UPPER, before otherwise.
  private static func crop(
    _ window: inout Window, _ attributes: Attributes, input: [Int], outputPadding: [Int]
  ) throws(ImportFailure) {
    let rank = window.rank
    let autoPad = try attributes.autoPad()
    var wanted: [Int]?
    if let shape = try attributes.ints("output_shape"), !shape.isEmpty {
      // Some writers give the batch and the channels too.
      guard shape.count == rank || shape.count == rank + 2, shape.allSatisfy({ (0...1 << 30).contains($0) }) else {
        throw .malformed("the attribute output_shape is \(shape)")
      }
      wanted = shape.suffix(rank)
    } else if autoPad == .sameUpper || autoPad == .sameLower {
      wanted = input.indices.map { input[$0] &* window.strides[$0] }
    }
    guard let wanted else { return }
    for axis in 0..<rank {
      let (span, overflow) = window.strides[axis].multipliedReportingOverflow(by: input[axis] - 1)
      let total = span &+ outputPadding[axis] + window.extent(axis) &- wanted[axis]
      guard !overflow, (-1 << 30...1 << 30).contains(total) else {
        throw .malformed("spatial axis \(axis) can't be made \(wanted[axis]) long")
      }
      let half = total >= 0 ? total / 2 : (total - 1) / 2
      window.padBegin[axis] = autoPad == .sameUpper ? half : total - half
      window.padEnd[axis] = total - window.padBegin[axis]
    }
  }

  /// The kernel's extents: the weight's, with which the attribute must agree.
  private static func kernel(_ context: ImportContext, _ weight: ValueID) throws(ImportFailure) -> [Int] {
    let shape = context.shape(weight)
    guard shape.count >= 3 else { throw .malformed("its weight \(shape) has no spatial axis") }
    let kernel = Array(shape[2...])
    if let given = try context.node.attributes.ints("kernel_shape"), given != kernel {
      throw .malformed("the attribute kernel_shape is \(given), its weight is \(shape)")
    }
    return kernel
  }

  private static func bias(_ context: ImportContext) -> [ValueID?] {
    context.optionalInput(2).map { [$0] } ?? []
  }
}
