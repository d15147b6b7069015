/// Which of the choices that measurements recommend are kept: the decisions of tuning, apart from what measures.
enum ChoiceSelection {
  /// A gain that noise doesn't make: a choice is changed only for more.
  static let leastGain = 1.03

  /// A network with some choices changed beside the network as the cost model has it, measured in turns.
  struct Comparison: Equatable {
    /// For each subject, how many times as fast its layers are as with the cost model's choice.
    var gains: [Double]
    /// How many times as fast the whole network is.
    var whole: Double
  }

  /// A subject's candidate that was fastest by more than noise; 0, the cost model's, when none was.
  ///
  /// - Parameter gains: of the candidates 1, 2, …: how many times as fast each was as the cost model's.
  static func fastest(_ gains: [Double]) -> Int {
    var best = (index: 0, gain: leastGain)
    for (index, gain) in gains.enumerated() where gain > best.gain { best = (index + 1, gain) }
    return best.index
  }

  /// Keeps those changes that win again when they are measured together, and without which the whole would be slower.
  ///
  /// The best of many measurements is partly luck, and a layer that is faster by itself may slow its neighbours, whose
  /// weights or images it drives out of a cache. So the changes are measured together. One whose gain is no more than
  /// `leastGain` is given up. When all gain and the whole is slower than without them, its halves are tried, one after the
  /// other, and at last a lone change is given up.
  ///
  /// Complexity: of n changes whose gains last, fewer than 2 n measurements, usually 1. Each time that a gain doesn't, at
  /// least one change is given up and what was kept is tried again, so that there are O(n²) at worst.
  ///
  /// - Parameters:
  ///   - winners: the subjects whose choice may change.
  ///   - measure: measures the network with the choices of these subjects changed, of which there is at least one.
  /// - Returns: the subjects whose choice changes, ascending, and the measurement of just those: each gains more than
  ///   `leastGain` in it, and the whole is not slower. It is `nil` when there are none.
  static func kept<Measurement>(
    of winners: [Int], measure: ([Int]) throws -> (Comparison, Measurement)
  ) rethrows -> (subjects: [Int], measurement: Measurement?) {
    var kept: (subjects: [Int], whole: Double, measurement: Measurement?) = ([], 1, nil)
    // Groups that are still to be tried beside what is kept, the next one last.
    var pending = [winners]
    while let group = pending.popLast() {
      if group.isEmpty { continue }
      let tried = (kept.subjects + group).sorted()
      let (comparison, measurement) = try measure(tried)
      let gaining = tried.filter { comparison.gains[$0] > leastGain }
      if gaining.count < tried.count {
        // What was kept may be among those: what was measured with it says nothing about the rest.
        kept = ([], 1, nil)
        pending.append(gaining)
      } else if comparison.whole >= kept.whole {
        kept = (tried, comparison.whole, measurement)
      } else if group.count > 1 {
        pending.append(Array(group[(group.count / 2)...]))
        pending.append(Array(group[..<(group.count / 2)]))
      }
    }
    return (kept.subjects, kept.measurement)
  }
}
