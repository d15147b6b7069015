extension Operator {
  public func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] { fatalError(name) }
  public func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] { fatalError(name) }
}
extension ScalarFunction { var name: String { "\(self)" } }
extension Binary.Function { var name: String { "\(self)" } }
