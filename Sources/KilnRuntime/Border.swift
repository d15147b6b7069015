/// Writes zeros around channels-last images, which a padded convolution then reads as if they were pixels.
///
/// - Parameters:
///   - image: the first pixel of the first image, inside the border.
///   - imageStride: elements between images.
///   - rowStride: elements between rows, border included.
///   - rowCount: elements of a row's pixels, without the border: width times channels.
///   - top, left, bottom, right: the border in elements of a row (left, right) and in rows (top, bottom).
@inline(never)
func clearBorder<Element: BitwiseCopyable>(
  _ image: UnsafeMutablePointer<Element>, images: Int, imageStride: Int, height: Int, rowStride: Int, rowCount: Int,
  top: Int, left: Int, bottom: Int, right: Int
) {
  let fullRow = left &+ rowCount &+ right
  var n = 0
  while n < images {
    let first = image + n &* imageStride
    clear(first - top &* rowStride - left, count: top &* fullRow)
    var y = 0
    while y < height {
      let row = first + y &* rowStride
      clear(row - left, count: left)
      clear(row + rowCount, count: right)
      y &+= 1
    }
    clear(first + height &* rowStride - left, count: bottom &* fullRow)
    n &+= 1
  }
}

/// Writes `count` elements all of whose bits are zero.
@inline(__always)
private func clear<Element: BitwiseCopyable>(_ start: UnsafeMutablePointer<Element>, count: Int) {
  let zero = Vector(repeating: 0)
  let (bytes, byteCount) = (UnsafeMutableRawPointer(start), count &* MemoryLayout<Element>.stride)
  var i = 0
  while i &+ MemoryLayout<Vector>.size <= byteCount {
    bytes.storeBytes(of: zero, toByteOffset: i, as: Vector.self)
    i &+= MemoryLayout<Vector>.size
  }
  while i < byteCount {
    bytes.storeBytes(of: 0, toByteOffset: i, as: UInt16.self)
    i &+= 2
  }
}
