import KilnGraph

/// Recognises GELU written as arithmetic: `x * 0.5 * (1 + erf(x / sqrt(2)))`, and with the hyperbolic tangent
/// `x * 0.5 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3)))`.
///
/// Applies to float32, in whichever order the factors are multiplied, and however the polynomial is written (`x * x * x` or a power,
/// Horner's form or not), when nobody else reads what is between. Constants may be off by the rounding of float32.
///
/// Source: Hendrycks and Gimpel, "Gaussian Error Linear Units", 2016; PyTorch's and TensorFlow's ONNX exports.
package struct RecognizeGELU: Pass {
  package let name = "recognize-gelu"

  /// Makes the pass.
  package init() {}

  package func run(on graph: inout Graph) throws(PassError) {
    for id in graph.nodeIDs where graph.contains(id) {
      switch (graph[id].operation as? Unary)?.function {
      case .errorFunction: recognize(id, .gelu(approximate: false), argument: [0, 0.5.squareRoot()], &graph)
      case .tanh:
        let slope = (2 / Double.pi).squareRoot()
        recognize(id, .gelu(approximate: true), argument: [0, slope, 0, slope * 0.044715], &graph)
      default: continue
      }
    }
  }

  /// Recognises the function `function`, in which the node `id` is applied to a polynomial with these coefficients.
  private func recognize(_ id: NodeID, _ function: ScalarFunction, argument: [Double], _ graph: inout Graph) {
    guard let input = graph[id].data, graph.type(of: input).scalar == .float32, let gate = Gate(around: id, graph)
    else { return }
    for (x, factor, step) in gate.operands(graph) {
      var nodes: [NodeID] = []
      guard let polynomial = graph.polynomial(input, of: x, &nodes), polynomial.isClose(to: argument),
        let first = nodes.last
      else { continue }
      var absorbed = Array(nodes.dropLast().reversed())
      absorbed += [id] + gate.steps + [step].compactMap(\.self) + [gate.product]
      if abs(gate.scale * factor - 0.5) > tolerance {
        guard let last = graph.affineStep(graph.soleUser(of: graph[gate.product].outputs[0])),
          let scale = last.affine.uniformScale, last.affine.isScaling,
          abs(gate.scale * factor * scale - 0.5) <= tolerance
        else { continue }
        absorbed.append(last.node)
      }
      graph.merge(absorbed, into: first, as: Unary(function), inputs: [x], pass: name)
      return
    }
  }
}

/// How far constants that were rounded to float32 may be off.
private let tolerance = 1e-6

/// A product of something and `scale * (1 + f(…))`.
private struct Gate {
  /// The multiply-adds of `f`'s result.
  let steps: [NodeID]
  /// What they multiply and add.
  let scale: Double
  /// The product.
  let product: NodeID
  /// What is multiplied with the gate.
  let other: ValueID

  init?(around id: NodeID, _ graph: Graph) {
    var current = graph[id].outputs[0]
    var affine = PerChannelAffine(scale: [1], shift: [0])
    var nodes: [NodeID] = []
    while let step = graph.affineStep(graph.soleUser(of: current)), step.axis == nil, nodes.count < 4 {
      affine = affine.followed(by: step.affine)
      nodes.append(step.node)
      current = step.output
    }
    guard affine.scale[0] > 0, abs(affine.shift[0] / affine.scale[0] - 1) <= tolerance,
      let product = graph.soleUser(of: current), (graph[product].operation as? Binary)?.function == .multiply,
      graph.hasEqualComputedOperands(product), let other = graph[product].inputs.first(where: { $0 != current }) ?? nil
    else { return nil }
    steps = nodes
    scale = affine.scale[0]
    self.product = product
    self.other = other
  }

  /// What the other factor is a multiple of: itself, and what a multiplication by a constant makes it from.
  func operands(_ graph: Graph) -> [(x: ValueID, factor: Double, step: NodeID?)] {
    let plain: [(ValueID, Double, NodeID?)] = [(other, 1, nil)]
    guard graph.soleUser(of: other) != nil, let step = graph.affineStep(graph.producer(of: other)),
      let scale = step.affine.uniformScale, step.affine.isScaling
    else { return plain }
    return plain + [(step.input, scale, step.node)]
  }
}

extension Graph {
  /// A value as a polynomial of `x`, up to the third power: its coefficients, the constant first.
  ///
  /// - Parameter nodes: gets the nodes that compute it, readers first.
  /// - Returns: `nil` when it isn't one, is longer than people write them, or somebody else reads a part of it.
  fileprivate func polynomial(_ value: ValueID, of x: ValueID, _ nodes: inout [NodeID]) -> [Double]? {
    if value == x { return [0, 1, 0, 0] }
    guard soleUser(of: value) != nil, let id = producer(of: value), nodes.count < 12 else { return nil }
    nodes.append(id)
    if let step = affineStep(id), let scale = step.affine.uniformScale, let shift = step.affine.uniformShift {
      guard var result = polynomial(step.input, of: x, &nodes)?.map({ $0 * scale }) else { return nil }
      result[0] += shift
      return result
    }
    guard let binary = self[id].operation as? Binary, let left = self[id].data,
      let right = self[id].inputs[BinaryOperand.right],
      let base = polynomial(left, of: x, &nodes)
    else { return nil }
    if binary.function == .power {
      guard let exponent = constant(right), exponent.elementCount == 1, type(of: left).shape == type(of: value).shape
      else { return nil }
      switch exponent.doubles()[0] {
      case 2: return base.multiplied(by: base)
      case 3: return base.multiplied(by: base)?.multiplied(by: base)
      default: return nil
      }
    }
    guard type(of: left) == type(of: right), let other = left == right ? base : polynomial(right, of: x, &nodes) else {
      return nil
    }
    switch binary.function {
    case .add: return zip(base, other).map { $0 + $1 }
    case .subtract: return zip(base, other).map { $0 - $1 }
    case .multiply: return base.multiplied(by: other)
    default: return nil
    }
  }
}

extension [Double] {
  /// The product of two polynomials; `nil` when it has a higher power than the third.
  fileprivate func multiplied(by other: [Double]) -> [Double]? {
    var result: [Double] = [0, 0, 0, 0]
    for (i, a) in enumerated() where a != 0 {
      for (j, b) in other.enumerated() where b != 0 {
        guard i + j < result.count else { return nil }
        result[i + j] += a * b
      }
    }
    return result
  }

  /// Whether the coefficients are these, but for rounding; those that are left out are 0.
  fileprivate func isClose(to expected: [Double]) -> Bool {
    indices.allSatisfy { abs(self[$0] - (expected.indices.contains($0) ? expected[$0] : 0)) <= tolerance }
  }
}
