import KilnGraph

/// Writes a layer or group normalisation as one without scale and bias, a product and a sum, where scale or bias is computed, or
/// both differ in shape.
///
/// It is `normalize(x) * scale + bias`. What was fused into it follows.
///
/// Source: ONNX LayerNormalization 17, GroupNormalization 21.
package struct SpreadComputedScales: Pass {
  package let name = "spread-computed-scales"

  /// Makes the pass.
  package init() {}

  package func run(on graph: inout Graph) throws(PassError) {
    guard let first = graph.nodeIDs.first else { return }
    var spread = NodeSpread(graph, first)
    for id in graph.nodeIDs {
      spread.id = id
      guard let shape = spread.type(LinearOperand.input)?.shape, !spread.hasPlainParameters else { continue }
      switch graph[id].operation {
      case var layer as LayerNormalization where !layer.givesStatistics:
        let epilogue = layer.epilogue
        layer.epilogue = Epilogue()
        try spread.normalize(layer, Array(shape[layer.axis...]), column: nil, epilogue)
      case var group as GroupNormalization:
        let epilogue = group.epilogue
        let axis = group.layout.channelAxis(rank: shape.count)
        group.epilogue = Epilogue()
        let column = [shape[axis]] + shape[(axis + 1)...].map { _ in 1 }
        try spread.normalize(group, [shape[axis]], column: column, epilogue)
      default: continue
      }
    }
    graph = spread.graph
  }
}

extension NodeSpread {
  /// Whether scale and bias are constants of one shape, or the operand is of a type that is computed otherwise.
  fileprivate var hasPlainParameters: Bool {
    guard type(LinearOperand.input)?.scalar == .float32, let scale = optionalOperand(LinearOperand.weight) else {
      return true
    }
    guard let bias = optionalOperand(LinearOperand.bias) else { return graph.constant(scale) != nil }
    return graph.constant(scale) != nil && graph.constant(bias) != nil
      && graph.type(of: scale).shape == graph.type(of: bias).shape
  }

  /// - Parameters:
  ///   - normalization: the operator without its last steps.
  ///   - parameters: the dimensions of the scale and the bias that change nothing.
  ///   - column: the dimensions with which scale and bias broadcast, where they are others than their own.
  fileprivate mutating func normalize(
    _ normalization: any Operator, _ parameters: [Int], column: [Int]?, _ epilogue: Epilogue
  ) throws(PassError) {
    let count = parameters.elementCount
    let plain = [
      constant(Tensor(shape: parameters, floats: [Float](repeating: 1, count: count)), "ones"),
      constant(Tensor(shape: parameters, floats: [Float](repeating: 0, count: count)), "zeros"),
    ]
    var result = try add(normalization, "normalized", [operand(LinearOperand.input)] + plain)
    for (index, function, suffix) in [
      (LinearOperand.weight, Binary.Function.multiply, "scaled"), (LinearOperand.bias, .add, "biased"),
    ] {
      guard var parameter = optionalOperand(index) else { continue }
      if let column { parameter = try reshape(parameter, to: column, "\(suffix).column") }
      result = try add(Binary(function), suffix, [result, parameter])
    }
    let addend = optionalOperand(LinearOperand.addend)
    if epilogue.addend == .beforeActivation { result = try add(Binary(.add), "sum", [result, addend]) }
    if case .function(let function) = epilogue.activation {
      result = try add(Unary(function), "activated", [result])
    }
    if epilogue.addend == .afterActivation { result = try add(Binary(.add), "sum", [result, addend]) }
    replaceResults(with: [result])
  }
}
