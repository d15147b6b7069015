import KilnIntrinsics

// Products of two numbers of a pixel, in all lanes of a register, with the weights of eight channels, for machines that add such products
// in pairs. Numbers are signed: others are brought to it.

/// Eight numbers, two in each lane.
@inline(__always)
func loadPairs<Element: ByteElement>(_ x: UnsafePointer<Element>) -> SIMD4<Int16> {
  kiln_load_pairs_i16x4(x, Element.isUnsigned)
}

/// Four numbers in the first two lanes, as they lie in memory.
@inline(__always)
func pairs<Element: ByteElement>(_ quad: Int32, of _: Element.Type) -> SIMD4<Int16> {
  var quads = SIMD2(quad, 0)
  return kiln_load_pairs_i16x4(&quads, Element.isUnsigned)
}

/// The two numbers of a lane, in all lanes.
@inline(__always)
func pair(_ pairs: SIMD4<Int16>, lane: Int) -> SIMD8<Int16> { kiln_pair_in_lane_i16x8(pairs, lane) }

/// A unit of pairs: the weights of two numbers for each of eight channels, and those of the next two.
struct PairUnit {
  var first: SIMD16<Int8>
  var second: SIMD16<Int8>

  /// Reads a unit.
  @inline(__always)
  init(_ address: UnsafePointer<UInt8>) {
    first = UnsafeRawPointer(address).loadUnaligned(as: SIMD16<Int8>.self)
    second = UnsafeRawPointer(address).loadUnaligned(fromByteOffset: 16, as: SIMD16<Int8>.self)
  }
}

/// Adds the products of a pixel's two pairs with a unit to its sums.
///
/// - Parameter isWide: whether a weight may be -128.
@inline(__always)
func addPairs(
  _ sums: inout SIMD8<Int32>, _ x0: SIMD8<Int16>, _ x1: SIMD8<Int16>, _ unit: PairUnit, isWide: Bool
) {
  let added =
    isWide
    ? kiln_wide_pairs_in_lanes_i32x8(sums, x0, x1, unit.first, unit.second)
    : kiln_pairs_in_lanes_i32x8(sums, x0, x1, unit.first, unit.second)
  sums = SIMD8(lowHalf: added.low, highHalf: added.high)
}

/// As above, and reads the next unit meanwhile.
@inline(__always)
func addPairs(
  _ sums: inout SIMD8<Int32>, _ x0: SIMD8<Int16>, _ x1: SIMD8<Int16>, _ unit: inout PairUnit, isWide: Bool,
  next: UnsafePointer<UInt8>
) {
  let added =
    isWide
    ? kiln_wide_pairs_in_lanes_next_i32x8(sums, x0, x1, unit.first, unit.second, next)
    : kiln_pairs_in_lanes_next_i32x8(sums, x0, x1, unit.first, unit.second, next)
  sums = SIMD8(lowHalf: added.low, highHalf: added.high)
  (unit.first, unit.second) = (added.w0, added.w1)
}

/// Adds the products of two pixels' two pairs with a unit to their sums.
///
/// - Parameter isWide: whether a weight may be -128.
@inline(__always)
func addPairs(
  _ sums: inout SIMD8<Int32>, _ others: inout SIMD8<Int32>, _ x0: SIMD8<Int16>, _ x1: SIMD8<Int16>,
  _ y0: SIMD8<Int16>, _ y1: SIMD8<Int16>, _ unit: PairUnit, isWide: Bool
) {
  let added =
    isWide
    ? kiln_wide_pairs_in_lanes_of_2_i32x8(sums, others, x0, x1, y0, y1, unit.first, unit.second)
    : kiln_pairs_in_lanes_of_2_i32x8(sums, others, x0, x1, y0, y1, unit.first, unit.second)
  sums = SIMD8(lowHalf: added.low, highHalf: added.high)
  others = SIMD8(lowHalf: added.low1, highHalf: added.high1)
}

/// As above, and reads the next unit meanwhile.
@inline(__always)
func addPairs(
  _ sums: inout SIMD8<Int32>, _ others: inout SIMD8<Int32>, _ x0: SIMD8<Int16>, _ x1: SIMD8<Int16>,
  _ y0: SIMD8<Int16>, _ y1: SIMD8<Int16>, _ unit: inout PairUnit, isWide: Bool, next: UnsafePointer<UInt8>
) {
  let added =
    isWide
    ? kiln_wide_pairs_in_lanes_of_2_next_i32x8(sums, others, x0, x1, y0, y1, unit.first, unit.second, next)
    : kiln_pairs_in_lanes_of_2_next_i32x8(sums, others, x0, x1, y0, y1, unit.first, unit.second, next)
  sums = SIMD8(lowHalf: added.low, highHalf: added.high)
  others = SIMD8(lowHalf: added.low1, highHalf: added.high1)
  (unit.first, unit.second) = (added.w0, added.w1)
}
