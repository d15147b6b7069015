/// A source file of KilnRuntime that can be copied into an emitted package.
public enum RuntimeFile: String, CaseIterable, Sendable {
  /// The vector type of the target, and how vectors are loaded and stored.
  case vector = "Vector.swift"
  /// The exponential function and its relatives.
  case exponential = "Exponential.swift"
  /// Activations and other functions of one number.
  case activations = "Activations.swift"

  /// The zeros around images.
  case border = "Border.swift"

  /// The driver of direct convolutions, and what their tiles are.
  case directConvolution = "DirectConvolution.swift"

  /// Files that this one uses.
  public var requires: [RuntimeFile] {
    switch self {
    case .vector: []
    case .exponential, .border, .directConvolution: [.vector]
    case .activations: [.vector, .exponential]
    }
  }
}
