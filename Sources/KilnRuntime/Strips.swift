/// The rows that one of several layers computes in a strip: those after what earlier strips have computed.
struct StripRows {
  /// The first.
  let first: Int
  /// The row after the last.
  let end: Int

  /// How many.
  @inline(__always)
  var count: Int { end &- first }

  /// The rows of one strip.
  ///
  /// - Parameters:
  ///   - strip: the strip's number.
  ///   - step: rows in a strip; the first has `ahead` more, and no strip goes beyond the layer's `height` rows.
  @inline(__always)
  init(strip: Int, step: Int, ahead: Int, height: Int) {
    first = strip == 0 ? 0 : min(height, strip &* step &+ ahead)
    end = min(height, (strip &+ 1) &* step &+ ahead)
  }
}

/// Moves rows of images to their front, in ascending order: what the next strip reads again.
///
/// - Parameters:
///   - images: the first element of the first row of the first image, its border included.
///   - imageStride, rowStride: elements between images and between rows, which lie without a gap.
///   - row: the first row that is moved.
///   - rows: how many.
@inline(never)
func keepRows(
  _ images: UnsafeMutablePointer<Float>, images count: Int, imageStride: Int, rowStride: Int, from row: Int, rows: Int
) {
  guard row > 0 else { return }
  let elements = rows &* rowStride
  var image = 0
  while image < count {
    let target = images + image &* imageStride
    let source = UnsafePointer(target) + row &* rowStride
    var i = 0
    // What is read lies after what is written, so that several vectors may be read first.
    while i &+ 4 &* Vector.scalarCount <= elements {
      let a = load(source + i)
      let b = load(source + i + Vector.scalarCount)
      let c = load(source + i + 2 &* Vector.scalarCount)
      let d = load(source + i + 3 &* Vector.scalarCount)
      store(a, target + i)
      store(b, target + i + Vector.scalarCount)
      store(c, target + i + 2 &* Vector.scalarCount)
      store(d, target + i + 3 &* Vector.scalarCount)
      i &+= 4 &* Vector.scalarCount
    }
    while i &+ Vector.scalarCount <= elements {
      store(load(source + i), target + i)
      i &+= Vector.scalarCount
    }
    while i < elements {
      target[i] = source[i]
      i &+= 1
    }
    image &+= 1
  }
}
