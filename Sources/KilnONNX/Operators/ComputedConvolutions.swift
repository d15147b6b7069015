import KilnGraph

extension ConvolutionOperators {
  /// A convolution, with a bias if there is one.
  ///
  /// - Parameter role: what it does for the node at hand when it isn't the one that makes its result.
  static func emit(
    _ convolution: Convolution, _ context: inout ImportContext, _ input: ValueID, _ weight: ValueID, _ bias: ValueID?,
    role: String? = nil
  ) throws(ImportFailure) -> ValueID {
    if context.constant(weight) != nil {
      return try context.emit(convolution, [input, weight] + (bias.map { [$0] } ?? []), role: role)
    }
    return try product(convolution, &context, input, weight, bias, role: role)
  }

  /// A convolution whose kernel is computed, as trackers have it: a product of matrices for each group, the kernel's rows by
  /// the image's elements under each tap.
  private static func product(
    _ convolution: Convolution, _ context: inout ImportContext, _ input: ValueID, _ weight: ValueID, _ bias: ValueID?,
    role: String?
  ) throws(ImportFailure) -> ValueID {
    let types = [context.type(input), context.type(weight)] + (bias.map { [context.type($0)] } ?? [])
    let output = try ImportFailure.wrap { () throws(OperatorError) in try convolution.outputTypes(for: types)[0] }
    let (window, groups, name) = (convolution.window, convolution.groups, role.map { "\($0)/" } ?? "")
    let kernel = context.shape(weight)
    let taps = kernel.dropFirst(2).reduce(1, *)
    guard output.elementCount > 0, taps > 0, context.limits.spend(inlinedNodes: taps) else {
      throw .unsupported(
        "its kernel \(kernel) is computed at run time, and has no taps or more than a file of this size may")
    }
    let patches = try self.patches(window, &context, input, output: Array(output.shape.dropFirst(2)), name: name)
    let (rows, depth) = (kernel[0] / groups, kernel[1] * taps)
    let pixels = output.shape.dropFirst(2).reduce(1, *)
    let columns = try context.reshape(patches, to: [output.shape[0], groups, depth, pixels], role: "\(name)columns")
    let kernels = try context.reshape(weight, to: [1, groups, rows, depth], role: "\(name)rows")
    let product = try context.emit(MatMul(), [kernels, columns], role: "\(name)product")
    guard let bias else { return try context.emit(Reshape(to: output.shape), [product], role: role) }
    let image = try context.reshape(product, to: output.shape, role: "\(name)image")
    let column = try context.reshape(
      bias, to: [kernel[0]] + window.kernel.map { _ in 1 }, role: "\(name)biasColumn")
    return try context.emit(Binary(.add), [image, column], role: role)
  }

  /// The elements of an image under each tap, `[images, channels, taps, rows …]`.
  private static func patches(
    _ window: Window, _ context: inout ImportContext, _ input: ValueID, output: [Int], name: String
  ) throws(ImportFailure) -> ValueID {
    var padded = input
    if window.hasPadding {
      let pad = Pad(begin: [0, 0] + window.padBegin, end: [0, 0] + window.padEnd, mode: .constant(0))
      padded = try context.emit(pad, [input], role: "\(name)padded")
    }
    let channels = Array(context.shape(input).prefix(2))
    var parts: [ValueID] = []
    for tap in 0..<window.kernel.reduce(1, *) {
      var (rest, starts) = (tap, window.kernel)
      for axis in window.kernel.indices.reversed() {
        starts[axis] = rest % window.kernel[axis] * window.dilations[axis]
        rest /= window.kernel[axis]
      }
      let slice = Slice(starts: [0, 0] + starts, counts: channels + output, steps: [1, 1] + window.strides)
      let isWhole = slice.counts == context.shape(padded) && slice.steps.allSatisfy { $0 == 1 }
      let part = isWhole ? padded : try context.emit(slice, [padded], role: "\(name)tap\(tap)")
      parts.append(try context.reshape(part, to: channels + [1] + output, role: "\(name)tap\(tap)/one"))
    }
    return parts.count == 1 ? parts[0] : try context.emit(Concat(axis: 2), parts, role: "\(name)taps")
  }
}
