// Reductions over whole axes. The host merges axes and chooses the form: the innermost axis stays, or is reduced. Sums
// are taken in chunks of 64 terms, whose sums are added up: the error of a sum of n terms is at most
// `(64 + n / 64) * 2^-24` times the sum of their magnitudes, about a tenth of that in practice.

import KilnGeometry

/// Reduces `over` steps to one run of `count` elements, a vector of them at a time; does so `shape` times.
///
/// - Parameters:
///   - accumulate: takes one more element; starts from `identity`.
///   - merge: joins two results.
///   - finish: what is stored.
@inline(__always)
func reduceChannels<Element: VectorElement>(
  _ source: UnsafePointer<Element>, _ sourceStrides: Axes, over reducedShape: Axes, _ reducedStrides: Axes,
  to destination: UnsafeMutablePointer<Element>, _ destinationStrides: Axes, shape: Axes, count: Int,
  from identity: Float, accumulate: (Vector, Vector) -> Vector, merge: (Vector, Vector) -> Vector,
  finish: (Vector) -> Vector
) {
  let steps = reducedShape.3
  let step = reducedStrides.3
  let outer = (reducedShape.0, reducedShape.1, reducedShape.2, 1)
  forEachOffset(in: shape, sourceStrides, destinationStrides) { from, to in
    var c = 0
    while c < count {
      let rest = count &- c
      var total = Vector(repeating: identity)
      forEachOffset(in: outer, reducedStrides, reducedStrides) { inReduced, _ in
        var x = source + (from &+ inReduced &+ c)
        var i = 0
        while i < steps {
          let end = i &+ 64 < steps ? i &+ 64 : steps
          var result = Vector(repeating: identity)
          while i < end {
            result = accumulate(result, rest >= Vector.scalarCount ? load(x) : load(x, count: rest))
            x += step
            i &+= 1
          }
          total = merge(total, result)
        }
      }
      total = finish(total)
      let y = destination + (to &+ c)
      if rest >= Vector.scalarCount { store(total, y) } else { store(total, y, count: rest) }
      c &+= Vector.scalarCount
    }
  }
}

/// Reduces `over` runs of `count` elements to one element; does so `shape` times.
///
/// The lanes of a vector are joined last, so that the rounding of a sum depends on the vector's width.
@inline(__always)
func reduceRows<Element: VectorElement>(
  _ source: UnsafePointer<Element>, _ sourceStrides: Axes, over reducedShape: Axes, _ reducedStrides: Axes,
  to destination: UnsafeMutablePointer<Element>, _ destinationStrides: Axes, shape: Axes, count: Int,
  from identity: Float, accumulate: (Vector, Vector) -> Vector, merge: (Vector, Vector) -> Vector,
  finish: (Vector) -> Vector
) {
  forEachOffset(in: shape, sourceStrides, destinationStrides) { from, to in
    var total = Vector(repeating: identity)
    forEachOffset(in: reducedShape, reducedStrides, reducedStrides) { inReduced, _ in
      let x = source + (from &+ inReduced)
      var i = 0
      while i < count {
        let end = i &+ 64 &* Vector.scalarCount < count ? i &+ 64 &* Vector.scalarCount : count
        var result = Vector(repeating: identity)
        while i &+ Vector.scalarCount <= end {
          result = accumulate(result, load(x + i))
          i &+= Vector.scalarCount
        }
        if i < end {
          // The lanes after the run stay as they are.
          let more = accumulate(result, load(x + i, count: end &- i))
          result = result.replacing(with: more, where: laneNumbers() .< Vector(repeating: Float(end &- i)))
          i = end
        }
        total = merge(total, result)
      }
    }
    store(finish(joinLanes(total, merge)), destination + to, count: 1)
  }
}

/// The lanes' numbers: 0, 1, 2 and so on.
@inline(__always)
func laneNumbers() -> Vector {
  var numbers = Vector(repeating: 0)
  var lane = 0
  while lane < Vector.scalarCount {
    numbers[lane] = Float(lane)
    lane &+= 1
  }
  return numbers
}

/// All lanes merged, first to last, in every lane.
@inline(__always)
func joinLanes(_ vector: Vector, _ merge: (Vector, Vector) -> Vector) -> Vector {
  var result = Vector(repeating: vector[0])
  var lane = 1
  while lane < Vector.scalarCount {
    result = merge(result, Vector(repeating: vector[lane]))
    lane &+= 1
  }
  return result
}
