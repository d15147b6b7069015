import KilnKernels
import KilnMachine

extension RegisterTile {
  /// The tile written out for a machine.
  package func source(for target: Target) -> String {
    switch self {
    case let tile as ConvolutionTileShape where tile.arithmetic.isHalf:
      return HalfConvolutionTileSource(tile, target: target).text
    case let tile as ConvolutionTileShape: return ConvolutionTileSource(tile, target: target).text
    case let tile as ByteConvolutionTileShape: return ByteConvolutionTileSource(tile, target: target).text
    case let tile as ByteDepthwiseTileShape: return ByteDepthwiseTileSource(tile: tile).text
    case let tile as ByteWinogradTileShape: return ByteWinogradTileSource(tile: tile).text
    case let tile as DepthwiseTileShape: return DepthwiseTileSource(tile, target: target).text
    case let tile as PlanarTileShape: return PlanarTileSource(tile, target: target).text
    case let tile as WinogradFinishShape: return WinogradFinishSource(shape: tile).text
    default: preconditionFailure("nobody writes \(name) out")
    }
  }
}
