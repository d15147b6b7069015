import KilnRuntimeSources

/// A tile of results that stays in registers through a whole reduction, which is written out for each network with every
/// register a named local.
package protocol RegisterTile: Sendable {
  /// The kernels that it belongs to.
  static var family: RegisterTileFamily { get }
  /// What tells it from the others of its family, as a part of a name.
  var details: String { get }
  /// The runtime's files that it calls, besides the one that declares its kernel.
  var files: Set<RuntimeFile> { get }
}

/// The kernels that have register tiles.
///
/// The raw value is what the names of the family's tiles begin with: no network's type may.
package enum RegisterTileFamily: String, CaseIterable, Sendable {
  case convolution = "Convolve"
  case convolutionOfBytes = "ConvolveBytes"
  case depthwise = "Depthwise"
  case depthwiseOfBytes = "DepthwiseBytes"
  case planar = "Planar"
  case winograd = "Winograd"
  case winogradOfBytes = "WinogradBytes"
}

extension RegisterTile {
  /// The name of its type and of its file: equal names mean equal tiles.
  package var name: String { Self.family.rawValue + details }
}
