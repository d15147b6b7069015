/// Where a model can be cut: what comes before needs nothing unsupported.
public struct ModelCut: Equatable, Sendable {
  /// A tensor of the model.
  public struct Tensor: Equatable, Sendable {
    /// Its name in the file.
    public let name: String
    /// What it holds.
    public let type: TensorType

    /// Describes a tensor.
    public init(name: String, type: TensorType) {
      self.name = name
      self.type = type
    }
  }

  /// The model's inputs that the first part reads.
  public let inputs: [Tensor]
  /// What the first part computes for the rest, and those of the model's results that it computes.
  public let outputs: [Tensor]

  /// Describes a cut.
  public init(inputs: [Tensor], outputs: [Tensor]) {
    self.inputs = inputs
    self.outputs = outputs
  }
}
