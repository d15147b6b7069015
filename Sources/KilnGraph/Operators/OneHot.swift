/// Adds an axis on which one element, the one whose position the index names, is "on" and all others are "off"; a
/// negative index counts from the end, and one outside turns nothing on.
///
/// Operands: indices of any number type, values `[off, on]`. Source: ONNX OneHot 11.
package struct OneHot: Operator, Hashable {
  /// The new axis, counted from the front of the result.
  package var axis: Int
  /// Its extent.
  package var depth: Int

  /// Makes the operator.
  package init(axis: Int, depth: Int) {
    self.axis = axis
    self.depth = depth
  }

  package var name: String { "OneHot" }

  package var details: String { "\(depth) along axis \(axis)" }

  package func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    try inputs.requireCount(atMost: 2)
    let indices = try inputs.operand(0, "indices")
    let values = try inputs.operand(1, "values")
    try values.require(shape: [2], "the values")
    guard (0...indices.rank).contains(axis), depth >= 1 else {
      throw OperatorError("an axis \(axis) of \(depth) elements can't be added to \(indices.shape)")
    }
    var shape = indices.shape
    shape.insert(depth, at: axis)
    return [try .checked(values.scalar, shape)]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let types = try outputTypes(for: inputs.types)
    if let empty = types.emptyResults { return empty }
    let output = types[0]
    let indices = try inputs.operand(0).integers()
    let inner = output.shape[(axis + 1)...].reduce(1, *)
    let sources = (0..<output.elementCount).map { place in
      let index = indices[place / (inner * depth) * inner + place % inner]
      return (index < 0 ? index &+ depth : index) == place / inner % depth ? 1 : 0
    }
    return [try inputs.operand(1).gathering([sources]).reshaped(to: output.shape)]
  }
}

/// The operands of `OneHot` in a node.
package enum OneHotOperand {
  /// The places that are on.
  package static let indices = 0
  /// What off and on are.
  package static let values = 1
}
