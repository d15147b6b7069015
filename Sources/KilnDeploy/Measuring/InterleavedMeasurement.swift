/// The times of two programs that take turns, so that what slows the machine slows both.
package struct InterleavedMeasurement: Sendable {
  /// The first program's median round.
  package let first: BenchmarkReport
  /// The second program's median round.
  package let second: BenchmarkReport
  /// How many times as fast the first program is as the second: the ratios of their medians in each round.
  package let gain: Gain

  private static let roundCount = 9

  /// Times the programs in 9 rounds, in each of which the other one begins.
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
    for round in 0..<Self.roundCount {
      let isReversed = round % 2 == 1
      let one = try (isReversed ? second : first).measure(runs: runs, warmUp: warmUp)
      let other = try (isReversed ? first : second).measure(runs: runs, warmUp: warmUp)
      reports.append(isReversed ? (other, one) : (one, other))
    }
    self.first = reports.map(\.first).sorted { $0.median < $1.median }[Self.roundCount / 2]
    self.second = reports.map(\.second).sorted { $0.median < $1.median }[Self.roundCount / 2]
    gain = Gain(ratios: reports.map { $0.second.median / max($0.first.median, .leastNormalMagnitude) })
  }
}
