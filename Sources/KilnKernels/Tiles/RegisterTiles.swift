/// All register tiles.
package enum RegisterTiles {
  /// What the name of every tile begins with: no network's type may.
  package static let namePrefixes = ["Convolve", "Depthwise", "Planar", "Winograd"]
}
