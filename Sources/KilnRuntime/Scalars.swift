// Functions of one, two or three tensors of any element types, element by element: what the vector kernels of float32
// don't cover. The host merges axes; what is left are runs with a step of their own for each operand, 0 for repeating one
// element, and the axes around them. `function` and the steps are constants in the call, so that the loop is specialised.

import KilnGeometry

/// Applies a function to runs of `count` elements that lie `shape` times apart by the strides, in place if wanted.
@inline(__always)
func mapScalars<Source: BitwiseCopyable, Result: BitwiseCopyable>(
  _ source: UnsafePointer<Source>, _ sourceStrides: Axes, step sourceStep: Int,
  to destination: UnsafeMutablePointer<Result>, _ destinationStrides: Axes, step destinationStep: Int,
  shape: Axes, count: Int, _ function: (Source) -> Result
) {
  forEachOffset(in: shape, sourceStrides, destinationStrides) { from, to in
    let x = source + from
    let y = destination + to
    var i = 0
    while i < count {
      y[i &* destinationStep] = function(x[i &* sourceStep])
      i &+= 1
    }
  }
}

/// Applies a function to the pairs of runs of `count` elements that lie `shape` times apart by the strides, in place of
/// either if wanted.
@inline(__always)
func combineScalars<Left: BitwiseCopyable, Right: BitwiseCopyable, Result: BitwiseCopyable>(
  _ left: UnsafePointer<Left>, _ leftStrides: Axes, step leftStep: Int,
  _ right: UnsafePointer<Right>, _ rightStrides: Axes, step rightStep: Int,
  to destination: UnsafeMutablePointer<Result>, _ destinationStrides: Axes, step destinationStep: Int,
  shape: Axes, count: Int, _ function: (Left, Right) -> Result
) {
  forEachOffset(in: shape, leftStrides, rightStrides, destinationStrides) { inLeft, inRight, to in
    let a = left + inLeft
    let b = right + inRight
    let y = destination + to
    var i = 0
    while i < count {
      y[i &* destinationStep] = function(a[i &* leftStep], b[i &* rightStep])
      i &+= 1
    }
  }
}

/// Picks the element of `left` where the condition isn't 0, that of `right` elsewhere, for runs of `count` elements that
/// lie `shape` times apart by the strides.
@inline(__always)
func selectScalars<Element: BitwiseCopyable>(
  _ condition: UnsafePointer<UInt8>, _ conditionStrides: Axes, step conditionStep: Int,
  _ left: UnsafePointer<Element>, _ leftStrides: Axes, step leftStep: Int,
  _ right: UnsafePointer<Element>, _ rightStrides: Axes, step rightStep: Int,
  to destination: UnsafeMutablePointer<Element>, _ destinationStrides: Axes, step destinationStep: Int,
  shape: Axes, count: Int
) {
  forEachOffset(in: shape, conditionStrides, leftStrides, rightStrides, destinationStrides) {
    from, inLeft, inRight, to in
    let c = condition + from
    let a = left + inLeft
    let b = right + inRight
    let y = destination + to
    var i = 0
    while i < count {
      y[i &* destinationStep] = c[i &* conditionStep] != 0 ? a[i &* leftStep] : b[i &* rightStep]
      i &+= 1
    }
  }
}
