// Normalisation over whole axes: `y = function((x - mean) * multiplier * scale + bias, addend)`, the multiplier made
// from a sum over the same elements. The mean is subtracted before anything is squared, so that the relative error of a
// multiplier is that of a sum of n terms, `(64 + n / 64) * 2^-24`. In place if wanted.

import KilnGeometry

/// Normalises `over` runs of `count` contiguous elements together; does so `shape` times.
///
/// - Parameters:
///   - scale, bias: lie alike; `parameterStep` is 1, or 0 where a run has one of each.
///   - isCentered: whether there is a mean; it is 0 otherwise.
///   - accumulate: takes one more centred element into the sum, which starts from 0.
///   - multiplier: what centred elements are multiplied by, made from the sum.
///   - function: what is done to every result. An addend that it ignores isn't read: any pointer will do.
@inline(__always)
func normalizeRows(
  _ source: UnsafePointer<Float>, _ sourceAxes: NormalizedOperand,
  to destination: UnsafeMutablePointer<Float>, _ destinationAxes: NormalizedOperand,
  scale: UnsafePointer<Float>, bias: UnsafePointer<Float>, _ parameterAxes: NormalizedOperand, step parameterStep: Int,
  addend: UnsafePointer<Float>, _ addendAxes: NormalizedOperand,
  shape: Axes, over inner: Axes, count: Int, isCentered: Bool, accumulate: (Vector, Vector) -> Vector,
  multiplier: (Vector) -> Vector, _ function: (Vector, _ addend: Vector) -> Vector
) {
  let elementCount = Float(inner.0 &* inner.1 &* inner.2 &* inner.3 &* count)
  forEachOffset(
    in: shape, sourceAxes.outer, destinationAxes.outer, parameterAxes.outer, addendAxes.outer
  ) { from, to, parameter, added in
    var mean = Vector(repeating: 0)
    if isCentered {
      mean =
        sumOfRuns(source + from, sourceAxes.inner, over: inner, count: count, minus: mean) { $0 + $1 } / elementCount
    }
    let factor = multiplier(
      sumOfRuns(source + from, sourceAxes.inner, over: inner, count: count, minus: mean, accumulate))
    forEachOffset(
      in: inner, sourceAxes.inner, destinationAxes.inner, parameterAxes.inner, addendAxes.inner
    ) { inX, inY, inParameter, inAddend in
      let x = source + (from &+ inX)
      let y = destination + (to &+ inY)
      let z = addend + (added &+ inAddend)
      let weight = scale + (parameter &+ inParameter)
      let shift = bias + (parameter &+ inParameter)
      if parameterStep == 0 {
        let product = factor * weight.pointee
        let constant = Vector(repeating: shift.pointee)
        combineElements(x, step: 1, z, step: 1, to: y, count: count) { function(fma(constant, $0 - mean, product), $1) }
      } else {
        var i = 0
        while i < count {
          let rest = count &- i
          let isWhole = rest >= Vector.scalarCount
          let product = factor * (isWhole ? load(weight + i) : load(weight + i, count: rest))
          let centered = (isWhole ? load(x + i) : load(x + i, count: rest)) - mean
          let sum = fma(isWhole ? load(shift + i) : load(shift + i, count: rest), centered, product)
          let result = function(sum, isWhole ? load(z + i) : load(z + i, count: rest))
          if isWhole { store(result, y + i) } else { store(result, y + i, count: rest) }
          i &+= Vector.scalarCount
        }
      }
    }
  }
}

/// The sum over `over` runs, in every lane.
@inline(__always)
private func sumOfRuns(
  _ source: UnsafePointer<Float>, _ strides: Axes, over shape: Axes, count: Int, minus mean: Vector,
  _ accumulate: (Vector, Vector) -> Vector
) -> Vector {
  var total = Vector(repeating: 0)
  forEachOffset(in: shape, strides, strides) { offset, _ in
    let x = source + offset
    var i = 0
    while i < count {
      let end = i &+ 64 &* Vector.scalarCount < count ? i &+ 64 &* Vector.scalarCount : count
      var sum = Vector(repeating: 0)
      while i &+ Vector.scalarCount <= end {
        sum = accumulate(sum, load(x + i) - mean)
        i &+= Vector.scalarCount
      }
      if i < end {
        let more = accumulate(sum, load(x + i, count: end &- i) - mean)
        sum = sum.replacing(with: more, where: laneNumbers() .< Vector(repeating: Float(end &- i)))
        i = end
      }
      total += sum
    }
  }
  return joinLanes(total) { $0 + $1 }
}

/// Normalises `over` elements that lie apart, for each of `count` contiguous ones, or for `members` neighbours of those
/// together; does so `shape` times.
///
/// - Parameters: as `normalizeRows` has them; `parameterStep` is 1, or 0 where all `count` have one of each. `members`
///   divides `count`, and is no more than a vector has lanes.
@inline(__always)
func normalizeChannels(
  _ source: UnsafePointer<Float>, _ sourceAxes: NormalizedOperand,
  to destination: UnsafeMutablePointer<Float>, _ destinationAxes: NormalizedOperand,
  scale: UnsafePointer<Float>, bias: UnsafePointer<Float>, _ parameterAxes: NormalizedOperand, step parameterStep: Int,
  addend: UnsafePointer<Float>, _ addendAxes: NormalizedOperand,
  shape: Axes, over inner: Axes, count: Int, members: Int, isCentered: Bool, accumulate: (Vector, Vector) -> Vector,
  multiplier: (Vector) -> Vector, _ function: (Vector, _ addend: Vector) -> Vector
) {
  let elementCount = Float(inner.0 &* inner.1 &* inner.2 &* inner.3 &* members)
  // As many lanes as hold whole groups.
  let most = Vector.scalarCount / members &* members
  forEachOffset(
    in: shape, sourceAxes.outer, destinationAxes.outer, parameterAxes.outer, addendAxes.outer
  ) { from, to, parameter, added in
    var c = 0
    while c < count {
      let lanes = count &- c < most ? count &- c : most
      let x = source + (from &+ c)
      var mean = Vector(repeating: 0)
      if isCentered {
        let sum = sumOfSteps(x, sourceAxes.inner, over: inner, lanes: lanes, minus: mean) { $0 + $1 }
        mean = sumOfNeighbours(sum, members: members) / elementCount
      }
      let sum = sumOfSteps(x, sourceAxes.inner, over: inner, lanes: lanes, minus: mean, accumulate)
      let factor = multiplier(sumOfNeighbours(sum, members: members))
      forEachOffset(
        in: inner, sourceAxes.inner, destinationAxes.inner, parameterAxes.inner, addendAxes.inner
      ) { inX, inY, inParameter, inAddend in
        let place = parameter &+ inParameter &+ c &* parameterStep
        let weight =
          parameterStep == 0 ? Vector(repeating: scale[place]) : load(scale + place, count: lanes)
        let shift = parameterStep == 0 ? Vector(repeating: bias[place]) : load(bias + place, count: lanes)
        let normalized = fma(shift, load(x + inX, count: lanes) - mean, factor * weight)
        let result = function(normalized, load(addend + (added &+ inAddend &+ c), count: lanes))
        store(result, destination + (to &+ inY &+ c), count: lanes)
      }
      c &+= most
    }
  }
}

/// The sum of each `members` neighbouring lanes, in all of them; lanes that are left over are 0.
@inline(__always)
private func sumOfNeighbours(_ vector: Vector, members: Int) -> Vector {
  if members == 1 { return vector }
  let zeros = Vector(repeating: 0)
  var result = zeros
  var first = 0
  while first &+ members <= Vector.scalarCount {
    let end = first &+ members
    let isMember =
      (laneNumbers() .>= Vector(repeating: Float(first))) .& (laneNumbers() .< Vector(repeating: Float(end)))
    let sum = joinLanes(zeros.replacing(with: vector, where: isMember)) { $0 + $1 }
    result = result.replacing(with: sum, where: isMember)
    first = end
  }
  return result
}

/// The sum over `over` steps, lane by lane.
@inline(__always)
private func sumOfSteps(
  _ source: UnsafePointer<Float>, _ strides: Axes, over shape: Axes, lanes: Int, minus mean: Vector,
  _ accumulate: (Vector, Vector) -> Vector
) -> Vector {
  let outer = (shape.0, shape.1, shape.2, 1)
  var total = Vector(repeating: 0)
  forEachOffset(in: outer, strides, strides) { offset, _ in
    var x = source + offset
    var i = 0
    while i < shape.3 {
      let end = i &+ 64 < shape.3 ? i &+ 64 : shape.3
      var sum = Vector(repeating: 0)
      while i < end {
        sum = accumulate(sum, (lanes == Vector.scalarCount ? load(x) : load(x, count: lanes)) - mean)
        x += strides.3
        i &+= 1
      }
      total += sum
    }
  }
  return total
}

/// `1 / sqrt(variance + epsilon)`, from the sum of the squares of `count` centred elements.
@inline(__always)
func inverseDeviation(_ squares: Vector, count: Float, epsilon: Float) -> Vector {
  1 / squareRoot(squares / count + epsilon)
}

/// `1 / (deviation + 1e-9)`, from the sum of the squares of `count` centred elements: what ONNX's
/// MeanVarianceNormalization multiplies by.
@inline(__always)
func inversePlainDeviation(_ squares: Vector, count: Float) -> Vector { 1 / (squareRoot(squares / count) + 1e-9) }

/// `1 / norm`, or 0 where the norm is 0.
@inline(__always)
func inverseNorm(_ magnitudes: Vector) -> Vector {
  (1 / magnitudes).replacing(with: Vector(repeating: 0), where: magnitudes .== Vector(repeating: 0))
}

/// `1 / norm` from the sum of the squares, or 0 where that is 0.
@inline(__always)
func inverseEuclideanNorm(_ squares: Vector) -> Vector {
  (1 / squareRoot(squares)).replacing(with: Vector(repeating: 0), where: squares .== Vector(repeating: 0))
}
