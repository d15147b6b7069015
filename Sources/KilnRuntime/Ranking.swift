// The first elements of sequences in the order of their size, of any type. The results are a heap while they are found, so
// that `count` of `steps` elements cost `steps * log(count)` comparisons and no memory besides.

import KilnGeometry

/// Puts the `count` foremost of `steps` elements that lie a stride apart in order, and their numbers; does so `shape` times.
///
/// - Parameters:
///   - numbers: as far apart as what is put in `destination`.
///   - isBetter: whether the first element comes before the second; of equal ones, the first does.
@inline(__always)
func rankElements<Element: BitwiseCopyable>(
  _ source: UnsafePointer<Element>, _ sourceStrides: Axes, stride: Int, steps: Int,
  to destination: UnsafeMutablePointer<Element>, numbers: UnsafeMutablePointer<Int64>, _ destinationStrides: Axes,
  stride destinationStride: Int, count: Int, shape: Axes, _ isBetter: (Element, Element) -> Bool
) {
  forEachOffset(in: shape, sourceStrides, destinationStrides) { from, to in
    let heap = RankedElements(
      elements: destination + to, numbers: numbers + to, stride: destinationStride)
    var i = 0
    while i < count {
      heap.raise(source[from &+ i &* stride], Int64(truncatingIfNeeded: i), at: i, isBetter)
      i &+= 1
    }
    while i < steps {
      let element = source[from &+ i &* stride]
      // A later element must be better than the last one, not equal.
      if isBetter(element, heap.elements[0]) {
        heap.sink(element, Int64(truncatingIfNeeded: i), count: count, isBetter)
      }
      i &+= 1
    }
    // The last of those that are left goes to the end.
    var rest = count &- 1
    while rest > 0 {
      let (element, number) = (heap.elements[rest &* heap.stride], heap.numbers[rest &* heap.stride])
      heap.elements[rest &* heap.stride] = heap.elements[0]
      heap.numbers[rest &* heap.stride] = heap.numbers[0]
      heap.sink(element, number, count: rest, isBetter)
      rest &-= 1
    }
  }
}

/// A heap of elements and their numbers, whose first is the last in order. (Williams, 1964)
struct RankedElements<Element: BitwiseCopyable> {
  let elements: UnsafeMutablePointer<Element>
  let numbers: UnsafeMutablePointer<Int64>
  /// From one to the next.
  let stride: Int

  /// Whether `a` comes after `b`: of equal elements, that of the higher number.
  @inline(__always)
  private func follows(
    _ a: Element, _ numberOfA: Int64, _ b: Element, _ numberOfB: Int64, _ isBetter: (Element, Element) -> Bool
  ) -> Bool {
    if isBetter(b, a) { return true }
    return !isBetter(a, b) && numberOfA > numberOfB
  }

  /// Puts an element in at a free place, the end, or above it.
  @inline(__always)
  func raise(_ element: Element, _ number: Int64, at end: Int, _ isBetter: (Element, Element) -> Bool) {
    var place = end
    while place > 0 {
      let parent = (place &- 1) / 2
      let (above, numberAbove) = (elements[parent &* stride], numbers[parent &* stride])
      if !follows(element, number, above, numberAbove, isBetter) { break }
      elements[place &* stride] = above
      numbers[place &* stride] = numberAbove
      place = parent
    }
    elements[place &* stride] = element
    numbers[place &* stride] = number
  }

  /// Puts an element in the place of the first, or below it, in a heap of `count`.
  @inline(__always)
  func sink(_ element: Element, _ number: Int64, count: Int, _ isBetter: (Element, Element) -> Bool) {
    var place = 0
    while true {
      var child = 2 &* place &+ 1
      if child >= count { break }
      if child &+ 1 < count,
        follows(
          elements[(child &+ 1) &* stride], numbers[(child &+ 1) &* stride], elements[child &* stride],
          numbers[child &* stride], isBetter)
      {
        child &+= 1
      }
      let (below, numberBelow) = (elements[child &* stride], numbers[child &* stride])
      if !follows(below, numberBelow, element, number, isBetter) { break }
      elements[place &* stride] = below
      numbers[place &* stride] = numberBelow
      place = child
    }
    elements[place &* stride] = element
    numbers[place &* stride] = number
  }
}

/// Whether `a` is larger than `b`; NaN is the largest.
@inline(__always)
func comesBeforeFalling<Number: Comparable>(_ a: Number, _ b: Number) -> Bool { a > b || (a != a && b == b) }

/// Whether `a` is smaller than `b`; NaN is the largest.
@inline(__always)
func comesBeforeRising<Number: Comparable>(_ a: Number, _ b: Number) -> Bool { a < b || (b != b && a == a) }
