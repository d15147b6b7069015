/// The determinants of square matrices, which lie one after the other: Gauss's elimination in float32, each time with the row of
/// the largest element.
///
/// A result is exact for matrices whose elements differ by at most `3 * size^2 * 2^-24` times the largest that elimination meets,
/// which for most matrices is about the largest of their own.
///
/// - Parameter rows: room for one matrix.
@inline(never)
func computeDeterminants(
  _ source: UnsafePointer<Float>, to destination: UnsafeMutablePointer<Float>, rows: UnsafeMutablePointer<Float>,
  matrices: Int, size: Int
) {
  var matrix = 0
  while matrix < matrices {
    let x = source + matrix &* size &* size
    var i = 0
    while i < size &* size {
      rows[i] = x[i]
      i &+= 1
    }
    destination[matrix] = eliminate(rows, size: size)
    matrix &+= 1
  }
}

/// The determinant of a matrix, which becomes triangular.
@inline(__always)
private func eliminate(_ rows: UnsafeMutablePointer<Float>, size: Int) -> Float {
  var result: Float = 1
  var step = 0
  while step < size {
    var pivot = step
    var row = step &+ 1
    while row < size {
      if rows[row &* size &+ step].magnitude > rows[pivot &* size &+ step].magnitude { pivot = row }
      row &+= 1
    }
    let top = rows + step &* size
    if pivot != step {
      let other = rows + pivot &* size
      var column = step
      while column < size {
        let kept = top[column]
        top[column] = other[column]
        other[column] = kept
        column &+= 1
      }
      result = -result
    }
    result *= top[step]
    if top[step] == 0 { return result }
    row = step &+ 1
    while row < size {
      let line = rows + row &* size
      let factor = -line[step] / top[step]
      var column = step &+ 1
      while column < size {
        line[column] = fma(line[column], factor, top[column])
        column &+= 1
      }
      row &+= 1
    }
    step &+= 1
  }
  return result
}
