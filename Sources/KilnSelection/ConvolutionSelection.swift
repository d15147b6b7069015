import KilnMachine

/// How each convolution of a network is computed: as the schedule says, or else as the cost model chooses.
///
/// All are chosen at once, when it is known how the pixels lie in memory: tiles depend on whether rows can be joined.
package struct ConvolutionSelection: Sendable {
  private var choices: [ConvolutionSite: ConvolutionChoice] = [:]

  /// Chooses for none.
  package init() {}

  /// Chooses for the convolutions of a network.
  ///
  /// - Parameter schedule: what overrides the cost model.
  /// - Throws: `ScheduleError` when the schedule doesn't fit the network or the target.
  package init(_ convolutions: [WeightedSite], schedule: Schedule?, target: Target, isExact: Bool) throws(ScheduleError)
  {
    let scheduled = try schedule?.choices(for: convolutions.map(\.site), target: target, isExact: isExact) ?? [:]
    for site in convolutions.map(\.site) { choices[site] = scheduled[site.name] ?? site.modelChoice(target) }
    for (site, choice) in SharedWeights.choices(for: convolutions, choices, target) where scheduled[site.name] == nil {
      choices[site] = choice
    }
  }

  /// What was chosen for a convolution.
  ///
  /// Precondition: it is one of those that were chosen for.
  package subscript(site: ConvolutionSite) -> ConvolutionChoice {
    guard let choice = choices[site] else { preconditionFailure("nothing was chosen for \(site.name)") }
    return choice
  }
}

/// A convolution and its weights.
package struct WeightedSite: Sendable {
  /// The convolution.
  package var site: ConvolutionSite
  /// What its packed weights depend on, besides how they are packed.
  package var weights: WeightIdentity

  /// Makes the pair.
  package init(site: ConvolutionSite, weights: WeightIdentity) {
    self.site = site
    self.weights = weights
  }
}
