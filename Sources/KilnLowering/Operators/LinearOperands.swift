import KilnGraph
import KilnKernels

// What the lowerings of the linear operators share.

extension Node {
  /// The addend, if the epilogue adds one.
  package func addend(_ epilogue: Epilogue) -> ValueID? {
    epilogue.addend != nil && inputs.count > LinearOperand.addend ? inputs[LinearOperand.addend] : nil
  }
}

/// Why a linear operator can't be compiled: its rank, or a weight, bias or slope that isn't constant.
func linearObstacle(_ node: Node, in graph: Graph, rank: Int?) -> String? {
  for (operand, role) in [
    (LinearOperand.weight, "weight"), (LinearOperand.bias, "bias"), (LinearOperand.slope, "slope"),
  ] where node.inputs.indices.contains(operand) {
    if let value = node.inputs[operand], graph.constant(value) == nil {
      return "its \(role) is computed at run time; only constants can be packed"
    }
  }
  guard let input = node.inputs[LinearOperand.input] else { return "it has no input" }
  if graph.constant(input) != nil { return "its input is constant" }
  let inputRank = graph.type(of: input).rank
  if let rank, inputRank != rank { return "it has \(inputRank - 2) spatial axes; \(rank - 2) are compiled" }
  return nil
}

/// Strided images everywhere, with a border around the input; the addend may become the output.
func linearStorage(_ epilogue: Epilogue, border: Border) -> NodeStorage {
  let hasAddend = epilogue.addend != nil
  return NodeStorage(
    stridedInputs: hasAddend ? [LinearOperand.input, LinearOperand.addend] : [LinearOperand.input],
    stridedOutput: true, border: border,
    inPlaceInputs: hasAddend && epilogue.allowsAddendInPlace ? [LinearOperand.addend] : [])
}
