// Reductions over whole axes of any element type, one element at a time.

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

/// Finds, among `steps` elements that lie a stride apart, the one that no other is better than; writes its number. Does so
/// `shape` times.
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
///   - add: adds an element to a sum.
@inline(__always)
func accumulateScalars<Element: BitwiseCopyable, Sum: BitwiseCopyable>(
  _ source: UnsafePointer<Element>, _ sourceStrides: Axes, stride sourceStride: Int,
  to destination: UnsafeMutablePointer<Element>, _ destinationStrides: Axes, stride destinationStride: Int,
  shape: Axes, steps: Int, isExclusive: Bool, from zero: Sum, _ add: (Sum, Element) -> Sum, _ finish: (Sum) -> Element
) {
  forEachOffset(in: shape, sourceStrides, destinationStrides) { from, to in
    var sum = zero
    var i = 0
    while i < steps {
      let next = add(sum, source[from &+ i &* sourceStride])
      destination[to &+ i &* destinationStride] = finish(isExclusive ? sum : next)
      sum = next
      i &+= 1
    }
  }
}
