extension Slice {
  /// The range that known tuples of indices name along axes of `shape` after `batchAxes` shared ones; `nil` when they name no
  /// range in its order.
  ///
  /// The last axis of the tuples holds the indices of one. Its elements in their order are those of the result, whose
  /// axes may be others.
  package init?(tuples: Tensor, batchAxes: Int, of shape: [Int]) {
    let length = tuples.shape[tuples.shape.count - 1]
    let grid = Array(tuples.shape.dropLast())
    let numbers = tuples.integers()
    guard !numbers.isEmpty, !shape.contains(0) else { return nil }
    self.init(starts: shape.map { _ in 0 }, counts: shape)
    // The first axis of the tuples that no index has moved along yet.
    var next = batchAxes
    for position in 0..<length {
      let axis = batchAxes + position
      let indices = stride(from: position, to: numbers.count, by: length).map { numbers[$0] }
      guard let progression = IndexProgression(indices, over: grid, extent: shape[axis]) else { return nil }
      starts[axis] = progression.start
      counts[axis] = 1
      guard let moving = progression.axis else { continue }
      guard moving >= next, grid[next..<moving].allSatisfy({ $0 == 1 }) else { return nil }
      counts[axis] = grid[moving]
      steps[axis] = progression.step
      next = moving + 1
    }
    guard grid[next...].allSatisfy({ $0 == 1 }) else { return nil }
  }

  /// The range that known indices name along an axis, each for an element of its own; `nil` when they name none.
  package init?(elements indices: Tensor, axis: Int, of shape: [Int]) {
    let numbers = indices.integers()
    guard !numbers.isEmpty, let progression = IndexProgression(numbers, over: indices.shape, extent: shape[axis]),
      progression.axis ?? axis == axis, progression.axis != nil || indices.shape[axis] == 1
    else { return nil }
    self.init(starts: shape.map { _ in 0 }, counts: indices.shape)
    starts[axis] = progression.start
    steps[axis] = progression.step
  }

  /// The range that a list of known indices, whatever its shape is, picks along an axis; `nil` when it picks none.
  package init?(list indices: Tensor, axis: Int, of shape: [Int]) {
    let numbers = indices.integers()
    guard !numbers.isEmpty, let progression = IndexProgression(numbers, over: [numbers.count], extent: shape[axis]),
      progression.axis != nil || numbers.count == 1
    else { return nil }
    self.init(starts: shape.map { _ in 0 }, counts: shape)
    starts[axis] = progression.start
    counts[axis] = numbers.count
    steps[axis] = progression.step
  }
}

/// Indices that grow by the same step along one axis of a grid and are the same along all others.
private struct IndexProgression {
  let start: Int
  /// What they grow by, not 0; 1 when they are all the same.
  var step = 1
  /// The axis of the grid along which they grow; `nil` when they are all the same.
  var axis: Int?

  /// Finds the progression, with indices below 0 counted from the end; `nil` when there is none, or an index is outside.
  init?(_ indices: [Int], over grid: [Int], extent: Int) {
    guard indices.allSatisfy({ (-extent..<extent).contains($0) }) else { return nil }
    let places = indices.map { $0 < 0 ? $0 + extent : $0 }
    let strides = grid.rowMajorStrides
    start = places[0]
    for candidate in grid.indices where grid[candidate] > 1 {
      let growth = places[strides[candidate]] - start
      if growth == 0 { continue }
      guard axis == nil else { return nil }
      (axis, step) = (candidate, growth)
    }
    let isRegular = places.enumerated().allSatisfy { number, place in
      place == start + (axis.map { number / strides[$0] % grid[$0] * step } ?? 0)
    }
    guard isRegular else { return nil }
  }
}
