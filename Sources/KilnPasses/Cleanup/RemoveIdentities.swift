import KilnGraph

/// Removes operators that leave their input as it is.
///
/// A reshape to the same dimensions, a transposition of no axis, a conversion to the same type, a slice of everything,
/// padding by nothing, a concatenation of one tensor, a reduction of no axis whose formula is the identity, an expansion,
/// tiling or resampling to the same size, a clip without bounds, a leaky ReLU of slope 1, and a multiplication by 1 or
/// addition of 0.
///
/// Everybody who read the result reads the input instead; a result of the network keeps its name.
package struct RemoveIdentities: Pass {
  package let name = "remove-identity"

  /// Makes the pass.
  package init() {}

  package func run(on graph: inout Graph) throws(PassError) {
    for id in graph.nodeIDs {
      let node = graph[id]
      guard let input = node.inputs.compactMap(\.self).first(where: { graph.constant($0) == nil }),
        node.outputs.count == 1, graph.type(of: input) == graph.type(of: node.outputs[0]), isIdentity(id, graph)
      else { continue }
      graph.replaceUses(of: node.outputs[0], with: input)
      graph.remove(id)
    }
  }

  /// Whether the node, whose result has its input's type, computes its input.
  private func isIdentity(_ id: NodeID, _ graph: Graph) -> Bool {
    switch graph[id].operation {
    case is Reshape, is Cast, is Expand: true
    case let operation as Transpose: operation.permutation.isIdentityPermutation
    case let operation as Slice: operation.steps.allSatisfy { $0 == 1 }
    case let operation as Pad: (operation.begin + operation.end).allSatisfy { $0 == 0 }
    case let operation as Tile: operation.repeats.allSatisfy { $0 == 1 }
    case is Concat: graph[id].inputs.count == 1
    case let operation as Resize: operation.scales.allSatisfy { $0 == 1 }
    case let operation as Reduction: operation.axes.isEmpty && operation.kind.keepsSingleElement
    case let operation as Unary: operation.function.isIdentity
    case is Binary: graph.affineStep(id)?.affine.isIdentity == true
    default: false
    }
  }
}

extension Reduction.Kind {
  /// Whether reducing one element gives that element.
  fileprivate var keepsSingleElement: Bool {
    switch self {
    case .sum, .mean, .maximum, .minimum, .product: true
    case .l1, .l2, .sumOfSquares, .logSum, .logSumExp: false
    }
  }
}

extension ScalarFunction {
  fileprivate var isIdentity: Bool {
    switch self {
    case .clip(-.infinity, .infinity): true
    case .leakyReLU(let slope): slope == 1
    default: false
    }
  }
}
