import KilnGraph
import KilnRuntimeSources

/// A tile of a depthwise convolution: several pixels of one vector of channels at a time, as long as a row lasts, then those
/// that remain.
package struct DepthwiseTileShape: RegisterTile, Hashable {
  /// A kernel's rows and columns.
  package struct Kernel: Hashable, Sendable {
    package var rows: Int
    package var columns: Int

    /// Makes a size.
    package init(rows: Int, columns: Int) {
      self.rows = rows
      self.columns = columns
    }
  }

  /// Channels: a vector, or less.
  package var channels: Int
  /// The kernel when it is unrolled, its weights in registers; `nil` when loops walk over it.
  package var kernel: Kernel?
  /// Input pixels between neighbouring outputs and neighbouring taps of a row; 1 when loops walk over the kernel.
  package var stride: Int
  package var dilation: Int
  /// Output pixels at a time, and those that remain at the end of a row.
  package var pixels: Int
  package var edgePixels: Int
  package var epilogue: Epilogue
  /// What it computes with.
  package var arithmetic: TileArithmetic

  /// Makes a tile.
  package init(
    channels: Int, kernel: Kernel?, stride: Int, dilation: Int, pixels: Int, edgePixels: Int, epilogue: Epilogue,
    arithmetic: TileArithmetic = .float32
  ) {
    self.channels = channels
    self.kernel = kernel
    self.stride = stride
    self.dilation = dilation
    self.pixels = pixels
    self.edgePixels = edgePixels
    self.epilogue = epilogue
    self.arithmetic = arithmetic
  }

  package static let family = RegisterTileFamily.depthwise

  /// For instance `3x3Stride2Of16By8And4ReLU`.
  package var details: String {
    let steps = (stride == 1 ? "" : "Stride\(stride)") + (dilation == 1 ? "" : "Dilation\(dilation)")
    let size = kernel.map { "\($0.rows)x\($0.columns)" } ?? "Any"
    let group = "By\(pixels)\(edgePixels == 0 ? "" : "And\(edgePixels)")"
    return "\(size)\(steps)Of\(channels)\(arithmetic.nameSuffix)\(group)\(epilogue.nameSuffix)"
  }

  package var files: Set<RuntimeFile> { epilogue.files }
}
