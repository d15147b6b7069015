import KilnGraph
import KilnRuntimeSources

/// A tile of a planar convolution: a few vectors of neighbouring pixels in every output plane.
package struct PlanarTileShape: RegisterTile, Hashable {
  package var inputChannels: Int
  package var outputChannels: Int
  /// Neighbouring pixels of a row: whole vectors.
  package var pixels: Int
  package var epilogue: Epilogue

  /// Makes a tile.
  package init(inputChannels: Int, outputChannels: Int, pixels: Int, epilogue: Epilogue) {
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
    self.pixels = pixels
    self.epilogue = epilogue
  }

  package static let family = RegisterTileFamily.planar

  /// For instance `3To5x48ReLU`: input planes, output planes, pixels.
  package var details: String { "\(inputChannels)To\(outputChannels)x\(pixels)\(epilogue.nameSuffix)" }

  package var files: Set<RuntimeFile> { epilogue.files }
}
