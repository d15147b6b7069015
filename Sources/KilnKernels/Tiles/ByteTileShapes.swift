import KilnGraph
import KilnMachine
import KilnRuntimeSources

/// What tiles of numbers of 8 bits have in common.
package struct ByteTileTypes: Hashable, Sendable {
  /// The types of the input and of the output.
  package var input: ScalarType
  package var output: ScalarType
  /// Whether results have narrower limits than their type.
  package var isClamped: Bool
  /// Whether two products might not fit into 16 bits, where the machine adds them so.
  package var isWide: Bool
  /// What is added to the input's numbers so that they have the sign that products take.
  package var flip: Int

  /// Makes the types.
  package init(input: ScalarType, output: ScalarType, isClamped: Bool, isWide: Bool, flip: Int) {
    self.input = input
    self.output = output
    self.isClamped = isClamped
    self.isWide = isWide
    self.flip = flip
  }

  /// Bytes of a panel before its biases: the limits, and what makes vectors of weights begin at multiples of a cache line.
  package static let headByteCount = 64

  /// For instance `Int8ToUInt8Clamped`.
  var nameSuffix: String {
    "\(input.swiftName)To\(output.swiftName)\(isClamped ? "Clamped" : "")\(isWide ? "Wide" : "")"
  }
}

/// A tile of output pixels by output channels of a convolution of numbers of 8 bits.
package struct ByteConvolutionTileShape: RegisterTile, Hashable {
  /// Output pixels.
  package var pixels: Int
  /// Output channels; the last unit is stored partly when they aren't whole units.
  package var channels: Int
  /// How products are summed up, and how many channels there are in a unit: the machine's.
  package var products: ByteProducts
  package var lanes: Int
  /// Elements and results.
  package var types: ByteTileTypes

  /// Makes a tile for a machine.
  package init(pixels: Int, channels: Int, types: ByteTileTypes, _ target: Target) {
    self.pixels = pixels
    self.channels = channels
    self.types = types
    products = target.byteProducts
    lanes = target.sumLanes
  }

  package static let family = RegisterTileFamily.convolutionOfBytes

  /// For instance `6x64Int8ToInt8`.
  package var details: String { "\(pixels)x\(channels)\(types.nameSuffix)" }

  package var files: Set<RuntimeFile> { [] }
}

/// A tile of a depthwise convolution of numbers of 8 bits: several pixels of sixteen channels at a time, as long as a row lasts, then
/// one after the other.
package struct ByteDepthwiseTileShape: RegisterTile, Hashable {
  /// Channels: sixteen, or less.
  package var channels: Int
  /// The kernel, all of whose taps are written out.
  package var kernel: DepthwiseTileShape.Kernel
  /// Output pixels at a time.
  package var pixels: Int
  /// Whether the weights of a channel's two taps lie side by side, as the machine wants them.
  package var isInterleaved: Bool
  /// Elements and results.
  package var types: ByteTileTypes

  /// Makes a tile for a machine.
  package init(channels: Int, kernel: DepthwiseTileShape.Kernel, pixels: Int, types: ByteTileTypes, _ target: Target) {
    self.channels = channels
    self.kernel = kernel
    self.pixels = pixels
    self.types = types
    isInterleaved = target.instructionSet != .neon
  }

  /// Channels of a whole tile.
  package static let lanes = 16
  /// The most taps that are written out.
  package static let maximumTaps = 121

  package static let family = RegisterTileFamily.depthwiseOfBytes

  /// For instance `3x3Of16By2Int8ToInt8`.
  package var details: String { "\(kernel.rows)x\(kernel.columns)Of\(channels)By\(pixels)\(types.nameSuffix)" }

  package var files: Set<RuntimeFile> { [] }
}
