// Slices of elements that tuples of indices name, of any type: each index counts from the end of its axis below 0, and names
// the nearest place inside when it is outside, so that nothing else is ever read or written.

import KilnGeometry

/// Copies slices of `count` elements from where tuples of indices say; does so `shape` times.
///
/// - Parameters:
///   - tuples: the indices, `length` of them for each slice, one after the other.
///   - extents, strides: of the source's axes that the indices of a tuple name.
@inline(never)
func pickSlices<Element: BitwiseCopyable, Index: FixedWidthInteger>(
  _ source: UnsafePointer<Element>, _ sourceStrides: Axes,
  tuples: UnsafePointer<Index>, _ tupleStrides: Axes, length: Int, extents: TupleAxes, strides: TupleAxes,
  to destination: UnsafeMutablePointer<Element>, _ destinationStrides: Axes, shape: Axes, count: Int
) {
  forEachOffset(in: shape, sourceStrides, tupleStrides, destinationStrides) { from, at, to in
    let x = source + (from &+ firstElement(of: tuples + at, length, in: extents, strides))
    let y = destination + to
    var i = 0
    while i < count {
      y[i] = x[i]
      i &+= 1
    }
  }
}

/// Combines slices of `count` elements with those that are where tuples of indices say; does so `shape` times, in order.
///
/// - Parameters:
///   - tuples: the indices, `length` of them for each slice, one after the other.
///   - extents, strides: of the destination's axes that the indices of a tuple name.
///   - combine: what an element becomes by another that is put there.
@inline(__always)
func placeSlices<Element: BitwiseCopyable, Index: FixedWidthInteger>(
  _ source: UnsafePointer<Element>, _ sourceStrides: Axes,
  tuples: UnsafePointer<Index>, _ tupleStrides: Axes, length: Int, extents: TupleAxes, strides: TupleAxes,
  to destination: UnsafeMutablePointer<Element>, _ destinationStrides: Axes, shape: Axes, count: Int,
  _ combine: (Element, Element) -> Element
) {
  forEachOffset(in: shape, sourceStrides, tupleStrides, destinationStrides) { from, at, to in
    let x = source + from
    let y = destination + (to &+ firstElement(of: tuples + at, length, in: extents, strides))
    var i = 0
    while i < count {
      y[i] = combine(y[i], x[i])
      i &+= 1
    }
  }
}

/// What takes the place of an element.
@inline(__always)
func replacement<Element: BitwiseCopyable>(_ old: Element, _ new: Element) -> Element { new }

/// The element at which the slice begins that a tuple of indices names.
@inline(__always)
private func firstElement<Index: FixedWidthInteger>(
  of tuple: UnsafePointer<Index>, _ length: Int, in extents: TupleAxes, _ strides: TupleAxes
) -> Int {
  var offset = 0
  if length > 0 { offset = place(of: tuple[0], in: extents.0) &* strides.0 }
  if length > 1 { offset &+= place(of: tuple[1], in: extents.1) &* strides.1 }
  if length > 2 { offset &+= place(of: tuple[2], in: extents.2) &* strides.2 }
  if length > 3 { offset &+= place(of: tuple[3], in: extents.3) &* strides.3 }
  if length > 4 { offset &+= place(of: tuple[4], in: extents.4) &* strides.4 }
  if length > 5 { offset &+= place(of: tuple[5], in: extents.5) &* strides.5 }
  if length > 6 { offset &+= place(of: tuple[6], in: extents.6) &* strides.6 }
  if length > 7 { offset &+= place(of: tuple[7], in: extents.7) &* strides.7 }
  return offset
}
