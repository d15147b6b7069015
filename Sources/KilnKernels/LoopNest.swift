/// The axes of a strided loop over several operands, merged where all of them allow it: what the kernels' `Axes` are
/// made from.
package struct LoopNest {
  /// One axis.
  package struct Axis: Equatable, Sendable {
    /// Steps along the axis.
    package var extent: Int
    /// Elements between neighbours, one entry per operand; 0 repeats an operand.
    package var strides: [Int]

    /// Makes an axis.
    package init(extent: Int, strides: [Int]) {
      self.extent = extent
      self.strides = strides
    }
  }

  /// The axes, outermost first.
  ///
  /// None has extent 1.
  package var axes: [Axis]
  private let operandCount: Int

  /// Makes a nest from a shape and each operand's strides along its axes.
  package init(_ shape: [Int], _ strides: [[Int]]) {
    axes = []
    operandCount = strides.count
    for (index, extent) in shape.enumerated() where extent != 1 {
      append(Axis(extent: extent, strides: strides.map { $0[index] }))
    }
  }

  /// Whether there is nothing to do.
  package var isEmpty: Bool { axes.contains { $0.extent == 0 } }

  /// Removes and returns the innermost axis if `condition` holds for it, and an axis of one step otherwise.
  ///
  /// - Parameter step: the strides of the axis of one step.
  package mutating func removeInnermost(or step: Int = 1, where condition: (Axis) -> Bool) -> Axis {
    guard let last = axes.last, condition(last) else {
      return Axis(extent: 1, strides: Array(repeating: step, count: operandCount))
    }
    return axes.removeLast()
  }

  /// The nest with all axes but the `count` innermost ones taken apart: what remains, at the offset that each operand
  /// has there.
  ///
  /// One piece for each step through the others.
  package func pieces(keeping count: Int = LoopNest.kernelAxisCount) -> [(offsets: [Int], axes: [Axis])] {
    let outer = axes.dropLast(count)
    var offsets = [Array(repeating: 0, count: operandCount)]
    for axis in outer {
      offsets = offsets.flatMap { start in
        (0..<axis.extent).map { step in zip(start, axis.strides).map { $0 + step * $1 } }
      }
    }
    return offsets.map { ($0, Array(axes.suffix(count))) }
  }

  /// The number of axes that a kernel's `Axes` hold.
  package static let kernelAxisCount = 4

  private mutating func append(_ inner: Axis) {
    if let outer = axes.last, zip(outer.strides, inner.strides).allSatisfy({ $0 == $1 * inner.extent }) {
      axes[axes.count - 1] = Axis(extent: outer.extent * inner.extent, strides: inner.strides)
    } else {
      axes.append(inner)
    }
  }
}

extension [LoopNest.Axis] {
  /// The extents of as many axes as a kernel's `Axes` have.
  package var paddedExtents: [Int] { map(\.extent).padded(with: 1) }

  /// An operand's strides along as many axes as a kernel's `Axes` have.
  package func paddedStrides(of operand: Int) -> [Int] { map { $0.strides[operand] }.padded(with: 0) }
}

extension [Int] {
  /// These numbers, preceded by as many of `number` as a kernel's `Axes` need.
  fileprivate func padded(with number: Int) -> [Int] {
    [Int](repeating: number, count: LoopNest.kernelAxisCount - count) + self
  }
}
