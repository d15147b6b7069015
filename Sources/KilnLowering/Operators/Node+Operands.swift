import KilnGraph

extension Node {
  /// An operand that the operator can't be without.
  ///
  /// Its shape rule has seen to it: a node without one is a defect.
  package func operand(_ index: Int) -> ValueID {
    guard inputs.indices.contains(index), let value = inputs[index] else {
      preconditionFailure("\(operation.name) '\(name)' has no operand \(index)")
    }
    return value
  }

  /// An operand that may be left out.
  package func optionalOperand(_ index: Int) -> ValueID? { inputs.indices.contains(index) ? inputs[index] : nil }

  /// Ends the program: a node was lowered although its lowering knows of an obstacle, which is a defect.
  func lacksKernel() -> Never {
    preconditionFailure("\(operation.name) '\(name)' was lowered, but has no kernel")
  }
}
