/// Times in nanoseconds, in memory that somebody else owns.
struct Samples {
  private let start: UnsafeMutablePointer<Int64>
  private let count: Int

  /// Views `count` samples.
  ///
  /// Precondition: there is one.
  init(_ start: UnsafeMutablePointer<Int64>, count: Int) {
    self.start = start
    self.count = count
  }

  /// Views memory for `count` samples.
  ///
  /// Precondition: there is one.
  init(_ memory: UnsafeMutableRawPointer, count: Int) {
    self.init(memory.bindMemory(to: Int64.self, capacity: count), count: count)
  }

  subscript(index: Int) -> Int64 {
    get { start[index] }
    nonmutating set { start[index] = newValue }
  }

  /// The smallest sample that `percent` % of all don't exceed (the nearest rank).
  ///
  /// Precondition: they are sorted.
  func quantile(percent: Int) -> Int64 { start[max((count * percent + 99) / 100 - 1, 0)] }

  /// Sorts in place: heap sort, since the standard library's sort allocates.
  func sort() {
    var root = count / 2
    while root > 0 {
      root -= 1
      sink(root, below: count)
    }
    var end = count
    while end > 1 {
      end -= 1
      swap(0, end)
      sink(0, below: end)
    }
  }

  /// Restores the heap of the largest below `root`, whose children are heaps.
  private func sink(_ first: Int, below end: Int) {
    var root = first
    while 2 * root + 1 < end {
      var child = 2 * root + 1
      if child + 1 < end, start[child + 1] > start[child] { child += 1 }
      if start[root] >= start[child] { return }
      swap(root, child)
      root = child
    }
  }

  private func swap(_ a: Int, _ b: Int) {
    let value = start[a]
    start[a] = start[b]
    start[b] = value
  }
}
