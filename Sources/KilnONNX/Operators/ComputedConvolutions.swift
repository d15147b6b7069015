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

  /// A transposed convolution whose kernel is computed: a convolution by the kernel turned around, of the image with zeros between
  /// its pixels.
  static func emitComputed(
    _ transposed: TransposedConvolution, _ context: inout ImportContext, _ input: ValueID, _ weight: ValueID,
    _ bias: ValueID?
  ) throws(ImportFailure) -> ValueID {
    let types = [context.type(input), context.type(weight)] + (bias.map { [context.type($0)] } ?? [])
    _ = try ImportFailure.wrap { () throws(OperatorError) in try transposed.outputTypes(for: types) }
    let (window, groups, kernel) = (transposed.window, transposed.groups, context.shape(weight))
    let split = [groups, kernel[0] / groups, kernel[1]] + kernel[2...]
    var turned = try context.reshape(weight, to: split, role: "groups")
    turned = try context.emit(Transpose([0, 2, 1] + Array(3..<split.count)), [turned], role: "outputsFirst")
    let shape = [kernel[1] * groups, kernel[0] / groups] + kernel[2...]
    turned = try context.reshape(turned, to: shape, role: "kernels")
    let reversal = Slice(
      starts: [0, 0] + window.kernel.map { $0 - 1 }, counts: shape, steps: [1, 1] + window.kernel.map { _ in -1 })
    turned = try context.emit(reversal, [turned], role: "turned")
    let spread = try spread(&context, input, by: window.strides)
    let begin = window.kernel.indices.map { window.extent($0) - 1 - window.padBegin[$0] }
    let end = window.kernel.indices.map {
      window.extent($0) - 1 - window.padEnd[$0] + transposed.outputPadding[$0]
    }
    let padded = try context.emit(
      Pad(begin: [0, 0] + begin, end: [0, 0] + end, mode: .constant(0)), [spread], role: "padded")
    let convolution = Convolution(
      window: Window(kernel: window.kernel, dilations: window.dilations), groups: groups)
    return try emit(convolution, &context, padded, turned, bias)
  }

  /// An image with zeros between its pixels, so that neighbours are `strides` apart.
  private static func spread(
    _ context: inout ImportContext, _ input: ValueID, by strides: [Int]
  ) throws(ImportFailure) -> ValueID {
    let shape = context.shape(input)
    guard strides.contains(where: { $0 > 1 }) else { return input }
    let (images, extents) = (Array(shape.prefix(2)), shape.dropFirst(2))
    let column = try context.reshape(input, to: images + extents.flatMap { [$0, 1] }, role: "columns")
    let none = [Int](repeating: 0, count: 2 + 2 * strides.count)
    let pad = Pad(begin: none, end: [0, 0] + strides.flatMap { [0, $0 - 1] }, mode: .constant(0))
    let zeros = try context.emit(pad, [column], role: "zeros")
    let whole = images + zip(extents, strides).map { $0 * $1 }
    let image = try context.reshape(zeros, to: whole, role: "spread")
    let counts = images + zip(extents, strides).map { ($0 - 1) * $1 + 1 }
    return try context.emit(Slice(starts: shape.map { _ in 0 }, counts: counts), [image], role: "spaced")
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
