import KilnGraph
import KilnRuntimeSources

/// Conversion of float32 to numbers of 8 bits: equal to `QuantizeLinear` in every bit.
///
/// Axes: four around the runs, then the run.
package struct QuantizeElements: StridedKernel {
  package var name: String { "quantizeElements" }
  package var source: Operand
  package var destination: Operand
  package var axes: [IterationAxis]
  package var quantization: TensorQuantization

  /// Makes the kernel for the innermost axes of a loop nest of two operands, whose runs are contiguous on both sides.
  package init(
    _ source: Operand, to destination: Operand, _ nest: [LoopNest.Axis], count: Int, _ quantization: TensorQuantization
  ) {
    self.source = source.along(nest, operand: 0, inner: [1])
    self.destination = destination.along(nest, operand: 1, inner: [1])
    axes = nest.divisible + [.run(count)]
    self.quantization = quantization
  }

  package var file: RuntimeFile { .quantizedElements }

  package var arguments: [KernelArgument] {
    [
      .pointer(source), .axes(source.outerStrides), .pointer("to", destination), .axes(destination.outerStrides),
      .axes("shape", shape), .integer("count", axes[4].extent),
    ]
    quantization.arguments
  }

  package func execute(on executor: some KernelExecutor) { executor.execute(self) }

  package mutating func update(reads: (inout Operand) -> Void, writes: (inout Operand) -> Void) {
    reads(&source)
    writes(&destination)
  }
}

/// Conversion of float32 to unsigned numbers of 8 bits with the scale and zero point that the numbers ask for: equal to
/// `DynamicQuantizeLinear` in every bit.
///
/// Axes: four around the runs, then the run; one thread walks over all, as the range is the whole tensor's.
package struct QuantizeDynamically: StridedKernel {
  package var name: String { "quantizeDynamically" }
  package var source: Operand
  package var destination: Operand
  /// One number of float32, written.
  package var scale: Operand
  /// One number of 8 bits, written.
  package var zeroPoint: Operand
  package var axes: [IterationAxis]

  /// Makes the kernel for the innermost axes of a loop nest of source and destination, whose runs are contiguous on both sides.
  package init(
    _ source: Operand, to destination: Operand, _ nest: [LoopNest.Axis], count: Int, scale: Operand, zeroPoint: Operand
  ) {
    self.source = source.along(nest, operand: 0, inner: [1])
    self.destination = destination.along(nest, operand: 1, inner: [1])
    axes = nest.whole + [.whole(count)]
    self.scale = scale
    self.zeroPoint = zeroPoint
  }

  package var file: RuntimeFile { .quantizedElements }

  package var arguments: [KernelArgument] {
    [
      .pointer(source), .axes(source.outerStrides), .pointer("to", destination), .axes(destination.outerStrides),
      .axes("shape", shape), .integer("count", axes[4].extent), .pointer("scale", scale),
      .pointer("zeroPoint", zeroPoint),
    ]
  }

  package func execute(on executor: some KernelExecutor) { executor.execute(self) }

  package mutating func update(reads: (inout Operand) -> Void, writes: (inout Operand) -> Void) {
    reads(&source)
    writes(&destination)
    writes(&scale)
    writes(&zeroPoint)
  }
}

/// Conversion of numbers of 8 bits to float32: equal to `DequantizeLinear` in every bit.
///
/// Axes: four around the runs, then the run.
package struct DequantizeElements: StridedKernel {
  package var name: String { "dequantizeElements" }
  package var source: Operand
  package var destination: Operand
  package var axes: [IterationAxis]
  package var quantization: TensorQuantization

  /// Makes the kernel for the innermost axes of a loop nest of two operands, whose runs are contiguous on both sides.
  package init(
    _ source: Operand, to destination: Operand, _ nest: [LoopNest.Axis], count: Int, _ quantization: TensorQuantization
  ) {
    self.source = source.along(nest, operand: 0, inner: [1])
    self.destination = destination.along(nest, operand: 1, inner: [1])
    axes = nest.divisible + [.run(count)]
    self.quantization = quantization
  }

  package var file: RuntimeFile { .quantizedElements }

  package var arguments: [KernelArgument] {
    [
      .pointer(source), .axes(source.outerStrides), .pointer("to", destination), .axes(destination.outerStrides),
      .axes("shape", shape), .integer("count", axes[4].extent),
    ]
    quantization.arguments
  }

  package func execute(on executor: some KernelExecutor) { executor.execute(self) }

  package mutating func update(reads: (inout Operand) -> Void, writes: (inout Operand) -> Void) {
    reads(&source)
    writes(&destination)
  }
}

/// The sum of two tensors of 8 bits, in place of either if wanted: equal to `RequantizedSum` in every bit.
///
/// Axes: four around the runs, then the run.
package struct SumQuantized: StridedKernel {
  package var name: String { "sumQuantized" }
  package var left: Operand
  package var right: Operand
  package var destination: Operand
  package var axes: [IterationAxis]
  package var sum: RequantizedSum

  /// Makes the kernel for the innermost axes of a loop nest of three operands, whose runs are contiguous on all sides.
  package init(
    _ left: Operand, _ right: Operand, to destination: Operand, _ nest: [LoopNest.Axis], count: Int,
    _ sum: RequantizedSum
  ) {
    self.left = left.along(nest, operand: 0, inner: [1])
    self.right = right.along(nest, operand: 1, inner: [1])
    self.destination = destination.along(nest, operand: 2, inner: [1])
    axes = nest.divisible + [.run(count)]
    self.sum = sum
  }

  package var file: RuntimeFile { .quantizedElements }

  package var arguments: [KernelArgument] {
    [.pointer(left), .axes(left.outerStrides)]
    sum.left.arguments
    [.pointer(right), .axes(right.outerStrides)]
    sum.right.arguments
    [
      .pointer("to", destination), .axes(destination.outerStrides), .axes("shape", shape),
      .integer("count", axes[4].extent),
    ]
    TensorQuantization(scale: sum.scale, zeroPoint: sum.result.zeroPoint).arguments
    [
      .integer("lower", sum.result.limits.lowerBound), .integer("upper", sum.result.limits.upperBound),
    ]
  }

  package func execute(on executor: some KernelExecutor) { executor.execute(self) }

  package mutating func update(reads: (inout Operand) -> Void, writes: (inout Operand) -> Void) {
    reads(&left)
    reads(&right)
    writes(&destination)
  }
}

/// A function of numbers of 8 bits by table, in place if wanted: exact.
///
/// Axes: four around the runs, then the run.
package struct LookUpBytes: StridedKernel {
  package var name: String { "lookUpBytes" }
  package var source: Operand
  /// 256 entries, by the bits of the number as an unsigned integer.
  package var table: Operand
  package var destination: Operand
  package var axes: [IterationAxis]

  /// Makes the kernel for the innermost axes of a loop nest of two operands, whose runs are contiguous on both sides.
  package init(
    _ source: Operand, in table: Operand, to destination: Operand, _ nest: [LoopNest.Axis], count: Int
  ) {
    self.source = source.along(nest, operand: 0, inner: [1])
    self.table = table
    self.table.strides = nest.divisible.map { _ in 0 } + [0]
    self.destination = destination.along(nest, operand: 1, inner: [1])
    axes = nest.divisible + [.run(count)]
  }

  package var file: RuntimeFile { .quantizedElements }

  package var arguments: [KernelArgument] {
    [
      .pointer(source), .axes(source.outerStrides), .pointer("in", table), .pointer("to", destination),
      .axes(destination.outerStrides), .axes("shape", shape), .integer("count", axes[4].extent),
    ]
  }

  package func execute(on executor: some KernelExecutor) { executor.execute(self) }

  package mutating func update(reads: (inout Operand) -> Void, writes: (inout Operand) -> Void) {
    reads(&source)
    reads(&table)
    writes(&destination)
  }
}

extension TensorQuantization {
  /// The arguments that say it.
  fileprivate var arguments: [KernelArgument] {
    [.number("scale", ElementLiteral(Double(scale), as: .float32)), .integer("zeroPoint", zeroPoint)]
  }
}
