import KilnGraph

/// How a node gives its padding.
enum AutoPad: String, AttributeWord {
  /// By the attribute `pads`.
  case explicit = "NOTSET"
  /// So that the output has as many elements as strides fit into the input; an odd one goes after.
  case sameUpper = "SAME_UPPER"
  /// The same; an odd one goes before.
  case sameLower = "SAME_LOWER"
  /// Without any.
  case valid = "VALID"

  static let ofEmptyText: Self? = .explicit
}

extension OperatorAttribute {
  /// What convolutions and poolings say of their window.
  static let window: [Self] = [.word("auto_pad", AutoPad.self), .ints("pads"), .ints("strides"), .ints("dilations")]
}

extension Attributes {
  /// The attribute `auto_pad`.
  func autoPad() throws(ImportFailure) -> AutoPad {
    try word("auto_pad", default: .explicit)
  }

  /// An attribute with an entry for each of `rank` spatial axes; `nil` when it is absent.
  func spatial(_ name: String, rank: Int, range: ClosedRange<Int>) throws(ImportFailure) -> [Int]? {
    guard let values = try ints(name) else { return nil }
    guard values.count == rank else {
      throw .malformed("the attribute \(name) has \(values.count) entries for \(rank) spatial axes")
    }
    guard values.allSatisfy({ range.contains($0) }) else {
      throw .malformed("the attribute \(name) is \(values), out of range")
    }
    return values
  }

  /// The window that the attributes shared by convolutions and poolings describe, explicit padding included.
  func window(kernel: [Int]) throws(ImportFailure) -> Window {
    let window = try explicitWindow(kernel: kernel)
    if try autoPad() == .explicit { return window }
    return Window(kernel: kernel, strides: window.strides, dilations: window.dilations)
  }

  /// The same for operators without the attribute `auto_pad`.
  func explicitWindow(kernel: [Int]) throws(ImportFailure) -> Window {
    let rank = kernel.count
    let positive = 1...1 << 30
    let pads = try spatial("pads", rank: 2 * rank, range: 0...1 << 30)
    return Window(
      kernel: kernel, strides: try spatial("strides", rank: rank, range: positive),
      dilations: try spatial("dilations", rank: rank, range: positive),
      padBegin: pads.map { Array($0[..<rank]) }, padEnd: pads.map { Array($0[rank...]) })
  }

  /// The window of a convolution or a pooling of an input with the spatial extents `input`, `auto_pad` resolved:
  /// `SAME` pads by `max((ceil(input / stride) - 1) * stride + extent - input, 0)` in all.
  func resolvedWindow(kernel: [Int], input: [Int]) throws(ImportFailure) -> Window {
    var window = try window(kernel: kernel)
    guard input.count == kernel.count else {
      throw .malformed("its kernel has \(kernel.count) axes, its input \(input.count) spatial ones")
    }
    let autoPad = try autoPad()
    switch autoPad {
    case .explicit, .valid: return window
    case .sameUpper, .sameLower:
      for axis in kernel.indices {
        let stride = window.strides[axis]
        let positions = input[axis].dividedRoundingUp(by: stride)
        let total = max((positions - 1) * stride + window.extent(axis) - input[axis], 0)
        window.padBegin[axis] = autoPad == .sameUpper ? total / 2 : total - total / 2
        window.padEnd[axis] = total - window.padBegin[axis]
      }
      return window
    }
  }
}
