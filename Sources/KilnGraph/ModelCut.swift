/// Where a model can be cut: what comes before needs nothing unsupported.
package struct ModelCut: Equatable, Sendable {
  /// A tensor of the model.
  package struct Tensor: Equatable, Sendable {
    /// Its name in the file.
    package let name: String
    /// What it holds.
    package let type: TensorType

    /// Describes a tensor.
    package init(name: String, type: TensorType) {
      self.name = name
      self.type = type
    }
  }

  /// The model's inputs that the first part reads.
  package let inputs: [Tensor]
  /// What the first part computes for the rest, and those of the model's results that it computes.
  package let outputs: [Tensor]

  /// Describes a cut.
  package init(inputs: [Tensor], outputs: [Tensor]) {
    self.inputs = inputs
    self.outputs = outputs
  }
}
