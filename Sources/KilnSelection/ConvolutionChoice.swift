import KilnKernels
import KilnMachine

/// How a convolution is computed: what the cost model chooses, and what a schedule may choose otherwise.
package struct ConvolutionChoice: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    /// Sums taken product by product.
    case direct(ConvolutionSchedule)
    /// Winograd's tiles, each of which computes `outputs` rows and columns of the output: 2 or 4.
    case winograd(outputs: Int, WinogradSchedule)
  }

  package let kind: Kind

  package init(_ kind: Kind) { self.kind = kind }

  /// The algorithm: what the bits of the result depend on.
  package var algorithm: ConvolutionAlgorithm {
    switch kind {
    case .direct: .direct
    case .winograd(let outputs, _): Winograd(outputs: outputs).algorithm
    }
  }
}

/// The ways to compute a convolution.
///
/// Each gives the same bits on every machine, however it is cut into tiles.
package enum ConvolutionAlgorithm: String, Hashable, CaseIterable, Sendable {
  /// Sums taken product by product.
  case direct
  /// Winograd's `F(2x2, 3x3)`.
  case winograd2
  /// Winograd's `F(4x4, 3x3)`.
  case winograd4

  /// The size of its tiles; `nil` for the direct form.
  package var winograd: Winograd? {
    switch self {
    case .direct: nil
    case .winograd2: Winograd(outputs: 2)
    case .winograd4: Winograd(outputs: 4)
    }
  }
}

/// A convolution as far as a schedule knows it.
package struct ConvolutionSite: Hashable, Sendable {
  /// What kind of tiles computes a convolution.
  package enum Form: Hashable, Sendable {
    /// Tiles of pixels and channels, or Winograd's.
    case dense
    /// Tiles of a vector of channels, each of which has a kernel of its own.
    case depthwise(DepthwiseWork)
    /// Tiles of vectors of pixels of planes.
    case planar(PlanarWork)
  }

  /// Its name: the node's, or one made from that where a node makes several.
  package var name: String
  /// What it computes, for people: kernel, channels, images, what comes after the sums.
  ///
  /// Convolutions of one shape are measured once.
  package var shape: String
  /// The kind of its tiles.
  package var form = Form.dense
  /// The direct form.
  package var direct: ConvolutionWork
  /// The form for Winograd's tiles; `nil` where they don't apply.
  package var winograd: WinogradWork?
  /// The algorithm that the cost model chooses.
  package var modelAlgorithm = ConvolutionAlgorithm.direct
  /// The direct form of a strip's rows, where the convolution is one of several that are computed together in strips.
  package var strip: ConvolutionWork?
  /// What its tiles compute with.
  package var arithmetic: TileArithmetic

  /// Makes a site.
  package init(
    name: String, shape: String, form: Form = .dense, direct: ConvolutionWork, winograd: WinogradWork? = nil,
    modelAlgorithm: ConvolutionAlgorithm = ConvolutionAlgorithm.direct, strip: ConvolutionWork? = nil,
    arithmetic: TileArithmetic = .float32
  ) {
    self.name = name
    self.shape = shape
    self.form = form
    self.direct = direct
    self.winograd = winograd
    self.modelAlgorithm = modelAlgorithm
    self.strip = strip
    self.arithmetic = arithmetic
  }

  /// The machine as its tiles see it.
  package func machine(_ target: Target) -> Target { arithmetic.machine(target) }

  /// What the cost model chooses.
  func modelChoice(_ target: Target) -> ConvolutionChoice {
    modelChoice(of: modelAlgorithm, target) ?? directChoice(target)
  }

  /// What the cost model chooses for the direct form.
  ///
  /// In strips only its tiles count.
  private func directChoice(_ target: Target) -> ConvolutionChoice {
    var schedule =
      switch form {
      case .dense: ConvolutionSchedule(strip ?? direct, target: machine(target))
      case .depthwise(let work): work.schedule(machine(target))
      case .planar(let work): work.schedule(for: direct, machine(target))
      }
    if strip != nil { (schedule.regionRows, schedule.regionColumns) = (direct.rows, direct.columns) }
    return ConvolutionChoice(.direct(schedule))
  }

  /// What the cost model chooses when the weights are packed as they are for another convolution with the same; `nil` where
  /// that doesn't apply.
  func modelChoice(packedAs other: ConvolutionChoice, _ target: Target) -> ConvolutionChoice? {
    guard form == .dense else { return nil }
    switch other.kind {
    case .direct(let schedule):
      var own = ConvolutionSchedule(strip ?? direct, parts: schedule.parts, target: machine(target))
      if strip != nil { (own.regionRows, own.regionColumns) = (direct.rows, direct.columns) }
      return ConvolutionChoice(.direct(own))
    case .winograd(let outputs, let schedule):
      let tiles = Winograd(outputs: outputs)
      guard strip == nil, let winograd, winograd.holds(tiles) else { return nil }
      let own = WinogradSchedule(
        tiles, winograd, arithmetic, target: target, fixedChannels: schedule.channels)
      return ConvolutionChoice(.winograd(outputs: outputs, own))
    }
  }

  /// What the cost model chooses for an algorithm; `nil` where that doesn't apply.
  func modelChoice(of algorithm: ConvolutionAlgorithm, _ target: Target) -> ConvolutionChoice? {
    guard let tiles = algorithm.winograd else { return directChoice(target) }
    guard let winograd, winograd.holds(tiles) else { return nil }
    return ConvolutionChoice(
      .winograd(outputs: tiles.outputs, WinogradSchedule(tiles, winograd, arithmetic, target: target)))
  }
}

/// A convolution of a program, and how it is computed.
package struct PlannedConvolution: Hashable, Sendable {
  /// The convolution.
  package var site: ConvolutionSite
  /// How it is computed.
  package var choice: ConvolutionChoice
  /// The index of its layer.
  package var layer: Int

  /// Makes the pair.
  package init(site: ConvolutionSite, choice: ConvolutionChoice, layer: Int) {
    self.site = site
    self.choice = choice
    self.layer = layer
  }
}

extension Winograd {
  /// The algorithm with tiles of this size.
  package var algorithm: ConvolutionAlgorithm { outputs == 2 ? .winograd2 : .winograd4 }
}

extension WinogradWork {
  /// Whether an image has room for a tile.
  package func holds(_ winograd: Winograd) -> Bool { rows >= winograd.outputs && columns >= winograd.outputs }
}
