import KilnGraph

extension LoweringContext {
  /// Elements between neighbours along each axis of a value: its view's, or row-major for a constant.
  package func strides(of value: ValueID) -> [Int] {
    graph.constant(value) == nil ? view(value).strides : graph.type(of: value).shape.rowMajorStrides
  }

  /// A value's strides along the axes of a larger shape that it is broadcast to as NumPy does; 0 where it is repeated.
  package func strides(of value: ValueID, broadcastTo shape: [Int]) -> [Int] {
    let own = graph.type(of: value).shape
    let strides = zip(own, self.strides(of: value)).map { $0 == 1 ? 0 : $1 }
    return Array(repeating: 0, count: shape.count - own.count) + strides
  }
}
