/// A source file of KilnRuntime that can be copied into an emitted package.
public enum RuntimeFile: String, CaseIterable, Sendable {
  /// The vector type of the target, and how vectors are loaded and stored.
  case vector = "Vector.swift"
  /// Activation functions of a vector.
  case activations = "Activations.swift"

  /// The zeros around images.
  case border = "Border.swift"

  /// Files that this one uses.
  public var requires: [RuntimeFile] {
    switch self {
    case .vector: []
    case .activations, .border: [.vector]
    }
  }
}
