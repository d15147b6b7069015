import KilnKernels

// The types have methods of these functions' names.

private func sum<Number: FloatingPoint>(_ sum: Number, _ a: Number, _ b: Number) -> Number { addProduct(sum, a, b) }

private func rest(_ a: Float, _ b: Float) -> Float { remainder(a, b) }

private func rest(_ a: Double, _ b: Double) -> Double { remainder(a, b) }

extension KernelElement where Self: BinaryFloatingPoint {
  init(_ literal: ElementLiteral) {
    switch literal {
    case .float(let float): self.init(float)
    case .double(let double): self.init(double)
    case .half(let bits): self.init(Float16(bitPattern: bits))
    case .integer(let integer), .whole(let integer, _): self.init(integer)
    case .unsigned(let integer): self.init(integer)
    case .lowest: self = -.infinity
    case .highest: self = .infinity
    case .type: fatalError("\(literal) is no number")
    }
  }

  static func sharedFloatUnary(_ function: RuntimeFunction) -> ((Self) -> Self)? {
    switch function.callee {
    case .elements(.divide):
      let divisor = parameter(function)
      return { Elements.divide($0, divisor) }
    default: return sharedUnary(function)
    }
  }

  static func predicate(_ function: RuntimeFunction) -> ((Self) -> UInt8)? {
    switch function.callee {
    case .elements(.isNotZero): { Elements.isNotZero($0) }
    case .elements(.isNaN): { Elements.isNaN($0) }
    case .elements(.isInfinite): { Elements.isInfinite($0) }
    case .elements(.isPositiveInfinity): { Elements.isPositiveInfinity($0) }
    case .elements(.isNegativeInfinity): { Elements.isNegativeInfinity($0) }
    case .elements(.isNothing): { Elements.isNothing($0) }
    default: nil
    }
  }

  static func sharedFloatBinary(_ function: RuntimeFunction) -> ((Self, Self) -> Self)? {
    switch function.callee {
    case .elements(.add): { Elements.add($0, $1) }
    case .elements(.subtract): { Elements.subtract($0, $1) }
    case .elements(.multiply): { Elements.multiply($0, $1) }
    case .elements(.divide): { Elements.divide($0, $1) }
    case .elements(.parametricReLU): { Elements.parametricReLU($0, $1) }
    case .runtime(.addMagnitude): { addMagnitude($0, $1) }
    case .runtime(.addSquare): { addSquare($0, $1) }
    default: sharedBinary(function)
    }
  }

  static func ternary(_ function: RuntimeFunction) -> ((Self, Self, Self) -> Self)? {
    function.callee == .runtime(.addProduct) ? { sum($0, $1, $2) } : nil
  }

  static func make<Integer: FixedWidthInteger>(_ function: RuntimeFunction, from: Integer.Type) -> ((Integer) -> Self)?
  {
    function.callee?.source == "\(Self.self)" ? { Self($0) } : nil
  }

  static func makeFromDouble(_ function: RuntimeFunction) -> ((Double) -> Self)? {
    function.callee?.source == "\(Self.self)" ? { Self($0) } : nil
  }

  static func makeFromFloat(_ function: RuntimeFunction) -> ((Float) -> Self)? {
    function.callee?.source == "\(Self.self)" ? { Self($0) } : nil
  }

  static func powerOfDouble(_ function: RuntimeFunction) -> ((Double, Self) -> Double)? { nil }

  static func powerOfFloat(_ function: RuntimeFunction) -> ((Float, Self) -> Float)? { nil }
}

extension RuntimeFunction {
  /// The parameters, all of float64.
  fileprivate var doubles: [Double] { parameters.map { Double($0.value) } }
}

extension Float: KernelElement {
  static func unary(_ function: RuntimeFunction) -> ((Float) -> Float)? {
    switch function.callee {
    case .elements(.narrowed):
      let p = function.doubles
      return { Elements.narrowed($0, p[0], p[1], p[2], p[3], p[4], p[5]) }
    case .elements(.power):
      let p = function.doubles
      return { Elements.power($0, p[0], p[1], p[2]) }
    default: return sharedFloatUnary(function)
    }
  }

  static func binary(_ function: RuntimeFunction) -> ((Float, Float) -> Float)? {
    switch function.callee {
    case .runtime(.remainder): { rest($0, $1) }
    case .runtime(.modulo): { modulo($0, $1) }
    default: sharedFloatBinary(function)
    }
  }

  static func accumulationInDouble(_ function: RuntimeFunction) -> ((Double, Float) -> Double)? {
    function.callee == .runtime(.addInDouble) ? { addInDouble($0, $1) } : nil
  }

  static func conversion<Other: KernelElement>(_ function: RuntimeFunction, to: Other.Type) -> ((Float) -> Other)? {
    Other.makeFromFloat(function)
  }

  static func power<Exponent: KernelElement>(
    _ function: RuntimeFunction, by: Exponent.Type
  ) -> ((Float, Exponent) -> Float)? { Exponent.powerOfFloat(function) }

  static func power<Base: FixedWidthInteger>(_ function: RuntimeFunction, of: Base.Type) -> ((Base, Float) -> Base)? {
    function.callee == .runtime(.fractionalPower) ? { fractionalPower($0, $1) } : nil
  }
}

extension Double: KernelElement {
  static func unary(_ function: RuntimeFunction) -> ((Double) -> Double)? {
    switch function.callee {
    case .elements(.absolute): return { Elements.absolute($0) }
    case .elements(.negate): return { Elements.negate($0) }
    case .elements(.sign): return { Elements.sign($0) }
    case .elements(.reciprocal): return { Elements.reciprocal($0) }
    case .elements(.squareRoot): return { Elements.squareRoot($0) }
    case .elements(.exponential): return { Elements.exponential($0) }
    case .elements(.logarithm): return { Elements.logarithm($0) }
    case .elements(.narrowed):
      let p = function.doubles
      return { Elements.narrowed($0, p[0], p[1], p[2], p[3], p[4], p[5]) }
    case .elements(.power):
      let p = function.doubles
      return { Elements.power($0, p[0], p[1], p[2]) }
    case .elements(.leakyReLU):
      let slope = parameter(function)
      return { Elements.leakyReLU($0, slope) }
    default: return sharedFloatUnary(function)
    }
  }

  static func binary(_ function: RuntimeFunction) -> ((Double, Double) -> Double)? {
    switch function.callee {
    case .runtime(.remainder): { rest($0, $1) }
    case .runtime(.modulo): { modulo($0, $1) }
    default: sharedFloatBinary(function)
    }
  }

  static func accumulationInDouble(_ function: RuntimeFunction) -> ((Double, Double) -> Double)? {
    function.callee == .runtime(.addInDouble) ? { addInDouble($0, $1) } : binary(function)
  }

  static func conversion<Other: KernelElement>(_ function: RuntimeFunction, to: Other.Type) -> ((Double) -> Other)? {
    Other.makeFromDouble(function)
  }

  static func power<Exponent: KernelElement>(
    _ function: RuntimeFunction, by: Exponent.Type
  ) -> ((Double, Exponent) -> Double)? { Exponent.powerOfDouble(function) }

  static func power<Base: FixedWidthInteger>(_ function: RuntimeFunction, of: Base.Type) -> ((Base, Double) -> Base)? {
    function.callee == .runtime(.fractionalPower) ? { fractionalPower($0, $1) } : nil
  }
}
