import KilnGeometry
import KilnGraph
import KilnKernels
import KilnMachine
import KilnSelection

/// Convolution of channels-last images of 8 bits, as register tiles; depthwise when every channel has its own kernel, or by
/// Winograd's method.
struct RequantizedConvolutionLowering: Lowering {
  var elementTypes: Set<ScalarType> { [.int8, .uint8, .float32] }

  func obstacle(to convolution: RequantizedConvolution, _ node: Node, in graph: Graph) -> String? {
    for operand in [LinearOperand.weight, LinearOperand.bias, RequantizedConvolution.multiplierOperand]
    where graph.constant(node.inputs[operand]) == nil {
      return "its weights are computed at run time; only constants can be packed"
    }
    let rank = convolution.window.rank
    return rank == 2 ? nil : "it has \(rank) spatial axes; 2 are compiled"
  }

  func storage(of convolution: RequantizedConvolution, _ node: Node, in graph: Graph) -> NodeStorage {
    let input = node.operand(LinearOperand.input)
    return NodeStorage(
      stridedInputs: [LinearOperand.input], stridedOutput: true,
      border: convolution.window.border(
        input: graph.type(of: input).shape, output: graph.type(of: node.outputs[0]).shape),
      borderNumber: convolution.inputZeroPoint)
  }

  func calls(
    for convolution: RequantizedConvolution, _ node: Node, _ context: inout LoweringContext
  ) -> [KernelCall] {
    if context.graph.type(of: node.outputs[0]).shape.contains(0) { return [] }
    let winograd = context.algorithms.byteWinograd(of: node)
    let layer = ByteConvolution(convolution, node, takesSigned: winograd != nil, context)
    if let winograd { return layer.winogradCalls(winograd, &context) }
    return layer.isDepthwise ? layer.depthwiseCalls(&context) : layer.directCalls(&context)
  }
}
