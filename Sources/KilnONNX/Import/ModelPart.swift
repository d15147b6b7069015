/// A part of a model: what computes some of its tensors from others.
package struct ModelPart: Equatable, Sendable {
  /// The tensors that are given, in the order of the part's inputs.
  ///
  /// Empty: those of the model's inputs that the results need.
  package var inputs: [String]
  /// The tensors that are computed, in the order of the part's results.
  ///
  /// Empty: the model's own results.
  package var outputs: [String]

  /// Describes a part; all of the model when both lists are empty.
  package init(inputs: [String] = [], outputs: [String] = []) {
    self.inputs = inputs
    self.outputs = outputs
  }

  /// Whether it is all of the model.
  package var isWhole: Bool { inputs.isEmpty && outputs.isEmpty }
}
