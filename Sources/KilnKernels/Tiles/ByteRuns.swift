import KilnMachine

/// The runs of input elements that a convolution of numbers of 8 bits multiplies: those of a tap, or of a row of taps that touch.
package struct ByteRuns: Hashable, Sendable {
  /// Whether each output pixel sees one run only.
  package var isSingle: Bool
  /// Whether a run has sixteen elements or more.
  package var hasSixteen: Bool
  /// Elements of a run after the last whole sixteen.
  package var remainder: Int

  /// Describes runs of a length.
  package init(count: Int, length: Int) {
    isSingle = count == 1
    hasSixteen = length >= 16
    remainder = length % 16
  }

  /// The length of runs that have less than four elements, if they have.
  ///
  /// Others' last elements, where they aren't whole fours, are read together with those before, whose weights are 0 then: memory after
  /// a run isn't touched.
  package var shortLength: Int? { hasSixteen || remainder >= 4 ? nil : remainder }

  /// Nothing for one run of whole sixteens; for instance `RunsRest9`, and `RunsOf9` for runs of 9.
  var details: String {
    "\(isSingle ? "" : "Runs")\(hasSixteen ? remainder == 0 ? "" : "Rest\(remainder)" : "Of\(remainder)")"
  }
}

/// Where the weights of a run of input elements lie in a panel: those of four elements together, all channels'.
package struct ByteRunLayout {
  /// Elements of the run.
  private let length: Int
  /// Packed channels, whole units, and those of a unit.
  private let width: Int
  private let lanes: Int
  private let products: ByteProducts

  /// Describes the weights of a run.
  ///
  /// - Parameters:
  ///   - length: elements of the run.
  ///   - channels: those of the panel.
  ///   - lanes: channels of a unit.
  package init(length: Int, channels: Int, lanes: Int, _ products: ByteProducts) {
    self.length = length
    width = channels.roundedUp(toMultipleOf: lanes)
    self.lanes = lanes
    self.products = products
  }

  /// Bytes of the run's weights.
  package var byteCount: Int { length.roundedUp(toMultipleOf: 4) * width }

  /// Where the weight of an element and channel lies.
  package func place(_ element: Int, channel: Int) -> Int {
    let first = element / 4 * 4
    let within = element - min(first, max(length - 4, 0))
    let lane = channel % lanes
    let place =
      switch products {
      case .quads, .narrowPairs: 4 * lane + within
      case .pairs: within / 2 * 2 * lanes + 2 * lane + within % 2
      }
    return first * width + channel / lanes * 4 * lanes + place
  }
}
