import KilnGraph
import KilnRuntimeSources

/// What a reduction of float32 does: functions of vectors.
package struct VectorReduction: Sendable {
  /// What a result starts from.
  package var identity: Float
  /// Takes one more element into a result.
  package var accumulate: RuntimeFunction
  /// Joins two results.
  package var merge: RuntimeFunction
  /// What is stored of a result.
  package var finish = RuntimeFunction.identity

  /// The reduction over `count` elements.
  package init(_ kind: Reduction.Kind, count: Int) {
    let add = RuntimeFunction(binary: .runtime(.add), in: [.arithmetic])
    switch kind {
    case .sum, .mean, .logSum, .logSumExp: (identity, accumulate, merge) = (0, add, add)
    case .maximum:
      let maximum = RuntimeFunction(binary: .runtime(.maximumOrNaN), in: [.vector])
      (identity, accumulate, merge) = (-.infinity, maximum, maximum)
    case .minimum:
      let minimum = RuntimeFunction(binary: .runtime(.minimumOrNaN), in: [.vector])
      (identity, accumulate, merge) = (.infinity, minimum, minimum)
    case .product:
      let multiply = RuntimeFunction(binary: .runtime(.multiply), in: [.arithmetic])
      (identity, accumulate, merge) = (1, multiply, multiply)
    case .l1:
      (identity, accumulate, merge) = (0, RuntimeFunction(binary: .runtime(.addMagnitude), in: [.arithmetic]), add)
    case .l2, .sumOfSquares:
      (identity, accumulate, merge) = (0, RuntimeFunction(binary: .runtime(.addSquare), in: [.arithmetic]), add)
    }
    switch kind {
    case .mean: finish = RuntimeFunction(unary: .runtime(.divide), ["by": .float(Float(count))], in: [.arithmetic])
    case .l2: finish = RuntimeFunction(unary: .runtime(.squareRoot), in: [.vector])
    case .logSum: finish = RuntimeFunction(unary: .runtime(.logarithm), in: [.exponential])
    case .maximum, .minimum: finish = RuntimeFunction(unary: .runtime(.withoutNegativeZero), in: [.arithmetic])
    case .sum, .product, .l1, .sumOfSquares, .logSumExp: break
    }
  }
}

/// A reduction of contiguous float32 runs to one element each.
///
/// A sum of n terms errs by at most `(64 + n / 64) * 2^-24` times the sum of their magnitudes; its rounding depends on
/// the vector's width.
///
/// Axes: four around what is reduced; then four that are reduced, and the run, whole.
package struct ReduceRows: StridedKernel {
  package var name: String { "reduceRows" }
  package var source: Operand
  package var destination: Operand
  package var axes: [IterationAxis]
  package var reduction: VectorReduction

  /// Makes the kernel.
  ///
  /// - Parameters:
  ///   - nest: the innermost axes of a loop nest of source and destination.
  ///   - over: the axes of the source that are reduced, but for the run.
  package init(
    _ source: Operand, over: [LoopNest.Axis], to destination: Operand, _ nest: [LoopNest.Axis], count: Int,
    _ reduction: VectorReduction
  ) {
    self.source = source.along(nest, operand: 0, inner: over.paddedStrides(of: 0) + [1])
    self.destination = destination.along(nest, operand: 1, inner: [0, 0, 0, 0, 0])
    axes = nest.divisible + over.whole + [.whole(count)]
    self.reduction = reduction
  }

  package var file: RuntimeFile { .reduction }

  package var arguments: [KernelArgument] { reductionArguments(source, destination, reduction) }

  package func execute(on executor: some KernelExecutor) { executor.execute(self) }

  package mutating func update(reads: (inout Operand) -> Void, writes: (inout Operand) -> Void) {
    reads(&source)
    writes(&destination)
  }
}

/// A reduction of float32 elements that lie apart, for each of a run of contiguous ones, a vector of them at a time.
///
/// A sum of n terms errs by at most `(64 + n / 64) * 2^-24` times the sum of their magnitudes.
///
/// Axes: four around what is reduced; four that are reduced, whole; then the run.
package struct ReduceChannels: StridedKernel {
  package var name: String { "reduceChannels" }
  package var source: Operand
  package var destination: Operand
  package var axes: [IterationAxis]
  package var reduction: VectorReduction

  /// Makes the kernel.
  ///
  /// - Parameters:
  ///   - nest: the innermost axes of a loop nest of source and destination.
  ///   - over: the axes of the source that are reduced.
  package init(
    _ source: Operand, over: [LoopNest.Axis], to destination: Operand, _ nest: [LoopNest.Axis], count: Int,
    _ reduction: VectorReduction
  ) {
    self.source = source.along(nest, operand: 0, inner: over.paddedStrides(of: 0) + [1])
    self.destination = destination.along(nest, operand: 1, inner: [0, 0, 0, 0, 1])
    axes = nest.divisible + over.whole + [.run(count)]
    self.reduction = reduction
  }

  package var file: RuntimeFile { .reduction }

  package var arguments: [KernelArgument] { reductionArguments(source, destination, reduction) }

  package func execute(on executor: some KernelExecutor) { executor.execute(self) }

  package mutating func update(reads: (inout Operand) -> Void, writes: (inout Operand) -> Void) {
    reads(&source)
    writes(&destination)
  }
}

extension StridedKernel {
  /// The extents of the four axes that are reduced, as the kernels' `over`.
  var reducedShape: [Int] { axes[4..<8].map(\.extent) }

  /// The arguments that both vector reductions have.
  fileprivate func reductionArguments(
    _ source: Operand, _ destination: Operand, _ reduction: VectorReduction
  ) -> [KernelArgument] {
    [
      .pointer(source), .axes(source.outerStrides), .axes("over", reducedShape), .axes(source.reducedStrides),
      .pointer("to", destination), .axes(destination.outerStrides), .axes("shape", shape),
      .integer("count", axes[8].extent), .number("from", .float(reduction.identity)),
      .function("accumulate", reduction.accumulate), .function("merge", reduction.merge),
      .function("finish", reduction.finish),
    ]
  }
}

extension Operand {
  /// The strides along the four axes that are reduced.
  var reducedStrides: [Int] { Array(strides[4..<8]) }
}
