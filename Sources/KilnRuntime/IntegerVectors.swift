import KilnIntrinsics

/// Sums of products of bytes, a lane for each of as many output channels as register tiles count by, and a number for each of them. The
/// compiler writes these lines for each target.
#if KILN_4_LANES || KILN_8_LANES
  typealias Sums = SIMD8<Int32>
  typealias SumNumbers = SIMD8<Float>
#else
  typealias Sums = SIMD16<Int32>
  typealias SumNumbers = SIMD16<Float>
#endif

/// Where a layer's results have their 0, and their limits: the head of its panels.
struct ResultLimits {
  var zeroPoint: Int16
  var lower: Int16
  var upper: Int16
  /// What makes a product the integer nearest to it where sums are rounded by shifting: `1.5 * 2^23`, and an even zero point.
  var shift: Float

  /// Reads the head of a panel: three 16-bit integers, and a number 8 bytes after the first.
  @inline(__always)
  init(_ panel: UnsafePointer<UInt8>) {
    let head = UnsafeRawPointer(panel)
    zeroPoint = head.loadUnaligned(as: Int16.self)
    lower = head.loadUnaligned(fromByteOffset: 2, as: Int16.self)
    upper = head.loadUnaligned(fromByteOffset: 4, as: Int16.self)
    shift = head.loadUnaligned(fromByteOffset: 8, as: Float.self)
  }

  /// Results within the limits.
  @inline(__always)
  func limited(_ results: SIMD8<Int16>) -> SIMD8<Int16> { kiln_limited_i16x8(results, lower, upper) }

  /// Results within the limits.
  @inline(__always)
  func limited(_ results: SIMD16<Int16>) -> SIMD16<Int16> { kiln_limited_i16x16(results, lower, upper) }
}

/// Reads sums from unaligned memory.
@inline(__always)
func loadSums(_ address: UnsafePointer<UInt8>) -> Sums { UnsafeRawPointer(address).loadUnaligned(as: Sums.self) }

/// Reads a number for each sum from unaligned memory.
@inline(__always)
func loadSumNumbers(_ address: UnsafePointer<UInt8>) -> SumNumbers {
  UnsafeRawPointer(address).loadUnaligned(as: SumNumbers.self)
}

/// `round(sums * multipliers) + zeroPoint`, ties to even, limited to 16 bits: the product is rounded to float32, and lies in the range
/// of 32-bit integers.
@inline(__always)
func requantize(_ sums: SIMD8<Int32>, _ multipliers: SIMD8<Float>, zeroPoint: Int16) -> SIMD8<Int16> {
  kiln_requantize_i32x8(sums, multipliers, zeroPoint)
}

/// `round(sums * multipliers) + zeroPoint`, ties to even, limited to 16 bits: the product is rounded to float32, and lies in the range
/// of 32-bit integers.
@inline(__always)
func requantize(_ sums: SIMD16<Int32>, _ multipliers: SIMD16<Float>, zeroPoint: Int16) -> SIMD16<Int16> {
  kiln_requantize_i32x16(sums, multipliers, zeroPoint)
}

/// `round(sums * multipliers)`, ties to even, as above, but without a conversion, for which machines have few units.
///
/// The sums began at the bits of the number `1.5 * 2^23` and are less than 2^22; their products have 16 bits. An even zero point may be a
/// part of `shift`, and is then added.
@inline(__always)
func requantize(_ sums: SIMD8<Int32>, _ multipliers: SIMD8<Float>, shift: Float) -> SIMD8<Int16> {
  kiln_requantize_shifted_i32x8(sums, multipliers, shift)
}

/// As above.
@inline(__always)
func requantize(_ sums: SIMD16<Int32>, _ multipliers: SIMD16<Float>, shift: Float) -> SIMD16<Int16> {
  kiln_requantize_shifted_i32x16(sums, multipliers, shift)
}

/// As above, with a zero point that is added after, limited to 16 bits.
@inline(__always)
func requantize(_ sums: SIMD8<Int32>, _ multipliers: SIMD8<Float>, shift: Float, zeroPoint: Int16) -> SIMD8<Int16> {
  kiln_with_zero_i16x8(requantize(sums, multipliers, shift: shift), zeroPoint)
}

/// As above, with a zero point that is added after, limited to 16 bits.
@inline(__always)
func requantize(_ sums: SIMD16<Int32>, _ multipliers: SIMD16<Float>, shift: Float, zeroPoint: Int16) -> SIMD16<Int16> {
  kiln_with_zero_i16x16(requantize(sums, multipliers, shift: shift), zeroPoint)
}

/// Reads sums for sixteen channels from unaligned memory.
@inline(__always)
func loadSixteenSums(_ address: UnsafePointer<UInt8>) -> SIMD16<Int32> {
  UnsafeRawPointer(address).loadUnaligned(as: SIMD16<Int32>.self)
}

/// Reads a number for each of sixteen channels from unaligned memory.
@inline(__always)
func loadSixteenNumbers(_ address: UnsafePointer<UInt8>) -> SIMD16<Float> {
  UnsafeRawPointer(address).loadUnaligned(as: SIMD16<Float>.self)
}

// Results of 16 bits are limited to 8 when they are written: all of a vector, or its first lanes.

@inline(__always)
func storeResults(_ results: SIMD8<Int16>, _ address: UnsafeMutablePointer<Int8>) {
  UnsafeMutableRawPointer(address).storeBytes(of: kiln_narrowed_i8x8(results), as: SIMD8<Int8>.self)
}

@inline(__always)
func storeResults(_ results: SIMD8<Int16>, _ address: UnsafeMutablePointer<UInt8>) {
  UnsafeMutableRawPointer(address).storeBytes(of: kiln_narrowed_u8x8(results), as: SIMD8<UInt8>.self)
}

@inline(__always)
func storeResults(_ results: SIMD16<Int16>, _ address: UnsafeMutablePointer<Int8>) {
  UnsafeMutableRawPointer(address).storeBytes(of: kiln_narrowed_i8x16(results), as: SIMD16<Int8>.self)
}

@inline(__always)
func storeResults(_ results: SIMD16<Int16>, _ address: UnsafeMutablePointer<UInt8>) {
  UnsafeMutableRawPointer(address).storeBytes(of: kiln_narrowed_u8x16(results), as: SIMD16<UInt8>.self)
}

@inline(__always)
func storeResults(_ results: SIMD8<Int16>, _ address: UnsafeMutablePointer<Int8>, count: Int) {
  kiln_store_bytes_8(kiln_narrowed_i8x8(results), address, count)
}

@inline(__always)
func storeResults(_ results: SIMD8<Int16>, _ address: UnsafeMutablePointer<UInt8>, count: Int) {
  kiln_store_bytes_8(SIMD8<Int8>(truncatingIfNeeded: kiln_narrowed_u8x8(results)), address, count)
}

@inline(__always)
func storeResults(_ results: SIMD16<Int16>, _ address: UnsafeMutablePointer<Int8>, count: Int) {
  kiln_store_bytes_16(kiln_narrowed_i8x16(results), address, count)
}

@inline(__always)
func storeResults(_ results: SIMD16<Int16>, _ address: UnsafeMutablePointer<UInt8>, count: Int) {
  kiln_store_bytes_16(SIMD16<Int8>(truncatingIfNeeded: kiln_narrowed_u8x16(results)), address, count)
}

// Sums whose results are real numbers: products rounded to float32.

@inline(__always)
func storeReals(_ sums: SIMD8<Int32>, _ multipliers: SIMD8<Float>, _ address: UnsafeMutablePointer<Float>) {
  UnsafeMutableRawPointer(address).storeBytes(of: kiln_reals_i32x8(sums, multipliers), as: SIMD8<Float>.self)
}

@inline(__always)
func storeReals(_ sums: SIMD16<Int32>, _ multipliers: SIMD16<Float>, _ address: UnsafeMutablePointer<Float>) {
  UnsafeMutableRawPointer(address).storeBytes(of: kiln_reals_i32x16(sums, multipliers), as: SIMD16<Float>.self)
}

@inline(__always)
func storeReals(
  _ sums: SIMD8<Int32>, _ multipliers: SIMD8<Float>, _ address: UnsafeMutablePointer<Float>, count: Int
) { kiln_store_first_f32x8(kiln_reals_i32x8(sums, multipliers), address, count) }

@inline(__always)
func storeReals(
  _ sums: SIMD16<Int32>, _ multipliers: SIMD16<Float>, _ address: UnsafeMutablePointer<Float>, count: Int
) { kiln_store_first_f32x16(kiln_reals_i32x16(sums, multipliers), address, count) }
