import KilnGraph
import KilnRuntimeSources

/// The axes that tuples of indices name: at most as many as a kernel has arguments for.
package struct IndexedAxes: Hashable, Sendable {
  /// The most axes that a tuple names.
  package static let maximumCount = 8

  /// The axes' extents.
  package var extents: [Int]
  /// Elements between neighbours along them.
  package var strides: [Int]

  /// Describes the axes.
  ///
  /// Precondition: they are no more than `maximumCount`.
  package init(extents: [Int], strides: [Int]) {
    precondition(extents.count <= Self.maximumCount && extents.count == strides.count)
    self.extents = extents
    self.strides = strides
  }

  @ArgumentList fileprivate var arguments: [KernelArgument] {
    [
      .integer("length", extents.count), .axes("extents", padded(extents, with: 1)),
      .axes("strides", padded(strides, with: 0)),
    ]
  }

  private func padded(_ numbers: [Int], with number: Int) -> [Int] {
    numbers + [Int](repeating: number, count: Self.maximumCount - numbers.count)
  }
}

/// Slices of any type, copied from where tuples of indices say: an index below 0 counts from the end, one outside becomes the
/// nearest inside.
///
/// Exact.
///
/// Axes: four around the slices, then the slice.
package struct PickSlices: StridedKernel {
  package var name: String { "pickSlices" }
  package var source: Operand
  package var tuples: Operand
  package var destination: Operand
  /// What the indices of a tuple name.
  package var indexed: IndexedAxes
  package var axes: [IterationAxis]

  /// Makes the kernel for the innermost axes of a loop nest of source, tuples and destination.
  package init(
    _ source: Operand, tuples: Operand, _ indexed: IndexedAxes, to destination: Operand, _ nest: [LoopNest.Axis],
    count: Int
  ) {
    self.source = source.along(nest, operand: 0, inner: [1])
    self.tuples = tuples.along(nest, operand: 1, inner: [0])
    self.destination = destination.along(nest, operand: 2, inner: [1])
    self.indexed = indexed
    axes = nest.divisible + [.whole(count)]
  }

  package var file: RuntimeFile { .indexTuples }

  package var arguments: [KernelArgument] {
    [
      .pointer(source), .axes(source.outerStrides), .pointer("tuples", tuples), .axes(tuples.outerStrides),
    ]
    indexed.arguments
    [
      .pointer("to", destination), .axes(destination.outerStrides), .axes("shape", shape),
      .integer("count", axes[4].extent),
    ]
  }

  package func execute(on executor: some KernelExecutor) { executor.execute(self) }

  package mutating func update(reads: (inout Operand) -> Void, writes: (inout Operand) -> Void) {
    reads(&source)
    reads(&tuples)
    writes(&destination)
  }
}

/// Slices of any type, put where tuples of indices say, one after the other: an index below 0 counts from the end, one outside
/// becomes the nearest inside.
///
/// The error is that of the function which combines a slice with what is there.
///
/// Axes: four around the slices, then the slice.
package struct PlaceSlices: StridedKernel {
  package var name: String { "placeSlices" }
  package var source: Operand
  package var tuples: Operand
  package var destination: Operand
  /// What the indices of a tuple name.
  package var indexed: IndexedAxes
  package var axes: [IterationAxis]
  /// What an element becomes by another.
  package var combine: RuntimeFunction

  /// Makes the kernel for the innermost axes of a loop nest of source, tuples and destination, whose elements lie in the
  /// destination already.
  package init(
    _ source: Operand, tuples: Operand, _ indexed: IndexedAxes, to destination: Operand, _ nest: [LoopNest.Axis],
    count: Int, _ reduction: ScatterReduction, of scalar: ScalarType
  ) {
    self.source = source.along(nest, operand: 0, inner: [1])
    self.tuples = tuples.along(nest, operand: 1, inner: [0])
    self.destination = destination.along(nest, operand: 2, inner: [1])
    self.indexed = indexed
    // Several slices may have one place.
    axes = nest.whole + [.whole(count)]
    combine = reduction.function(of: scalar)
  }

  package var file: RuntimeFile { .indexTuples }

  package var arguments: [KernelArgument] {
    [
      .pointer(source), .axes(source.outerStrides), .pointer("tuples", tuples), .axes(tuples.outerStrides),
    ]
    indexed.arguments
    [
      .pointer("to", destination), .axes(destination.outerStrides), .axes("shape", shape),
      .integer("count", axes[4].extent), .function(combine),
    ]
  }

  package func execute(on executor: some KernelExecutor) { executor.execute(self) }

  package mutating func update(reads: (inout Operand) -> Void, writes: (inout Operand) -> Void) {
    reads(&source)
    reads(&tuples)
    writes(&destination)
  }
}

extension ScatterReduction {
  /// The runtime's function of what is there and what is put there.
  fileprivate func function(of scalar: ScalarType) -> RuntimeFunction {
    let name: RuntimeFunction.ElementName
    switch self {
    case .none: return RuntimeFunction(binary: .runtime(.replacement), in: [.indexTuples])
    case .add: name = .add
    case .multiply: name = .multiply
    case .minimum: name = .minimum
    case .maximum: name = .maximum
    }
    return RuntimeFunction(binary: .elements(name), in: [.elementFunctions])
  }
}
