import KilnGraph
import KilnRuntimeSources

/// A copy between strided operands: what moving data comes down to.
struct StridedCopy {
  /// Elements of a value: its first, and the distance between neighbours along each axis of the copy; 0 repeats them.
  struct Operand {
    var value: ValueID
    var offset = 0
    var strides: [Int]
  }

  /// Extents along each axis.
  var shape: [Int]
  /// What is read.
  var source: Operand
  /// What is written; not the memory that is read.
  var destination: Operand

  /// The calls, at most one unless there are more axes than a kernel's.
  func calls(_ context: inout LoweringContext) -> [KernelCall] {
    if isInPlace(context) { return [] }
    let nest = LoopNest(shape, [source.strides, destination.strides])
    if nest.isEmpty { return [] }
    let axes = nest.axes
    if let run = axes.firstIndex(where: { $0.strides == [1, 1] }) {
      return calls("copyRuns", around: [run], axes, &context) { ([], [], [("count", $0[0].extent)]) }
    }
    if let row = axes.firstIndex(where: { $0.strides[0] == 1 }),
      let column = axes.firstIndex(where: { $0.strides[1] == 1 })
    {
      return calls("copyTransposed", around: [row, column], axes, &context) { inner in
        (
          [("stride", inner[1].strides[0])], [("stride", inner[0].strides[1])],
          [("rows", inner[0].extent), ("columns", inner[1].extent)]
        )
      }
    }
    if axes.isEmpty {
      return calls("copyRuns", around: [], axes, &context) { _ in ([], [], [("count", 1)]) }
    }
    let step = axes.firstIndex { $0.strides[1] == 1 } ?? axes.count - 1
    return calls("copySteps", around: [step], axes, &context) { inner in
      ([("step", inner[0].strides[0])], [("step", inner[0].strides[1])], [("count", inner[0].extent)])
    }
  }

  private typealias Numbers = [(label: String, value: Int)]

  /// Calls of a kernel that walks the axes `inner` itself; `numbers` are its arguments behind the source, behind the
  /// destination, and last.
  private func calls(
    _ function: String, around inner: [Int], _ axes: [LoopNest.Axis], _ context: inout LoweringContext,
    _ numbers: ([LoopNest.Axis]) -> (Numbers, Numbers, Numbers)
  ) -> [KernelCall] {
    let others = axes.indices.filter { !inner.contains($0) }.map { axes[$0] }
    let outer = LoopNest(others.map(\.extent), [0, 1].map { operand in others.map { $0.strides[operand] } })
    // Single elements have no use for vectors.
    let file = function == "copySteps" ? .copyScalars : context.graph.type(of: source.value).scalar.copyFile
    let (behindSource, behindDestination, last) = numbers(inner.map { axes[$0] })
    func arguments(_ numbers: Numbers) -> [KernelCall.Argument] { numbers.map { .init($0.label, .integer($0.value)) } }
    return outer.pieces().map { offsets, axes in
      KernelCall(
        function,
        [
          .init(nil, context.source(source.value, offset: source.offset + offsets[0])),
          .init(nil, axes.strides(of: 0)),
        ] + arguments(behindSource) + [
          .init("to", .destination(destination.value, offset: destination.offset + offsets[1])),
          .init(nil, axes.strides(of: 1)),
        ] + arguments(behindDestination) + [.init("shape", axes.extents)] + arguments(last),
        files: [file])
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

extension ScalarType {
  /// The file of the runtime that copies elements of this type.
  var copyFile: RuntimeFile { self == .float32 ? .copy : .copyScalars }
}
