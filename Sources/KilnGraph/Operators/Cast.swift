/// Converts every element to another type, as `Tensor`'s conversions say.
///
/// Source: ONNX Cast and CastLike.
package struct Cast: Operator, Hashable {
  /// The type of the result.
  package var scalar: ScalarType

  /// Makes a conversion.
  package init(to scalar: ScalarType) { self.scalar = scalar }

  package var name: String { "Cast" }

  package var details: String { scalar.rawValue }

  package func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    try inputs.requireCount(atMost: 1)
    return [TensorType(scalar, try inputs.operand(0, "input").shape)]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let input = try inputs.operand(0)
    // Integers stay integers, as those beyond 2^53 would not survive a detour through floating point.
    let result =
      input.scalar.isFloatingPoint || input.scalar == .uint64 && scalar.isFloatingPoint
      ? Tensor(shape: input.shape, doubles: input.doubles(), as: scalar)
      : Tensor(shape: input.shape, integers: input.integers(), as: scalar)
    return [scalar == .float32 ? result.stored(as: NarrowElements(valuesOf: input)) : result]
  }
}
