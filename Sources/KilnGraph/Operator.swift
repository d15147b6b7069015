/// What a node computes: a value type that holds the operator's attributes and knows its shape rule and its
/// reference evaluation.
///
/// Operators are canonical: the importer has already resolved what differs between ONNX versions, and turned
/// operands that only say how to compute (shapes, pads, axes, sizes) into attributes. Everything here is static.
package protocol Operator: Sendable {
  /// The operator's name, ONNX's own where it has one.
  var name: String { get }

  /// The types of the outputs for inputs of the given types, `nil` being an optional input that is absent.
  ///
  /// - Throws: `OperatorError` when the inputs don't fit the operator.
  func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType]

  /// Computes the outputs: slow, obvious, accumulating in Float64 and rounding each result once.
  ///
  /// Precondition: `outputTypes(for:)` accepts the inputs' types.
  func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor]

  /// Multiply-accumulates of one evaluation; 0 for operators that do no sum of products.
  func multiplyAccumulates(inputs: [TensorType?], outputs: [TensorType]) -> Int

  /// The attributes that a reader wants to see, for instance `3x3 stride 2`; empty when there is none.
  var details: String { get }
}

extension Operator {
  package func multiplyAccumulates(inputs: [TensorType?], outputs: [TensorType]) -> Int { 0 }
  package var details: String { "" }
}

/// Inputs that don't fit an operator.
package struct OperatorError: Error, Equatable, CustomStringConvertible {
  /// What is wrong, in a clause without the node's name.
  package let description: String

  /// Makes an error from one clause, for instance `weight has 3 channels, the input has 4`.
  package init(_ description: String) { self.description = description }
}
