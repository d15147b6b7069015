/// An axis of what a kernel walks over.
package struct IterationAxis: Hashable, Sendable {
  /// Steps along the axis.
  package var extent: Int
  /// Whether different threads may take different steps: no step needs what another computes.
  package var isDivisible: Bool
  /// Neighbouring steps that stay together: a cache line of floats where steps are neighbours in memory.
  package var unit: Int

  /// An axis whose steps may be shared.
  package static func divisible(_ extent: Int, unit: Int = 1) -> IterationAxis {
    IterationAxis(extent: extent, isDivisible: true, unit: unit)
  }

  /// An axis along which runs of contiguous elements lie, which may be shared by cache lines.
  package static func run(_ extent: Int) -> IterationAxis { divisible(extent, unit: 16) }

  /// An axis that one thread walks over whole.
  package static func whole(_ extent: Int) -> IterationAxis {
    IterationAxis(extent: extent, isDivisible: false, unit: 1)
  }
}

extension [LoopNest.Axis] {
  /// These axes as the four outermost of a kernel, which may be shared.
  var divisible: [IterationAxis] { paddedExtents.map { .divisible($0) } }

  /// These axes as the four outermost of a kernel that one thread walks over.
  var whole: [IterationAxis] { paddedExtents.map { .whole($0) } }
}
