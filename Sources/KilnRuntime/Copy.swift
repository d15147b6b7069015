// Copies between strided operands. The host merges and orders the axes, and picks the form: runs that are contiguous on
// both sides, matrices that are transposed, or single elements (in CopyScalars.swift). Source and destination don't
// overlap.

import KilnGeometry

/// Copies a run.
@inline(__always)
func copyElements(_ source: UnsafePointer<Float>, to destination: UnsafeMutablePointer<Float>, count: Int) {
  mapElements(source, to: destination, count: count) { $0 }
}

/// Copies runs of `count` elements that lie `shape` times apart by the strides.
@inline(never)
func copyRuns(
  _ source: UnsafePointer<Float>, _ sourceStrides: Axes,
  to destination: UnsafeMutablePointer<Float>, _ destinationStrides: Axes,
  shape: Axes, count: Int
) {
  forEachOffset(in: shape, sourceStrides, destinationStrides) { from, to in
    copyElements(source + from, to: destination + to, count: count)
  }
}

/// Writes `value` to runs of `count` elements that lie `shape` times apart by the strides.
@inline(never)
func fillRuns(
  _ destination: UnsafeMutablePointer<Float>, _ strides: Axes, shape: Axes,
  count: Int, value: Float
) {
  let constant = Vector(repeating: value)
  forEachOffset(in: shape, strides, strides) { to, _ in
    var i = 0
    while i &+ Vector.scalarCount <= count {
      store(constant, destination + (to &+ i))
      i &+= Vector.scalarCount
    }
    if i < count { store(constant, destination + (to &+ i), count: count &- i) }
  }
}

/// Copies matrices that lie `shape` times apart by the strides and are stored by column in the source, by row in the
/// destination: element (row, column) goes from `row + column * sourceStride` to `row * destinationStride + column`.
@inline(never)
func copyTransposed(
  _ source: UnsafePointer<Float>, _ sourceStrides: Axes, stride sourceStride: Int,
  to destination: UnsafeMutablePointer<Float>, _ destinationStrides: Axes,
  stride destinationStride: Int, shape: Axes, rows: Int, columns: Int
) {
  forEachOffset(in: shape, sourceStrides, destinationStrides) { from, to in
    transposeMatrix(
      source + from, stride: sourceStride, to: destination + to, stride: destinationStride, rows: rows,
      columns: columns)
  }
}

@inline(__always)
private func transposeMatrix(
  _ source: UnsafePointer<Float>, stride sourceStride: Int, to destination: UnsafeMutablePointer<Float>,
  stride destinationStride: Int, rows: Int, columns: Int
) {
  if columns == 3 && destinationStride == 3 {
    interleaveThree(source, stride: sourceStride, to: destination, count: rows)
    return
  }
  if rows == 3 && sourceStride == 3 {
    separateThree(source, to: destination, stride: destinationStride, count: columns)
    return
  }
  // Sixteen rows at a time, so that whole cache lines of the source are used before they leave the cache.
  var row = 0
  while row < rows {
    let end = row &+ 16 < rows ? row &+ 16 : rows
    var column = 0
    while column &+ 4 <= columns {
      let x = source + column &* sourceStride
      var r = row
      while r &+ 4 <= end {
        transposeSquare(
          x + r, stride: sourceStride, to: destination + (r &* destinationStride &+ column), stride: destinationStride)
        r &+= 4
      }
      while r < end {
        let y = destination + (r &* destinationStride &+ column)
        y[0] = x[r]
        y[1] = x[r &+ sourceStride]
        y[2] = x[r &+ 2 &* sourceStride]
        y[3] = x[r &+ 3 &* sourceStride]
        r &+= 1
      }
      column &+= 4
    }
    while column < columns {
      var r = row
      while r < end {
        destination[r &* destinationStride &+ column] = source[r &+ column &* sourceStride]
        r &+= 1
      }
      column &+= 1
    }
    row = end
  }
}

/// Planes of red, green and blue become pixels.
@inline(__always)
private func interleaveThree(
  _ source: UnsafePointer<Float>, stride: Int, to destination: UnsafeMutablePointer<Float>, count: Int
) {
  var i = 0
  while i &+ 4 <= count {
    let a = loadFour(source + i)
    let b = loadFour(source + (stride &+ i))
    let c = loadFour(source + (2 &* stride &+ i))
    let y = destination + 3 &* i
    storeFour(SIMD4(a[0], b[0], c[0], a[1]), y)
    storeFour(SIMD4(b[1], c[1], a[2], b[2]), y + 4)
    storeFour(SIMD4(c[2], a[3], b[3], c[3]), y + 8)
    i &+= 4
  }
  while i < count {
    destination[3 &* i] = source[i]
    destination[3 &* i &+ 1] = source[stride &+ i]
    destination[3 &* i &+ 2] = source[2 &* stride &+ i]
    i &+= 1
  }
}

/// Pixels become planes of red, green and blue.
@inline(__always)
private func separateThree(
  _ source: UnsafePointer<Float>, to destination: UnsafeMutablePointer<Float>, stride: Int, count: Int
) {
  var i = 0
  while i &+ 4 <= count {
    let x = source + 3 &* i
    let a = loadFour(x)
    let b = loadFour(x + 4)
    let c = loadFour(x + 8)
    storeFour(SIMD4(a[0], a[3], b[2], c[1]), destination + i)
    storeFour(SIMD4(a[1], b[0], b[3], c[2]), destination + (stride &+ i))
    storeFour(SIMD4(a[2], b[1], c[0], c[3]), destination + (2 &* stride &+ i))
    i &+= 4
  }
  while i < count {
    destination[i] = source[3 &* i]
    destination[stride &+ i] = source[3 &* i &+ 1]
    destination[2 &* stride &+ i] = source[3 &* i &+ 2]
    i &+= 1
  }
}

/// Transposes 4x4 elements in registers.
@inline(__always)
private func transposeSquare(
  _ source: UnsafePointer<Float>, stride sourceStride: Int, to destination: UnsafeMutablePointer<Float>,
  stride destinationStride: Int
) {
  let a = loadFour(source)
  let b = loadFour(source + sourceStride)
  let c = loadFour(source + 2 &* sourceStride)
  let d = loadFour(source + 3 &* sourceStride)
  storeFour(SIMD4(a[0], b[0], c[0], d[0]), destination)
  storeFour(SIMD4(a[1], b[1], c[1], d[1]), destination + destinationStride)
  storeFour(SIMD4(a[2], b[2], c[2], d[2]), destination + 2 &* destinationStride)
  storeFour(SIMD4(a[3], b[3], c[3], d[3]), destination + 3 &* destinationStride)
}

@inline(__always)
private func loadFour(_ address: UnsafePointer<Float>) -> SIMD4<Float> {
  UnsafeRawPointer(address).loadUnaligned(as: SIMD4<Float>.self)
}

@inline(__always)
private func storeFour(_ vector: SIMD4<Float>, _ address: UnsafeMutablePointer<Float>) {
  UnsafeMutableRawPointer(address).storeBytes(of: vector, as: SIMD4<Float>.self)
}
