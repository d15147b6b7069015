/// What a plan of a network's precisions may name.
package struct PlanNames: Sendable {
  /// The tensors that can have 8 bits.
  package let tensors: Set<String>
  /// The convolutions and fully connected layers, with their output channels.
  package let layers: [String: Int]
  /// Those of them whose output channels can be divided by powers of two.
  package let equalizable: Set<String>

  /// Makes a list of names.
  package init(tensors: Set<String>, layers: [String: Int], equalizable: Set<String>) {
    self.tensors = tensors
    self.layers = layers
    self.equalizable = equalizable
  }
}
