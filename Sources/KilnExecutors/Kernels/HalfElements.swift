import KilnKernels

extension Float16: KernelElement {
  static func unary(_ function: RuntimeFunction) -> ((Float16) -> Float16)? { sharedUnary(function) }

  static func binary(_ function: RuntimeFunction) -> ((Float16, Float16) -> Float16)? { sharedBinary(function) }

  static func accumulationInDouble(_ function: RuntimeFunction) -> ((Double, Float16) -> Double)? { nil }

  static func conversion<Other: KernelElement>(_ function: RuntimeFunction, to: Other.Type) -> ((Float16) -> Other)? {
    nil
  }

  static func power<Exponent: KernelElement>(
    _ function: RuntimeFunction, by: Exponent.Type
  ) -> ((Float16, Exponent) -> Float16)? { nil }

  static func power<Base: FixedWidthInteger>(
    _ function: RuntimeFunction, of: Base.Type
  ) -> ((Base, Float16) -> Base)? { nil }
}
