// Functions of one or two tensors, element by element. The host merges axes; what is left is a run of contiguous results
// and the axes around it. `function` is inlined into the loop.

import KilnGeometry

/// Applies a function to a run of elements, in place if wanted.
@inline(__always)
func mapElements<Source: VectorElement, Result: VectorElement>(
  _ source: UnsafePointer<Source>, to destination: UnsafeMutablePointer<Result>, count: Int,
  _ function: (Vector) -> Vector
) {
  var i = 0
  while i &+ Vector.scalarCount <= count {
    store(function(load(source + i)), destination + i)
    i &+= Vector.scalarCount
  }
  if i < count {
    let rest = count &- i
    store(function(load(source + i, count: rest)), destination + i, count: rest)
  }
}

/// Applies a function to runs of `count` elements that lie `shape` times apart by the strides.
@inline(__always)
func mapElements<Source: VectorElement, Result: VectorElement>(
  _ source: UnsafePointer<Source>, _ sourceStrides: Axes,
  to destination: UnsafeMutablePointer<Result>, _ destinationStrides: Axes,
  shape: Axes, count: Int, _ function: (Vector) -> Vector
) {
  forEachOffset(in: shape, sourceStrides, destinationStrides) { from, to in
    mapElements(source + from, to: destination + to, count: count, function)
  }
}

/// Applies a function to the pairs of two runs, in place of either if wanted.
///
/// - Parameters:
///   - leftStep, rightStep: 1, or 0 for an operand that is one element for the whole run; not both 0.
@inline(__always)
func combineElements<Left: VectorElement, Right: VectorElement, Result: VectorElement>(
  _ left: UnsafePointer<Left>, step leftStep: Int, _ right: UnsafePointer<Right>, step rightStep: Int,
  to destination: UnsafeMutablePointer<Result>, count: Int, _ function: (Vector, Vector) -> Vector
) {
  if leftStep == 0 {
    let constant = Left.repeated(left)
    mapElements(right, to: destination, count: count) { function(constant, $0) }
  } else if rightStep == 0 {
    let constant = Right.repeated(right)
    mapElements(left, to: destination, count: count) { function($0, constant) }
  } else {
    var i = 0
    while i &+ Vector.scalarCount <= count {
      store(function(load(left + i), load(right + i)), destination + i)
      i &+= Vector.scalarCount
    }
    if i < count {
      let rest = count &- i
      let result = function(load(left + i, count: rest), load(right + i, count: rest))
      store(result, destination + i, count: rest)
    }
  }
}

/// Applies a function to the pairs of runs of `count` elements that lie `shape` times apart by the strides; stride 0
/// broadcasts an operand.
@inline(__always)
func combineElements<Left: VectorElement, Right: VectorElement, Result: VectorElement>(
  _ left: UnsafePointer<Left>, _ leftStrides: Axes, step leftStep: Int,
  _ right: UnsafePointer<Right>, _ rightStrides: Axes, step rightStep: Int,
  to destination: UnsafeMutablePointer<Result>, _ destinationStrides: Axes,
  shape: Axes, count: Int, _ function: (Vector, Vector) -> Vector
) {
  forEachOffset(in: shape, leftStrides, rightStrides, destinationStrides) { inLeft, inRight, to in
    combineElements(
      left + inLeft, step: leftStep, right + inRight, step: rightStep, to: destination + to, count: count, function)
  }
}
