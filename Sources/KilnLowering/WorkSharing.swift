import KilnGraph
import KilnMachine

/// How work is shared out among the threads of a network.
package struct WorkSharing {
  /// The threads, the caller's among them.
  package var threads: Int
  /// What decides whether work is shared, and how.
  package var costs = SharingCosts()

  /// Makes the way to share.
  package init(threads: Int, costs: SharingCosts = SharingCosts()) {
    self.threads = threads
    self.costs = costs
  }

  /// How many workers share sums of products.
  package func workers(multiplyAdds: Int, _ target: Target) -> Int {
    WorkSharing.cycles(multiplyAdds: multiplyAdds, target) >= costs.leastCycles ? threads : 1
  }

  /// How many workers share an operation that reads or writes so many elements.
  package func workers(elements: Int) -> Int { elements >= costs.leastElements ? threads : 1 }

  /// Ranges that cover `0 ..< extent`, one per worker, each of whole units but perhaps the last; as equal as the units
  /// allow, and fewer than workers where there are fewer units.
  static func ranges(_ extent: Int, unit: Int = 1, among workers: Int) -> [Range<Int>] {
    let units = extent.dividedRoundingUp(by: unit)
    let count = max(1, min(workers, units))
    return (0..<count).map { min(extent, units * $0 / count * unit)..<min(extent, units * ($0 + 1) / count * unit) }
  }

  /// The largest share of `extent` that a worker gets from `ranges`.
  package static func largest(_ extent: Int, unit: Int = 1, among workers: Int) -> Double {
    let largest = ranges(extent, unit: unit, among: workers).map(\.count).max() ?? extent
    return Double(largest) / Double(max(1, extent))
  }

  /// Cycles that sums of products take at best.
  package static func cycles(multiplyAdds: Int, _ target: Target) -> Double {
    Double(multiplyAdds) / (target.model.directTiles.multiplyAddsPerCycle * Double(target.vectorWidth))
  }
}
