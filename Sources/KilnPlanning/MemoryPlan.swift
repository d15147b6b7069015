import KilnGraph

/// Offsets in one arena for buffers with known lifetimes.
package struct MemoryPlan: Hashable, Sendable {
  /// A run of memory that is needed from one step to another.
  package struct Request: Hashable, Sendable {
    /// Bytes.
    package var byteCount: Int
    /// The first and the last step that touch it.
    package var lifetime: ClosedRange<Int>

    /// Makes a request.
    package init(byteCount: Int, lifetime: ClosedRange<Int>) {
      self.byteCount = byteCount
      self.lifetime = lifetime
    }
  }

  /// The first byte of each request, a multiple of `alignment`.
  package let offsets: [Int]
  /// The arena's size in bytes.
  package let byteCount: Int
  /// The largest sum of requests alive at once, each rounded up to `alignment`: no plan is smaller.
  package let lowerBound: Int

  /// Every buffer begins at a multiple of a cache line.
  package static let alignment = 64

  /// The most pairs of requests alive at once for which several orders are tried: beyond, each would take too long.
  private static let maximumPairCount = 2_000_000

  /// Places the requests first-fit in several orders and keeps the smallest arena; the first of equals.
  ///
  /// Where millions of pairs are alive at once, only the order in which they begin is tried.
  ///
  /// Complexity: O((n + p) log n) for n requests of which p pairs are alive at once; O(n (log n + g)) where p is too large, with
  /// g gaps between those alive.
  package init(_ requests: [Request]) {
    let sizes = requests.map { $0.byteCount.roundedUp(toMultipleOf: Self.alignment) }
    let bound = Self.lowerBound(requests, sizes)
    let length = { (i: Int) in requests[i].lifetime.count }
    let orders: [(Int, Int) -> Bool] = [
      { (sizes[$1], length($1), $0) < (sizes[$0], length($0), $1) },
      { (length($1), sizes[$1], $0) < (length($0), sizes[$0], $1) },
      { (sizes[$1] * length($1), $0) < (sizes[$0] * length($0), $1) },
      { (requests[$0].lifetime.lowerBound, sizes[$1], $0) < (requests[$1].lifetime.lowerBound, sizes[$0], $1) },
    ]
    guard FirstFit.pairCount(requests, upTo: Self.maximumPairCount) <= Self.maximumPairCount else {
      (offsets, byteCount) = FirstFit.sweep(requests, sizes)
      lowerBound = bound
      return
    }
    var best: (offsets: [Int], byteCount: Int)?
    for order in orders where best.map({ $0.byteCount > bound }) ?? true {
      let candidate = FirstFit.place(requests, sizes, requests.indices.sorted(by: order))
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
}
