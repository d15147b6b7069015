// Reductions over whole axes of any element type, one element at a time.

import KilnGeometry

/// Reduces `over` elements to one; does so `shape` times.
///
/// - Parameters:
///   - accumulate: takes one more element; starts from `identity`.
///   - finish: what is stored.
@inline(__always)
func reduceScalars<Source: BitwiseCopyable, Sum: BitwiseCopyable, Result: BitwiseCopyable>(
  _ source: UnsafePointer<Source>, _ sourceStrides: Axes, over reducedShape: Axes, _ reducedStrides: Axes,
  to destination: UnsafeMutablePointer<Result>, _ destinationStrides: Axes, shape: Axes, from identity: Sum,
  accumulate: (Sum, Source) -> Sum, finish: (Sum) -> Result
) {
  forEachOffset(in: shape, sourceStrides, destinationStrides) { from, to in
    var total = identity
    forEachOffset(in: reducedShape, reducedStrides, reducedStrides) { inReduced, _ in
      total = accumulate(total, source[from &+ inReduced])
    }
    destination[to] = finish(total)
  }
}

/// Finds, among `steps` elements that lie a stride apart, the one that no other is better than; writes its number.
///
/// Does so `shape` times.
///
/// - Parameter isBetter: whether the first element, which comes later, takes the place of the second.
@inline(__always)
func findExtremes<Element: BitwiseCopyable>(
  _ source: UnsafePointer<Element>, _ sourceStrides: Axes, stride: Int, steps: Int,
  to destination: UnsafeMutablePointer<Int64>, _ destinationStrides: Axes, shape: Axes,
  _ isBetter: (Element, Element) -> Bool
) {
  forEachOffset(in: shape, sourceStrides, destinationStrides) { from, to in
    var best = source[from]
    var bestStep = 0
    var i = 1
    while i < steps {
      let element = source[from &+ i &* stride]
      if isBetter(element, best) {
        best = element
        bestStep = i
      }
      i &+= 1
    }
    destination[to] = Int64(truncatingIfNeeded: bestStep)
  }
}

/// Adds up `steps` elements that lie a stride apart, writing each sum; does so `shape` times.
///
/// - Parameters:
///   - sourceStride, destinationStride: elements from one step to the next; negative when summing begins at the end.
///   - isExclusive: whether an element's own value is left out of its sum.
///   - accumulate: adds an element to a sum.
@inline(__always)
func accumulateScalars<Element: BitwiseCopyable, Sum: BitwiseCopyable>(
  _ source: UnsafePointer<Element>, _ sourceStrides: Axes, stride sourceStride: Int,
  to destination: UnsafeMutablePointer<Element>, _ destinationStrides: Axes, stride destinationStride: Int,
  shape: Axes, steps: Int, isExclusive: Bool, from zero: Sum, _ accumulate: (Sum, Element) -> Sum,
  _ finish: (Sum) -> Element
) {
  forEachOffset(in: shape, sourceStrides, destinationStrides) { from, to in
    var sum = zero
    var i = 0
    while i < steps {
      let next = accumulate(sum, source[from &+ i &* sourceStride])
      destination[to &+ i &* destinationStride] = finish(isExclusive ? sum : next)
      sum = next
      i &+= 1
    }
  }
}

// MARK: What is accumulated

/// The larger of a result and an element; NaN if either is.
@inline(__always)
func keepLargest<Number: Comparable>(_ result: Number, _ x: Number) -> Number { x > result || x != x ? x : result }

/// The smaller of a result and an element; NaN if either is.
@inline(__always)
func keepSmallest<Number: Comparable>(_ result: Number, _ x: Number) -> Number { x < result || x != x ? x : result }

/// `sum + |x|`.
@inline(__always)
func addMagnitude<Number: FloatingPoint>(_ sum: Number, _ x: Number) -> Number { sum + x.magnitude }

/// `sum + |x|`.
@inline(__always)
func addMagnitude<Number: FixedWidthInteger>(_ sum: Number, _ x: Number) -> Number { sum &+ (x < 0 ? 0 &- x : x) }

/// `sum + x * x`.
@inline(__always)
func addSquare<Number: FloatingPoint>(_ sum: Number, _ x: Number) -> Number { sum + x * x }

/// `sum + x * x`.
@inline(__always)
func addSquare<Number: FixedWidthInteger>(_ sum: Number, _ x: Number) -> Number { sum &+ x &* x }

/// `sum + x * x` in Float64.
@inline(__always)
func addSquare<Number: FixedWidthInteger>(_ sum: Double, _ x: Number) -> Double { sum + Double(x) * Double(x) }

/// `sum + x` in Float64.
@inline(__always)
func addInDouble(_ sum: Double, _ x: Float) -> Double { sum + Double(x) }

/// `sum + x` in Float64.
@inline(__always)
func addInDouble(_ sum: Double, _ x: Double) -> Double { sum + x }

// MARK: Which of two elements is better

// A comparison with NaN is false, so that a NaN is better than a number; one that was found gives way to none or, where the
// last counts, to another.

/// Whether `a`, which comes later, is larger than `b`; NaN is the largest.
@inline(__always)
func isLarger<Number: Comparable>(_ a: Number, _ b: Number) -> Bool { !(a <= b) && b == b }

/// Whether `a`, which comes later, is not smaller than `b`; NaN is the largest.
@inline(__always)
func isNotSmaller<Number: Comparable>(_ a: Number, _ b: Number) -> Bool { !(a < b) && (b == b || a != a) }

/// Whether `a`, which comes later, is smaller than `b`; NaN is the smallest.
@inline(__always)
func isSmaller<Number: Comparable>(_ a: Number, _ b: Number) -> Bool { !(a >= b) && b == b }

/// Whether `a`, which comes later, is not larger than `b`; NaN is the smallest.
@inline(__always)
func isNotLarger<Number: Comparable>(_ a: Number, _ b: Number) -> Bool { !(a > b) && (b == b || a != a) }
