import KilnGraph

extension ElementLiteral {
  /// Swift source of the constant, which reads back exactly.
  package var source: String {
    switch self {
    case .float(let float): float.swiftLiteral
    case .double(let double): double.swiftLiteral
    case .half(let bits): "Float16(bitPattern: \(bits))"
    case .integer(let integer): "\(integer)"
    case .unsigned(let integer): "\(integer)"
    case .whole(let integer, let scalar): "\(scalar.swiftName)(\(integer))"
    case .highest(let scalar): "\(scalar.swiftName)\(scalar.isFloatingPoint ? ".infinity" : ".max")"
    case .lowest(let scalar):
      scalar.isFloatingPoint ? "-\(scalar.swiftName).infinity" : "\(scalar.swiftName).min"
    case .type(let scalar): "\(scalar.swiftName).self"
    }
  }
}

extension Float {
  /// Swift source of this number, which reads back exactly.
  package var swiftLiteral: String {
    if isNaN { return ".nan" }
    if isInfinite { return self < 0 ? "-.infinity" : ".infinity" }
    return "\(self)"
  }
}

extension Double {
  /// Swift source of this number, which reads back exactly.
  package var swiftLiteral: String {
    if isNaN { return ".nan" }
    if isInfinite { return self < 0 ? "-.infinity" : ".infinity" }
    return "\(self)"
  }
}
