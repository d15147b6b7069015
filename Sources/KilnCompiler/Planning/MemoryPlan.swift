/// Offsets in one arena for buffers with known lifetimes.
public struct MemoryPlan: Hashable, Sendable {
  /// A run of memory that is needed from one step to another.
  public struct Request: Hashable, Sendable {
    /// Bytes.
    public var byteCount: Int
    /// The first and the last step that touch it.
    public var lifetime: ClosedRange<Int>

    /// Makes a request.
    public init(byteCount: Int, lifetime: ClosedRange<Int>) {
      self.byteCount = byteCount
      self.lifetime = lifetime
    }
  }

  /// The first byte of each request, a multiple of `alignment`.
  public let offsets: [Int]
  /// The arena's size in bytes.
  public let byteCount: Int
  /// The largest sum of requests alive at once, each rounded up to `alignment`: no plan is smaller.
  public let lowerBound: Int

  /// Every buffer begins at a multiple of a cache line.
  public static let alignment = 64

  /// Places the requests first-fit in several orders and keeps the smallest arena; the first of equals.
  ///
  /// Complexity: O(n^2) for n requests in the worst case.
  public init(_ requests: [Request]) {
    let sizes = requests.map { ($0.byteCount + Self.alignment - 1) / Self.alignment * Self.alignment }
    let bound = Self.lowerBound(requests, sizes)
    let length = { (i: Int) in requests[i].lifetime.count }
    let orders: [(Int, Int) -> Bool] = [
      { (sizes[$1], length($1), $0) < (sizes[$0], length($0), $1) },
      { (length($1), sizes[$1], $0) < (length($0), sizes[$0], $1) },
      { (sizes[$1] * length($1), $0) < (sizes[$0] * length($0), $1) },
      { (requests[$0].lifetime.lowerBound, sizes[$1], $0) < (requests[$1].lifetime.lowerBound, sizes[$0], $1) },
    ]
    var best: (offsets: [Int], byteCount: Int)?
    for order in orders where best.map({ $0.byteCount > bound }) ?? true {
      let candidate = Self.firstFit(requests, sizes, requests.indices.sorted(by: order))
      if candidate.byteCount < best?.byteCount ?? .max { best = candidate }
    }
    lowerBound = bound
    offsets = best?.offsets ?? []
    byteCount = best?.byteCount ?? 0
  }

  private static func lowerBound(_ requests: [Request], _ sizes: [Int]) -> Int {
    var change: [Int: Int] = [:]
    for (request, size) in zip(requests, sizes) {
      change[request.lifetime.lowerBound, default: 0] += size
      change[request.lifetime.upperBound + 1, default: 0] -= size
    }
    var alive = 0
    return change.keys.sorted().reduce(0) { largest, step in
      alive += change[step] ?? 0
      return max(largest, alive)
    }
  }

  /// Puts each request, in `order`, at the lowest offset that is free throughout its lifetime.
  private static func firstFit(
    _ requests: [Request], _ sizes: [Int], _ order: [Int]
  ) -> (offsets: [Int], byteCount: Int) {
    var offsets = [Int](repeating: 0, count: requests.count)
    var placed: [Int] = []  // by offset
    var end = 0
    for index in order {
      var offset = 0
      for other in placed where requests[other].lifetime.overlaps(requests[index].lifetime) {
        if offset + sizes[index] <= offsets[other] { break }
        offset = max(offset, offsets[other] + sizes[other])
      }
      offsets[index] = offset
      placed.insert(index, at: placed.firstIndex { offsets[$0] > offset } ?? placed.count)
      end = max(end, offset + sizes[index])
    }
    return (offsets, end)
  }
}
