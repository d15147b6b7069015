import KilnIntrinsics

/// Room for sixteen numbers of up to twelve pixels, widened to 16 bits, from where any two of a pixel reach all lanes of a register at the
/// cost of a load.
struct WidenedPixels {
  private typealias Pixel = SIMD16<Int16>
  private var pixels: (Pixel, Pixel, Pixel, Pixel, Pixel, Pixel, Pixel, Pixel, Pixel, Pixel, Pixel, Pixel)

  /// Empty room.
  @inline(__always)
  init() {
    let pixel = Pixel()
    pixels = (pixel, pixel, pixel, pixel, pixel, pixel, pixel, pixel, pixel, pixel, pixel, pixel)
  }
}

/// Calls `body` with where numbers are written, and where they are read: the same address, which the compiler doesn't know, or else it
/// would keep the numbers in registers and move them between lanes.
@inline(__always)
func withWidened(
  _ memory: inout WidenedPixels, _ body: (UnsafeMutablePointer<Int16>, UnsafePointer<Int16>) -> Void
) {
  withUnsafeMutablePointer(to: &memory) { pointer in
    let numbers = UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: Int16.self)
    body(numbers, kiln_hidden_address(numbers).assumingMemoryBound(to: Int16.self))
  }
}

/// Widens sixteen numbers.
@inline(__always)
func widenNumbers<Element: ByteElement>(_ x: UnsafePointer<Element>, to wide: UnsafeMutablePointer<Int16>) {
  kiln_widen_i16x16(x, wide, Element.isUnsigned)
}

/// Widens sixteen weights.
@inline(__always)
func widenWeights(_ weights: UnsafePointer<UInt8>, to wide: UnsafeMutablePointer<Int16>) {
  kiln_widen_i16x16(weights, wide, false)
}

/// Two numbers of 16 bits as they lie in memory.
@inline(__always)
func loadPair(_ numbers: UnsafePointer<Int16>) -> Int32 { kiln_load_quad(numbers) }

/// The weights of two elements for each of eight channels, half a unit of pairs.
@inline(__always)
func loadPairs(_ weights: UnsafePointer<UInt8>) -> SIMD16<Int16> { kiln_load_pairs_i16x16(weights) }

/// `sums` and the products of two numbers with their weights.
@inline(__always)
func addPair(_ sums: SIMD8<Int32>, _ pair: Int32, _ weights: SIMD16<Int16>) -> SIMD8<Int32> {
  kiln_pair_i32x8(sums, pair, weights)
}
