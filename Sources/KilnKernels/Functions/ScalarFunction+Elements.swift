import KilnGraph
import KilnRuntimeSources

extension ScalarFunction {
  /// The runtime's function of single elements of this type; `nil` when the runtime doesn't have it.
  ///
  /// All are exact but what floating-point arithmetic rounds once, and those of `doubleFunctions`, which state their bounds.
  package func elementFunction(_ scalar: ScalarType) -> RuntimeFunction? {
    func call(
      _ name: RuntimeFunction.ElementName, _ parameters: Double..., in file: RuntimeFile = .elementFunctions
    ) -> RuntimeFunction {
      var function = RuntimeFunction(unary: .elements(name), in: [file])
      function.parameters = parameters.map { .init(label: nil, value: ElementLiteral($0, as: scalar)) }
      return function
    }
    switch self {
    case .not: return scalar == .bool ? call(.not) : nil
    case .isNaN: return scalar.hasFloatKernels ? call(.isNaN) : nil
    case .isInfinite(let positive, let negative):
      guard scalar.hasFloatKernels else { return nil }
      return switch (positive, negative) {
      case (true, true): call(.isInfinite)
      case (true, false): call(.isPositiveInfinity)
      case (false, true): call(.isNegativeInfinity)
      case (false, false): call(.isNothing)
      }
    case .narrowed(
      .number(let mantissaBits, let minimumExponent, let largest, let excess, let hasNaN, let hasNegativeZero)):
      guard scalar.hasFloatKernels else { return nil }
      // A number times this, added and subtracted in float64, keeps the bits of the mantissa.
      let shift = Double(sign: .plus, exponent: 52 - mantissaBits, significand: 1.5)
      let smallest = Double(sign: .plus, exponent: minimumExponent, significand: 1)
      var function = RuntimeFunction(unary: .elements(.narrowed), in: [.narrowNumbers])
      function.parameters = [shift, smallest, largest, excess, hasNaN ? .nan : 0, hasNegativeZero ? -0.0 : 0].map {
        .init(label: nil, value: .double($0))
      }
      return function
    case .narrowed(.power(let limit, let saturates)):
      guard scalar.hasFloatKernels else { return nil }
      var function = RuntimeFunction(unary: .elements(.power), in: [.narrowNumbers])
      function.parameters = [limit, saturates ? 0x1p-127 : .nan, saturates ? 0x1p127 : .nan].map {
        .init(label: nil, value: .double($0))
      }
      return function
    default: break
    }
    guard scalar == .float64 || !scalar.isFloatingPoint else { return nil }
    switch self {
    case .relu: return call(.relu)
    case .clip(let lower, let upper): return call(.clip, lower, upper)
    case .absolute: return call(.absolute)
    case .negate: return call(.negate)
    case .sign: return call(.sign)
    case .leakyReLU(let slope): return scalar == .float64 ? call(.leakyReLU, slope) : nil
    case .reciprocal: return scalar == .float64 ? call(.reciprocal) : nil
    case .squareRoot: return scalar == .float64 ? call(.squareRoot) : nil
    case .exponential: return scalar == .float64 ? call(.exponential, in: .doubleFunctions) : nil
    case .logarithm: return scalar == .float64 ? call(.logarithm, in: .doubleFunctions) : nil
    default: return nil
    }
  }
}

extension ScalarType {
  /// Whether kernels compute with elements of this type as floating-point numbers.
  package var hasFloatKernels: Bool { self == .float32 || self == .float64 }

  /// Whether vector kernels read elements as float32, and write them rounded.
  package var isReadAsFloat: Bool { self == .float32 || self == .float16 }

  /// The conversion of an element of this type to another, or `nil` when the runtime doesn't have it.
  package func conversion(to other: ScalarType) -> RuntimeFunction? {
    if self == .bfloat16, other == .float32 {
      return RuntimeFunction(unary: .elements(.widenedBrainFloat), in: [.narrowNumbers])
    }
    if self == .float32, other == .bfloat16 {
      return RuntimeFunction(unary: .elements(.brainFloat), in: [.narrowNumbers])
    }
    guard Set.numbers.contains(self), Set.numbers.contains(other) else { return nil }
    if other == .bool { return RuntimeFunction(unary: .elements(.isNotZero), in: [.elementFunctions]) }
    if other.isFloatingPoint { return RuntimeFunction(unary: .type(other), in: []) }
    if isFloatingPoint { return RuntimeFunction(unary: .runtime(.saturate), ["as": .type(other)], in: [.numbers]) }
    return RuntimeFunction(unary: .type(other), label: "truncatingIfNeeded", in: [])
  }
}

extension Set<ScalarType> {
  /// Everything that can be moved around.
  package static let anything = Set(ScalarType.allCases)
  /// The types that the kernels of single elements compute with; a `bool` is a byte there.
  package static let numbers = anything.subtracting([.float16, .bfloat16])
  /// The integers that quantised numbers are stored as.
  package static let quantized: Set<ScalarType> = [.int8, .uint8, .int16, .uint16]
  /// The integers, and `bool` as one of a byte.
  package static let integers = numbers.filter { !$0.isFloatingPoint }
}
