import KilnKernels

extension KernelElement where Self: FixedWidthInteger {
  init(_ literal: ElementLiteral) {
    switch literal {
    case .integer(let integer), .whole(let integer, _): self.init(integer)
    case .unsigned(let integer): self.init(integer)
    case .lowest: self = .min
    case .highest: self = .max
    case .float, .double, .half, .type: fatalError("\(literal) is no integer")
    }
  }

  static func unary(_ function: RuntimeFunction) -> ((Self) -> Self)? { integerUnary(function) }

  fileprivate static func integerUnary(_ function: RuntimeFunction) -> ((Self) -> Self)? {
    switch function.callee {
    case .elements(.absolute): return { Elements.absolute($0) }
    case .elements(.negate): return { Elements.negate($0) }
    case .elements(.sign): return { Elements.sign($0) }
    case .runtime(.quotient):
      let divisor = parameter(function)
      return { quotient($0, divisor) }
    default: return sharedUnary(function)
    }
  }

  static func predicate(_ function: RuntimeFunction) -> ((Self) -> UInt8)? {
    function.callee == .elements(.isNotZero) ? { Elements.isNotZero($0) } : nil
  }

  static func binary(_ function: RuntimeFunction) -> ((Self, Self) -> Self)? {
    switch function.callee {
    case .elements(.add): { Elements.add($0, $1) }
    case .elements(.subtract): { Elements.subtract($0, $1) }
    case .elements(.multiply): { Elements.multiply($0, $1) }
    case .elements(.parametricReLU): { Elements.parametricReLU($0, $1) }
    case .elements(.bitwiseAnd): { Elements.bitwiseAnd($0, $1) }
    case .elements(.bitwiseOr): { Elements.bitwiseOr($0, $1) }
    case .elements(.bitwiseExclusiveOr): { Elements.bitwiseExclusiveOr($0, $1) }
    case .elements(.shiftLeft): { Elements.shiftLeft($0, $1) }
    case .elements(.shiftRight): { Elements.shiftRight($0, $1) }
    case .runtime(.quotient): { quotient($0, $1) }
    case .runtime(.remainder): { remainder($0, $1) }
    case .runtime(.modulo): { modulo($0, $1) }
    case .runtime(.addMagnitude): { addMagnitude($0, $1) }
    case .runtime(.addSquare): { addSquare($0, $1) }
    default: sharedBinary(function)
    }
  }

  static func ternary(_ function: RuntimeFunction) -> ((Self, Self, Self) -> Self)? {
    function.callee == .runtime(.addProduct) ? { addProduct($0, $1, $2) } : nil
  }

  static func accumulationInDouble(_ function: RuntimeFunction) -> ((Double, Self) -> Double)? {
    function.callee == .runtime(.addSquare) ? { addSquare($0, $1) } : nil
  }

  static func conversion<Other: KernelElement>(_ function: RuntimeFunction, to: Other.Type) -> ((Self) -> Other)? {
    Other.make(function, from: Self.self)
  }

  static func make<Integer: FixedWidthInteger>(_ function: RuntimeFunction, from: Integer.Type) -> ((Integer) -> Self)?
  {
    function.label == "truncatingIfNeeded" && function.callee?.source == "\(Self.self)"
      ? { Self(truncatingIfNeeded: $0) } : nil
  }

  static func makeFromDouble(_ function: RuntimeFunction) -> ((Double) -> Self)? {
    switch function.callee {
    case .runtime(.saturate): { saturate($0, as: Self.self) }
    case .runtime(.wholeSquareRoot): { wholeSquareRoot($0, as: Self.self) }
    default: nil
    }
  }

  static func makeFromFloat(_ function: RuntimeFunction) -> ((Float) -> Self)? {
    function.callee == .runtime(.saturate) ? { saturate($0, as: Self.self) } : nil
  }

  static func power<Exponent: KernelElement>(
    _ function: RuntimeFunction, by: Exponent.Type
  ) -> ((Self, Exponent) -> Self)? { Exponent.power(function, of: Self.self) }

  static func power<Base: FixedWidthInteger>(_ function: RuntimeFunction, of: Base.Type) -> ((Base, Self) -> Base)? {
    function.callee == .runtime(.integerPower) ? { integerPower($0, $1) } : nil
  }

  static func powerOfDouble(_ function: RuntimeFunction) -> ((Double, Self) -> Double)? {
    function.callee == .runtime(.integerPower) ? { integerPower($0, $1) } : nil
  }

  static func powerOfFloat(_ function: RuntimeFunction) -> ((Float, Self) -> Float)? {
    function.callee == .runtime(.integerPower) ? { integerPower($0, $1) } : nil
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
    function.callee == .elements(.not) ? { Elements.not($0) } : integerUnary(function)
  }
}
