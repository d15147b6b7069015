import KilnRuntimeSources

/// A kernel of KilnRuntime with its operands: what one call in an emitted program is made from.
///
/// One declaration per kernel says everything that others need to know of it. Liveness and strips come from its operands,
/// sharing among threads from its axes, the printed call from its arguments, and what is copied into a package from its
/// file and its tiles.
package protocol Kernel: Sendable {
  /// The name of the kernel in KilnRuntime.
  var name: String { get }

  /// The runtime's file that declares the kernel.
  var file: RuntimeFile { get }

  /// The arguments in the order of the kernel's parameters.
  @ArgumentList var arguments: [KernelArgument] { get }

  /// The axes that the kernel walks over, outermost first: the strides of its operands have an entry for each.
  ///
  /// Empty for kernels whose geometry says how they walk; those are shared by whoever makes them.
  var axes: [IterationAxis] { get }

  /// Elements that are read or written, roughly: what decides whether sharing is worth it.
  var elementCount: Int { get }

  /// Hands the kernel to the function that an executor has for it.
  func execute(on executor: some KernelExecutor)

  /// Calls one of two functions with each operand, depending on whether the kernel reads or writes it.
  mutating func update(reads: (inout Operand) -> Void, writes: (inout Operand) -> Void)

  /// Leaves the steps of `range` along an axis. Precondition: the axis is divisible, and `range` lies inside its extent.
  mutating func restrict(_ axis: Int, to range: Range<Int>)
}

extension Kernel {
  package var axes: [IterationAxis] { [] }
  package var elementCount: Int { axes.reduce(1) { $0 * $1.extent } }

  package mutating func restrict(_ axis: Int, to range: Range<Int>) {
    preconditionFailure("\(name) has no axis to divide")
  }

  /// The operands that the kernel reads.
  package var reads: [Operand] {
    var (copy, operands) = (self, [Operand]())
    copy.update(reads: { operands.append($0) }, writes: { _ in })
    return operands
  }

  /// The operands that the kernel writes.
  package var writes: [Operand] {
    var (copy, operands) = (self, [Operand]())
    copy.update(reads: { _ in }, writes: { operands.append($0) })
    return operands
  }
}

/// A kernel that walks over an index space by strides, which its axes describe in full.
package protocol StridedKernel: Kernel {
  var axes: [IterationAxis] { get set }
}

extension StridedKernel {
  package mutating func restrict(_ axis: Int, to range: Range<Int>) {
    precondition(axes[axis].isDivisible, "\(name) can't be divided along axis \(axis)")
    axes[axis].extent = range.count
    let move = { (operand: inout Operand) in operand.offset += range.lowerBound * operand.strides[axis] }
    update(reads: move, writes: move)
  }

  /// The extents of the four outermost axes, as the kernels' `shape`.
  var shape: [Int] { axes.prefix(LoopNest.kernelAxisCount).map(\.extent) }
}
