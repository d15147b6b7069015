import KilnGeometry
import KilnGraph
import KilnKernels

/// The arguments of a kernel's declaration, read in order and as the types that the runtime's function takes.
///
/// A label or a kind of argument that the function doesn't have ends the process with its name: the declaration would print a
/// call that doesn't compile. (`fatalError`, because a precondition of optimised code says nothing.)
struct ArgumentReader {
  private let kernel: String
  private let memory: any OperandMemory
  private var rest: ArraySlice<KernelArgument>

  init(_ kernel: some Kernel, _ memory: any OperandMemory) {
    self.kernel = kernel.name
    self.memory = memory
    rest = kernel.arguments[...]
  }

  private mutating func next(_ label: String?) -> KernelArgument.Value {
    guard let argument = rest.popFirst() else { fatalError("\(kernel) has too few arguments") }
    if argument.label != label {
      fatalError("\(kernel) has an argument \(argument.label ?? "_") where KilnRuntime's function has \(label ?? "_")")
    }
    return argument.value
  }

  private func defect(_ value: KernelArgument.Value, is kind: String) -> Never {
    fatalError("\(kernel) has \(value) where KilnRuntime's function takes \(kind)")
  }

  /// Whether the next argument is extents or strides.
  var isAtAxes: Bool { if case .axes = rest.first?.value { true } else { false } }

  /// Whether the next argument has this label.
  func isAt(_ label: String) -> Bool { rest.first?.label == label }

  /// An operand that is read, or `nil` for none.
  mutating func optionalPointer<Element: KernelElement>(_ label: String? = nil) -> UnsafePointer<Element>? {
    optionalTarget(label).map { UnsafePointer($0) }
  }

  /// An operand that is written, or `nil` for none.
  mutating func optionalTarget<Element: KernelElement>(_ label: String? = nil) -> UnsafeMutablePointer<Element>? {
    switch next(label) {
    case .pointer(let operand):
      let type = memory.scalar(of: operand).kernelElement
      if type != Element.self { fatalError("\(kernel) takes \(Element.self), its operand has \(type)") }
      return memory.address(of: operand).assumingMemoryBound(to: Element.self)
    case .null: return nil
    case let value: defect(value, is: "a pointer")
    }
  }

  /// An operand that is read.
  mutating func pointer<Element: KernelElement>(_ label: String? = nil) -> UnsafePointer<Element> {
    UnsafePointer(target(label))
  }

  /// An operand that is written.
  mutating func target<Element: KernelElement>(_ label: String? = nil) -> UnsafeMutablePointer<Element> {
    guard let pointer: UnsafeMutablePointer<Element> = optionalTarget(label) else {
      fatalError("\(kernel) has no pointer \(label ?? "_")")
    }
    return pointer
  }

  /// An operand whose elements have a type that another argument says.
  mutating func bytes(_ label: String? = nil) -> UnsafeRawPointer {
    guard case .pointer(let operand) = next(label) else { fatalError("\(kernel) has no pointer here") }
    return UnsafeRawPointer(memory.address(of: operand))
  }

  private mutating func integers(_ label: String?, count: Int) -> [Int] {
    switch next(label) {
    case .axes(let axes, member: nil) where axes.count == count: return axes
    case .axes(let axes, let member?) where axes.count == count:
      return axes.dropLast() + [memory.rows(ofMember: member).count]
    case let value: defect(value, is: "\(count) integers")
    }
  }

  /// Extents or strides of four axes.
  mutating func axes(_ label: String? = nil) -> Axes {
    let axes = integers(label, count: 4)
    return (axes[0], axes[1], axes[2], axes[3])
  }

  /// Strides of images, channels, and three spatial axes.
  mutating func volume(_ label: String? = nil) -> VolumeStrides {
    let axes = integers(label, count: 5)
    return (axes[0], axes[1], axes[2], axes[3], axes[4])
  }

  /// Extents or strides of the axes that tuples of indices name.
  mutating func tupleAxes(_ label: String) -> TupleAxes {
    let axes = integers(label, count: 8)
    return (axes[0], axes[1], axes[2], axes[3], axes[4], axes[5], axes[6], axes[7])
  }

  /// Two numbers.
  mutating func pair(_ label: String? = nil) -> (Int, Int) {
    let axes = integers(label, count: 2)
    return (axes[0], axes[1])
  }

  /// Three numbers.
  mutating func triple(_ label: String? = nil) -> (Int, Int, Int) {
    let axes = integers(label, count: 3)
    return (axes[0], axes[1], axes[2])
  }

  /// A size, a count, a stride, or the rows of a strip.
  mutating func integer(_ label: String) -> Int {
    switch next(label) {
    case .integer(let integer): return integer
    case .stripRows(let member, let times): return memory.rows(ofMember: member).count * times
    case let value: defect(value, is: "an integer")
    }
  }

  /// Yes or no.
  mutating func boolean(_ label: String) -> Bool {
    switch next(label) {
    case .boolean(let boolean): return boolean
    case let value: defect(value, is: "a boolean")
    }
  }

  /// A constant.
  mutating func number<Element: KernelElement>(_ label: String) -> Element {
    switch next(label) {
    case .number(let literal): return Element(literal)
    case .integer(let integer): return Element(.integer(integer))
    case let value: defect(value, is: "a number")
    }
  }

  /// A struct of KilnGeometry.
  mutating func geometry<Geometry>(_ label: String? = nil) -> Geometry {
    switch next(label) {
    case .geometry(let geometry as Geometry, member: nil): return geometry
    case .geometry(let geometry as ConvolutionGeometry, let member?):
      if let strip = geometry.strip(rows: memory.rows(ofMember: member).count) as? Geometry { return strip }
    case .geometry(let geometry as DepthwiseGeometry, let member?):
      if let strip = geometry.strip(rows: memory.rows(ofMember: member).count) as? Geometry { return strip }
    case let value: defect(value, is: "\(Geometry.self)")
    }
    fatalError("\(kernel) takes \(Geometry.self)")
  }

  /// A register tile.
  mutating func tile<Tile: RegisterTile>(_ label: String? = nil) -> Tile {
    switch next(label) {
    case .tile(let tile as Tile): return tile
    case let value: defect(value, is: "\(Tile.self)")
    }
  }

  /// Passes over a type that the kernel's own properties say, and gives it back.
  mutating func strategy<Strategy>(_ label: String? = nil, _ type: Strategy) -> Strategy {
    switch next(label) {
    case .strategy(let name) where name == "\(type)".replacing("\(Vector.self)", with: "Vector"): return type
    case let value: defect(value, is: "\(type)")
    }
  }

  /// A function that the runtime has.
  mutating func function(_ label: String? = nil) -> RuntimeFunction {
    switch next(label) {
    case .function(let function): return function
    case let value: defect(value, is: "a function")
    }
  }

  /// The last steps of a linear operator.
  mutating func epilogue(takesSlope: Bool) -> Epilogue {
    switch next(nil) {
    case .epilogue(let epilogue, takesSlope): return epilogue
    case let value: defect(value, is: "an epilogue")
    }
  }

  /// Ends the call.
  ///
  /// Precondition: nothing is left.
  func end() {
    if !rest.isEmpty { fatalError("\(kernel) has arguments that KilnRuntime's function doesn't: \(rest)") }
  }
}
