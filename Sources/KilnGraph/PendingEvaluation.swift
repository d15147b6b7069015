extension Operator {
  public func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    throw OperatorError("\(name) has no reference evaluation")
  }
}
