import KilnGraph
import KilnKernels

/// Normalisation of the last axes.
struct LayerNormalizationLowering: Lowering {
  func obstacle(to operation: LayerNormalization, _ node: Node, in graph: Graph) -> String? {
    if node.outputs.dropFirst().contains(where: { !graph.users(of: $0).isEmpty || graph.isOutput($0) }) {
      return "its mean and deviation are asked for; ReduceMean computes them"
    }
    let parameters = node.inputs.dropFirst().prefix(2).compactMap(\.self)
    if parameters.contains(where: { graph.constant($0) == nil }) { return "its scale or bias is computed" }
    if Set(parameters.map { graph.type(of: $0).shape }).count > 1 { return "its scale and bias differ in shape" }
    let shape = graph.type(of: node.outputs[0]).shape
    // Each axis along which a scale is repeated is an axis of its own for the kernel.
    let isWhole = graph.type(of: node.operand(1)).elementCount == shape[operation.axis...].reduce(1, *)
    return isWhole ? nil : Normalization.obstacle(runs: shape[operation.axis...].count { $0 != 1 })
  }

  func storage(of operation: LayerNormalization, _ node: Node, in graph: Graph) -> NodeStorage {
    .normalization(node.addend(operation.epilogue) != nil)
  }

  func calls(for operation: LayerNormalization, _ node: Node, _ context: inout LoweringContext) -> [KernelCall] {
    let (input, scale) = (node.operand(0), node.operand(1))
    let shape = context.graph.type(of: input).shape
    let bias = node.optionalOperand(2)
    let parameters = context.graph.type(of: scale).shape
    return Normalization(
      input: input, output: node.outputs[0], shape: shape, inputStrides: context.strides(of: input),
      outputStrides: context.strides(of: node.outputs[0]), inner: Set(operation.axis..<shape.count),
      scale: context.table(ofConstant: scale),
      bias: bias.map { context.table(ofConstant: $0) } ?? context.constantTable(node, "zeros", shape: parameters, 0),
      parameterStrides: context.strides(of: scale, broadcastTo: shape),
      formula: .variance(count: shape[operation.axis...].reduce(1, *), epsilon: operation.epsilon),
      epilogue: operation.epilogue, addend: context.addend(of: node, operation.epilogue)
    ).calls(&context)
  }
}

/// Normalisation of groups of channels, in either layout: the channels become two axes, the groups and their members.
struct GroupNormalizationLowering: Lowering {
  func obstacle(to operation: GroupNormalization, _ node: Node, in graph: Graph) -> String? {
    node.inputs[1...2].contains { graph.constant($0) == nil } ? "its scale or bias is computed" : nil
  }

  func storage(of operation: GroupNormalization, _ node: Node, in graph: Graph) -> NodeStorage {
    .normalization(node.addend(operation.epilogue) != nil)
  }

  func calls(for operation: GroupNormalization, _ node: Node, _ context: inout LoweringContext) -> [KernelCall] {
    let (input, scale, bias) = (node.operand(0), node.operand(1), node.operand(2))
    let shape = context.graph.type(of: input).shape
    let axis = operation.layout.channelAxis(rank: shape.count)
    let members = shape[axis] / operation.groups
    let count = shape.dropFirst().reduce(1, *) / operation.groups
    let formula = NormalizationFormula.variance(count: count, epsilon: operation.epsilon)
    if axis == shape.count - 1, members <= context.target.vectorWidth {
      // Several groups in a vector.
      return Normalization(
        input: input, output: node.outputs[0], shape: shape, inputStrides: context.strides(of: input),
        outputStrides: context.strides(of: node.outputs[0]), inner: Set(1..<axis),
        scale: context.table(ofConstant: scale), bias: context.table(ofConstant: bias),
        parameterStrides: shape.indices.map { $0 == axis ? 1 : 0 }, members: members, formula: formula,
        epilogue: operation.epilogue, addend: context.addend(of: node, operation.epilogue)
      ).calls(&context)
    }
    func split(_ entries: [Int], _ group: Int, _ member: Int) -> [Int] {
      entries[..<axis] + [group, member] + entries[(axis + 1)...]
    }
    func split(_ strides: [Int]) -> [Int] { split(strides, strides[axis] * members, strides[axis]) }
    let parameterStrides = split(shape.map { _ in 0 }, members, 1)
    return Normalization(
      input: input, output: node.outputs[0], shape: split(shape, operation.groups, members),
      inputStrides: split(context.strides(of: input)), outputStrides: split(context.strides(of: node.outputs[0])),
      inner: Set(1...shape.count).subtracting([axis]), scale: context.table(ofConstant: scale),
      bias: context.table(ofConstant: bias), parameterStrides: parameterStrides, formula: formula,
      epilogue: operation.epilogue, addend: context.addend(of: node, operation.epilogue).map { ($0, split($1)) }
    ).calls(&context)
  }
}

/// Normalisation of any axes, without scale and bias.
struct MeanVarianceNormalizationLowering: Lowering {
  func obstacle(to operation: MeanVarianceNormalization, _ node: Node, in graph: Graph) -> String? {
    let shape = graph.type(of: node.outputs[0]).shape
    let axes = operation.axes.filter { shape[$0] != 1 }
    // Neighbours are one axis for the kernel, but in images, which have few enough.
    return Normalization.obstacle(runs: axes.count { !axes.contains($0 - 1) })
  }

  func storage(of operation: MeanVarianceNormalization, _ node: Node, in graph: Graph) -> NodeStorage {
    NodeStorage(stridedInputs: [0], stridedOutput: true, inPlaceInputs: [0])
  }

  func calls(for operation: MeanVarianceNormalization, _ node: Node, _ context: inout LoweringContext) -> [KernelCall] {
    let count = operation.axes.map { context.graph.type(of: node.outputs[0]).shape[$0] }.reduce(1, *)
    return Normalization(
      node, inner: Set(operation.axes),
      formula: .deviation(count: count), &context
    ).calls(&context)
  }
}

/// Division by the norm along an axis.
struct LpNormalizationLowering: Lowering {
  func storage(of operation: LpNormalization, _ node: Node, in graph: Graph) -> NodeStorage {
    NodeStorage(stridedInputs: [0], stridedOutput: true, inPlaceInputs: [0])
  }

  func calls(for operation: LpNormalization, _ node: Node, _ context: inout LoweringContext) -> [KernelCall] {
    return Normalization(
      node, inner: [operation.axis],
      formula: .norm(p: operation.p), &context
    ).calls(&context)
  }
}

/// Division by a power of the squares of neighbouring channels, in either layout.
struct LocalResponseNormalizationLowering: Lowering {
  func calls(
    for operation: LocalResponseNormalization, _ node: Node, _ context: inout LoweringContext
  ) -> [KernelCall] {
    let input = node.operand(0)
    let output = node.outputs[0]
    let shape = context.graph.type(of: output).shape
    let axis = operation.layout.channelAxis(rank: shape.count)
    let strides = shape.rowMajorStrides
    let others = shape.indices.filter { $0 != axis }
    var nest = LoopNest(others.map { shape[$0] }, [others.map { strides[$0] }])
    if nest.isEmpty || shape[axis] == 0 { return [] }
    let run = nest.removeInnermost { $0.strides == [1] }
    let reach = min(operation.size, shape[axis])
    return nest.pieces().map { offsets, axes in
      KernelCall(
        NormalizeLocally(
          context.source(input, offset: offsets[0]), to: context.destination(output, offset: offsets[0]), axes,
          channels: shape[axis], stride: strides[axis], count: run.extent,
          before: min((operation.size - 1) / 2, reach), after: min(operation.size / 2, reach),
          bias: operation.bias, scale: operation.alpha / Double(operation.size), exponent: -operation.beta))
    }
  }
}

extension Normalization {
  /// A normalisation without scale and bias.
  fileprivate init(_ node: Node, inner: Set<Int>, formula: NormalizationFormula, _ context: inout LoweringContext) {
    let input = node.operand(0)
    let shape = context.graph.type(of: input).shape
    self.init(
      input: input, output: node.outputs[0], shape: shape, inputStrides: context.strides(of: input),
      outputStrides: context.strides(of: node.outputs[0]), inner: inner,
      scale: context.constantTable(node, "one", shape: [1], 1),
      bias: context.constantTable(node, "zero", shape: [1], 0),
      parameterStrides: shape.map { _ in 0 }, formula: formula)
  }
}

extension NodeStorage {
  /// Strided images everywhere, in place if wanted.
  fileprivate static func normalization(_ hasAddend: Bool) -> NodeStorage {
    let images = [LinearOperand.input] + (hasAddend ? [LinearOperand.addend] : [])
    return NodeStorage(stridedInputs: Set(images), stridedOutput: true, inPlaceInputs: images)
  }
}

extension LoweringContext {
  /// What an epilogue adds, and how it lies.
  fileprivate func addend(of node: Node, _ epilogue: Epilogue) -> (value: ValueID, strides: [Int])? {
    node.addend(epilogue).map { ($0, strides(of: $0)) }
  }

  /// A table that holds one number everywhere.
  fileprivate mutating func constantTable(
    _ node: Node, _ role: String, shape: [Int], _ number: Float
  ) -> TableID {
    addTable(
      "\(node.name).\(role)", shape: shape, packing: "\(role)",
      elements: Array(repeating: number, count: shape.elementCount))
  }
}
