import Testing

@testable import KilnDeploy

/// The decisions of tuning, on measurements that are made up.
@Suite("What tuning keeps")
struct ChoiceSelectionTests {
  /// Layers of 100 microseconds each by the cost model's choice, measured without noise.
  private struct Network {
    /// Each subject's gain by itself.
    var gains: [Double]
    /// What a change costs the rest of the network, in microseconds, beyond what its own layers gain.
    var harm: [Int: Double] = [:]

    func comparison(_ changed: [Int]) -> ChoiceSelection.Comparison {
      let times = gains.indices.map { changed.contains($0) ? 100 / gains[$0] + (harm[$0] ?? 0) : 100 }
      return ChoiceSelection.Comparison(gains: gains, whole: 100 * Double(gains.count) / times.reduce(0, +))
    }

    /// What is kept, and which groups were measured on the way.
    func kept() -> (subjects: [Int], whole: Double?, measured: [[Int]]) {
      var measured: [[Int]] = []
      let winners = gains.indices.filter { gains[$0] > 1 }
      let (subjects, comparison) = ChoiceSelection.kept(of: winners) { changed in
        measured.append(changed)
        return (self.comparison(changed), self.comparison(changed))
      }
      return (subjects, comparison?.whole, measured)
    }
  }

  @Test func `a candidate is chosen for more than three percent, the fastest of several`() {
    #expect(ChoiceSelection.fastest([]) == 0)
    #expect(ChoiceSelection.fastest([0.5, 1, 1.03]) == 0)
    #expect(ChoiceSelection.fastest([1.04, 1.2, 0.9]) == 2)
    #expect(ChoiceSelection.fastest([1.2, 1.2]) == 1)
  }

  @Test func `what wins together is measured once`() {
    let result = Network(gains: [1.1, 0.9, 1.5]).kept()
    #expect(result.subjects == [0, 2] && result.measured == [[0, 2]])
    #expect(result.whole.map { $0 > 1 } ?? false)
  }

  @Test func `nothing is measured when nothing won`() {
    let result = Network(gains: [1, 0.8]).kept()
    #expect(result.subjects.isEmpty && result.whole == nil && result.measured.isEmpty)
  }

  @Test func `a change that wins less than three percent together is given up`() {
    let result = Network(gains: [1.02, 1.5, 1.03]).kept()
    #expect(result.subjects == [1] && result.measured == [[0, 1, 2], [1]])
  }

  @Test func `a lone change that makes the whole slower is not kept`() {
    let result = Network(gains: [1.5, 1], harm: [0: 40]).kept()
    #expect(result.subjects.isEmpty && result.whole == nil && result.measured == [[0]])
  }

  @Test(arguments: 0..<7) func `of many, the one that makes the whole slower is given up`(culprit: Int) {
    let result = Network(gains: [1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7], harm: [culprit: 400]).kept()
    #expect(result.subjects == (0..<7).filter { $0 != culprit })
    #expect(result.whole.map { $0 > 1 } ?? false)
    #expect(result.measured.count < 14)
  }

  @Test func `two that make the whole slower are given up`() {
    let result = Network(gains: [1.1, 1.2, 1.3, 1.4, 1.5], harm: [0: 300, 3: 300]).kept()
    #expect(result.subjects == [1, 2, 4])
  }

  /// Gains and the whole change at random from one measurement to the next.
  @Test(arguments: 1..<200 as Range<UInt64>) func `whatever is measured, what is kept won last`(seed: UInt64) {
    var state = seed
    func random() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 40) / Double(1 << 24)
    }
    let count = Int(seed % 12)
    var last: [[Int]: ChoiceSelection.Comparison] = [:]
    var measurements = 0
    let (subjects, kept) = ChoiceSelection.kept(of: Array(0..<count)) { changed in
      measurements += 1
      #expect(!changed.isEmpty)
      let gains = (0..<count).map { _ in random() < 0.1 ? 1.02 : 1.05 }
      let comparison = ChoiceSelection.Comparison(gains: gains, whole: 0.9 + 0.2 * random())
      last[changed] = comparison
      return (comparison, comparison)
    }
    #expect(kept == last[subjects] && (kept == nil) == subjects.isEmpty)
    if let kept {
      #expect(kept.whole >= 1)
      #expect(subjects.allSatisfy { kept.gains[$0] > ChoiceSelection.leastGain })
    }
    #expect(measurements <= 2 * count * count)
  }
}
