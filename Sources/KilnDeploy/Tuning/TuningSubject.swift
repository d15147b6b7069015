import KilnPlanning
import KilnSelection

/// Layers that compute convolutions of the same shapes, and what they may be computed by: measured once, together.
struct TuningSubject {
  /// The shapes, those of a layer that makes several joined.
  let shape: String
  /// The layers' indices.
  var layers: [Int]
  /// The choices for the layers' convolutions by name, the cost model's first.
  var candidates: [[String: ConvolutionChoice]]

  /// The subjects of a program, in the order of their first layers.
  ///
  /// - Parameter limit: candidates of each, the cost model's among them.
  static func all(of program: Program, limit: Int) -> [TuningSubject] {
    var subjects: [TuningSubject] = []
    /// What layers must share to be measured together: shapes alone don't tell how images lie in memory, on which the
    /// candidates depend.
    struct Key: Hashable {
      var shape: String
      var candidates: [[ConvolutionChoice]]
    }
    var known: [Key: Int] = [:]
    let layers = Dictionary(grouping: program.convolutions, by: \.layer).sorted { $0.key < $1.key }
    for (layer, convolutions) in layers {
      let lists = convolutions.map { convolution in
        let others = others(convolution, in: program, limit: limit)
        return (
          convolution.site.name, [convolution.choice] + others.filter { $0 != convolution.choice }.prefix(limit - 1)
        )
      }
      let count = lists.map(\.1.count).max() ?? 0
      // A layer that makes several convolutions, as a transposed one does, changes them all at once.
      let candidates = (0..<count).map { index in
        Dictionary(
          lists.map { name, list in (name, list[min(index, list.count - 1)]) }, uniquingKeysWith: { $1 })
      }
      let shape = convolutions.map(\.site.shape).joined(separator: "; ")
      let key = Key(shape: shape, candidates: lists.map(\.1))
      if let index = known[key] {
        subjects[index].layers.append(layer)
        for (place, candidate) in candidates.enumerated() {
          subjects[index].candidates[place].merge(candidate) { $1 }
        }
      } else {
        known[key] = subjects.count
        subjects.append(TuningSubject(shape: shape, layers: [layer], candidates: candidates))
      }
    }
    return subjects
  }

  /// What a convolution may be computed by besides its choice.
  private static func others(
    _ convolution: PlannedConvolution, in program: Program, limit: Int
  ) -> [ConvolutionChoice] {
    let candidates = convolution.site.candidates(for: program.target, limit: limit, threads: program.threads)
    let layer = program.layers[convolution.layer]
    guard let strips = layer.strips else { return candidates }
    // Only direct convolutions can be computed in strips with their neighbours: those would fall apart.
    let direct = candidates.filter { $0.algorithm == convolution.choice.algorithm }
    guard convolution.site.name == layer.node.name, case .direct(var schedule) = convolution.choice.kind else {
      return direct
    }
    // Before other tiles: how high strips are matters to all of their layers.
    let heights = strips.otherStripRows.map { rows in
      schedule.stripRows = rows
      return ConvolutionChoice(.direct(schedule))
    }
    return heights + direct
  }

  /// A candidate in words: the first layer's choices.
  func description(_ index: Int, in program: Program) -> String {
    let names = program.convolutions.filter { $0.layer == layers[0] }.map(\.site.name)
    var words: [String] = []
    for name in names {
      guard let word = candidates[index][name]?.description, !words.contains(word) else { continue }
      words.append(word)
    }
    return words.joined(separator: "; ")
  }

  /// The layers' time in a report.
  func microseconds(in report: BenchmarkReport) -> Double { layers.reduce(0) { $0 + report.layers[$1].median } }
}
