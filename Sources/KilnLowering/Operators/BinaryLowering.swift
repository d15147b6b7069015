import KilnGraph
import KilnKernels

/// Elementwise functions of two tensors, broadcast as in NumPy.
///
/// Functions of float32 and float16 that have a vector form use it; the others, and all other types, are computed element by element.
struct BinaryLowering: Lowering {
  var elementTypes: Set<ScalarType> { .numbers.union([.float16]) }

  func obstacle(to operation: Binary, _ node: Node, in graph: Graph) -> String? {
    guard Self.isVector(operation, node, graph) else {
      guard let left = node.data, let right = node.inputs[BinaryOperand.right] else { return nil }
      let types = [left, right].map { graph.type(of: $0).scalar }
      return operation.function.elementFunction(types[0], types[1]) == nil
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
    let (left, right) = (node.operand(0), node.operand(1))
    let output = node.outputs[0]
    guard Self.isVector(operation, node, context.graph), let vectorFunction = operation.function.vectorFunction else {
      let types = [left, right].map { context.graph.type(of: $0).scalar }
      guard let function = operation.function.elementFunction(types[0], types[1]) else { node.lacksKernel() }
      return combineScalars(of: left, right, to: output, function, &context)
    }
    if operation.function == .power, let power = constantPower(node, context.graph) {
      return mapElements(of: left, to: output, power, &context)
    }
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
      KernelCall(
        CombineElements(
          context.source(left, offset: offsets[0]), context.source(right, offset: offsets[1]),
          to: context.destination(output, offset: offsets[2]), axes, run: run, vectorFunction))
    }
  }

  /// Whether the kernels work on vectors, which are of float32.
  private static func isVector(_ operation: Binary, _ node: Node, _ graph: Graph) -> Bool {
    let operands = node.inputs.compactMap(\.self) + node.outputs
    return operation.function.vectorFunction != nil
      && operands.allSatisfy { graph.type(of: $0).scalar.isReadAsFloat }
  }

  /// The power with one constant exponent, where that is products and roots.
  private func constantPower(_ node: Node, _ graph: Graph) -> RuntimeFunction? {
    guard let exponents = graph.constant(node.inputs[BinaryOperand.right])?.doubles(), let exponent = exponents.first,
      exponents.allSatisfy({ $0 == exponent }), let base = node.data,
      graph.type(of: base).shape == graph.type(of: node.outputs[0]).shape
    else { return nil }
    return .power(exponent)
  }

  /// The strides of a dense operand: how many axes merge doesn't depend on how it will lie.
  private static func denseStrides(of value: ValueID, _ node: Node, _ graph: Graph) -> [Int] {
    let shape = graph.type(of: value).shape
    let strides = zip(shape, shape.rowMajorStrides).map { $0 == 1 ? 0 : $1 }
    return Array(repeating: 0, count: graph.type(of: node.outputs[0]).rank - shape.count) + strides
  }
}
