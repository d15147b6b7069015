import KilnGraph
import KilnRuntimeSources

/// What a reduction of elements that are not float32 does.
package struct ElementReduction: Sendable {
  /// What a result starts from.
  package var identity: ElementLiteral
  /// Takes one more element into a result.
  package var accumulate: RuntimeFunction
  /// What is stored of a result.
  package var finish = RuntimeFunction.identity

  /// The reduction over `count` elements; `nil` when the runtime doesn't have it.
  package init?(_ kind: Reduction.Kind, _ scalar: ScalarType, count: Int) {
    func function(_ name: RuntimeFunction.Name) -> RuntimeFunction {
      RuntimeFunction(binary: .runtime(name), in: [.scalarReduction])
    }
    let add = RuntimeFunction(binary: .elements(.add), in: [.elementFunctions])
    switch kind {
    case .logSum where scalar != .float64: return nil
    case .sum, .mean, .logSum: (identity, accumulate) = (.whole(0, scalar), add)
    // Of bool, 0 and 1, the largest is whether any is true.
    case .maximum:
      (identity, accumulate) = (scalar == .bool ? .whole(0, scalar) : .lowest(scalar), function(.keepLargest))
    case .minimum:
      (identity, accumulate) = (scalar == .bool ? .whole(1, scalar) : .highest(scalar), function(.keepSmallest))
    case .product:
      (identity, accumulate) = (
        .whole(1, scalar), RuntimeFunction(binary: .elements(.multiply), in: [.elementFunctions])
      )
    case .l1: (identity, accumulate) = (.whole(0, scalar), function(.addMagnitude))
    case .sumOfSquares: (identity, accumulate) = (.whole(0, scalar), function(.addSquare))
    case .l2: (identity, accumulate) = (.whole(0, .float64), function(.addSquare))
    case .logSumExp: return nil
    }
    switch kind {
    case .mean:
      let divisor: KeyValuePairs<String, ElementLiteral> = ["": ElementLiteral(Double(count), as: scalar)]
      finish =
        scalar.isFloatingPoint
        ? RuntimeFunction(unary: .elements(.divide), divisor, in: [.elementFunctions])
        : RuntimeFunction(unary: .runtime(.quotient), divisor, in: [.numbers])
    case .l2:
      finish =
        scalar.isFloatingPoint
        ? RuntimeFunction(unary: .elements(.squareRoot), in: [.elementFunctions])
        : RuntimeFunction(unary: .runtime(.wholeSquareRoot), ["as": .type(scalar)], in: [.numbers])
    case .logSum: finish = RuntimeFunction(unary: .elements(.logarithm), in: [.doubleFunctions])
    case .sum, .maximum, .minimum, .product, .l1, .sumOfSquares, .logSumExp: break
    }
  }
}

/// A reduction of elements of any type, one at a time.
///
/// Integers wrap around; sums of floating-point numbers are rounded once for each term.
///
/// Axes: four around what is reduced, then four that are reduced.
package struct ReduceScalars: StridedKernel {
  package var name: String { "reduceScalars" }
  package var source: Operand
  package var destination: Operand
  package var axes: [IterationAxis]
  package var reduction: ElementReduction

  /// Makes the kernel.
  ///
  /// - Parameters:
  ///   - nest: the innermost axes of a loop nest of source and destination.
  ///   - over: the axes of the source that are reduced.
  package init(
    _ source: Operand, over: [LoopNest.Axis], to destination: Operand, _ nest: [LoopNest.Axis],
    _ reduction: ElementReduction
  ) {
    self.source = source.along(nest, operand: 0, inner: over.paddedStrides(of: 0))
    self.destination = destination.along(nest, operand: 1, inner: [0, 0, 0, 0])
    axes = nest.whole + over.whole
    self.reduction = reduction
  }

  package var file: RuntimeFile { .scalarReduction }

  package var arguments: [KernelArgument] {
    [
      .pointer(source), .axes(source.outerStrides), .axes("over", reducedShape), .axes(source.reducedStrides),
      .pointer("to", destination), .axes(destination.outerStrides), .axes("shape", shape),
      .number("from", reduction.identity), .function("accumulate", reduction.accumulate),
      .function("finish", reduction.finish),
    ]
  }

  package func execute(on executor: some KernelExecutor) { executor.execute(self) }

  package mutating func update(reads: (inout Operand) -> Void, writes: (inout Operand) -> Void) {
    reads(&source)
    writes(&destination)
  }
}
