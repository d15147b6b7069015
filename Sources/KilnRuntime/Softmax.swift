// exp(x - max) / sum(exp(x - max)), or its logarithm, in place if wanted. The relative error of a probability, and the
// absolute one of a logarithm, is below `(|x - max| + n / lanes + 24) * 2^-23` for n elements.

import KilnGeometry

/// Normalises `shape` rows of `count` contiguous elements.
@inline(never)
func softmaxRows(
  _ source: UnsafePointer<Float>, _ sourceStrides: Axes, to destination: UnsafeMutablePointer<Float>,
  _ destinationStrides: Axes, shape: Axes, count: Int, isLogarithmic: Bool
) {
  forEachOffset(in: shape, sourceStrides, destinationStrides) { from, to in
    softmaxRow(source + from, to: destination + to, count: count, isLogarithmic: isLogarithmic)
  }
}

@inline(__always)
private func softmaxRow(
  _ source: UnsafePointer<Float>, to destination: UnsafeMutablePointer<Float>, count: Int, isLogarithmic: Bool
) {
  let whole = count &- count % Vector.scalarCount
  let rest = count &- whole
  let isRest = laneNumbers() .< Vector(repeating: Float(rest))
  // Lanes after the row hold what has no effect: the smallest number, whose exponential is 0.
  let last = Vector(repeating: -.infinity).replacing(with: load(source + whole, count: rest), where: isRest)
  var largest = last
  var i = 0
  while i < whole {
    largest = maximum(largest, load(source + i))
    i &+= Vector.scalarCount
  }
  largest = joinLanes(largest) { maximum($0, $1) }

  let lastPower = exponential(last - largest).replacing(with: Vector(repeating: 0), where: .!isRest)
  var sum = lastPower
  i = 0
  while i < whole {
    let power = exponential(load(source + i) - largest)
    if !isLogarithmic { store(power, destination + i) }
    sum += power
    i &+= Vector.scalarCount
  }
  sum = joinLanes(sum) { $0 + $1 }

  if isLogarithmic {
    let logarithmOfSum = logarithm(sum)
    mapElements(source, to: destination, count: count) { ($0 - largest) - logarithmOfSum }
  } else {
    mapElements(destination, to: destination, count: whole) { $0 / sum }
    if rest > 0 { store(lastPower / sum, destination + whole, count: rest) }
  }
}

/// Normalises `steps` elements that lie a stride apart, for each of `count` contiguous ones; does so `shape` times.
@inline(never)
func softmaxChannels(
  _ source: UnsafePointer<Float>, _ sourceStrides: Axes, stride sourceStride: Int,
  to destination: UnsafeMutablePointer<Float>, _ destinationStrides: Axes, stride destinationStride: Int,
  shape: Axes, steps: Int, count: Int, isLogarithmic: Bool
) {
  forEachOffset(in: shape, sourceStrides, destinationStrides) { from, to in
    var c = 0
    while c < count {
      softmaxColumn(
        source + (from &+ c), stride: sourceStride, to: destination + (to &+ c), stride: destinationStride,
        steps: steps, lanes: count &- c, isLogarithmic: isLogarithmic)
      c &+= Vector.scalarCount
    }
  }
}

@inline(__always)
private func softmaxColumn(
  _ source: UnsafePointer<Float>, stride sourceStride: Int, to destination: UnsafeMutablePointer<Float>,
  stride destinationStride: Int, steps: Int, lanes: Int, isLogarithmic: Bool
) {
  let isWhole = lanes >= Vector.scalarCount
  var largest = Vector(repeating: -.infinity)
  var i = 0
  while i < steps {
    let x = source + i &* sourceStride
    largest = maximum(largest, isWhole ? load(x) : load(x, count: lanes))
    i &+= 1
  }
  var sum = Vector(repeating: 0)
  i = 0
  while i < steps {
    let x = source + i &* sourceStride
    sum += exponential((isWhole ? load(x) : load(x, count: lanes)) - largest)
    i &+= 1
  }
  let logarithmOfSum = isLogarithmic ? logarithm(sum) : sum
  i = 0
  while i < steps {
    let x = source + i &* sourceStride
    let shifted = (isWhole ? load(x) : load(x, count: lanes)) - largest
    let result = isLogarithmic ? shifted - logarithmOfSum : exponential(shifted) / sum
    let y = destination + i &* destinationStride
    if isWhole { store(result, y) } else { store(result, y, count: lanes) }
    i &+= 1
  }
}
