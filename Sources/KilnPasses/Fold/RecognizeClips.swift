import KilnGraph

/// Writes every form of a limit as ReLU, clip or leaky ReLU, and merges limits that follow each other.
///
/// `max(x, c)` and `min(x, c)` with one constant are clips; `clip(0, inf)` and a leaky ReLU of slope 0 (InPlaceABN's
/// identity export) are ReLU; PReLU with one constant slope is a leaky ReLU; `max(x, a * x)` with `0 <= a <= 1` is a leaky
/// ReLU. Of two limits the inner of which nobody else reads, one remains:
/// `clip(a, b)(clip(c, d)(x)) = clip(clip(a, b)(c), clip(a, b)(d))(x)`.
///
/// Does not apply to integers, and not to limits that vary over the tensor.
package struct RecognizeClips: Pass {
  package let name = "recognize-clip"

  /// Makes the pass.
  package init() {}

  package func run(on graph: inout Graph) throws(PassError) {
    for id in graph.nodeIDs where graph.contains(id) {
      guard let output = graph[id].outputs.first, graph.type(of: output).scalar.isFloatingPoint else { continue }
      if graph[id].operation is Binary { rewriteBinary(id, &graph) }
      guard let unary = graph[id].operation as? Unary, let limits = unary.function.limits else { continue }
      if let input = graph[id].data, graph.soleUser(of: input) != nil, let inner = graph.producer(of: input),
        let innerLimits = (graph[inner].operation as? Unary)?.function.limits
      {
        let both = innerLimits.followed(by: limits)
        graph.merge([id], into: inner, as: Unary(both.function), inputs: graph[inner].inputs, pass: name)
      } else if unary.function != limits.function {
        graph.replace(id, with: Unary(limits.function), inputs: graph[id].inputs)
      }
    }
  }

  private func rewriteBinary(_ id: NodeID, _ graph: inout Graph) {
    let node = graph[id]
    guard let binary = node.operation as? Binary, let left = node.data, let right = node.inputs[BinaryOperand.right]
    else { return }
    let type = graph.type(of: node.outputs[0])
    let (data, term) = graph.constant(left) == nil ? (left, right) : (right, left)
    let number = graph.constant(term).flatMap { $0.elementCount == 1 ? $0.doubles()[0] : nil }
    let function: ScalarFunction
    switch (binary.function, number) {
    case (.maximum, .some(let bound)): function = .clip(lower: bound, upper: .infinity)
    case (.minimum, .some(let bound)): function = .clip(lower: -.infinity, upper: bound)
    case (.parametricReLU, .some(let slope)) where term == right: function = .leakyReLU(slope: slope)
    case (.maximum, nil):
      for (plain, scaled) in [(left, right), (right, left)] {
        guard let step = graph.affineStep(graph.producer(of: scaled)), step.input == plain, step.affine.isScaling,
          step.affine.scale.count == 1, (0...1).contains(step.affine.scale[0]), graph.soleUser(of: scaled) != nil
        else { continue }
        let leaky = Unary(.leakyReLU(slope: step.affine.scale[0]))
        graph.merge([id], into: step.node, as: leaky, inputs: [plain], pass: name)
        return
      }
      return
    default: return
    }
    guard graph.type(of: data) == type, number?.isNaN == false else { return }
    graph.replace(id, with: Unary(function), inputs: [data])
  }
}

/// A lower and an upper bound; infinite where there is none.
private struct Limits {
  var lower: Double
  var upper: Double

  /// `next` applied to what these limits let through.
  func followed(by next: Limits) -> Limits {
    Limits(lower: min(max(lower, next.lower), next.upper), upper: min(max(upper, next.lower), next.upper))
  }

  /// The function, by its usual name.
  var function: ScalarFunction {
    lower == 0 && upper == .infinity ? .relu : .clip(lower: lower, upper: upper)
  }
}

extension ScalarFunction {
  /// The bounds that the function limits its argument to; `nil` when it does something else.
  fileprivate var limits: Limits? {
    switch self {
    case .relu: Limits(lower: 0, upper: .infinity)
    case .leakyReLU(let slope) where slope == 0: Limits(lower: 0, upper: .infinity)
    case .clip(let lower, let upper) where lower <= upper: Limits(lower: lower, upper: upper)
    default: nil
    }
  }
}
