/// The times of two programs that take turns, so that what slows the machine slows both.
package struct InterleavedMeasurement: Sendable {
  /// The first program's median round.
  package let first: BenchmarkReport
  /// The second program's median round.
  package let second: BenchmarkReport

  /// How many times as fast the first program is as the second: the ratio of their medians.
  package var gain: Double { second.median / max(first.median, .leastNormalMagnitude) }

  /// Times the programs in 5 rounds.
  ///
  /// - Parameters:
  ///   - runs: inferences a round; `nil` for as many as take a fifth of a second, at least 3.
  ///   - warmUp: inferences before each round's.
  package init(
    _ first: MeasuredExecutable, _ second: MeasuredExecutable, runs: Int? = nil, warmUp: Int? = nil
  ) throws {
    let estimate = try first.measure(runs: 3, warmUp: 1).minimum
    let runs = runs ?? max(3, min(10_000, Int(200_000 / max(estimate, 0.1))))
    var reports: [(first: BenchmarkReport, second: BenchmarkReport)] = []
    for _ in 0..<5 {
      reports.append(
        (
          try first.measure(runs: runs, warmUp: warmUp),
          try second.measure(runs: runs, warmUp: warmUp)
        ))
    }
    self.first = reports.map(\.first).sorted { $0.median < $1.median }[2]
    self.second = reports.map(\.second).sorted { $0.median < $1.median }[2]
  }
}
