import KilnGraph
import KilnKernels

/// Elementwise functions of one tensor: of float32 and float16 on vectors of float32, of other types element by element.
struct UnaryLowering: Lowering {
  var elementTypes: Set<ScalarType> { .numbers.union([.float16]) }

  func obstacle(to operation: Unary, _ node: Node, in graph: Graph) -> String? {
    guard let input = node.data else { return nil }
    let scalar = graph.type(of: input).scalar
    if scalar.isReadAsFloat, operation.function.vectorFunction != nil { return nil }
    let isKnown = operation.function.elementFunction(scalar) != nil
    return isKnown ? nil : "the runtime doesn't compute it for \(scalar.rawValue); --interpret does"
  }

  func storage(of operation: Unary, _ node: Node, in graph: Graph) -> NodeStorage {
    NodeStorage(stridedInputs: [0], stridedOutput: true, inPlaceInputs: [0])
  }

  func calls(for operation: Unary, _ node: Node, _ context: inout LoweringContext) -> [KernelCall] {
    let input = node.operand(0)
    let scalar = context.graph.type(of: input).scalar
    if scalar.isReadAsFloat, let function = operation.function.vectorFunction {
      return mapElements(of: input, to: node.outputs[0], function, &context)
    }
    guard let function = operation.function.elementFunction(scalar) else { node.lacksKernel() }
    return mapScalars(of: input, to: node.outputs[0], function, &context)
  }
}

/// The calls that apply a function of float32 to every element of a value.
package func mapElements(
  of input: ValueID, to output: ValueID, _ function: RuntimeFunction, _ context: inout LoweringContext
) -> [KernelCall] {
  let shape = context.graph.type(of: output).shape
  var nest = LoopNest(shape, [context.strides(of: input), context.strides(of: output)])
  if nest.isEmpty { return [] }
  let run = nest.removeInnermost { $0.strides == [1, 1] }
  return nest.pieces().map { offsets, axes in
    KernelCall(
      MapElements(
        context.source(input, offset: offsets[0]), to: context.destination(output, offset: offsets[1]), axes,
        count: run.extent, function))
  }
}
