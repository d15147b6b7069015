import KilnGraph
import KilnKernels

/// Quantisation of a whole tensor with one scale to 8 bits.
struct QuantizeLinearLowering: Lowering {
  var elementTypes: Set<ScalarType> { [.float32, .int8, .uint8] }

  func obstacle(to operation: QuantizeLinear, _ node: Node, in graph: Graph) -> String? {
    node.quantizationObstacle(in: graph)
  }

  func storage(of operation: QuantizeLinear, _ node: Node, in graph: Graph) -> NodeStorage {
    NodeStorage(stridedInputs: [0], stridedOutput: true)
  }

  func calls(for operation: QuantizeLinear, _ node: Node, _ context: inout LoweringContext) -> [KernelCall] {
    guard let quantization = node.quantization(in: context.graph) else { node.lacksKernel() }
    return context.runs(of: [node.operand(0)], to: node.outputs[0]) { operands, axes, count in
      QuantizeElements(operands[0], to: operands[1], axes, count: count, quantization)
    }
  }
}

/// Quantisation to 8 bits with the scale and zero point that the numbers ask for.
struct DynamicQuantizeLinearLowering: Lowering {
  var elementTypes: Set<ScalarType> { [.float32, .uint8] }

  func obstacle(to operation: DynamicQuantizeLinear, _ node: Node, in graph: Graph) -> String? {
    graph.type(of: node.operand(0)).elementCount == 0 ? "its input has no elements" : nil
  }

  func storage(of operation: DynamicQuantizeLinear, _ node: Node, in graph: Graph) -> NodeStorage {
    NodeStorage(stridedInputs: [0], stridedOutput: true)
  }

  func calls(
    for operation: DynamicQuantizeLinear, _ node: Node, _ context: inout LoweringContext
  ) -> [KernelCall] {
    let (scale, zeroPoint) = (context.destination(node.outputs[1]), context.destination(node.outputs[2]))
    // An image and whatever is contiguous are one piece, and the range is of the whole.
    return context.runs(of: [node.operand(0)], to: node.outputs[0]) { operands, axes, count in
      QuantizeDynamically(operands[0], to: operands[1], axes, count: count, scale: scale, zeroPoint: zeroPoint)
    }
  }
}

/// Numbers of 8 bits with one scale for a whole tensor, made real.
struct DequantizeLinearLowering: Lowering {
  var elementTypes: Set<ScalarType> { [.float32, .int8, .uint8] }

  func obstacle(to operation: DequantizeLinear, _ node: Node, in graph: Graph) -> String? {
    node.quantizationObstacle(in: graph)
  }

  func storage(of operation: DequantizeLinear, _ node: Node, in graph: Graph) -> NodeStorage {
    NodeStorage(stridedInputs: [0], stridedOutput: true)
  }

  func calls(for operation: DequantizeLinear, _ node: Node, _ context: inout LoweringContext) -> [KernelCall] {
    guard let quantization = node.quantization(in: context.graph) else { node.lacksKernel() }
    return context.runs(of: [node.operand(0)], to: node.outputs[0]) { operands, axes, count in
      DequantizeElements(operands[0], to: operands[1], axes, count: count, quantization)
    }
  }
}

/// Sums of two tensors of 8 bits.
struct RequantizedSumLowering: Lowering {
  var elementTypes: Set<ScalarType> { [.int8, .uint8] }

  func storage(of operation: RequantizedSum, _ node: Node, in graph: Graph) -> NodeStorage {
    let inPlace = [0, 1].filter { graph.type(of: node.operand($0)).scalar == operation.result.scalar }
    return NodeStorage(stridedInputs: [0, 1], stridedOutput: true, inPlaceInputs: inPlace)
  }

  func calls(for operation: RequantizedSum, _ node: Node, _ context: inout LoweringContext) -> [KernelCall] {
    context.runs(of: [node.operand(0), node.operand(1)], to: node.outputs[0]) { operands, axes, count in
      SumQuantized(operands[0], operands[1], to: operands[2], axes, count: count, operation)
    }
  }
}

/// Functions of numbers of 8 bits, by table.
struct ByteTableLowering: Lowering {
  var elementTypes: Set<ScalarType> { [.int8, .uint8] }

  func obstacle(to operation: ByteTable, _ node: Node, in graph: Graph) -> String? {
    graph.constant(node.inputs[1]) == nil ? "its table is computed at run time" : nil
  }

  func storage(of operation: ByteTable, _ node: Node, in graph: Graph) -> NodeStorage {
    let isSame = graph.type(of: node.operand(0)).scalar == graph.type(of: node.outputs[0]).scalar
    return NodeStorage(stridedInputs: [0], stridedOutput: true, inPlaceInputs: isSame ? [0] : [])
  }

  func calls(for operation: ByteTable, _ node: Node, _ context: inout LoweringContext) -> [KernelCall] {
    let table = context.source(node.operand(1))
    return context.runs(of: [node.operand(0)], to: node.outputs[0]) { operands, axes, count in
      LookUpBytes(operands[0], in: table, to: operands[1], axes, count: count)
    }
  }
}

extension Node {
  /// The quantisation of the whole tensor that the node makes or reads; `nil` where there is none that is known.
  fileprivate func quantization(in graph: Graph) -> TensorQuantization? {
    graph.producer(of: outputs[0]).flatMap(graph.tensorQuantization(by:))
  }

  fileprivate func quantizationObstacle(in graph: Graph) -> String? {
    quantization(in: graph) == nil ? "its scales come in blocks that don't divide their axis" : nil
  }
}

extension LoweringContext {
  /// The calls of a kernel for each piece of a loop nest whose innermost runs are contiguous on all sides: it is given the inputs
  /// and the output, the axes around the runs, and their length.
  fileprivate mutating func runs(
    of inputs: [ValueID], to output: ValueID, _ kernel: ([Operand], [LoopNest.Axis], Int) -> any Kernel
  ) -> [KernelCall] {
    let shape = graph.type(of: output).shape
    var nest = LoopNest(shape, (inputs + [output]).map { strides(of: $0) })
    if nest.isEmpty { return [] }
    let run = nest.removeInnermost { $0.strides.allSatisfy { $0 == 1 } }
    return nest.pieces().map { offsets, axes in
      var operands = zip(inputs, offsets).map { source($0, offset: $1) }
      operands.append(destination(output, offset: offsets[inputs.count]))
      return KernelCall(kernel(operands, axes, run.extent))
    }
  }
}
