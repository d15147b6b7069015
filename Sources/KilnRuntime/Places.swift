// Where elements are true.

import KilnGeometry

/// Writes where elements are true, in order: a row of `capacity` places for each axis; what is left of the rows becomes 0.
///
/// - Parameters:
///   - axes: how many axes the elements have.
///   - extents: theirs, the last axis first.
@inline(never)
func findPlaces(
  _ source: UnsafePointer<UInt8>, count: Int, to places: UnsafeMutablePointer<Int64>,
  found: UnsafeMutablePointer<Int64>, capacity: Int, axes: Int, extents: TupleAxes
) {
  var next = 0
  var i = 0
  while i < count && next < capacity {
    if source[i] != 0 {
      var rest = i
      // From the last row to the first.
      var row = places + (axes &- 1) &* capacity
      @inline(__always) func put(_ extent: Int) {
        row[next] = Int64(rest % extent)
        rest /= extent
        row -= capacity
      }
      put(extents.0)
      if axes > 1 { put(extents.1) }
      if axes > 2 { put(extents.2) }
      if axes > 3 { put(extents.3) }
      if axes > 4 { put(extents.4) }
      if axes > 5 { put(extents.5) }
      if axes > 6 { put(extents.6) }
      if axes > 7 { put(extents.7) }
      next &+= 1
    }
    i &+= 1
  }
  found[0] = Int64(next)
  while next < capacity {
    var row = 0
    while row < axes {
      places[row &* capacity &+ next] = 0
      row &+= 1
    }
    next &+= 1
  }
}
