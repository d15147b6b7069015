// Images and volumes, sampled at points that are computed. A coordinate is computed as ONNX Runtime does, in float32 operation by
// operation, so that the same pixel is the nearest one; nothing outside of an image is ever read, whatever a point says.

import KilnGeometry

/// Samples each image at its points: the result has all channels of a point together.
///
/// With n taps altogether the error is at most `(n + 4) * 2^-24` times the sum of the weighted magnitudes, where a weight of a
/// cubic kernel may be off by 2^-22; the nearest pixel is exact.
///
/// - Parameters:
///   - steps: elements from one image to the next, of source, grid and destination.
///   - images, points: how many images, and of each how many points.
@inline(never)
func sampleGrid(
  _ source: UnsafePointer<Float>, grid: UnsafePointer<Float>, to destination: UnsafeMutablePointer<Float>,
  _ geometry: SamplingGeometry, steps: (Int, Int, Int), images: Int, points: Int
) {
  var image = 0
  while image < images {
    let x = source + image &* steps.0
    var place = grid + image &* steps.1
    var y = destination + image &* steps.2
    var point = 0
    while point < points {
      sampleImage(x, at: place, to: y, geometry)
      place += geometry.coordinates
      y += geometry.channels
      point &+= 1
    }
    image &+= 1
  }
}

/// All channels of one point.
@inline(__always)
private func sampleImage(
  _ image: UnsafePointer<Float>, at place: UnsafePointer<Float>, to result: UnsafeMutablePointer<Float>,
  _ geometry: SamplingGeometry
) {
  // Rows come first where coordinates are in pixels, columns elsewhere.
  let last = geometry.coordinates &- 1
  let columns = SamplingTaps(at: place[geometry.isInPixels ? last : 0], extent: geometry.columns, geometry)
  let rows = SamplingTaps(at: place[geometry.isInPixels ? last &- 1 : 1], extent: geometry.rows, geometry)
  let planes =
    last == 1
    ? SamplingTaps.one : SamplingTaps(at: place[geometry.isInPixels ? 0 : 2], extent: geometry.depth, geometry)
  var channel = 0
  while channel < geometry.channels {
    let rest = geometry.channels &- channel
    let isWhole = rest >= Vector.scalarCount
    var sum = Vector(repeating: 0)
    var plane = 0
    while plane < planes.count {
      var row = 0
      while row < rows.count {
        let line = (planes.index[plane] &* geometry.rows &+ rows.index[row]) &* geometry.columns
        let weight = planes.weight[plane] * rows.weight[row]
        var column = 0
        while column < columns.count {
          let x = image + ((line &+ columns.index[column]) &* geometry.channels &+ channel)
          let factor = Vector(repeating: weight * columns.weight[column])
          sum = fma(sum, factor, isWhole ? load(x) : load(x, count: rest))
          column &+= 1
        }
        row &+= 1
      }
      plane &+= 1
    }
    if isWhole { store(sum, result + channel) } else { store(sum, result + channel, count: rest) }
    channel &+= Vector.scalarCount
  }
}

/// The pixels along an axis that make what is at a coordinate, and their weights: none where all of them are outside.
struct SamplingTaps {
  var index: SIMD4<Int>
  var weight: SIMD4<Float>
  var count: Int

  /// The one pixel of an axis that isn't there.
  static var one: SamplingTaps {
    @inline(__always) get { SamplingTaps(index: SIMD4(repeating: 0), weight: SIMD4(repeating: 1), count: 1) }
  }

  @inline(__always)
  private init(index: SIMD4<Int>, weight: SIMD4<Float>, count: Int) {
    self.index = index
    self.weight = weight
    self.count = count
  }

  @inline(__always)
  init(at coordinate: Float, extent: Int, _ geometry: SamplingGeometry) {
    self.init(index: SIMD4(repeating: 0), weight: SIMD4(repeating: 0), count: 0)
    let length = Float(extent)
    var x = coordinate
    if !geometry.isInPixels {
      x = geometry.alignsCorners ? (x + 1) / 2 * (length - 1) : ((x + 1) * length - 1) / 2
    }
    if geometry.taps == 1 { x = roundToEven(Vector(repeating: x))[0] }
    let least: Float = geometry.alignsCorners ? 0 : -0.5
    let most = geometry.alignsCorners ? length - 1 : length - 0.5
    if !(least <= x && x <= most) {
      if geometry.repeatsEdge {
        // A cubic kernel reaches inside from two pixels away.
        let reach: Float = geometry.taps == 4 ? 2 : 0
        x = x > -reach ? (x < length - 1 + reach ? x : length - 1 + reach) : -reach
      }
      if geometry.isReflected { x = reflected(x, least, most) }
    }
    // Beyond any image, and NaN.
    guard x < 0x1p23, x > -0x1p23 else { return }
    let first = floor(Vector(repeating: x))[0]
    let weights = samplingWeights(x - first, taps: geometry.taps)
    let start = Int(first) &- (geometry.taps == 4 ? 1 : 0)
    var tap = 0
    while tap < geometry.taps {
      var place = start &+ tap
      let isOutside = place < 0 || place >= extent
      if isOutside, geometry.isReflected { place = Int(reflected(Float(place), least, most)) }
      if !isOutside || geometry.repeatsEdge || geometry.isReflected {
        index[count] = place < 0 ? 0 : place < extent ? place : extent &- 1
        weight[count] = weights[tap]
        count &+= 1
      }
      tap &+= 1
    }
  }
}

/// `x`, which is outside of a range, mirrored at both ends of it until it is inside; its start for what is no number.
@inline(__always)
private func reflected(_ x: Float, _ least: Float, _ most: Float) -> Float {
  let range = most - least
  let distance = x < least ? least - x : x - most
  guard range > 0, distance < .infinity else { return least > 0 ? least : 0 }
  let turns = floor(Vector(repeating: distance / range))[0]
  let rest = distance - turns * range
  let isEven = turns / 2 == floor(Vector(repeating: turns / 2))[0]
  return (x < least) == isEven ? least + rest : most - rest
}

/// The weights of a pixel and those after it: of one, of two, or by Keys' kernel with `a = -0.75` of four, from the one before on.
@inline(__always)
private func samplingWeights(_ fraction: Float, taps: Int) -> SIMD4<Float> {
  if taps == 1 { return SIMD4(1, 0, 0, 0) }
  if taps == 2 { return SIMD4(1 - fraction, fraction, 0, 0) }
  let (before, rest, after) = (fraction + 1, 1 - fraction, 2 - fraction)
  return SIMD4(
    ((-0.75 * before + 3.75) * before - 6) * before + 3, (1.25 * fraction - 2.25) * fraction * fraction + 1,
    (1.25 * rest - 2.25) * rest * rest + 1, ((-0.75 * after + 3.75) * after - 6) * after + 3)
}
