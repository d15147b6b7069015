import KilnGraph

/// Elementwise functions of two tensors, broadcast as in NumPy.
///
/// Functions of float32 that have a vector form use it; the others, and all other types, are computed element by element.
struct BinaryLowering: Lowering {
  var elementTypes: Set<ScalarType> { .numbers }

  func obstacle(to operation: Binary, _ node: Node, in graph: Graph) -> String? {
    guard Self.isVector(operation, node, graph) else {
      guard let left = node.inputs[0], let right = node.inputs[1] else { return nil }
      let types = [left, right].map { graph.type(of: $0).scalar }
      return operation.function.scalarSource(types[0], types[1]) == nil
        ? "\(types[0].rawValue) to the power of \(types[1].rawValue) is not compiled; cast the operands to float32"
        : nil
    }
    let nest = LoopNest(
      graph.type(of: node.outputs[0]).shape,
      (node.inputs + node.outputs).compactMap(\.self).map { Self.denseStrides(of: $0, node, graph) })
    return nest.axes.count > LoopNest.kernelAxisCount + 1
      ? "the operands differ in too many axes; transpose them so that broadcast axes are neighbours" : nil
  }

  func storage(of operation: Binary, _ node: Node, in graph: Graph) -> NodeStorage {
    NodeStorage(
      stridedInputs: [0, 1], stridedOutput: true, inPlaceInputs: [0, 1])
  }

  func calls(for operation: Binary, _ node: Node, _ context: inout LoweringContext) -> [KernelCall] {
    guard let left = node.inputs[0], let right = node.inputs[1] else { return [] }
    let output = node.outputs[0]
    guard Self.isVector(operation, node, context.graph) else {
      let types = [left, right].map { context.graph.type(of: $0).scalar }
      let formula = operation.function.scalarSource(types[0], types[1])
      var loop = ScalarLoop(function: "combineScalars", inputs: [left, right], output: output, formula: formula)
      if operation.function == .power { loop.files.insert(.exponential) }
      return loop.calls(&context)
    }
    if operation.function == .power, let source = powerSource(node, context.graph) {
      return KernelCall.mapElements(of: left, to: output, "{ \(source) }", &context)
    }
    guard let source = Self.source(of: operation.function) else { return [] }
    let shape = context.graph.type(of: output).shape
    var nest = LoopNest(
      shape,
      [
        context.strides(of: left, broadcastTo: shape), context.strides(of: right, broadcastTo: shape),
        context.strides(of: output),
      ])
    if nest.isEmpty { return [] }
    let run = nest.removeInnermost { $0.strides[2] == 1 && $0.strides.allSatisfy { $0 <= 1 } }
    return nest.pieces().map { offsets, axes in
      let operands = [
        KernelCall.Argument(nil, context.source(left, offset: offsets[0])),
        KernelCall.Argument(nil, context.source(right, offset: offsets[1])),
        KernelCall.Argument("to", .destination(output, offset: offsets[2])),
      ]
      var arguments: [KernelCall.Argument] = []
      for (index, operand) in operands.enumerated() {
        arguments.append(operand)
        if !axes.isEmpty { arguments.append(.init(nil, axes.strides(of: index))) }
        if index < 2 { arguments.append(.init("step", .integer(run.strides[index]))) }
      }
      if !axes.isEmpty { arguments.append(.init("shape", axes.extents)) }
      arguments += [.init("count", .integer(run.extent)), .init(nil, .code("{ \(source) }"))]
      return KernelCall("combineElements", arguments, files: [.elementwise, .activations])
    }
  }

  /// Whether the kernels work on vectors of float32.
  private static func isVector(_ operation: Binary, _ node: Node, _ graph: Graph) -> Bool {
    let operands = node.inputs.compactMap(\.self) + node.outputs
    return source(of: operation.function) != nil
      && operands.allSatisfy { graph.type(of: $0).scalar == .float32 }
  }

  /// The function of `$0` and `$1` as Swift source; `nil` when the runtime doesn't have it.
  private static func source(of function: Binary.Function) -> String? {
    switch function {
    case .add: "$0 + $1"
    case .subtract: "$0 - $1"
    case .multiply: "$0 * $1"
    case .divide: "$0 / $1"
    case .minimum: "minimumOrNaN($0, $1)"
    case .maximum: "maximumOrNaN($0, $1)"
    case .parametricReLU: "parametricReLU($0, $1)"
    case .power: "power($0, $1)"
    case .modulo, .remainder, .equal, .less, .lessOrEqual, .greater, .greaterOrEqual, .and, .or, .exclusiveOr,
      .bitwiseAnd, .bitwiseOr, .bitwiseExclusiveOr, .shiftLeft, .shiftRight:
      nil
    }
  }

  /// The powers that are products and roots, within 2 ulp: what one constant exponent becomes.
  private static let exponents: [Double: String] = [
    -1: "reciprocal($0)", -0.5: "reciprocal(squareRoot($0))", 0.5: "squareRoot($0)",
    0.75: "squareRoot($0) * squareRoot(squareRoot($0))", 1: "$0", 1.5: "$0 * squareRoot($0)", 2: "$0 * $0",
    3: "$0 * $0 * $0", 4: "($0 * $0) * ($0 * $0)",
  ]

  /// The power with one constant exponent as Swift source.
  private func powerSource(_ node: Node, _ graph: Graph) -> String? {
    guard let exponents = graph.constant(node.inputs[1])?.doubles(), let exponent = exponents.first,
      exponents.allSatisfy({ $0 == exponent }), let base = node.inputs[0],
      graph.type(of: base).shape == graph.type(of: node.outputs[0]).shape
    else { return nil }
    return Self.exponents[exponent]
  }

  /// The strides of a dense operand: how many axes merge doesn't depend on how it will lie.
  private static func denseStrides(of value: ValueID, _ node: Node, _ graph: Graph) -> [Int] {
    let shape = graph.type(of: value).shape
    let strides = zip(shape, shape.rowMajorStrides).map { $0 == 1 ? 0 : $1 }
    return Array(repeating: 0, count: graph.type(of: node.outputs[0]).rank - shape.count) + strides
  }
}
