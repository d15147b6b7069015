// Conversions between real numbers and numbers of 8 bits, and sums of the latter, sixteen at a time. The host merges axes; what is
// left is a run of contiguous elements on all sides and the axes around it.

import KilnGeometry
import KilnIntrinsics

/// `round(x / scale) + zeroPoint`, ties to even, limited to the result's type; `zeroPoint` for NaN.
///
/// The quotient is rounded once.
@inline(__always)
func quantizeElements<Result: ByteElement>(
  _ source: UnsafePointer<Float>, _ sourceStrides: Axes, to destination: UnsafeMutablePointer<Result>,
  _ destinationStrides: Axes, shape: Axes, count: Int, scale: Float, zeroPoint: Int16
) {
  let step = SIMD16<Float>(repeating: scale)
  forEachOffset(in: shape, sourceStrides, destinationStrides) { from, to in
    var i = 0
    while i < count {
      let rest = min(16, count &- i)
      let x = loadNumbers(source + (from &+ i), count: rest)
      storeBytes(
        Result.narrowed(kiln_rounded_i16x16(x / step, zeroPoint)), destination + (to &+ i), count: rest)
      i &+= 16
    }
  }
}

/// Quantises with the scale and zero point that the numbers ask for, and writes both.
///
/// `scale = (max(0, max(x)) - min(0, min(x))) / 255`, or 1 where that is 0; `zeroPoint = round(-min(0, min(x)) / scale)`. Each
/// operation is rounded once. Where a number is NaN, so is the scale, and everything else is 0.
@inline(__always)
func quantizeDynamically(
  _ source: UnsafePointer<Float>, _ sourceStrides: Axes, to destination: UnsafeMutablePointer<UInt8>,
  _ destinationStrides: Axes, shape: Axes, count: Int, scale: UnsafeMutablePointer<Float>,
  zeroPoint: UnsafeMutablePointer<UInt8>
) {
  var (least, greatest) = (SIMD16<Float>(repeating: 0), SIMD16<Float>(repeating: 0))
  forEachOffset(in: shape, sourceStrides, sourceStrides) { from, _ in
    var i = 0
    while i < count {
      // What is beyond the run is 0, which is in the range anyway.
      let x = loadNumbers(source + (from &+ i), count: min(16, count &- i))
      least = minimumOrNaN(least, x)
      greatest = maximumOrNaN(greatest, x)
      i &+= 16
    }
  }
  var lane = 1
  while lane < 16 {
    least = minimumOrNaN(least, SIMD16(repeating: least[lane]))
    greatest = maximumOrNaN(greatest, SIMD16(repeating: greatest[lane]))
    lane &+= 1
  }
  let range = greatest[0] - least[0]
  let step = range == 0 ? 1 : range / 255
  let place = kiln_rounded_i16x16(SIMD16(repeating: -least[0] / step), 0)
  let zero = UInt8(truncatingIfNeeded: UInt8.narrowed(place)[0])
  scale[0] = step
  zeroPoint[0] = zero
  quantizeElements(
    source, sourceStrides, to: destination, destinationStrides, shape: shape, count: count, scale: step,
    zeroPoint: Int16(zero))
}

/// `(x - zeroPoint) * scale`, rounded once.
@inline(__always)
func dequantizeElements<Element: ByteElement>(
  _ source: UnsafePointer<Element>, _ sourceStrides: Axes, to destination: UnsafeMutablePointer<Float>,
  _ destinationStrides: Axes, shape: Axes, count: Int, scale: Float, zeroPoint: Int16
) {
  let step = SIMD16<Float>(repeating: scale)
  forEachOffset(in: shape, sourceStrides, destinationStrides) { from, to in
    var i = 0
    while i < count {
      let rest = min(16, count &- i)
      let x = loadSomeBytes(source + (from &+ i), count: rest)
      storeNumbers(Element.distances(x, from: zeroPoint) * step, destination + (to &+ i), count: rest)
      i &+= 16
    }
  }
}

/// `round(((a - aZero) * aScale + (b - bZero) * bScale) / scale) + zeroPoint`, ties to even, within limits: each operation is rounded
/// once, and none fused.
@inline(__always)
func sumQuantized<Left: ByteElement, Right: ByteElement, Result: ByteElement>(
  _ left: UnsafePointer<Left>, _ leftStrides: Axes, scale leftScale: Float, zeroPoint leftZero: Int16,
  _ right: UnsafePointer<Right>, _ rightStrides: Axes, scale rightScale: Float, zeroPoint rightZero: Int16,
  to destination: UnsafeMutablePointer<Result>, _ destinationStrides: Axes, shape: Axes, count: Int, scale: Float,
  zeroPoint: Int16, lower: Int16, upper: Int16
) {
  forEachOffset(in: shape, leftStrides, rightStrides, destinationStrides) { inLeft, inRight, to in
    var i = 0
    while i < count {
      let rest = min(16, count &- i)
      let a = Left.distances(loadSomeBytes(left + (inLeft &+ i), count: rest), from: leftZero)
      let b = Right.distances(loadSomeBytes(right + (inRight &+ i), count: rest), from: rightZero)
      let x = a * leftScale
      let y = b * rightScale
      let sum = kiln_rounded_i16x16((x + y) / scale, zeroPoint)
      storeBytes(Result.narrowed(kiln_limited_i16x16(sum, lower, upper)), destination + (to &+ i), count: rest)
      i &+= 16
    }
  }
}

/// The entry for each number in a table of 256, by its bits as an unsigned integer.
@inline(__always)
func lookUpBytes<Element: ByteElement, Result: ByteElement>(
  _ source: UnsafePointer<Element>, _ sourceStrides: Axes, in table: UnsafePointer<Result>,
  to destination: UnsafeMutablePointer<Result>, _ destinationStrides: Axes, shape: Axes, count: Int
) {
  forEachOffset(in: shape, sourceStrides, destinationStrides) { from, to in
    let bytes = UnsafeRawPointer(source + from)
    var i = 0
    while i < count {
      destination[to &+ i] = table[Int(bytes.load(fromByteOffset: i, as: UInt8.self))]
      i &+= 1
    }
  }
}

/// The first `count` of sixteen numbers; memory after them isn't touched.
@inline(__always)
private func loadNumbers(_ address: UnsafePointer<Float>, count: Int) -> SIMD16<Float> {
  count == 16
    ? UnsafeRawPointer(address).loadUnaligned(as: SIMD16<Float>.self) : kiln_load_first_f32x16(address, count)
}

/// Writes the first `count` of sixteen numbers.
@inline(__always)
private func storeNumbers(_ numbers: SIMD16<Float>, _ address: UnsafeMutablePointer<Float>, count: Int) {
  if count == 16 {
    UnsafeMutableRawPointer(address).storeBytes(of: numbers, as: SIMD16<Float>.self)
  } else {
    kiln_store_first_f32x16(numbers, address, count)
  }
}

/// The first `count` of sixteen numbers of 8 bits.
@inline(__always)
private func loadSomeBytes<Element: ByteElement>(_ address: UnsafePointer<Element>, count: Int) -> SIMD16<Int8> {
  count == 16 ? loadBytes(address) : loadBytes(address, count: count)
}

/// Writes the first `count` of sixteen numbers of 8 bits.
@inline(__always)
private func storeBytes<Element: ByteElement>(
  _ bytes: SIMD16<Int8>, _ address: UnsafeMutablePointer<Element>, count: Int
) {
  kiln_store_bytes_16(bytes, address, count)
}
