import KilnGraph

/// Moves an activation into the last step of what produces its input: `y = f(W * x + b)`.
///
/// Applies to ReLU, clip (ReLU6), leaky ReLU, PReLU with constant slopes (one, or one per channel), sigmoid, hard sigmoid,
/// SiLU, hard swish, GELU and tanh after a convolution, a transposed convolution, a fully connected layer, a normalisation
/// or a per-channel multiply-add that nobody else reads; PReLU not after a normalisation. A residual that is already there comes before the activation:
/// `y = f(W * x + b + r)`. Does not apply after another activation, and not after a residual that was added to one.
///
/// Source: the sequences of PyTorch's `torch.ao.quantization.fuse_modules`, and He et al., "Delving Deep into
/// Rectifiers", 2015, for PReLU.
package struct FuseActivations: Pass {
  package let name = "fuse-activation"
  private let limitsOnly: Bool

  /// Makes the pass.
  ///
  /// - Parameter limitsOnly: whether to move only what limits its argument: ReLU and clip.
  package init(limitsOnly: Bool = false) {
    self.limitsOnly = limitsOnly
  }

  package func run(on graph: inout Graph) throws(PassError) {
    for id in graph.nodeIDs where graph.contains(id) {
      let node = graph[id]
      guard var operation = graph.epilogueOperator(id), operation.epilogue.takesActivation,
        let reader = graph.soleUser(of: node.outputs[0])
      else { continue }
      var inputs = node.inputs
      switch graph[reader].operation {
      case let unary as Unary where unary.function.isFusible && (!limitsOnly || unary.function.limitedRange != nil):
        operation.epilogue.activation = .function(unary.function)
      case let binary as Binary where binary.function == .parametricReLU && operation.takesSlopes && !limitsOnly:
        guard let slope = slopes(of: reader, along: operation, output: node.outputs[0], &graph) else { continue }
        operation.epilogue.activation = .parametricReLU
        while inputs.count < LinearOperand.slope { inputs.append(nil) }
        inputs.append(slope)
      default: continue
      }
      graph.merge([reader], into: id, as: operation, inputs: inputs, pass: name)
    }
  }

  /// The slopes of the PReLU `reader` as one number or one per channel; `nil` when they are anything else.
  private func slopes(
    of reader: NodeID, along operation: any EpilogueOperator, output: ValueID, _ graph: inout Graph
  ) -> ValueID? {
    let node = graph[reader]
    guard node.data == output, let value = node.inputs[BinaryOperand.right], let slope = graph.constant(value),
      slope.scalar == graph.type(of: output).scalar
    else { return nil }
    let shape = graph.type(of: output).shape
    let axis = operation.channelAxis(rank: shape.count)
    guard slope.elementCount != 1 else {
      return graph.addConstant(graph[value].name, slope.reshaped(to: [1]))
    }
    let perChannel = [shape[axis]] + Array(repeating: 1, count: shape.count - axis - 1)
    let trimmed = Array(slope.shape.drop { $0 == 1 })
    guard slope.elementCount == shape[axis], trimmed == Array(perChannel.drop { $0 == 1 }) else { return nil }
    return graph.addConstant(graph[value].name, slope.reshaped(to: [shape[axis]]))
  }
}

extension ScalarFunction {
  /// Whether the linear operators can apply the function themselves.
  var isFusible: Bool {
    switch self {
    case .relu, .clip, .leakyReLU, .sigmoid, .hardSigmoid, .silu, .hardSwish, .tanh, .gelu: true
    default: false
    }
  }
}
