import KilnGraph
import KilnRuntimeSources

/// A tile of output pixels by output channels of a direct convolution.
package struct ConvolutionTileShape: RegisterTile, Hashable {
  /// Output pixels.
  package var pixels: Int
  /// Output channels; the last vector is stored partly when they aren't whole vectors.
  package var channels: Int
  /// What happens to each sum.
  package var epilogue: Epilogue
  /// Whether sums may start from, and end in, the output as they are: see `ConvolutionGeometry.stageRows`.
  package var isStaged: Bool
  /// What it computes with.
  package var arithmetic: TileArithmetic

  /// Makes a tile.
  package init(
    pixels: Int, channels: Int, epilogue: Epilogue, isStaged: Bool = false, arithmetic: TileArithmetic = .float32
  ) {
    self.pixels = pixels
    self.channels = channels
    self.epilogue = epilogue
    self.isStaged = isStaged
    self.arithmetic = arithmetic
  }

  package static let family = RegisterTileFamily.convolution

  /// For instance `6x64ReLU`.
  package var details: String {
    "\(pixels)x\(channels)\(arithmetic.nameSuffix)\(epilogue.nameSuffix)\(isStaged ? "Staged" : "")"
  }

  package var files: Set<RuntimeFile> { epilogue.files }

  /// Packed channels of a panel: whole vectors.
  package func panelWidth(vectorWidth: Int) -> Int {
    channels.roundedUp(toMultipleOf: arithmetic.lanes(vectorWidth: vectorWidth))
  }
}
