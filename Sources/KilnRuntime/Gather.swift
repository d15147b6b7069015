import KilnGeometry

/// Copies runs of `count` elements that lie `stride` apart in the order that indices computed at run time say: those
/// below 0 count from the end, those outside become the nearest inside.
///
/// Does so `shape` times.
///
/// - Parameter extent: how many runs the source has.
@inline(never)
func pickRuns<Element: BitwiseCopyable, Index: FixedWidthInteger>(
  _ source: UnsafePointer<Element>, _ sourceStrides: Axes, stride sourceStride: Int, extent: Int,
  indices: UnsafePointer<Index>, indexCount: Int,
  to destination: UnsafeMutablePointer<Element>, _ destinationStrides: Axes, stride destinationStride: Int,
  shape: Axes, count: Int
) {
  forEachOffset(in: shape, sourceStrides, destinationStrides) { from, to in
    var i = 0
    while i < indexCount {
      let x = source + (from &+ place(of: indices[i], in: extent) &* sourceStride)
      (destination + (to &+ i &* destinationStride)).update(from: x, count: count)
      i &+= 1
    }
  }
}

/// The place, from 0 on, that an index of an axis names: below 0 it counts from the end, outside it is the nearest inside.
@inline(__always)
func place<Index: FixedWidthInteger>(of index: Index, in extent: Int) -> Int {
  var place = Int(truncatingIfNeeded: index)
  if place < 0 { place = place &+ extent }
  if place >= extent { place = extent &- 1 }
  return place < 0 ? 0 : place
}
