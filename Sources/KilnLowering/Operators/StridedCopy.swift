import KilnGraph
import KilnKernels

/// A copy between strided operands: what moving data comes down to.
struct StridedCopy {
  /// Elements of a value: its first, and the distance between neighbours along each axis of the copy; 0 repeats them.
  struct Side {
    var value: ValueID
    var offset = 0
    var strides: [Int]
  }

  /// Extents along each axis.
  var shape: [Int]
  /// What is read.
  var source: Side
  /// What is written; not the memory that is read.
  var destination: Side

  /// The calls, at most one unless there are more axes than a kernel's.
  func calls(_ context: inout LoweringContext) -> [KernelCall] {
    if isInPlace(context) { return [] }
    let nest = LoopNest(shape, [source.strides, destination.strides])
    if nest.isEmpty { return [] }
    let axes = nest.axes
    let scalar = context.graph.type(of: source.value).scalar
    if let run = axes.firstIndex(where: { $0.strides == [1, 1] }) {
      return calls(around: [run], axes, &context) { CopyRuns($0, to: $1, $2, count: axes[run].extent, of: scalar) }
    }
    if let row = axes.firstIndex(where: { $0.strides[0] == 1 }),
      let column = axes.firstIndex(where: { $0.strides[1] == 1 })
    {
      return calls(around: [row, column], axes, &context) {
        CopyTransposed($0, to: $1, $2, row: axes[row], column: axes[column], of: scalar)
      }
    }
    if axes.isEmpty {
      return calls(around: [], axes, &context) { CopyRuns($0, to: $1, $2, count: 1, of: scalar) }
    }
    let step = axes.firstIndex { $0.strides[1] == 1 } ?? axes.count - 1
    return calls(around: [step], axes, &context) { CopySteps($0, to: $1, $2, run: axes[step]) }
  }

  /// Calls of a kernel that walks the axes `inner` itself; it is given the operands and the axes around those.
  private func calls(
    around inner: [Int], _ axes: [LoopNest.Axis], _ context: inout LoweringContext,
    kernel: (Operand, Operand, [LoopNest.Axis]) -> any Kernel
  ) -> [KernelCall] {
    let others = axes.indices.filter { !inner.contains($0) }.map { axes[$0] }
    let outer = LoopNest(others.map(\.extent), [0, 1].map { operand in others.map { $0.strides[operand] } })
    return outer.pieces().map { offsets, axes in
      KernelCall(
        kernel(
          context.source(source.value, offset: source.offset + offsets[0]),
          context.destination(destination.value, offset: destination.offset + offsets[1]), axes))
    }
  }

  /// Whether the planner has put one on the other already.
  private func isInPlace(_ context: LoweringContext) -> Bool {
    if context.graph.constant(source.value) != nil { return false }
    let from = context.view(source.value)
    let to = context.view(destination.value)
    return from.buffer == to.buffer && from.offset + source.offset == to.offset + destination.offset
      && shape.indices.allSatisfy { shape[$0] == 1 || source.strides[$0] == destination.strides[$0] }
  }
}
