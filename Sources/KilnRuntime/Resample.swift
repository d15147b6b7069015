// Resampling along one or two axes. The host computes, for each output element of an axis, which input elements make it
// and with which weights; the kernels only read these tables. Indices are stored as floats, exact below 2^24.

import KilnGeometry

extension ResampledAxis {
  /// Elements from the input's first to a tap's.
  @inline(__always)
  func offset(_ table: UnsafePointer<Float>, _ position: Int, _ tap: Int) -> Int {
    Int(table[2 &* (position &* taps &+ tap)]) &* sourceStride
  }

  /// A tap's weight.
  @inline(__always)
  func weight(_ table: UnsafePointer<Float>, _ position: Int, _ tap: Int) -> Float {
    table[2 &* (position &* taps &+ tap) &+ 1]
  }

  /// Calls `body` with each output element's position, and its distance from the output's first.
  @inline(__always)
  func forEach(_ body: (_ position: Int, _ destination: Int) -> Void) {
    var position = 0
    var destination = 0
    while position < extent {
      body(position, destination)
      destination &+= destinationStride
      position &+= 1
    }
  }
}

/// Picks runs of `count` elements, each by the first tap of its row and column; does so `shape` times.
@inline(never)
func resampleNearest(
  _ source: UnsafePointer<Float>, _ sourceStrides: Axes, to destination: UnsafeMutablePointer<Float>,
  _ destinationStrides: Axes, shape: Axes, rows: ResampledAxis, _ rowTable: UnsafePointer<Float>,
  columns: ResampledAxis, _ columnTable: UnsafePointer<Float>, count: Int
) {
  forEachNearest(sourceStrides, destinationStrides, shape: shape, rows: rows, rowTable, columns: columns, columnTable) {
    copyElements(source + $0, to: destination + $1, count: count)
  }
}

/// Picks runs of `count` elements, of any type, each by the first tap of its row and column; does so `shape` times.
@inline(never)
func resampleNearest<Element: BitwiseCopyable>(
  _ source: UnsafePointer<Element>, _ sourceStrides: Axes, to destination: UnsafeMutablePointer<Element>,
  _ destinationStrides: Axes, shape: Axes, rows: ResampledAxis, _ rowTable: UnsafePointer<Float>,
  columns: ResampledAxis, _ columnTable: UnsafePointer<Float>, count: Int
) {
  forEachNearest(sourceStrides, destinationStrides, shape: shape, rows: rows, rowTable, columns: columns, columnTable) {
    (destination + $1).update(from: source + $0, count: count)
  }
}

/// Calls `body` with the offset of the element that is picked, and of the one it is picked for.
@inline(__always)
private func forEachNearest(
  _ sourceStrides: Axes, _ destinationStrides: Axes, shape: Axes, rows: ResampledAxis,
  _ rowTable: UnsafePointer<Float>, columns: ResampledAxis, _ columnTable: UnsafePointer<Float>,
  _ body: (_ source: Int, _ destination: Int) -> Void
) {
  forEachOffset(in: shape, sourceStrides, destinationStrides) { from, to in
    rows.forEach { row, inRow in
      let line = from &+ rows.offset(rowTable, row, 0)
      columns.forEach { column, inColumn in
        body(line &+ columns.offset(columnTable, column, 0), to &+ inRow &+ inColumn)
      }
    }
  }
}

/// Weighs two rows and two columns of runs of `count` elements; does so `shape` times.
///
/// The error is at most `2^-21` of the largest magnitude among the four.
@inline(never)
func resampleLinear(
  _ source: UnsafePointer<Float>, _ sourceStrides: Axes, to destination: UnsafeMutablePointer<Float>,
  _ destinationStrides: Axes, shape: Axes, rows: ResampledAxis, _ rowTable: UnsafePointer<Float>,
  columns: ResampledAxis, _ columnTable: UnsafePointer<Float>, count: Int
) {
  forEachOffset(in: shape, sourceStrides, destinationStrides) { from, to in
    rows.forEach { row, inRow in
      let upper = source + (from &+ rows.offset(rowTable, row, 0))
      let lower = source + (from &+ rows.offset(rowTable, row, 1))
      let upperWeight = rows.weight(rowTable, row, 0)
      let lowerWeight = rows.weight(rowTable, row, 1)
      columns.forEach { column, inColumn in
        let y = destination + (to &+ inRow &+ inColumn)
        let left = columns.offset(columnTable, column, 0)
        let right = columns.offset(columnTable, column, 1)
        let a = Vector(repeating: upperWeight * columns.weight(columnTable, column, 0))
        let b = Vector(repeating: upperWeight * columns.weight(columnTable, column, 1))
        let c = Vector(repeating: lowerWeight * columns.weight(columnTable, column, 0))
        let d = Vector(repeating: lowerWeight * columns.weight(columnTable, column, 1))
        var i = 0
        while i &+ Vector.scalarCount <= count {
          var sum = a * load(upper + (left &+ i))
          sum = fma(sum, b, load(upper + (right &+ i)))
          sum = fma(sum, c, load(lower + (left &+ i)))
          store(fma(sum, d, load(lower + (right &+ i))), y + i)
          i &+= Vector.scalarCount
        }
        if i < count {
          let rest = count &- i
          var sum = a * load(upper + (left &+ i), count: rest)
          sum = fma(sum, b, load(upper + (right &+ i), count: rest))
          sum = fma(sum, c, load(lower + (left &+ i), count: rest))
          store(fma(sum, d, load(lower + (right &+ i), count: rest)), y + i, count: rest)
        }
      }
    }
  }
}

/// Weighs any number of rows and columns of runs of `count` elements; does so `shape` times.
///
/// With n taps altogether the error is at most `(n + 2) * 2^-24` times the sum of the weighted magnitudes.
@inline(never)
func resampleTaps(
  _ source: UnsafePointer<Float>, _ sourceStrides: Axes, to destination: UnsafeMutablePointer<Float>,
  _ destinationStrides: Axes, shape: Axes, rows: ResampledAxis, _ rowTable: UnsafePointer<Float>,
  columns: ResampledAxis, _ columnTable: UnsafePointer<Float>, count: Int
) {
  forEachOffset(in: shape, sourceStrides, destinationStrides) { from, to in
    rows.forEach { row, inRow in
      columns.forEach { column, inColumn in
        let y = destination + (to &+ inRow &+ inColumn)
        var i = 0
        while i < count {
          let rest = count &- i
          let isWhole = rest >= Vector.scalarCount
          var sum = Vector(repeating: 0)
          var j = 0
          while j < rows.taps {
            let line = source + (from &+ rows.offset(rowTable, row, j) &+ i)
            var lineSum = Vector(repeating: 0)
            var k = 0
            while k < columns.taps {
              let x = line + columns.offset(columnTable, column, k)
              let weight = Vector(repeating: columns.weight(columnTable, column, k))
              lineSum = fma(lineSum, weight, isWhole ? load(x) : load(x, count: rest))
              k &+= 1
            }
            sum = fma(sum, Vector(repeating: rows.weight(rowTable, row, j)), lineSum)
            j &+= 1
          }
          if isWhole { store(sum, y + i) } else { store(sum, y + i, count: rest) }
          i &+= Vector.scalarCount
        }
      }
    }
  }
}
