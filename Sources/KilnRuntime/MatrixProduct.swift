import KilnGeometry

/// Multiplies row-major matrices, `[rows, depth]` by `[depth, columns]`; does so `shape` times.
///
/// Each result is one chain of fused multiply-adds in the order of the depth.
@inline(never)
func multiplyMatrices(
  _ left: UnsafePointer<Float>, _ leftStrides: Axes, _ right: UnsafePointer<Float>, _ rightStrides: Axes,
  to destination: UnsafeMutablePointer<Float>, _ destinationStrides: Axes, shape: Axes,
  rows: Int, depth: Int, columns: Int
) {
  forEachOffset(in: shape, leftStrides, rightStrides, destinationStrides) { inLeft, inRight, to in
    var row = 0
    while row < rows {
      let a = left + (inLeft &+ row &* depth)
      let y = destination + (to &+ row &* columns)
      if row &+ 4 <= rows {
        multiplyFourRows(a, right + inRight, to: y, depth: depth, columns: columns)
        row &+= 4
      } else {
        multiplyRow(a, right + inRight, to: y, depth: depth, columns: columns)
        row &+= 1
      }
    }
  }
}

@inline(__always)
private func multiplyFourRows(
  _ left: UnsafePointer<Float>, _ right: UnsafePointer<Float>, to destination: UnsafeMutablePointer<Float>,
  depth: Int, columns: Int
) {
  var column = 0
  while column < columns {
    let rest = columns &- column
    let isWhole = rest >= Vector.scalarCount
    var (s0, s1) = (Vector(repeating: 0), Vector(repeating: 0))
    var (s2, s3) = (s0, s1)
    var b = right + column
    var k = 0
    while k < depth {
      let x = isWhole ? load(b) : load(b, count: rest)
      s0 = fma(s0, Vector(repeating: left[k]), x)
      s1 = fma(s1, Vector(repeating: left[depth &+ k]), x)
      s2 = fma(s2, Vector(repeating: left[2 &* depth &+ k]), x)
      s3 = fma(s3, Vector(repeating: left[3 &* depth &+ k]), x)
      b += columns
      k &+= 1
    }
    let y = destination + column
    if isWhole {
      store(s0, y)
      store(s1, y + columns)
      store(s2, y + 2 &* columns)
      store(s3, y + 3 &* columns)
    } else {
      store(s0, y, count: rest)
      store(s1, y + columns, count: rest)
      store(s2, y + 2 &* columns, count: rest)
      store(s3, y + 3 &* columns, count: rest)
    }
    column &+= Vector.scalarCount
  }
}

@inline(__always)
private func multiplyRow(
  _ left: UnsafePointer<Float>, _ right: UnsafePointer<Float>, to destination: UnsafeMutablePointer<Float>,
  depth: Int, columns: Int
) {
  var column = 0
  while column < columns {
    let rest = columns &- column
    let isWhole = rest >= Vector.scalarCount
    var sum = Vector(repeating: 0)
    var b = right + column
    var k = 0
    while k < depth {
      sum = fma(sum, Vector(repeating: left[k]), isWhole ? load(b) : load(b, count: rest))
      b += columns
      k &+= 1
    }
    if isWhole { store(sum, destination + column) } else { store(sum, destination + column, count: rest) }
    column &+= Vector.scalarCount
  }
}
