// Copies between strided operands. The host merges and orders the axes, and picks the form: runs that are contiguous on
// both sides, matrices that are transposed, or single elements. Source and destination don't overlap.

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

/// Copies runs of `count` elements that have a step of their own on each side, 0 for repeating one element.
@inline(never)
func copySteps(
  _ source: UnsafePointer<Float>, _ sourceStrides: Axes, step sourceStep: Int,
  to destination: UnsafeMutablePointer<Float>, _ destinationStrides: Axes,
  step destinationStep: Int, shape: Axes, count: Int
) {
  forEachOffset(in: shape, sourceStrides, destinationStrides) { from, to in
    let x = source + from
    let y = destination + to
    var i = 0
    while i < count {
      y[i &* destinationStep] = x[i &* sourceStep]
      i &+= 1
    }
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

/// Transposes 4x4 elements in registers.
@inline(__always)
private func transposeSquare(
  _ source: UnsafePointer<Float>, stride sourceStride: Int, to destination: UnsafeMutablePointer<Float>,
  stride destinationStride: Int
) {
  let a = UnsafeRawPointer(source).loadUnaligned(as: SIMD4<Float>.self)
  let b = UnsafeRawPointer(source + sourceStride).loadUnaligned(as: SIMD4<Float>.self)
  let c = UnsafeRawPointer(source + 2 &* sourceStride).loadUnaligned(as: SIMD4<Float>.self)
  let d = UnsafeRawPointer(source + 3 &* sourceStride).loadUnaligned(as: SIMD4<Float>.self)
  var y = UnsafeMutableRawPointer(destination)
  let byteStride = destinationStride &* 4
  y.storeBytes(of: SIMD4(a[0], b[0], c[0], d[0]), as: SIMD4<Float>.self)
  y += byteStride
  y.storeBytes(of: SIMD4(a[1], b[1], c[1], d[1]), as: SIMD4<Float>.self)
  y += byteStride
  y.storeBytes(of: SIMD4(a[2], b[2], c[2], d[2]), as: SIMD4<Float>.self)
  y += byteStride
  y.storeBytes(of: SIMD4(a[3], b[3], c[3], d[3]), as: SIMD4<Float>.self)
}
