/// A function of numbers of 8 bits that gives numbers of 8 bits, as a table.
///
/// Operands: input, int8 or uint8; table `[256]`, int8 or uint8, whose entry for a number is at its bits read as an unsigned integer.
/// The result has the input's shape and the table's type.
package struct ByteTable: Operator, Hashable {
  /// Makes the operator.
  package init() {}

  package var name: String { "Table" }

  package func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    try inputs.requireCount(atMost: 2)
    let input = try inputs.operand(0, "input")
    let table = try inputs.operand(1, "table")
    for type in [input, table] where type.scalar.byteRange == nil {
      throw OperatorError("an operand is \(type.scalar.rawValue), int8 or uint8 is needed")
    }
    try table.require(shape: [256], "the table")
    return [TensorType(table.scalar, input.shape)]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let output = try outputTypes(for: inputs.types)[0]
    let entries = try inputs.operand(1).integers()
    let results = try inputs.operand(0).integers().map { entries[Int(UInt8(truncatingIfNeeded: $0))] }
    return [Tensor(shape: output.shape, integers: results, as: output.scalar)]
  }

  /// The numbers of a type in the order of a table's entries.
  ///
  /// Precondition: the type has 8 bits.
  package static func numbers(of scalar: ScalarType) -> Tensor {
    let numbers = (0..<256).map { scalar == .int8 ? Int(Int8(truncatingIfNeeded: $0)) : $0 }
    return Tensor(shape: [256], integers: numbers, as: scalar)
  }
}
