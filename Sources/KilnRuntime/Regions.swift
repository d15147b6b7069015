// Regions of images resampled to one size. Samples that lie outside of the image count as 0.

import KilnGeometry

/// Means of the samples of each cell.
///
/// For a cell of n samples |error| <= (n + 5) * 2^-24 * the mean of the magnitudes that are summed, to first order.
///
/// - Parameters:
///   - regions: x and y of two corners, for each.
///   - numbers: which image each is of; one outside is the nearest.
@inline(never)
func averageRegions<Index: FixedWidthInteger>(
  _ images: UnsafePointer<Float>, regions: UnsafePointer<Float>, numbers: UnsafePointer<Index>,
  to destination: UnsafeMutablePointer<Float>, _ geometry: RegionGeometry
) {
  forEachCell(regions, numbers: numbers, geometry) { cell, image, rows, columns, row, column in
    let sums = destination + cell &* geometry.channels
    fill(sums, count: geometry.channels)
    forEachSample(images + image, rows, columns, row, column, geometry) { pixels, weights in
      var i = 0
      while i < geometry.channels {
        sums[i] +=
          pixels.0[i] * weights.0 + pixels.1[i] * weights.1 + pixels.2[i] * weights.2 + pixels.3[i] * weights.3
        i &+= 1
      }
    }
    let count = rows.samples &* columns.samples
    if count > 1 {
      var i = 0
      while i < geometry.channels {
        sums[i] /= Float(count)
        i &+= 1
      }
    }
  }
}

/// The largest of the products of pixels and weights of each cell's samples.
///
/// One rounding. For the parameters see `averageRegions`.
@inline(never)
func maximizeRegions<Index: FixedWidthInteger>(
  _ images: UnsafePointer<Float>, regions: UnsafePointer<Float>, numbers: UnsafePointer<Index>,
  to destination: UnsafeMutablePointer<Float>, _ geometry: RegionGeometry
) {
  forEachCell(regions, numbers: numbers, geometry) { cell, image, rows, columns, row, column in
    let largest = destination + cell &* geometry.channels
    var isFirst = true
    @inline(__always) func keep(_ i: Int, _ value: Float) { if value > largest[i] { largest[i] = value } }
    let inside = forEachSample(images + image, rows, columns, row, column, geometry) { pixels, weights in
      var i = 0
      while i < geometry.channels {
        let product = pixels.0[i] * weights.0
        if isFirst { largest[i] = product } else { keep(i, product) }
        keep(i, pixels.1[i] * weights.1)
        keep(i, pixels.2[i] * weights.2)
        keep(i, pixels.3[i] * weights.3)
        i &+= 1
      }
      isFirst = false
    }
    if inside == 0 {
      fill(largest, count: geometry.channels)
    } else if inside < rows.samples &* columns.samples {
      var i = 0
      while i < geometry.channels {
        keep(i, 0)
        i &+= 1
      }
    }
  }
}

@inline(__always)
private func fill(_ elements: UnsafeMutablePointer<Float>, count: Int) {
  var i = 0
  while i < count {
    elements[i] = 0
    i &+= 1
  }
}

/// A region's extent along an axis of the image.
private struct RegionAxis {
  private let start: Float
  private let cell: Float
  private let extent: Int
  /// Samples of a cell.
  let samples: Int

  @inline(__always)
  init(from start: Float, to end: Float, cells: Int, extent: Int, _ geometry: RegionGeometry) {
    let offset: Float = geometry.isHalfPixel ? 0.5 : 0
    self.start = start * geometry.scale - offset
    var size = end * geometry.scale - offset - self.start
    if !geometry.isHalfPixel && !(size > 1) { size = 1 }
    cell = size / Float(cells)
    self.extent = extent
    if geometry.samples > 0 {
      samples = geometry.samples
    } else {
      // A region may be larger than any image.
      let limit = Float(4 &* extent &+ 4)
      samples = cell > 0 ? Int((cell < limit ? cell : limit).rounded(.up)) : 0
    }
  }

  /// The two pixels that a sample lies between, and the weight of the second; `nil` outside of the image.
  @inline(__always)
  func sample(_ number: Int, of index: Int) -> (low: Int, high: Int, weight: Float)? {
    let place = start + Float(index) * cell + (Float(number) + 0.5) * cell / Float(samples)
    if !(place >= -1) || !(place <= Float(extent)) { return nil }
    let inside = place > 0 ? place : 0
    let low = Int(inside)
    if low >= extent &- 1 { return (extent &- 1, extent &- 1, 0) }
    return (low, low &+ 1, inside - Float(low))
  }
}

/// Calls `body` with each cell's number, its image's first element, its region's axes, and its row and column.
@inline(__always)
private func forEachCell<Index: FixedWidthInteger>(
  _ regions: UnsafePointer<Float>, numbers: UnsafePointer<Index>, _ geometry: RegionGeometry,
  _ body: (_ cell: Int, _ image: Int, _ rows: RegionAxis, _ columns: RegionAxis, _ row: Int, _ column: Int) -> Void
) {
  var cell = 0
  var region = 0
  while region < geometry.regions {
    let corners = regions + 4 &* region
    let rows = RegionAxis(from: corners[1], to: corners[3], cells: geometry.rows, extent: geometry.height, geometry)
    let columns = RegionAxis(
      from: corners[0], to: corners[2], cells: geometry.columns, extent: geometry.width, geometry)
    let number = place(of: numbers[region], in: geometry.images)
    let image = number &* geometry.height &* geometry.width &* geometry.channels
    var row = 0
    while row < geometry.rows {
      var column = 0
      while column < geometry.columns {
        body(cell, image, rows, columns, row, column)
        cell &+= 1
        column &+= 1
      }
      row &+= 1
    }
    region &+= 1
  }
}

/// Calls `body` with the four pixels around each sample of a cell, and their weights.
///
/// - Returns: how many samples lie in the image.
@inline(__always)
@discardableResult
private func forEachSample(
  _ image: UnsafePointer<Float>, _ rows: RegionAxis, _ columns: RegionAxis, _ row: Int, _ column: Int,
  _ geometry: RegionGeometry,
  _ body: (
    _ pixels: (UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>),
    _ weights: (Float, Float, Float, Float)
  ) -> Void
) -> Int {
  var inside = 0
  var i = 0
  while i < rows.samples {
    if let y = rows.sample(i, of: row) {
      let above = image + y.low &* geometry.width &* geometry.channels
      let below = image + y.high &* geometry.width &* geometry.channels
      var j = 0
      while j < columns.samples {
        if let x = columns.sample(j, of: column) {
          let (left, right) = (x.low &* geometry.channels, x.high &* geometry.channels)
          body(
            (above + left, above + right, below + left, below + right),
            (
              (1 - y.weight) * (1 - x.weight), (1 - y.weight) * x.weight, y.weight * (1 - x.weight),
              y.weight * x.weight
            ))
          inside &+= 1
        }
        j &+= 1
      }
    }
    i &+= 1
  }
  return inside
}
