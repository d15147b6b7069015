import KilnGraph

/// Elementwise functions of one tensor: of float32 on vectors, of other types element by element.
struct UnaryLowering: Lowering {
  var elementTypes: Set<ScalarType> { .numbers }

  func obstacle(to operation: Unary, _ node: Node, in graph: Graph) -> String? {
    guard let input = node.inputs[0] else { return nil }
    let scalar = graph.type(of: input).scalar
    if scalar == .float32, operation.function.activationSource(of: "$0") != nil { return nil }
    let isKnown = operation.function.scalarSource(scalar) != nil
    return isKnown ? nil : "the runtime doesn't compute it for \(scalar.rawValue); --interpret does"
  }

  func storage(of operation: Unary, _ node: Node, in graph: Graph) -> NodeStorage {
    NodeStorage(stridedInputs: [0], stridedOutput: true, inPlaceInputs: [0])
  }

  func calls(for operation: Unary, _ node: Node, _ context: inout LoweringContext) -> [KernelCall] {
    guard let input = node.inputs[0] else { return [] }
    let scalar = context.graph.type(of: input).scalar
    guard scalar == .float32, let source = operation.function.activationSource(of: "$0") else {
      let formula = operation.function.scalarSource(scalar)
      return ScalarLoop(function: "mapScalars", inputs: [input], output: node.outputs[0], formula: formula)
        .calls(&context)
    }
    return KernelCall.mapElements(of: input, to: node.outputs[0], "{ \(source) }", &context)
  }
}

extension KernelCall {
  /// The calls that apply a closure, given as source, to every element of a value.
  static func mapElements(
    of input: ValueID, to output: ValueID, _ closure: String, _ context: inout LoweringContext
  ) -> [KernelCall] {
    let shape = context.graph.type(of: output).shape
    var nest = LoopNest(shape, [context.strides(of: input), context.strides(of: output)])
    if nest.isEmpty { return [] }
    let run = nest.removeInnermost { $0.strides == [1, 1] }
    return nest.pieces().map { offsets, axes in
      let source = context.source(input, offset: offsets[0])
      let destination = Value.destination(output, offset: offsets[1])
      if axes.isEmpty {
        return KernelCall(
          "mapElements",
          [
            Argument(nil, source), Argument("to", destination), Argument("count", .integer(run.extent)),
            Argument(nil, .code(closure)),
          ], files: [.elementwise, .activations])
      }
      return KernelCall(
        "mapElements",
        [
          Argument(nil, source), Argument(nil, axes.strides(of: 0)),
          Argument("to", destination), Argument(nil, axes.strides(of: 1)),
          Argument("shape", axes.extents), Argument("count", .integer(run.extent)), Argument(nil, .code(closure)),
        ], files: [.elementwise, .activations])
    }
  }
}
