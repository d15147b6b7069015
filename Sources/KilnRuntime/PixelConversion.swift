// Images of interleaved bytes, as cameras give them, made real.

import KilnGeometry
import KilnIntrinsics

/// `y[c] = x[c] * weight[c] + bias[c]` for each channel of `count` pixels that lie one after the other, one rounding.
///
/// The runs of pixels lie `shape` times apart by the strides. `weight` and `bias` have 48 numbers: those of the channels, which divide
/// 48, again and again.
@inline(__always)
func convertPixels(
  _ source: UnsafePointer<UInt8>, _ sourceStrides: Axes, weight: UnsafePointer<Float>, bias: UnsafePointer<Float>,
  to destination: UnsafeMutablePointer<Float>, _ destinationStrides: Axes, shape: Axes, count: Int, channels: Int
) {
  let elements = count &* channels
  forEachOffset(in: shape, sourceStrides, destinationStrides) { from, to in
    let x = source + from
    let y = destination + to
    var i = 0
    while i &+ 48 <= elements {
      var part = 0
      while part < 48 {
        let numbers = UInt8.distances(loadBytes(x + (i &+ part)), from: 0)
        let result = fma(loadSixteen(bias + part), numbers, loadSixteen(weight + part))
        UnsafeMutableRawPointer(y + (i &+ part)).storeBytes(of: result, as: SIMD16<Float>.self)
        part &+= 16
      }
      i &+= 48
    }
    var part = 0
    while i < elements {
      y[i] = fma(bias[part], Float(x[i]), weight[part])
      i &+= 1
      part &+= 1
    }
  }
}

/// The same for the first three of four bytes a pixel: `weight` and `bias` have numbers of all four, those of the last not looked at.
@inline(__always)
func convertLeadingBytes(
  _ source: UnsafePointer<UInt8>, _ sourceStrides: Axes, weight: UnsafePointer<Float>, bias: UnsafePointer<Float>,
  to destination: UnsafeMutablePointer<Float>, _ destinationStrides: Axes, shape: Axes, count: Int
) {
  let (w, b) = (loadSixteen(weight), loadSixteen(bias))
  forEachOffset(in: shape, sourceStrides, destinationStrides) { from, to in
    var x = source + from
    var y = destination + to
    var pixel = 0
    // A pixel's fourth number is overwritten by the next one's first, which the last of a run doesn't have.
    while pixel &+ 4 < count {
      let result = fma(b, UInt8.distances(loadBytes(x), from: 0), w)
      storeFour(result.lowHalf.lowHalf, y)
      storeFour(result.lowHalf.highHalf, y + 3)
      storeFour(result.highHalf.lowHalf, y + 6)
      storeFour(result.highHalf.highHalf, y + 9)
      x += 16
      y += 12
      pixel &+= 4
    }
    while pixel < count {
      y[0] = fma(b[0], Float(x[0]), w[0])
      y[1] = fma(b[1], Float(x[1]), w[1])
      y[2] = fma(b[2], Float(x[2]), w[2])
      x += 4
      y += 3
      pixel &+= 1
    }
  }
}

/// The same for three channels that are bytes of a pixel in another order: channel `c` is byte `first + step * c` of
/// `byteCount`, and `weight` and `bias` have numbers of the channels.
@inline(__always)
func convertPixels(
  _ source: UnsafePointer<UInt8>, _ sourceStrides: Axes, first: Int, step: Int, byteCount: Int,
  weight: UnsafePointer<Float>, bias: UnsafePointer<Float>, to destination: UnsafeMutablePointer<Float>,
  _ destinationStrides: Axes, shape: Axes, count: Int
) {
  let (w0, w1, w2) = (weight[0], weight[1], weight[2])
  let (b0, b1, b2) = (bias[0], bias[1], bias[2])
  forEachOffset(in: shape, sourceStrides, destinationStrides) { from, to in
    var x = source + (from &+ first)
    var y = destination + to
    var pixel = 0
    while pixel < count {
      y[0] = fma(b0, Float(x[0]), w0)
      y[1] = fma(b1, Float(x[step]), w1)
      y[2] = fma(b2, Float(x[2 &* step]), w2)
      x += byteCount
      y += 3
      pixel &+= 1
    }
  }
}

@inline(__always)
private func storeFour(_ numbers: SIMD4<Float>, _ address: UnsafeMutablePointer<Float>) {
  UnsafeMutableRawPointer(address).storeBytes(of: numbers, as: SIMD4<Float>.self)
}

@inline(__always)
private func loadSixteen(_ address: UnsafePointer<Float>) -> SIMD16<Float> {
  UnsafeRawPointer(address).loadUnaligned(as: SIMD16<Float>.self)
}
