import KilnGraph
import KilnMachine
import KilnRuntimeSources

/// A tile of a Winograd convolution of numbers of 8 bits: tiles of the image by output channels.
package struct ByteWinogradTileShape: RegisterTile, Hashable {
  /// Tiles of the image.
  package var pixels: Int
  /// Output channels: whole units.
  package var channels: Int
  /// How products are summed up, and so how the weights lie.
  package var layout: ByteWinogradLayout
  /// Elements and results.
  package var types: ByteTileTypes

  /// Makes a tile.
  package init(pixels: Int, channels: Int, layout: ByteWinogradLayout, types: ByteTileTypes) {
    self.pixels = pixels
    self.channels = channels
    self.layout = layout
    self.types = types
  }

  package static let family = RegisterTileFamily.winogradOfBytes

  /// For instance `6x16Int8ToInt8`.
  package var details: String { "\(pixels)x\(channels)\(types.nameSuffix)" }

  package var files: Set<RuntimeFile> { [] }
}

/// Where transformed weights of 16 bits lie: sixteen of them are transformed together.
package enum ByteWinogradLayout: Hashable, Sendable {
  /// Those of two input channels side by side, for eight output channels: the machine adds up two products at a time.
  case pairs
  /// Those of one input channel, for sixteen output channels.
  case single

  /// The layout of a machine.
  package init(_ target: Target) { self = target.instructionSet == .neon ? .single : .pairs }

  /// The output channels that a tile's are a multiple of.
  package var unit: Int {
    switch self {
    case .pairs: 8
    case .single: 16
    }
  }

  /// The place of the weight of an input channel for one of a block's output channels.
  package func place(input: Int, channel: Int, channels: Int) -> Int {
    switch self {
    case .pairs: input / 2 * 2 * channels + channel / 8 * 16 + channel % 8 * 2 + input % 2
    case .single: input * channels + channel
    }
  }
}
