import KilnGeometry
import KilnGraph

/// Panels of weights that are stored in fewer bytes than float32.
package struct NarrowPanels: Sendable {
  /// Biases, slopes, scales and zero points, as far as there are any: float32, panel by panel.
  package var heads: Operand
  /// The weights as they are stored, panel by panel.
  package var weights: Operand
  /// What the weights are stored as.
  package var scalar: ScalarType
  package var rows: NarrowRows

  /// Makes panels.
  package init(heads: Operand, weights: Operand, of scalar: ScalarType, _ rows: NarrowRows) {
    self.heads = heads
    self.weights = weights
    self.scalar = scalar
    self.rows = rows
  }

  /// The runtime's type that reads the weights.
  var elementName: String {
    switch scalar {
    case .float16: "Half"
    case .bfloat16: "BrainFloat"
    default: scalar.swiftName
    }
  }

  mutating func update(reads: (inout Operand) -> Void) {
    reads(&heads)
    reads(&weights)
  }
}
