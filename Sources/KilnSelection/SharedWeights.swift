import KilnMachine

/// Convolutions that have the same weights, as the branches of a siamese network do, or a head that looks at several sizes
/// of an image: their tables are the same only if their weights are packed alike.
enum SharedWeights {
  /// Choices with which convolutions of the same weights pack them alike: as the one of them that has most to do, where
  /// their own choices would not.
  static func choices(
    for convolutions: [WeightedSite], _ choices: [ConvolutionSite: ConvolutionChoice], _ target: Target
  ) -> [ConvolutionSite: ConvolutionChoice] {
    var result: [ConvolutionSite: ConvolutionChoice] = [:]
    let uses = Dictionary(grouping: convolutions, by: \.site.name)
    for sharing in Dictionary(grouping: convolutions, by: \.weights).values where sharing.count > 1 {
      let largest = sharing.reduce(sharing[0]) { $1.site.pixelCount > $0.site.pixelCount ? $1 : $0 }
      guard let model = choices[largest.site] else { continue }
      for site in sharing.map(\.site) where choices[site]?.packing != model.packing {
        guard uses[site.name]?.count == 1, let choice = site.modelChoice(packedAs: model, target),
          site.fault(in: choice, target) == nil
        else { continue }
        result[site] = choice
      }
    }
    return result
  }
}

extension ConvolutionSite {
  /// Output pixels of all that it computes: proportional to its work among convolutions of the same weights.
  fileprivate var pixelCount: Int { direct.columns * direct.rows }
}

extension ConvolutionChoice {
  /// All of a choice that its packed weights depend on: the algorithm, and the channels of its tiles.
  fileprivate var packing: [Int] {
    switch kind {
    case .direct(let schedule): [0] + schedule.parts.flatMap { [$0.channels, $0.blocks] }
    case .winograd(let outputs, let schedule): [outputs, schedule.channels]
    }
  }
}
