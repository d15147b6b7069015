import KilnIntrinsics

/// A number of 8 bits that products are made of.
///
/// Weights are signed and lie in units, four for each lane of `Sums`; machines with dot products take the four of a lane together
/// ("quads"), others the first two of all lanes and then the second two ("pairs"). Dot products and narrow pairs take numbers of one
/// sign only, signed ones on Arm and unsigned ones elsewhere: those of the other are brought to it, and the sums' first values make
/// up for it.
protocol ByteElement {
  /// Whether it has no sign.
  static var isUnsigned: Bool { get }
  /// What sixteen of them are more than a zero point.
  static func distances(_ bytes: SIMD16<Int8>, from zeroPoint: Int16) -> SIMD16<Float>
  /// Integers of 16 bits, limited to these.
  static func narrowed(_ integers: SIMD16<Int16>) -> SIMD16<Int8>
}

extension Int8: ByteElement {
  @inline(__always) static var isUnsigned: Bool { false }
  @inline(__always) static func distances(_ bytes: SIMD16<Int8>, from zeroPoint: Int16) -> SIMD16<Float> {
    kiln_distances_i8x16(bytes, zeroPoint)
  }
  @inline(__always) static func narrowed(_ integers: SIMD16<Int16>) -> SIMD16<Int8> { kiln_narrowed_i8x16(integers) }
}

extension UInt8: ByteElement {
  @inline(__always) static var isUnsigned: Bool { true }
  @inline(__always) static func distances(_ bytes: SIMD16<Int8>, from zeroPoint: Int16) -> SIMD16<Float> {
    kiln_distances_u8x16(bytes, zeroPoint)
  }
  @inline(__always) static func narrowed(_ integers: SIMD16<Int16>) -> SIMD16<Int8> {
    SIMD16<Int8>(truncatingIfNeeded: kiln_narrowed_u8x16(integers))
  }
}

/// The same address in a register of its own: see `ownRegister` of float32.
@inline(__always)
func ownRegister<Element: ByteElement>(_ address: UnsafePointer<Element>) -> UnsafePointer<Element> {
  kiln_own_address(address).assumingMemoryBound(to: Element.self)
}

/// Four numbers as they lie in memory.
@inline(__always)
func loadQuad<Element: ByteElement>(_ x: UnsafePointer<Element>) -> Int32 { kiln_load_quad(x) }

/// What is left of a run: the first one to three of four numbers, the others 0.
///
/// Memory after them isn't touched.
@inline(__always)
func loadRest<Element: ByteElement>(_ x: UnsafePointer<Element>, count: Int) -> Int32 { kiln_load_rest(x, count) }

/// `sums` and the products of four numbers with a unit of quads.
@inline(__always)
func addQuads<Element: ByteElement>(
  _ sums: SIMD8<Int32>, _ quad: Int32, of _: Element.Type, _ weights: UnsafePointer<UInt8>
) -> SIMD8<Int32> {
  kiln_quads_i32x8(sums, quad, weights, Element.isUnsigned)
}

/// `sums` and the products of four numbers with a unit of quads.
@inline(__always)
func addQuads<Element: ByteElement>(
  _ sums: SIMD16<Int32>, _ quad: Int32, of _: Element.Type, _ weights: UnsafePointer<UInt8>
) -> SIMD16<Int32> {
  kiln_quads_i32x16(sums, quad, weights, Element.isUnsigned)
}

/// Sixteen numbers, four in each lane, of the sign that dot products take.
@inline(__always)
func loadQuads<Element: ByteElement>(_ x: UnsafePointer<Element>) -> SIMD4<Int32> {
  kiln_load_quads(x, Element.isUnsigned)
}

/// Eight numbers in the first two lanes.
@inline(__always)
func loadQuadsOf8<Element: ByteElement>(_ x: UnsafePointer<Element>) -> SIMD4<Int32> {
  kiln_load_quads_of_8(x, Element.isUnsigned)
}

/// Four numbers in the first lane.
@inline(__always)
func loadQuadsOf4<Element: ByteElement>(_ x: UnsafePointer<Element>) -> SIMD4<Int32> {
  kiln_load_quads_of_4(x, Element.isUnsigned)
}

/// `sums` and the products of the four numbers in a lane with a unit of quads.
@inline(__always)
func addQuads(
  _ sums: SIMD8<Int32>, _ quads: SIMD4<Int32>, lane: Int, _ weights: UnsafePointer<UInt8>
) -> SIMD8<Int32> {
  kiln_quads_in_lane_i32x8(sums, quads, lane, weights)
}

/// `sums` and the products of four numbers with a unit of pairs.
@inline(__always)
func addPairs<Element: ByteElement>(
  _ sums: SIMD8<Int32>, _ quad: Int32, of _: Element.Type, _ weights: UnsafePointer<UInt8>
) -> SIMD8<Int32> {
  kiln_pairs_i32x8(
    sums, Int16(truncatingIfNeeded: quad), Int16(truncatingIfNeeded: quad >> 16), weights, Element.isUnsigned)
}

/// `sums` and the products of four numbers with a unit of pairs.
@inline(__always)
func addPairs<Element: ByteElement>(
  _ sums: SIMD16<Int32>, _ quad: Int32, of _: Element.Type, _ weights: UnsafePointer<UInt8>
) -> SIMD16<Int32> {
  kiln_pairs_i32x16(
    sums, Int16(truncatingIfNeeded: quad), Int16(truncatingIfNeeded: quad >> 16), weights, Element.isUnsigned)
}

/// `sums` and the products of four numbers with a unit of quads, two of them added in 16 bits: exact where no two weights are too large.
@inline(__always)
func addNarrowPairs<Element: ByteElement>(
  _ sums: SIMD8<Int32>, _ quad: Int32, of _: Element.Type, _ weights: UnsafePointer<UInt8>
) -> SIMD8<Int32> {
  kiln_narrow_pairs_i32x8(sums, quad, weights, Element.isUnsigned)
}

/// Sixteen numbers of 8 bits.
@inline(__always)
func loadBytes<Element: ByteElement>(_ address: UnsafePointer<Element>) -> SIMD16<Int8> {
  UnsafeRawPointer(address).loadUnaligned(as: SIMD16<Int8>.self)
}

/// The first `count` of sixteen numbers of 8 bits, the others 0; memory after them isn't touched.
@inline(__always)
func loadBytes<Element: ByteElement>(_ address: UnsafePointer<Element>, count: Int) -> SIMD16<Int8> {
  kiln_load_bytes_16(address, count)
}

/// Weights of two taps for sixteen channels.
@inline(__always)
func loadTapPair(_ address: UnsafePointer<UInt8>) -> SIMD32<Int8> {
  UnsafeRawPointer(address).loadUnaligned(as: SIMD32<Int8>.self)
}

/// `sums` and the products of sixteen channels of two taps with their weights.
///
/// - Parameter isWide: whether a weight may be -128.
@inline(__always)
func addTaps<Element: ByteElement>(
  _ sums: SIMD16<Int32>, _ x0: SIMD16<Int8>, _ x1: SIMD16<Int8>, _ weights: SIMD32<Int8>, of _: Element.Type,
  isWide: Bool
) -> SIMD16<Int32> {
  kiln_taps_i32x16(sums, x0, x1, weights, Element.isUnsigned, isWide)
}

/// The rows of one column of an image, four numbers of each of sixteen channels, of the sign that dot products take.
@inline(__always)
func loadColumn<Element: ByteElement>(
  _ row0: UnsafePointer<Element>, _ row1: UnsafePointer<Element>, _ row2: UnsafePointer<Element>,
  _ row3: UnsafePointer<Element>
) -> SIMD16<Int32> {
  kiln_column_i32x16(loadBytes(row0), loadBytes(row1), loadBytes(row2), loadBytes(row3), Element.isUnsigned)
}

/// As above, of the first `count` channels; memory after them isn't touched.
@inline(__always)
func loadColumn<Element: ByteElement>(
  _ row0: UnsafePointer<Element>, _ row1: UnsafePointer<Element>, _ row2: UnsafePointer<Element>,
  _ row3: UnsafePointer<Element>, count: Int
) -> SIMD16<Int32> {
  kiln_column_i32x16(
    loadBytes(row0, count: count), loadBytes(row1, count: count), loadBytes(row2, count: count),
    loadBytes(row3, count: count), Element.isUnsigned)
}

/// `sums` and the products of a column with its weights, four of each channel.
@inline(__always)
func addColumn(_ sums: SIMD16<Int32>, _ column: SIMD16<Int32>, _ weights: SIMD16<Int32>) -> SIMD16<Int32> {
  kiln_dot_i32x16(sums, column, weights)
}

/// The rows of one column of an image, widened to 16 bits, those of the first two rows side by side, then of the last two.
@inline(__always)
func loadRowPairs<Element: ByteElement>(
  _ row0: UnsafePointer<Element>, _ row1: UnsafePointer<Element>, _ row2: UnsafePointer<Element>,
  _ row3: UnsafePointer<Element>
) -> SIMD64<Int16> {
  kiln_row_pairs_i16x64(loadBytes(row0), loadBytes(row1), loadBytes(row2), loadBytes(row3), Element.isUnsigned)
}

/// As above, of the first `count` channels; memory after them isn't touched.
@inline(__always)
func loadRowPairs<Element: ByteElement>(
  _ row0: UnsafePointer<Element>, _ row1: UnsafePointer<Element>, _ row2: UnsafePointer<Element>,
  _ row3: UnsafePointer<Element>, count: Int
) -> SIMD64<Int16> {
  kiln_row_pairs_i16x64(
    loadBytes(row0, count: count), loadBytes(row1, count: count), loadBytes(row2, count: count),
    loadBytes(row3, count: count), Element.isUnsigned)
}

/// `sums` and the products of a column with its widened weights.
@inline(__always)
func addRowPairs(_ sums: SIMD16<Int32>, _ column: SIMD64<Int16>, _ weights: UnsafePointer<Int16>) -> SIMD16<Int32> {
  kiln_row_products_i32x16(sums, column, weights)
}
