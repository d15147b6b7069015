import KilnGeometry

// Convolutions and matrix products of elements that the vector kernels don't have, one product at a time.

/// Convolves quantised images of up to three spatial axes: exact sums, modulo 2^32, of
/// `(element - zero) * (weight - weightZero)`; padding counts as zero.
///
/// - Parameters:
///   - weights: `[channels, groupInputs, kernel]`, row-major; `channels` are those of all groups.
///   - zero: the images' zero point; `nil` is 0.
///   - weightZero: the weights' zero points, `step` apart for each channel; `nil` is 0.
@inline(never)
func convolveIntegers<Element: FixedWidthInteger, Weight: FixedWidthInteger>(
  _ source: UnsafePointer<Element>, _ sourceStrides: VolumeStrides, zero: UnsafePointer<Element>?,
  _ weights: UnsafePointer<Weight>, zero weightZero: UnsafePointer<Weight>?, step: Int,
  to destination: UnsafeMutablePointer<Int32>, _ destinationStrides: VolumeStrides,
  images: Int, channels: Int, groups: Int, groupInputs: Int, _ planes: PoolAxis, _ rows: PoolAxis, _ columns: PoolAxis
) {
  var subtrahend: Int32 = 0
  if let zero { subtrahend = Int32(truncatingIfNeeded: zero[0]) }
  let taps = planes.kernel &* rows.kernel &* columns.kernel
  let groupChannels = channels / groups
  var n = 0
  while n < images &* channels {
    let (image, channel) = (n / channels, n % channels)
    var weightSubtrahend: Int32 = 0
    if let weightZero { weightSubtrahend = Int32(truncatingIfNeeded: weightZero[channel &* step]) }
    let from = image &* sourceStrides.0 &+ channel / groupChannels &* groupInputs &* sourceStrides.1
    let to = image &* destinationStrides.0 &+ channel &* destinationStrides.1
    let kernel = weights + channel &* groupInputs &* taps
    var result = (0, 0, 0)
    while result.0 < planes.resultExtent {
      result.1 = 0
      while result.1 < rows.resultExtent {
        result.2 = 0
        while result.2 < columns.resultExtent {
          var sum: Int32 = 0
          var tap = (0, 0, 0)
          while tap.0 < planes.kernel {
            let z = result.0 &* planes.stride &- planes.padding &+ tap.0 &* planes.dilation
            tap.1 = z >= 0 && z < planes.extent ? 0 : rows.kernel
            while tap.1 < rows.kernel {
              let y = result.1 &* rows.stride &- rows.padding &+ tap.1 &* rows.dilation
              tap.2 = y >= 0 && y < rows.extent ? 0 : columns.kernel
              while tap.2 < columns.kernel {
                let x = result.2 &* columns.stride &- columns.padding &+ tap.2 &* columns.dilation
                if x >= 0 && x < columns.extent {
                  var element =
                    source + (from &+ z &* sourceStrides.2 &+ y &* sourceStrides.3 &+ x &* sourceStrides.4)
                  var weight = kernel + ((tap.0 &* rows.kernel &+ tap.1) &* columns.kernel &+ tap.2)
                  var input = 0
                  while input < groupInputs {
                    sum =
                      sum &+ (Int32(truncatingIfNeeded: element[0]) &- subtrahend)
                      &* (Int32(truncatingIfNeeded: weight[0]) &- weightSubtrahend)
                    element += sourceStrides.1
                    weight += taps
                    input &+= 1
                  }
                }
                tap.2 &+= 1
              }
              tap.1 &+= 1
            }
            tap.0 &+= 1
          }
          destination[
            to &+ result.0 &* destinationStrides.2 &+ result.1 &* destinationStrides.3
              &+ result.2 &* destinationStrides.4] = sum
          result.2 &+= 1
        }
        result.1 &+= 1
      }
      result.0 &+= 1
    }
    n &+= 1
  }
}

/// Multiplies row-major matrices, `[rows, depth]` by `[depth, columns]`; does so `shape` times.
///
/// - Parameter accumulate: adds the product of two elements to a sum, which starts from `zero`, in the order of the depth.
@inline(__always)
func multiplyScalars<Element: BitwiseCopyable>(
  _ left: UnsafePointer<Element>, _ leftStrides: Axes, _ right: UnsafePointer<Element>, _ rightStrides: Axes,
  to destination: UnsafeMutablePointer<Element>, _ destinationStrides: Axes, shape: Axes,
  rows: Int, depth: Int, columns: Int, from zero: Element, _ accumulate: (Element, Element, Element) -> Element
) {
  forEachOffset(in: shape, leftStrides, rightStrides, destinationStrides) { inLeft, inRight, to in
    var n = 0
    while n < rows &* columns {
      let a = left + (inLeft &+ n / columns &* depth)
      let b = right + (inRight &+ n % columns)
      var sum = zero
      var k = 0
      while k < depth {
        sum = accumulate(sum, a[k], b[k &* columns])
        k &+= 1
      }
      destination[to &+ n] = sum
      n &+= 1
    }
  }
}

/// `sum + a * b`, rounded twice.
@inline(__always)
func addProduct<Number: FloatingPoint>(_ sum: Number, _ a: Number, _ b: Number) -> Number { sum + a * b }

/// `sum + a * b`.
@inline(__always)
func addProduct<Number: FixedWidthInteger>(_ sum: Number, _ a: Number, _ b: Number) -> Number { sum &+ a &* b }

/// Multiplies row-major matrices of quantised numbers, `[rows, depth]` by `[depth, columns]`: exact sums, modulo 2^32, of
/// `(element - zero) * (element - zero)`; does so `shape` times.
///
/// - Parameter zero: a matrix's zero points, `step` apart for each row on the left, for each column on the right; `nil` is
///   0.
@inline(never)
func multiplyIntegers<Left: FixedWidthInteger, Right: FixedWidthInteger>(
  _ left: UnsafePointer<Left>, _ leftStrides: Axes, zero leftZero: UnsafePointer<Left>?, step leftStep: Int,
  _ right: UnsafePointer<Right>, _ rightStrides: Axes, zero rightZero: UnsafePointer<Right>?, step rightStep: Int,
  to destination: UnsafeMutablePointer<Int32>, _ destinationStrides: Axes, shape: Axes,
  rows: Int, depth: Int, columns: Int
) {
  forEachOffset(in: shape, leftStrides, rightStrides, destinationStrides) { inLeft, inRight, to in
    var n = 0
    while n < rows &* columns {
      let (row, column) = (n / columns, n % columns)
      let a = left + (inLeft &+ row &* depth)
      let b = right + (inRight &+ column)
      var (subtrahend, rightSubtrahend): (Int32, Int32) = (0, 0)
      if let leftZero { subtrahend = Int32(truncatingIfNeeded: leftZero[row &* leftStep]) }
      if let rightZero { rightSubtrahend = Int32(truncatingIfNeeded: rightZero[column &* rightStep]) }
      var sum: Int32 = 0
      var k = 0
      while k < depth {
        sum =
          sum &+ (Int32(truncatingIfNeeded: a[k]) &- subtrahend)
          &* (Int32(truncatingIfNeeded: b[k &* columns]) &- rightSubtrahend)
        k &+= 1
      }
      destination[to &+ n] = sum
      n &+= 1
    }
  }
}
