import KilnGeometry

/// One multiply-add a channel with an epilogue: `y = function(x * weight[c] + bias[c], addend, slope[c])`, one rounding
/// before the epilogue.
///
/// The runs of `count` channels lie `shape` times apart by the strides; in place if wanted. An operand that `function`
/// ignores isn't read: any pointer will do.
@inline(__always)
func scaleChannels(
  _ source: UnsafePointer<Float>, _ sourceStrides: Axes,
  weight: UnsafePointer<Float>, bias: UnsafePointer<Float>,
  addend: UnsafePointer<Float>, _ addendStrides: Axes, slope: UnsafePointer<Float>,
  to destination: UnsafeMutablePointer<Float>, _ destinationStrides: Axes,
  shape: Axes, count: Int, _ function: (Vector, _ addend: Vector, _ slope: Vector) -> Vector
) {
  forEachOffset(in: shape, sourceStrides, addendStrides, destinationStrides) { from, other, to in
    let x = source + from
    let z = addend + other
    let y = destination + to
    var c = 0
    while c &+ Vector.scalarCount <= count {
      let sum = fma(load(bias + c), load(x + c), load(weight + c))
      store(function(sum, load(z + c), load(slope + c)), y + c)
      c &+= Vector.scalarCount
    }
    if c < count {
      let rest = count &- c
      let sum = fma(load(bias + c, count: rest), load(x + c, count: rest), load(weight + c, count: rest))
      let result = function(sum, load(z + c, count: rest), load(slope + c, count: rest))
      store(result, y + c, count: rest)
    }
  }
}
