import KilnGraph

extension KernelCall {
  /// Writes a number to runs of `count` elements of `value`, the first at `offset`, that lie along `axes`.
  static func fill(
    _ value: ValueID, offset: Int, _ axes: [LoopNest.Axis], count: Int, with number: Double, as scalar: ScalarType
  ) -> KernelCall {
    KernelCall(
      "fillRuns",
      [
        .init(nil, .destination(value, offset: offset)), .init(nil, axes.strides(of: 0)),
        .init("shape", axes.extents), .init("count", .integer(count)), .init("value", .number(number, as: scalar)),
      ], files: [scalar.copyFile])
  }
}
