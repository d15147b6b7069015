/// A model file that lies, is damaged, or does not exist.
package struct ModelError: Error, Equatable, CustomStringConvertible {
  /// What kind of fault it is; decides the exit status.
  package enum Kind: Sendable {
    /// The file, or a file it names, is not there or can't be read.
    case missing
    /// The file is not what it claims to be.
    case malformed
  }

  /// What kind of fault it is.
  package let kind: Kind
  /// One line: where (file, node, tensor, byte offset), what is wrong, what to do.
  package let description: String

  /// Makes an error from its one line.
  package init(_ kind: Kind, _ description: String) {
    self.kind = kind
    self.description = description.onOneLine
  }
}

extension String {
  /// The text with its control characters written as Swift escapes them: names in model files may hold anything.
  fileprivate var onOneLine: String {
    unicodeScalars.map { $0.properties.generalCategory == .control ? $0.escaped(asASCII: false) : String($0) }.joined()
  }
}

/// A valid model that needs something Kiln does not do: all of it, not the first.
package struct UnsupportedError: Error, Equatable, CustomStringConvertible {
  /// One thing that is not supported.
  package struct Item: Equatable, Sendable, CustomStringConvertible {
    /// The node's name.
    package let node: String
    /// Its operator, with the domain where it isn't ONNX's own.
    package let operation: String
    /// What it works on, as far as that is known.
    package let inputs: [TensorType]
    /// What about it is not supported, and what would replace it.
    package let reason: String
    /// Whether the same in float32 would be supported.
    package let isPrecision: Bool
    /// For an input with open dimensions: some that it could have.
    package let shape: [Int]?
    /// For a node whose result's length depends on the data: that tensor.
    package let openTensor: String?

    /// Makes an item.
    package init(
      node: String, operation: String, inputs: [TensorType] = [], reason: String, isPrecision: Bool = false,
      shape: [Int]? = nil, openTensor: String? = nil
    ) {
      self.node = node
      self.operation = operation
      self.inputs = inputs
      self.reason = reason
      self.isPrecision = isPrecision
      self.shape = shape
      self.openTensor = openTensor
    }

    package var description: String {
      let operands = inputs.map(\.description).joined(separator: ", ")
      return "\(operation) '\(node)'\(operands.isEmpty ? "" : " of \(operands)"): \(reason)".onOneLine
    }
  }

  /// Everything that is not supported, in the order of the nodes.
  package let items: [Item]
  /// Where the model can be cut so that the first part is supported; `nil` when that would leave nothing, or nobody has looked.
  package let cut: ModelCut?

  /// Makes an error.
  ///
  /// Precondition: there is an item.
  package init(_ items: [Item], cut: ModelCut? = nil) {
    self.items = items
    self.cut = cut
  }

  package var description: String { items.map(\.description).joined(separator: "\n") }
}
