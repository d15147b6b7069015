/// What of a network is float16.
package enum HalfPrecision: String, Hashable, Sendable {
  /// The weights, which are made float32 before they are multiplied: for machines that compute with float32 only.
  case stored
  /// What is multiplied, added and kept, for machines that compute with float16.
  case computed
}
