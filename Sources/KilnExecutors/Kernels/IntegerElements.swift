import KilnKernels

extension KernelElement where Self: FixedWidthInteger {
  init(_ literal: ElementLiteral) {
    switch literal {
    case .integer(let integer), .whole(let integer, _): self.init(integer)
    case .unsigned(let integer): self.init(integer)
    case .lowest: self = .min
    case .highest: self = .max
    case .float, .double, .type: fatalError("\(literal) is no integer")
    }
  }

  static func unary(_ function: RuntimeFunction) -> ((Self) -> Self)? { integerUnary(function) }

  fileprivate static func integerUnary(_ function: RuntimeFunction) -> ((Self) -> Self)? {
    switch function.name {
    case "Elements.absolute": return { Elements.absolute($0) }
    case "Elements.negate": return { Elements.negate($0) }
    case "Elements.sign": return { Elements.sign($0) }
    case "quotient":
      let divisor = parameter(function)
      return { quotient($0, divisor) }
    default: return sharedUnary(function)
    }
  }

  static func predicate(_ function: RuntimeFunction) -> ((Self) -> UInt8)? {
    function.name == "Elements.isNotZero" ? { Elements.isNotZero($0) } : nil
  }

  static func binary(_ function: RuntimeFunction) -> ((Self, Self) -> Self)? {
    switch function.name {
    case "Elements.add": { Elements.add($0, $1) }
    case "Elements.subtract": { Elements.subtract($0, $1) }
    case "Elements.multiply": { Elements.multiply($0, $1) }
    case "Elements.parametricReLU": { Elements.parametricReLU($0, $1) }
    case "Elements.bitwiseAnd": { Elements.bitwiseAnd($0, $1) }
    case "Elements.bitwiseOr": { Elements.bitwiseOr($0, $1) }
    case "Elements.bitwiseExclusiveOr": { Elements.bitwiseExclusiveOr($0, $1) }
    case "Elements.shiftLeft": { Elements.shiftLeft($0, $1) }
    case "Elements.shiftRight": { Elements.shiftRight($0, $1) }
    case "quotient": { quotient($0, $1) }
    case "remainder": { remainder($0, $1) }
    case "modulo": { modulo($0, $1) }
    case "addMagnitude": { addMagnitude($0, $1) }
    case "addSquare": { addSquare($0, $1) }
    default: sharedBinary(function)
    }
  }

  static func ternary(_ function: RuntimeFunction) -> ((Self, Self, Self) -> Self)? {
    function.name == "addProduct" ? { addProduct($0, $1, $2) } : nil
  }

  static func accumulationInDouble(_ function: RuntimeFunction) -> ((Double, Self) -> Double)? {
    function.name == "addSquare" ? { addSquare($0, $1) } : nil
  }

  static func conversion<Other: KernelElement>(_ function: RuntimeFunction, to: Other.Type) -> ((Self) -> Other)? {
    Other.make(function, from: Self.self)
  }

  static func make<Integer: FixedWidthInteger>(_ function: RuntimeFunction, from: Integer.Type) -> ((Integer) -> Self)?
  {
    function.label == "truncatingIfNeeded" && function.name == "\(Self.self)" ? { Self(truncatingIfNeeded: $0) } : nil
  }

  static func makeFromDouble(_ function: RuntimeFunction) -> ((Double) -> Self)? {
    switch function.name {
    case "saturate": { saturate($0, as: Self.self) }
    case "wholeSquareRoot": { wholeSquareRoot($0, as: Self.self) }
    default: nil
    }
  }

  static func makeFromFloat(_ function: RuntimeFunction) -> ((Float) -> Self)? {
    function.name == "saturate" ? { saturate($0, as: Self.self) } : nil
  }

  static func power<Exponent: KernelElement>(
    _ function: RuntimeFunction, by: Exponent.Type
  ) -> ((Self, Exponent) -> Self)? { Exponent.power(function, of: Self.self) }

  static func power<Base: FixedWidthInteger>(_ function: RuntimeFunction, of: Base.Type) -> ((Base, Self) -> Base)? {
    function.name == "integerPower" ? { integerPower($0, $1) } : nil
  }

  static func powerOfDouble(_ function: RuntimeFunction) -> ((Double, Self) -> Double)? {
    function.name == "integerPower" ? { integerPower($0, $1) } : nil
  }

  static func powerOfFloat(_ function: RuntimeFunction) -> ((Float, Self) -> Float)? {
    function.name == "integerPower" ? { integerPower($0, $1) } : nil
  }
}

extension Int8: KernelElement {}
extension Int16: KernelElement {}
extension UInt16: KernelElement {}
extension Int32: KernelElement {}
extension UInt32: KernelElement {}
extension Int64: KernelElement {}
extension UInt64: KernelElement {}

extension UInt8: KernelElement {
  // A `bool` is one.
  static func unary(_ function: RuntimeFunction) -> ((UInt8) -> UInt8)? {
    function.name == "Elements.not" ? { Elements.not($0) } : integerUnary(function)
  }
}
