/// Comparisons of the integers that `Tensor.integers()` gives: `uint64` wraps there beyond 2^63.
struct IntegerOrder {
  private let scalar: ScalarType

  init(_ scalar: ScalarType) { self.scalar = scalar }

  func isLess(_ a: Int, _ b: Int) -> Bool {
    scalar == .uint64 ? UInt(bitPattern: a) < UInt(bitPattern: b) : a < b
  }

  func minimum(_ a: Int, _ b: Int) -> Int { isLess(b, a) ? b : a }

  func maximum(_ a: Int, _ b: Int) -> Int { isLess(a, b) ? b : a }

  /// The smallest integer of the type.
  var smallest: Int {
    switch scalar {
    case .int8: Int(Int8.min)
    case .int16: Int(Int16.min)
    case .int32: Int(Int32.min)
    case .int64: .min
    case .uint8, .uint16, .uint32, .uint64, .bool, .float32, .float64, .float16, .bfloat16: 0
    }
  }

  /// The largest integer of the type.
  var largest: Int {
    switch scalar {
    case .int8: Int(Int8.max)
    case .uint8: Int(UInt8.max)
    case .int16: Int(Int16.max)
    case .uint16: Int(UInt16.max)
    case .int32: Int(Int32.max)
    case .uint32: Int(UInt32.max)
    case .int64, .float32, .float64, .float16, .bfloat16: .max
    case .uint64: -1
    case .bool: 1
    }
  }

  /// A number as a bound of the integers, rounded towards zero and limited to what there is.
  func bound(_ value: Double) -> Int {
    scalar == .uint64 ? Int(truncatingIfNeeded: UInt64(saturating: value)) : Int(saturating: value)
  }

  /// The quotient rounded towards zero, 0 for a divisor of 0, which ONNX leaves undefined.
  func quotient(_ a: Int, _ b: Int) -> Int {
    if b == 0 { return 0 }
    if scalar == .uint64 { return Int(bitPattern: UInt(bitPattern: a) / UInt(bitPattern: b)) }
    return a.dividedReportingOverflow(by: b).partialValue
  }

  /// The bits shifted right: zeros come in, or for signed types copies of the sign.
  func shiftRight(_ a: Int, by count: UInt) -> Int {
    scalar == .uint64 ? Int(bitPattern: UInt(bitPattern: a) >> count) : a >> count
  }
}
