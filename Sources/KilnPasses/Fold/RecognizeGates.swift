import KilnGraph

/// Recognises activations that a tensor gates itself with: `x * sigmoid(x)` is SiLU, `x * hardSigmoid(x)` with slope 1/6
/// and offset 1/2 is hard swish, and so is `x * clip(x + 3, 0, 6) / 6`; `x * tanh(softplus(x))` is Mish.
///
/// Applies with the operands in either order, when nobody else reads the gate. Constants may be off by the rounding of
/// float32.
///
/// Source: Ramachandran et al., "Searching for Activation Functions", 2017; Howard et al., "Searching for MobileNetV3",
/// 2019; Misra, "Mish", 2019.
package struct RecognizeGates: Pass {
  package let name = "recognize-gate"

  /// Makes the pass.
  package init() {}

  package func run(on graph: inout Graph) throws(PassError) {
    for id in graph.nodeIDs where graph.contains(id) {
      guard let binary = graph[id].operation as? Binary else { continue }
      switch binary.function {
      case .multiply, .divide: break
      default: continue
      }
      if !recognizeProduct(id, &graph) { recognizeScaledProduct(id, &graph) }
    }
  }

  /// `x * gate(x)`.
  private func recognizeProduct(_ id: NodeID, _ graph: inout Graph) -> Bool {
    guard let (x, gate) = graph.operandsOfProduct(id) else { return false }
    for (x, gate) in [(x, gate), (gate, x)] {
      guard graph.soleUser(of: gate) != nil, let node = graph.producer(of: gate),
        let unary = graph[node].operation as? Unary, let argument = graph[node].data
      else { continue }
      if argument == x, let function = unary.function.gated {
        graph.merge([id], into: node, as: Unary(function), inputs: [x], pass: name)
        return true
      }
      if unary.function == .tanh, graph.soleUser(of: argument) != nil, let inner = graph.producer(of: argument),
        (graph[inner].operation as? Unary)?.function == .softplus, graph[inner].data == x
      {
        graph.merge([node, id], into: inner, as: Unary(.mish), inputs: [x], pass: name)
        return true
      }
    }
    return false
  }

  /// `x * clip(x + 3, 0, 6) / 6`, where the division, or multiplication by 1/6, is the node `id`.
  private func recognizeScaledProduct(_ id: NodeID, _ graph: inout Graph) {
    guard let step = graph.affineStep(id), step.affine.isScaling, let scale = step.affine.uniformScale,
      abs(scale - 1 / 6) < 1e-6, graph.soleUser(of: step.input) != nil,
      let product = graph.producer(of: step.input), let (x, gate) = graph.operandsOfProduct(product)
    else { return }
    for (x, gate) in [(x, gate), (gate, x)] {
      guard graph.soleUser(of: gate) != nil, let clip = graph.producer(of: gate),
        (graph[clip].operation as? Unary)?.function == .clip(lower: 0, upper: 6),
        let sum = graph[clip].data, graph.soleUser(of: sum) != nil,
        let offset = graph.affineStep(graph.producer(of: sum)), offset.input == x,
        offset.affine.uniformScale == 1, offset.affine.uniformShift == 3
      else { continue }
      graph.merge([clip, product, id], into: offset.node, as: Unary(.hardSwish), inputs: [x], pass: name)
      return
    }
  }
}

extension Graph {
  /// The operands of a product of two computed floating-point tensors of the same type.
  fileprivate func operandsOfProduct(_ id: NodeID) -> (ValueID, ValueID)? {
    guard let binary = self[id].operation as? Binary, binary.function == .multiply,
      let left = self[id].data, let right = self[id].inputs[BinaryOperand.right], type(of: left) == type(of: right),
      type(of: left).scalar.isFloatingPoint, constant(left) == nil, constant(right) == nil
    else { return nil }
    return (left, right)
  }
}

extension ScalarFunction {
  /// The function `x * self(x)`, where it has a name.
  fileprivate var gated: ScalarFunction? {
    switch self {
    case .sigmoid: .silu
    case .hardSigmoid(let alpha, let beta) where abs(alpha - 1 / 6) < 1e-6 && abs(beta - 0.5) < 1e-6: .hardSwish
    default: nil
    }
  }
}
