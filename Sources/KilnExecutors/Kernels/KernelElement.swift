import KilnGraph
import KilnKernels

/// A type of elements that kernels move or compute with.
protocol KernelElement: BitwiseCopyable, Comparable, ExpressibleByIntegerLiteral {
  /// A constant of the type.
  init(_ literal: ElementLiteral)
  /// The runtime's function of one element.
  static func unary(_ function: RuntimeFunction) -> ((Self) -> Self)?
  /// The runtime's function of one element whose result is a `bool`.
  static func predicate(_ function: RuntimeFunction) -> ((Self) -> UInt8)?
  /// The runtime's function of two elements.
  static func binary(_ function: RuntimeFunction) -> ((Self, Self) -> Self)?
  /// The runtime's function of two elements whose result is a `bool`.
  static func comparison(_ function: RuntimeFunction) -> ((Self, Self) -> UInt8)?
  /// The runtime's question whether an element takes the place of an earlier one.
  static func isBetter(_ function: RuntimeFunction) -> ((Self, Self) -> Bool)?
  /// The runtime's function of a sum and the factors of a product.
  static func ternary(_ function: RuntimeFunction) -> ((Self, Self, Self) -> Self)?
  /// The runtime's function of a sum in float64 and an element.
  static func accumulationInDouble(_ function: RuntimeFunction) -> ((Double, Self) -> Double)?
  /// An element as another type.
  static func conversion<Other: KernelElement>(_ function: RuntimeFunction, to: Other.Type) -> ((Self) -> Other)?
  /// A power whose exponent has another type.
  static func power<Exponent: KernelElement>(_ function: RuntimeFunction, by: Exponent.Type) -> (
    (Self, Exponent) -> Self
  )?
  /// A power of a number to exponents of this type.
  static func power<Base: FixedWidthInteger>(_ function: RuntimeFunction, of: Base.Type) -> ((Base, Self) -> Base)?
  /// A power of a number to exponents of this type.
  static func powerOfDouble(_ function: RuntimeFunction) -> ((Double, Self) -> Double)?
  /// A power of a number to exponents of this type.
  static func powerOfFloat(_ function: RuntimeFunction) -> ((Float, Self) -> Float)?
  /// A number of this type made from an integer, or from a floating-point number.
  static func make<Integer: FixedWidthInteger>(_ function: RuntimeFunction, from: Integer.Type) -> ((Integer) -> Self)?
  /// A number of this type made from a float64.
  static func makeFromDouble(_ function: RuntimeFunction) -> ((Double) -> Self)?
  /// A number of this type made from a float32.
  static func makeFromFloat(_ function: RuntimeFunction) -> ((Float) -> Self)?
}

extension ScalarType {
  /// The type of elements in kernels: a `bool` is a byte, `bfloat16` its bit pattern.
  var kernelElement: any KernelElement.Type {
    switch self {
    case .float32: Float.self
    case .float64: Double.self
    case .int8: Int8.self
    case .uint8, .bool: UInt8.self
    case .int16: Int16.self
    case .float16: Float16.self
    case .uint16, .bfloat16: UInt16.self
    case .int32: Int32.self
    case .uint32: UInt32.self
    case .int64: Int64.self
    case .uint64: UInt64.self
    }
  }

  /// The type of elements of kernels that take integers only; `nil` for floating-point numbers.
  var integerElement: (any (KernelElement & FixedWidthInteger).Type)? {
    kernelElement as? any (KernelElement & FixedWidthInteger).Type
  }
}

extension KernelElement {
  /// The parameter of a function, after its elements.
  static func parameter(_ function: RuntimeFunction, _ index: Int = 0) -> Self {
    Self(function.parameters[index].value)
  }

  /// The functions that all types have.
  static func sharedUnary(_ function: RuntimeFunction) -> ((Self) -> Self)? {
    switch function.callee {
    case nil: return { $0 }
    case .elements(.relu): return { Elements.relu($0) }
    case .elements(.clip):
      let (lower, upper) = (parameter(function), parameter(function, 1))
      return { Elements.clip($0, lower, upper) }
    default: return nil
    }
  }

  /// The functions that all types have.
  static func sharedBinary(_ function: RuntimeFunction) -> ((Self, Self) -> Self)? {
    switch function.callee {
    case .elements(.minimum): { Elements.minimum($0, $1) }
    case .elements(.maximum): { Elements.maximum($0, $1) }
    case .runtime(.keepLargest): { keepLargest($0, $1) }
    case .runtime(.keepSmallest): { keepSmallest($0, $1) }
    case .runtime(.replacement): { replacement($0, $1) }
    default: nil
    }
  }

  static func comparison(_ function: RuntimeFunction) -> ((Self, Self) -> UInt8)? {
    switch function.callee {
    case .elements(.isEqual): { Elements.isEqual($0, $1) }
    case .elements(.isLess): { Elements.isLess($0, $1) }
    case .elements(.isLessOrEqual): { Elements.isLessOrEqual($0, $1) }
    case .elements(.isGreater): { Elements.isGreater($0, $1) }
    case .elements(.isGreaterOrEqual): { Elements.isGreaterOrEqual($0, $1) }
    default: nil
    }
  }

  static func isBetter(_ function: RuntimeFunction) -> ((Self, Self) -> Bool)? {
    switch function.callee {
    case .runtime(.isLarger): { isLarger($0, $1) }
    case .runtime(.isNotSmaller): { isNotSmaller($0, $1) }
    case .runtime(.isSmaller): { isSmaller($0, $1) }
    case .runtime(.isNotLarger): { isNotLarger($0, $1) }
    case .runtime(.comesBeforeFalling): { comesBeforeFalling($0, $1) }
    case .runtime(.comesBeforeRising): { comesBeforeRising($0, $1) }
    default: nil
    }
  }
}
