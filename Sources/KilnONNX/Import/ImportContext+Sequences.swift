import KilnGraph

// A sequence is an empty constant that stands for it in names and lists of operands, and beside it the values of its tensors.

extension ImportContext {
  /// Adds a sequence of tensors.
  mutating func addSequence(_ elements: [ValueID]) -> ValueID {
    let placeholder = graph.addConstant(node.name, Tensor(shape: [0], integers: []))
    sequences[placeholder] = elements
    return placeholder
  }

  /// The tensors of operand `index`, which must be a sequence.
  func sequence(_ index: Int) throws(ImportFailure) -> [ValueID] {
    guard let value = optionalInput(index), let elements = sequences[value] else {
      throw .malformed("its input \(index) is no sequence")
    }
    return elements
  }

  /// The operand `index`, which must be there: a tensor or a sequence.
  func anyInput(_ index: Int) throws(ImportFailure) -> ValueID {
    guard let input = optionalInput(index) else { throw .malformed("its input \(index) is missing") }
    return input
  }

  /// Throws when one of some values is a sequence.
  func requireTensors(_ values: [ValueID?]) throws(ImportFailure) {
    guard !values.contains(where: { $0.map { sequences[$0] != nil } ?? false }) else {
      throw .malformed("it reads a sequence where a tensor is needed")
    }
  }
}
