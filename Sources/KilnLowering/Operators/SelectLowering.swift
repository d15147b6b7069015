import KilnGraph
import KilnKernels

/// A choice between two tensors, element by element.
struct SelectLowering: Lowering {
  var elementTypes: Set<ScalarType> { .anything }

  func storage(of operation: Select, _ node: Node, in graph: Graph) -> NodeStorage {
    NodeStorage(stridedInputs: [0, 1, 2], stridedOutput: true, inPlaceInputs: [1, 2])
  }

  func calls(for operation: Select, _ node: Node, _ context: inout LoweringContext) -> [KernelCall] {
    let (condition, left, right) = (node.operand(0), node.operand(1), node.operand(2))
    return selectScalars(by: condition, left, right, to: node.outputs[0], &context)
  }
}
