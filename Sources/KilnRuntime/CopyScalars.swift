// Copies between strided operands of any element type: the calls that float32 has with vectors, and those where vectors
// don't help it either.

import KilnGeometry

/// Copies runs of `count` elements that lie `shape` times apart by the strides.
@inline(never)
func copyRuns<Element: BitwiseCopyable>(
  _ source: UnsafePointer<Element>, _ sourceStrides: Axes,
  to destination: UnsafeMutablePointer<Element>, _ destinationStrides: Axes, shape: Axes, count: Int
) {
  forEachOffset(in: shape, sourceStrides, destinationStrides) { from, to in
    (destination + to).update(from: source + from, count: count)
  }
}

/// Copies runs of `count` elements that have a step of their own on each side, 0 for repeating one element.
@inline(never)
func copySteps<Element: BitwiseCopyable>(
  _ source: UnsafePointer<Element>, _ sourceStrides: Axes, step sourceStep: Int,
  to destination: UnsafeMutablePointer<Element>, _ destinationStrides: Axes, step destinationStep: Int,
  shape: Axes, count: Int
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

/// Copies matrices that lie `shape` times apart by the strides and are stored by column in the source, by row in the
/// destination: element (row, column) goes from `row + column * sourceStride` to `row * destinationStride + column`.
@inline(never)
func copyTransposed<Element: BitwiseCopyable>(
  _ source: UnsafePointer<Element>, _ sourceStrides: Axes, stride sourceStride: Int,
  to destination: UnsafeMutablePointer<Element>, _ destinationStrides: Axes, stride destinationStride: Int,
  shape: Axes, rows: Int, columns: Int
) {
  forEachOffset(in: shape, sourceStrides, destinationStrides) { from, to in
    var row = 0
    while row < rows {
      let x = source + (from &+ row)
      let y = destination + (to &+ row &* destinationStride)
      var column = 0
      while column < columns {
        y[column] = x[column &* sourceStride]
        column &+= 1
      }
      row &+= 1
    }
  }
}

/// Writes `value` to runs of `count` elements that lie `shape` times apart by the strides.
@inline(never)
func fillRuns<Element: BitwiseCopyable>(
  _ destination: UnsafeMutablePointer<Element>, _ strides: Axes, shape: Axes, count: Int, value: Element
) {
  forEachOffset(in: shape, strides, strides) { to, _ in
    (destination + to).update(repeating: value, count: count)
  }
}
