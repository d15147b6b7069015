import KilnGraph

/// A conversion to numbers of few bits, which stay in a wider type.
///
/// Source: ONNX Cast 28 and QuantizeLinear 28.
struct NarrowConversion {
  private let type: NarrowElementType
  private let saturates: Bool
  private let rounding: String

  /// Converts as the attributes `saturate` and `round_mode` say; the latter is ONNX's for powers of two.
  init(to type: NarrowElementType, saturates: Bool, rounding: String = "up") {
    self.type = type
    self.saturates = saturates
    self.rounding = rounding
  }

  /// The numbers of a value as those of the type.
  ///
  /// - Parameter role: as `emit` takes it.
  func apply(
    to x: ValueID, _ context: inout ImportContext, role: String? = nil
  ) throws(ImportFailure) -> ValueID {
    let result: ValueID
    if let format = try type.format(saturates: saturates, rounding: rounding) {
      result = try rounded(x, format, &context, role)
    } else {
      result = try cut(x, &context, role)
    }
    context.narrowTypes[result] = type
    return result
  }

  /// What the nearest numbers of a format are, in float32.
  private func rounded(
    _ x: ValueID, _ format: NarrowFloat, _ context: inout ImportContext, _ role: String?
  ) throws(ImportFailure) -> ValueID {
    let prefix = role.map { "\($0)/" } ?? ""
    let isDouble = context.type(x).scalar == .float64
    let isSingle = context.type(x).scalar == .float32
    // Float64 is rounded once; float32 holds what all other types can round to.
    let wide = isDouble || isSingle ? x : try context.emit(Cast(to: .float32), [x], role: "\(prefix)wide")
    guard isDouble else { return try context.emit(Unary(.narrowed(format)), [wide], role: role) }
    let narrow = try context.emit(Unary(.narrowed(format)), [wide], role: "\(prefix)narrow")
    return try context.emit(Cast(to: .float32), [narrow], role: role)
  }

  /// The lowest bits of integers, in 8 bits.
  private func cut(
    _ x: ValueID, _ context: inout ImportContext, _ role: String?
  ) throws(ImportFailure) -> ValueID {
    let prefix = role.map { "\($0)/" } ?? ""
    let isFloat = context.type(x).scalar.isFloatingPoint
    let integers = isFloat ? try context.emit(Cast(to: .int32), [x], role: "\(prefix)integers") : x
    let isNarrow = context.type(integers).scalar == type.widened
    let bytes = isNarrow ? integers : try context.emit(Cast(to: type.widened), [integers], role: "\(prefix)bytes")
    guard type.widened == .int8 else {
      let mask = context.addScalar(Double(1 << type.bitCount - 1), type.widened, role: "\(prefix)mask")
      return try context.emit(Binary(.bitwiseAnd), [bytes, mask], role: role)
    }
    // Up and down again: the highest bit that is left is the sign.
    let count = context.addScalar(Double(8 - type.bitCount), type.widened, role: "\(prefix)count")
    let shifted = try context.emit(Binary(.shiftLeft), [bytes, count], role: "\(prefix)shifted")
    return try context.emit(Binary(.shiftRight), [shifted, count], role: role)
  }
}

extension NarrowElementType {
  /// What rounds to the type's numbers; `nil` for integers.
  func format(saturates: Bool, rounding: String) throws(ImportFailure) -> NarrowFloat? {
    func number(
      _ mantissaBits: Int, _ minimumExponent: Int, _ largest: Double, excess: Double = .nan, hasNaN: Bool = true,
      hasNegativeZero: Bool = true
    ) -> NarrowFloat {
      .number(
        mantissaBits: mantissaBits, minimumExponent: minimumExponent, largest: largest,
        excess: saturates || !hasNaN ? largest : excess, hasNaN: hasNaN, hasNegativeZero: hasNegativeZero)
    }
    switch self {
    case .uint4, .int4, .uint2, .int2: return nil
    case .float8E4M3FN: return number(3, -6, 448)
    case .float8E4M3FNUZ: return number(3, -7, 240, hasNegativeZero: false)
    case .float8E5M2: return number(2, -14, 57_344, excess: .infinity)
    case .float8E5M2FNUZ: return number(2, -15, 57_344, hasNegativeZero: false)
    case .float4E2M1: return number(1, 0, 6, hasNaN: false)
    case .float6E2M3: return number(3, 0, 7.5, hasNaN: false)
    case .float6E3M2: return number(2, -2, 28, hasNaN: false)
    case .float8E8M0:
      switch rounding {
      case "up": return .power(limit: 1, saturates: saturates)
      case "nearest": return .power(limit: 1.5.nextDown, saturates: saturates)
      case "down": return .power(limit: 2, saturates: saturates)
      default: throw .malformed("its round_mode is '\(rounding)', not up, down or nearest")
      }
    }
  }
}
