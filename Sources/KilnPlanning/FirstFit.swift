/// First-fit placement: each request at the lowest offset that is free throughout its lifetime.
enum FirstFit {
  typealias Placement = (offsets: [Int], byteCount: Int)

  /// The pairs of requests alive at once; some number above `limit` when there are more.
  ///
  /// Complexity: O(n log n).
  static func pairCount(_ requests: [MemoryPlan.Request], upTo limit: Int) -> Int {
    let starts = requests.map(\.lifetime.lowerBound).sorted()
    let ends = requests.map(\.lifetime.upperBound).sorted()
    var count = 0
    var ended = 0
    for (index, start) in starts.enumerated() where count <= limit {
      while ends[ended] < start { ended += 1 }
      count += index - ended
    }
    return count
  }

  /// Places the requests in `order`.
  ///
  /// Complexity: O((n + p) log n), p being the pairs alive at once.
  static func place(_ requests: [MemoryPlan.Request], _ sizes: [Int], _ order: [Int]) -> Placement {
    var offsets = [Int](repeating: 0, count: requests.count)
    var placed = LifetimeIndex(stepCount: (requests.map(\.lifetime.upperBound).max() ?? 0) + 1)
    var end = 0
    for index in order {
      var offset = 0
      let taken = placed.overlapping(requests[index].lifetime).map { (offsets[$0], offsets[$0] + sizes[$0]) }
      for (start, end) in taken.sorted(by: <) {
        if offset + sizes[index] <= start { break }
        offset = max(offset, end)
      }
      offsets[index] = offset
      placed.insert(index, requests[index].lifetime)
      end = max(end, offset + sizes[index])
    }
    return (offsets, end)
  }

  /// Places the requests in the order in which they begin, large ones first.
  ///
  /// Complexity: O(n (log n + g)), g being the gaps between requests that are alive at once.
  static func sweep(_ requests: [MemoryPlan.Request], _ sizes: [Int]) -> Placement {
    let order = requests.indices.sorted {
      (requests[$0].lifetime.lowerBound, sizes[$1], $0) < (requests[$1].lifetime.lowerBound, sizes[$0], $1)
    }
    let ends = requests.indices.sorted { requests[$0].lifetime.upperBound < requests[$1].lifetime.upperBound }
    var offsets = [Int](repeating: 0, count: requests.count)
    var free = FreeMemory()
    var ended = 0
    for index in order {
      while requests[ends[ended]].lifetime.upperBound < requests[index].lifetime.lowerBound {
        free.give(offsets[ends[ended]]..<offsets[ends[ended]] + sizes[ends[ended]])
        ended += 1
      }
      offsets[index] = free.take(sizes[index])
    }
    return (offsets, free.byteCount)
  }
}

/// Requests by their lifetimes: those alive at a step are found along a path of a segment tree, those that begin later in
/// a list for each step (de Berg et al., "Computational Geometry", 2008, section 10.3).
private struct LifetimeIndex {
  private let leafCount: Int
  private var tree: [[Int]]
  private var beginning: [[Int]]

  init(stepCount: Int) {
    var count = 1
    while count < stepCount { count *= 2 }
    leafCount = count
    tree = Array(repeating: [], count: 2 * count)
    beginning = Array(repeating: [], count: stepCount)
  }

  /// Complexity: O(log steps).
  mutating func insert(_ request: Int, _ lifetime: ClosedRange<Int>) {
    beginning[lifetime.lowerBound].append(request)
    var (low, high) = (lifetime.lowerBound + leafCount, lifetime.upperBound + leafCount + 1)
    while low < high {
      if low % 2 == 1 {
        tree[low].append(request)
        low += 1
      }
      if high % 2 == 1 {
        high -= 1
        tree[high].append(request)
      }
      low /= 2
      high /= 2
    }
  }

  /// Complexity: O(log steps + steps of the lifetime + results).
  func overlapping(_ lifetime: ClosedRange<Int>) -> [Int] {
    var found: [Int] = []
    var node = lifetime.lowerBound + leafCount
    while node > 0 {
      found += tree[node]
      node /= 2
    }
    for step in lifetime.dropFirst() { found += beginning[step] }
    return found
  }
}

/// The gaps of an arena that grows as needed.
private struct FreeMemory {
  /// The arena's size.
  private(set) var byteCount = 0
  /// By offset; none is empty or touches another.
  private var gaps: [Range<Int>] = []

  /// Takes the first gap that is large enough, or the arena's end.
  mutating func take(_ size: Int) -> Int {
    if let index = gaps.firstIndex(where: { $0.count >= size }) {
      let gap = gaps[index]
      if gap.count == size { gaps.remove(at: index) } else { gaps[index] = gap.lowerBound + size..<gap.upperBound }
      return gap.lowerBound
    }
    // A gap at the end can grow.
    let start = gaps.last.flatMap { $0.upperBound == byteCount ? $0.lowerBound : nil } ?? byteCount
    if start < byteCount { gaps.removeLast() }
    byteCount = start + size
    return start
  }

  /// Takes memory back.
  mutating func give(_ memory: Range<Int>) {
    guard !memory.isEmpty else { return }
    var (low, high) = (0, gaps.count)
    while low < high {
      let middle = (low + high) / 2
      if gaps[middle].lowerBound < memory.lowerBound { low = middle + 1 } else { high = middle }
    }
    var joined = memory
    var range = low..<low
    if low < gaps.count, gaps[low].lowerBound == memory.upperBound {
      joined = joined.lowerBound..<gaps[low].upperBound
      range = low..<low + 1
    }
    if low > 0, gaps[low - 1].upperBound == memory.lowerBound {
      joined = gaps[low - 1].lowerBound..<joined.upperBound
      range = low - 1..<range.upperBound
    }
    gaps.replaceSubrange(range, with: CollectionOfOne(joined))
  }
}
