import KilnGraph

/// Where the operands of a kernel lie in this process.
package protocol OperandMemory {
  /// The address of an operand's first element.
  func address(of operand: Operand) -> UnsafeMutableRawPointer

  /// The type of its elements.
  func scalar(of operand: Operand) -> ScalarType

  /// The rows that a member computes in the strip that is being computed.
  func rows(ofMember member: Int) -> Range<Int>
}
