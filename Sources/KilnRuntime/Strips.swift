/// The rows of the last of several layers that are computed together which one thread computes, in strips.
struct StripBand {
  /// The first.
  let first: Int
  /// The row after the last.
  let end: Int
}

extension StripBand {
  /// The band of one of several threads, as high as the others' or a row less.
  @inline(__always)
  init(of rows: Int, worker: Int, of workers: Int) {
    first = rows &* worker / workers
    end = rows &* (worker &+ 1) / workers
  }
}

/// The rows that one of several layers computes in a strip: those after what the band's earlier strips have computed.
struct StripRows {
  /// The first.
  let first: Int
  /// The row after the last.
  let end: Int

  /// How many.
  @inline(__always)
  var count: Int { end &- first }

  /// The rows for those of the last layer from `row` on.
  ///
  /// - Parameters:
  ///   - row: where the strip begins in the band.
  ///   - count: rows of a strip that isn't cut off by the band's end.
  ///   - scale: the layer's rows for each of the last layer's.
  ///   - after, before: rows after and before those that the strip needs too; only the band's first strip computes the
  ///     latter, and the layer has none beyond its `height` rows.
  @inline(__always)
  init(from row: Int, _ count: Int, in band: StripBand, scale: Int, after: Int, before: Int, height: Int) {
    first = row == band.first ? max(0, row &* scale &- before) : min(height, row &* scale &+ after)
    end = min(height, min(band.end, row &+ count) &* scale &+ after)
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
func keepRows<Element: BitwiseCopyable>(
  _ images: UnsafeMutablePointer<Element>, images count: Int, imageStride: Int, rowStride: Int, from row: Int,
  rows: Int
) {
  guard row > 0 else { return }
  let byteCount = rows &* rowStride &* MemoryLayout<Element>.stride
  let step = MemoryLayout<Vector>.size
  var image = 0
  while image < count {
    let target = UnsafeMutableRawPointer(images + image &* imageStride)
    let source = UnsafeRawPointer(target) + row &* rowStride &* MemoryLayout<Element>.stride
    var i = 0
    // What is read lies after what is written, so that several vectors may be read first.
    while i &+ 4 &* step <= byteCount {
      let a = source.loadUnaligned(fromByteOffset: i, as: Vector.self)
      let b = source.loadUnaligned(fromByteOffset: i &+ step, as: Vector.self)
      let c = source.loadUnaligned(fromByteOffset: i &+ 2 &* step, as: Vector.self)
      let d = source.loadUnaligned(fromByteOffset: i &+ 3 &* step, as: Vector.self)
      target.storeBytes(of: a, toByteOffset: i, as: Vector.self)
      target.storeBytes(of: b, toByteOffset: i &+ step, as: Vector.self)
      target.storeBytes(of: c, toByteOffset: i &+ 2 &* step, as: Vector.self)
      target.storeBytes(of: d, toByteOffset: i &+ 3 &* step, as: Vector.self)
      i &+= 4 &* step
    }
    while i &+ step <= byteCount {
      target.storeBytes(of: source.loadUnaligned(fromByteOffset: i, as: Vector.self), toByteOffset: i, as: Vector.self)
      i &+= step
    }
    while i &+ 2 <= byteCount {
      target.storeBytes(of: source.loadUnaligned(fromByteOffset: i, as: UInt16.self), toByteOffset: i, as: UInt16.self)
      i &+= 2
    }
    if i < byteCount {
      target.storeBytes(of: source.load(fromByteOffset: i, as: UInt8.self), toByteOffset: i, as: UInt8.self)
    }
    image &+= 1
  }
}
