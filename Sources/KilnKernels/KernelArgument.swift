import KilnGraph

/// An argument of a kernel's call, printed as `label: value`.
package struct KernelArgument: Sendable {
  /// The label; `nil` for none.
  package var label: String?
  /// The value.
  package var value: Value

  /// What an argument is.
  package enum Value: Sendable {
    /// A pointer to an operand's first element.
    case pointer(Operand)
    /// No pointer.
    case null
    /// Extents or strides: a tuple of integers; with the number of a member, the innermost is the rows of that member's strip.
    case axes([Int], member: Int? = nil)
    /// A size, a count or a stride.
    case integer(Int)
    /// Rows of a strip, of the layer of that number among those computed together, times a stride.
    case stripRows(member: Int, times: Int)
    /// Yes or no.
    case boolean(Bool)
    /// A number of an element type.
    case number(ElementLiteral)
    /// A struct that the runtime declares in KilnGeometry; with the number of a member, its rows are those of that
    /// member's strip.
    case geometry(any Sendable, member: Int? = nil)
    /// A register tile, which is written out for the network.
    case tile(any RegisterTile)
    /// A type of the runtime that says what a kernel does.
    case strategy(String)
    /// A function of the runtime, applied to the elements that the kernel hands to it.
    case function(RuntimeFunction)
    /// The last steps of a linear operator, applied to a sum, its addend, and its slope where the kernel hands one on.
    case epilogue(Epilogue, takesSlope: Bool)
  }
}

extension KernelArgument {
  /// A pointer to an operand's first element.
  static func pointer(_ operand: Operand) -> KernelArgument { KernelArgument(label: nil, value: .pointer(operand)) }

  /// A pointer to an operand's first element.
  static func pointer(_ label: String, _ operand: Operand) -> KernelArgument {
    KernelArgument(label: label, value: .pointer(operand))
  }

  /// A pointer to an operand's first element, or no pointer.
  static func optionalPointer(_ operand: Operand?) -> KernelArgument {
    KernelArgument(label: nil, value: operand.map { .pointer($0) } ?? .null)
  }

  /// A pointer to an operand's first element, or no pointer.
  static func optionalPointer(_ label: String, _ operand: Operand?) -> KernelArgument {
    KernelArgument(label: label, value: operand.map { .pointer($0) } ?? .null)
  }

  /// Extents or strides.
  static func axes(_ numbers: [Int]) -> KernelArgument { KernelArgument(label: nil, value: .axes(numbers)) }

  /// Extents or strides.
  static func axes(_ label: String, _ numbers: [Int], member: Int? = nil) -> KernelArgument {
    KernelArgument(label: label, value: .axes(numbers, member: member))
  }

  /// Extents or strides.
  static func axes(_ label: String, _ numbers: ArraySlice<Int>) -> KernelArgument { .axes(label, Array(numbers)) }

  /// A size, a count or a stride.
  static func integer(_ label: String, _ integer: Int) -> KernelArgument {
    KernelArgument(label: label, value: .integer(integer))
  }

  /// Yes or no.
  static func boolean(_ label: String, _ boolean: Bool) -> KernelArgument {
    KernelArgument(label: label, value: .boolean(boolean))
  }

  /// A number of an element type.
  static func number(_ label: String, _ literal: ElementLiteral) -> KernelArgument {
    KernelArgument(label: label, value: .number(literal))
  }

  /// The rows of a member's strip, times a stride.
  static func stripRows(_ label: String, member: Int, times: Int) -> KernelArgument {
    KernelArgument(label: label, value: .stripRows(member: member, times: times))
  }

  /// A struct of KilnGeometry.
  static func geometry(_ geometry: any Sendable, member: Int? = nil) -> KernelArgument {
    KernelArgument(label: nil, value: .geometry(geometry, member: member))
  }

  /// A struct of KilnGeometry.
  static func geometry(_ label: String, _ geometry: any Sendable) -> KernelArgument {
    KernelArgument(label: label, value: .geometry(geometry))
  }

  /// A type of the runtime that says what a kernel does.
  static func strategy(_ type: String) -> KernelArgument { KernelArgument(label: nil, value: .strategy(type)) }

  /// A type of the runtime that says what a kernel does.
  static func strategy(_ label: String, _ type: String) -> KernelArgument {
    KernelArgument(label: label, value: .strategy(type))
  }

  /// The last steps of a linear operator.
  static func epilogue(_ epilogue: Epilogue, takesSlope: Bool) -> KernelArgument {
    KernelArgument(label: nil, value: .epilogue(epilogue, takesSlope: takesSlope))
  }

  /// A register tile.
  static func tile(_ tile: any RegisterTile) -> KernelArgument { KernelArgument(label: nil, value: .tile(tile)) }

  /// A register tile.
  static func tile(_ label: String, _ tile: any RegisterTile) -> KernelArgument {
    KernelArgument(label: label, value: .tile(tile))
  }

  /// A function of the runtime.
  static func function(_ function: RuntimeFunction) -> KernelArgument {
    KernelArgument(label: nil, value: .function(function))
  }

  /// A function of the runtime.
  static func function(_ label: String, _ function: RuntimeFunction) -> KernelArgument {
    KernelArgument(label: label, value: .function(function))
  }
}
