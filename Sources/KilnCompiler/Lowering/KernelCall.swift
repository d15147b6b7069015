import KilnGraph

/// One call of a kernel in the emitted program: plain data, so that planning can read what it touches and emission can
/// print it.
package struct KernelCall: Sendable {
  /// An argument, printed as `label: value`.
  package struct Argument: Sendable {
    /// The label; `nil` for none.
    package var label: String?
    /// The value.
    package var value: Value

    /// Makes an argument.
    package init(_ label: String?, _ value: Value) {
      self.label = label
      self.value = value
    }
  }

  /// What an argument is.
  package enum Value: Sendable {
    /// A pointer to an element of a value that the kernel reads. The offset is in elements from the value's first, and
    /// may point into its border.
    case source(ValueID, offset: Int, moves: [StripMove] = [])
    /// A pointer to an element of a value that the kernel writes.
    case destination(ValueID, offset: Int, moves: [StripMove] = [])
    /// A pointer to an element of a table of constants.
    case table(WeightTable.ID, offset: Int = 0)
    /// Extents or strides, as the runtime's `Axes`.
    case axes([Int])
    /// Memory that the layer's calls may use as they like and that is gone after the layer: `count` floats, from
    /// `offset` floats into it. Calls that may run at once use different parts.
    case workspace(offset: Int, count: Int)
    /// A size, count or stride.
    case integer(Int)
    /// A float32 constant, printed so that it reads back exactly.
    case float(Float)
    /// Swift source, for instance a micro-kernel's type `Convolve6x64.self` or a closure.
    case code(String)
  }

  /// How far a pointer moves from strip to strip, where layers are computed together in strips of rows.
  package struct StripMove: Sendable {
    /// The layer's number among those.
    package var stage: Int
    /// Elements for each row of that layer that comes before the strip's.
    package var elements: Int
  }

  /// The kernel's name.
  package var function: String
  /// The arguments in order.
  package var arguments: [Argument]
  /// The files of the runtime that the call needs; what these need in turn, `RuntimeFile` knows.
  package var files: Set<RuntimeFile>
  /// Kernels that are written for this network.
  package var kernels: [EmittedKernel]
  /// Which of the network's threads makes the call; 0 is the caller's. Calls of one layer on different threads don't
  /// touch what another of them writes.
  package var worker = 0
  /// Whether it writes over what calls before it in its layer have written, so that one thread must make them all.
  package var overwrites = false

  /// Makes a call.
  package init(
    _ function: String, _ arguments: [Argument], files: Set<RuntimeFile>, kernels: [EmittedKernel] = []
  ) {
    self.function = function
    self.arguments = arguments
    self.files = files
    self.kernels = kernels
  }

  /// Floats of the layer's workspace up to the last that the call uses.
  package var workspaceCount: Int {
    arguments.reduce(0) { if case .workspace(let offset, let count) = $1.value { max($0, offset + count) } else { $0 } }
  }

  /// The values that the call reads.
  package var reads: [ValueID] {
    arguments.compactMap { if case .source(let value, _, _) = $0.value { value } else { nil } }
  }

  /// The values that the call writes.
  package var writes: [ValueID] {
    arguments.compactMap { if case .destination(let value, _, _) = $0.value { value } else { nil } }
  }
}

/// A kernel that is written out for one network, such as a micro-kernel with its registers named: one file of the
/// emitted package.
package struct EmittedKernel: Hashable, Sendable {
  /// The name of its file and of what it declares. Equal names mean equal kernels.
  package var name: String
  /// Its Swift source, without a file header.
  package var source: String

  /// What the name of every kernel begins with: no network's may.
  static let namePrefixes = ["Convolve", "Depthwise", "Planar", "Winograd"]

  /// Makes a kernel. Precondition: its name begins with one of `namePrefixes`.
  package init(name: String, source: String) {
    precondition(Self.namePrefixes.contains { name.hasPrefix($0) }, "no network's name is kept from being \(name)")
    self.name = name
    self.source = source
  }
}
