import Foundation
import KilnEmission
import KilnGraph
import KilnPlanning
import KilnSelection

/// What tuning found: for each shape of convolution the cost model's choice beside the fastest that was measured.
package struct Tuning: Encodable {
  /// Convolutions of one shape.
  package struct Row: Encodable, Sendable {
    /// The shape.
    package let shape: String
    /// The layers' names.
    package let layers: [String]
    /// The cost model's choice.
    package let model: String
    /// The choice of the schedule: the cost model's unless another was faster by more than noise.
    package let tuned: String
    /// Whether they differ.
    package let isChanged: Bool
    /// Microseconds of all its layers by the cost model's choice.
    package let modelMicroseconds: Double
    /// How many times as fast they are by the schedule's, measured in turns.
    package let gain: Double
    /// Candidates that were measured, the cost model's among them.
    package let candidates: Int
  }

  /// The rows, in the order of their first layers.
  package let rows: [Row]
  /// Microseconds of an inference by the cost model's choices.
  package let modelMicroseconds: Double
  /// Microseconds of an inference by the schedule's choices.
  package let tunedMicroseconds: Double
  /// How many times as fast the network is: the median of the ratios of measurements in turns.
  package let gain: Double
  /// The largest difference between the outputs of both, relative to the largest magnitude; 0 for the same bits.
  package let largestDifference: Double
  /// The schedule.
  package let schedule: Schedule

  enum CodingKeys: CodingKey { case rows, modelMicroseconds, tunedMicroseconds, gain, largestDifference }
}

/// Measures candidates: a program of each round has every shape's next candidate, and runs in turns with the program of
/// the cost model's choices, so that what slows the machine slows both.
package struct Tuner {
  private let program: Program
  private let subjects: [TuningSubject]
  private let rounds: Int
  private let build: (Schedule?) throws -> NetworkExecutable
  private let onProgress: (String) -> Void

  /// Makes a tuner.
  ///
  /// - Parameters:
  ///   - program: the program of the cost model's choices.
  ///   - candidates: the most candidates for a shape, the cost model's among them.
  ///   - rounds: measurements of each pair of programs.
  ///   - build: builds the network with a schedule; with the cost model's choices for `nil`.
  ///   - onProgress: is called with what begins.
  package init(
    _ program: Program, candidates: Int, rounds: Int, build: @escaping (Schedule?) throws -> NetworkExecutable,
    onProgress: @escaping (String) -> Void
  ) {
    self.program = program
    subjects = TuningSubject.all(of: program, limit: candidates)
    self.rounds = rounds
    self.build = build
    self.onProgress = onProgress
  }

  /// Builds all candidates, measures them, and then those that won together, until all of them win and the whole network is
  /// not slower.
  ///
  /// - Throws: `ToolError` when a program can't be built or fails, or the machine goes away; `Interruption`.
  package func tune(_ inputs: (NetworkInterface) throws -> [Tensor], in place: any Workplace) throws -> Tuning {
    let model = try build(nil)
    let tensors = try inputs(model.interface)
    let count = subjects.map(\.candidates.count).max() ?? 1
    let candidates = try (1..<max(1, count)).map { index in
      try build(Schedule(program, choosing: choices { min(index, $0.candidates.count - 1) }))
    }

    onProgress("copying to \(place)")
    let names = try place.put(tensors)
    let measured = try MeasuredExecutable(model, as: "model", inputs: names, in: place)
    let estimate = try measured.measure(runs: 3, warmUp: 1).minimum
    let runs = max(3, min(200, Int(100_000 / max(estimate, 0.1))))
    func compare(_ other: NetworkExecutable) throws -> (pairs: Pairs, outputs: [Tensor]) {
      _ = try place.run("rm -f candidate")
      let other = try MeasuredExecutable(other, as: "candidate", inputs: names, in: place)
      let pairs = try (0..<rounds).map { _ in
        let pair = (
          try measured.measure(runs: runs, warmUp: 1, layers: true),
          try other.measure(runs: runs, warmUp: 1, layers: true)
        )
        guard pair.0.layers.map(\.name) == pair.1.layers.map(\.name) else {
          throw ToolError("\(place): a candidate's program has other layers: they can't be compared")
        }
        return pair
      }
      return (Pairs(reports: pairs), try other.run())
    }

    var gains = subjects.map { _ in [Double]() }
    for (index, candidate) in candidates.enumerated() {
      onProgress("measuring candidate \(index + 1) of \(candidates.count) on \(place)")
      let pairs = try compare(candidate).pairs
      for (place, subject) in subjects.enumerated() where index + 1 < subject.candidates.count {
        gains[place].append(pairs.gain { subject.microseconds(in: $0) })
      }
    }

    let fastest = gains.map(ChoiceSelection.fastest)
    func chosen(_ changed: [Int]) -> [Int] { fastest.indices.map { changed.contains($0) ? fastest[$0] : 0 } }
    let kept = try ChoiceSelection.kept(of: fastest.indices.filter { fastest[$0] != 0 }) { changed in
      let tuned = try build(schedule(chosen(changed)))
      onProgress("measuring \(changed.count == 1 ? "1 choice" : "\(changed.count) choices") on \(place)")
      let measurement = try compare(tuned)
      return (measurement.pairs.comparison(of: subjects), measurement)
    }
    guard let (pairs, outputs) = kept.measurement else {
      let reports = try (0..<rounds).map { _ in try measured.measure(runs: runs, warmUp: 1, layers: true) }
      return report(chosen([]), Pairs(reports: reports.map { ($0, $0) }), largestDifference: 0)
    }
    let expected = try measured.run()
    return report(
      chosen(kept.subjects), pairs,
      largestDifference: zip(outputs, expected).map { TensorError(of: $0, from: $1).relative }.max() ?? 0)
  }

  private func choices(_ index: (TuningSubject) -> Int) -> [String: ConvolutionChoice] {
    subjects.reduce(into: [:]) { $0.merge($1.candidates[index($1)]) { $1 } }
  }

  /// The schedule of a candidate a subject.
  private func schedule(_ chosen: [Int]) -> Schedule {
    let choices = zip(subjects, chosen).reduce(into: [:]) { $0.merge($1.0.candidates[$1.1]) { $1 } }
    return Schedule(program, choosing: choices)
  }

  private func report(_ chosen: [Int], _ pairs: Pairs, largestDifference: Double) -> Tuning {
    let rows = zip(subjects, chosen).map { subject, index in
      Tuning.Row(
        shape: subject.shape, layers: subject.layers.map { program.layers[$0].node.name },
        model: subject.description(0, in: program), tuned: subject.description(index, in: program),
        isChanged: index != 0, modelMicroseconds: pairs.median { subject.microseconds(in: $0) },
        gain: index == 0 ? 1 : pairs.gain { subject.microseconds(in: $0) },
        candidates: subject.candidates.count)
    }
    return Tuning(
      rows: rows, modelMicroseconds: pairs.median(\.median), tunedMicroseconds: pairs.tunedMedian(\.median),
      gain: pairs.gain(\.median), largestDifference: largestDifference, schedule: schedule(chosen))
  }

  /// Reports of two programs that took turns.
  private struct Pairs {
    let reports: [(model: BenchmarkReport, other: BenchmarkReport)]

    /// How many times as fast the second is: the median of the ratios.
    func gain(_ time: (BenchmarkReport) -> Double) -> Double {
      Self.median(reports.map { time($0.model) / max(time($0.other), .leastNormalMagnitude) })
    }

    /// The second program as decisions see it.
    func comparison(of subjects: [TuningSubject]) -> ChoiceSelection.Comparison {
      ChoiceSelection.Comparison(
        gains: subjects.map { subject in gain { subject.microseconds(in: $0) } }, whole: gain(\.median))
    }

    func median(_ time: (BenchmarkReport) -> Double) -> Double { Self.median(reports.map { time($0.model) }) }
    func tunedMedian(_ time: (BenchmarkReport) -> Double) -> Double { Self.median(reports.map { time($0.other) }) }

    private static func median(_ values: [Double]) -> Double {
      let sorted = values.sorted()
      return sorted.isEmpty ? 1 : sorted[sorted.count / 2]
    }
  }
}
