import KilnGraph
import KilnMachine
import KilnRuntimeSources

/// How the product of a sum and its multiplier becomes an integer, with a zero point added: each gives the same integers.
package enum SumRounding: String, Hashable, Sendable {
  /// The machine converts, whatever the sum is.
  case converted = ""
  /// The last bits of a number of `1.5 * 2^23` are the integer: for sums and results that are small for certain.
  case shifted = "Shifted"
  /// The same with the zero point in that number, which is exact if it is even.
  case shiftedWithZero = "ShiftedWithZero"

  /// What sums begin at, besides their bias.
  package var start: Int { self == .converted ? 0 : 0x4b40_0000 }

  /// What is added to products, if anything is.
  package func shift(zeroPoint: Int) -> Float {
    switch self {
    case .converted: 0
    case .shifted: 0x1.8p23
    case .shiftedWithZero: 0x1.8p23 + Float(zeroPoint)
    }
  }

  /// Chooses for sums within a range, which are multiplied.
  package init(sums: [ClosedRange<Int>], multipliers: [Float], zeroPoint: Int) {
    let fits = zip(sums, multipliers).allSatisfy { sum, multiplier in
      let most = max(sum.lowerBound.magnitude, sum.upperBound.magnitude)
      // A result has 16 bits also with a zero point.
      return most < 1 << 22 && Float(most) * multiplier.magnitude < 32_000
    }
    self = !fits ? .converted : zeroPoint % 2 == 0 ? .shiftedWithZero : .shifted
  }
}

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
  /// How sums become integers.
  package var rounding: SumRounding

  /// Makes the types.
  package init(
    input: ScalarType, output: ScalarType, isClamped: Bool, isWide: Bool, flip: Int, rounding: SumRounding
  ) {
    self.input = input
    self.output = output
    self.isClamped = isClamped
    self.isWide = isWide
    self.flip = flip
    self.rounding = rounding
  }

  /// Bytes of a panel before its biases: the limits, and what makes vectors of weights begin at multiples of a cache line.
  package static let headByteCount = 64

  /// For instance `Int8ToUInt8Clamped`.
  var nameSuffix: String {
    "\(input.swiftName)To\(output.swiftName)\(isClamped ? "Clamped" : "")\(isWide ? "Wide" : "")\(rounding.rawValue)"
  }
}

/// A tile of output pixels by output channels of a convolution of numbers of 8 bits.
package struct ByteConvolutionTileShape: RegisterTile, Hashable {
  /// Output pixels.
  package var pixels: Int
  /// Output channels; the last unit is stored partly when they aren't whole units.
  package var channels: Int
  /// What a sum's products are made of.
  package var runs: ByteRuns
  /// How products are summed up.
  package var products: ByteProducts
  /// How many channels there are in a unit: the machine's.
  package var lanes: Int
  /// Elements and results.
  package var types: ByteTileTypes

  /// Makes a tile for a machine.
  package init(
    pixels: Int, channels: Int, runs: ByteRuns, types: ByteTileTypes, _ products: ByteProducts, _ target: Target
  ) {
    self.pixels = pixels
    self.channels = channels
    self.runs = runs
    self.types = types
    self.products = products
    lanes = target.sumLanes
  }

  package static let family = RegisterTileFamily.convolutionOfBytes

  /// Where the weights of a run lie in the tile's panels.
  package func layout(runLength: Int) -> ByteRunLayout {
    ByteRunLayout(length: runLength, channels: channels, lanes: lanes, products)
  }

  /// For instance `6x64Int8ToInt8`, `6x64RunsRest9Int8ToInt8`, and `3x32NarrowInt8ToInt8`.
  package var details: String {
    "\(pixels)x\(channels)\(runs.details)\(products == .narrowPairs ? "Narrow" : "")\(types.nameSuffix)"
  }

  package var files: Set<RuntimeFile> { [] }
}

/// How a depthwise convolution sums up products of numbers of 8 bits.
package enum ByteDepthwiseProducts: Hashable, Sendable {
  /// Two taps at a time, for several output pixels at a time. The weights of a channel's two taps lie side by side where the machine
  /// wants them so.
  case pairs(pixels: Int, isInterleaved: Bool)
  /// The rows of a kernel's column at a time, up to four, by dot products, or two and two of them where the machine has none. An image's
  /// column is read once for all output pixels that see it, each `stride` columns after the one before.
  case columns(stride: Int, isPaired: Bool)

  /// The products that a kernel's are summed up by on a machine.
  ///
  /// - Parameters:
  ///   - stride: columns between output pixels.
  ///   - dilation: columns between taps.
  ///   - width: output pixels of a row.
  package init(_ kernel: DepthwiseTileShape.Kernel, stride: Int, dilation: Int, width: Int, _ target: Target) {
    // More columns don't fit into registers.
    let isSmall = 2...4 ~= kernel.rows && kernel.columns <= 3 && dilation == 1
    switch (target.instructionSet, target.byteProducts) {
    case (.neon, .quads) where isSmall: self = .columns(stride: stride, isPaired: false)
    case (.avx2, .pairs) where isSmall: self = .columns(stride: stride, isPaired: true)
    case (.neon, _): self = .pairs(pixels: 1, isInterleaved: false)
    case (.avx512, _), (.avx2, _), (.sse2, _): self = .pairs(pixels: min(width, 2), isInterleaved: true)
    }
  }

  /// For instance `By2` and `Stride1`.
  fileprivate var details: String {
    switch self {
    case .pairs(let pixels, _): "By\(pixels)"
    case .columns(let stride, _): "Stride\(stride)"
    }
  }

  /// Bytes of the weights of a vector of channels.
  package func weightByteCount(_ kernel: DepthwiseTileShape.Kernel, lanes: Int) -> Int {
    switch self {
    case .pairs: (kernel.rows * kernel.columns).roundedUp(toMultipleOf: 2) * lanes
    case .columns: 4 * kernel.columns * lanes
    }
  }

  /// Where the weight of a tap and channel lies among those of a vector.
  package func place(row: Int, column: Int, of kernel: DepthwiseTileShape.Kernel, lane: Int, lanes: Int) -> Int {
    switch self {
    case .pairs(_, let isInterleaved):
      let tap = row * kernel.columns + column
      return tap / 2 * 2 * lanes + (isInterleaved ? 2 * lane + tap % 2 : tap % 2 * lanes + lane)
    case .columns(_, isPaired: false): return 4 * (column * lanes + lane) + row
    case .columns(_, isPaired: true): return 4 * column * lanes + row / 2 * 2 * lanes + 2 * lane + row % 2
    }
  }
}

/// A tile of a depthwise convolution of numbers of 8 bits: sixteen channels, as long as a row lasts.
package struct ByteDepthwiseTileShape: RegisterTile, Hashable {
  /// Channels: sixteen, or less.
  package var channels: Int
  /// The kernel, all of whose taps are written out.
  package var kernel: DepthwiseTileShape.Kernel
  /// How products are summed up, and so how the weights lie.
  package var products: ByteDepthwiseProducts
  /// Elements and results.
  package var types: ByteTileTypes

  /// Makes a tile.
  package init(
    channels: Int, kernel: DepthwiseTileShape.Kernel, products: ByteDepthwiseProducts, types: ByteTileTypes
  ) {
    self.channels = channels
    self.kernel = kernel
    self.products = products
    self.types = types
  }

  /// Channels of a whole tile.
  package static let lanes = 16
  /// The most taps that are written out.
  package static let maximumTaps = 121

  package static let family = RegisterTileFamily.depthwiseOfBytes

  /// For instance `3x3Of16By2Int8ToInt8` and `3x3Of16Stride1Int8ToInt8Shifted`.
  package var details: String { "\(kernel.rows)x\(kernel.columns)Of\(channels)\(products.details)\(types.nameSuffix)" }

  package var files: Set<RuntimeFile> { [] }
}
