/// What a layer of a quantised network is computed in.
package enum LayerPrecision: String, CaseIterable, Codable, Hashable, Sendable {
  /// Integers of 8 bits.
  case int8
  /// Numbers of 16 bits where the target computes with them, float32 elsewhere.
  case float16
  /// As the model has it.
  case float32
}
