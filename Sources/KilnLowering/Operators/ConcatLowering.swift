import KilnGraph
import KilnKernels

/// Joining along an axis: a copy of each operand that the planner couldn't place inside the result.
struct ConcatLowering: Lowering {
  var elementTypes: Set<ScalarType> { .anything }

  func storage(of operation: Concat, _ node: Node, in graph: Graph) -> NodeStorage {
    NodeStorage(stridedInputs: Set(node.inputs.indices), stridedOutput: true)
  }

  func calls(for operation: Concat, _ node: Node, _ context: inout LoweringContext) -> [KernelCall] {
    let output = node.outputs[0]
    let strides = context.strides(of: output)
    var offset = 0
    var calls: [KernelCall] = []
    for input in node.inputs.compactMap(\.self) {
      let shape = context.graph.type(of: input).shape
      calls += StridedCopy(
        shape: shape, source: .init(value: input, strides: context.strides(of: input)),
        destination: .init(value: output, offset: offset, strides: strides)
      ).calls(&context)
      offset += shape[operation.axis] * strides[operation.axis]
    }
    return calls
  }
}
