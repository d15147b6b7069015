/// Copies the runs of `count` elements that a table of indices picks; does so `shape` times. Indices are stored as
/// floats, exact below 2^24, and lie inside.
@inline(never)
func gatherRuns(
  _ source: UnsafePointer<Float>, _ sourceStrides: Axes, stride sourceStride: Int, indices: UnsafePointer<Float>,
  indexCount: Int, to destination: UnsafeMutablePointer<Float>, _ destinationStrides: Axes,
  stride destinationStride: Int, shape: Axes, count: Int
) {
  forEachOffset(in: shape, sourceStrides, destinationStrides) { from, to in
    var i = 0
    while i < indexCount {
      let x = source + (from &+ Int(indices[i]) &* sourceStride)
      copyElements(x, to: destination + (to &+ i &* destinationStride), count: count)
      i &+= 1
    }
  }
}
