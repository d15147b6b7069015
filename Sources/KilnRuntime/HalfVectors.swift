import KilnIntrinsics

/// Eight numbers of float16: a register of machines that compute with them.
typealias HalfVector = SIMD8<Float16>

/// Reads a vector from unaligned memory.
@inline(__always)
func loadHalves(_ address: UnsafePointer<Float16>) -> HalfVector {
  UnsafeRawPointer(address).loadUnaligned(as: HalfVector.self)
}

/// Reads the first `count` lanes, the others being 0; memory after them isn't touched.
@inline(__always)
func loadHalves(_ address: UnsafePointer<Float16>, count: Int) -> HalfVector { kiln_load_first_f16x8(address, count) }

/// Writes a vector to unaligned memory.
@inline(__always)
func storeHalves(_ vector: HalfVector, _ address: UnsafeMutablePointer<Float16>) {
  UnsafeMutableRawPointer(address).storeBytes(of: vector, as: HalfVector.self)
}

/// Writes the first `count` lanes; memory after them isn't touched.
@inline(__always)
func storeHalves(_ vector: HalfVector, _ address: UnsafeMutablePointer<Float16>, count: Int) {
  kiln_store_first_f16x8(vector, address, count)
}

/// The same address, in a register of its own: see `ownRegister` of float32.
@inline(__always)
func ownHalfRegister(_ address: UnsafePointer<Float16>) -> UnsafePointer<Float16> {
  kiln_own_address(address).assumingMemoryBound(to: Float16.self)
}

/// `accumulator + a * b`, rounded once to float16.
@inline(__always)
func addHalfProduct(_ accumulator: HalfVector, _ a: HalfVector, _ b: HalfVector) -> HalfVector {
  kiln_fma_f16x8(accumulator, a, b)
}

/// `a + b`, rounded once to float16.
@inline(__always)
func addHalves(_ a: HalfVector, _ b: HalfVector) -> HalfVector { kiln_add_f16x8(a, b) }

/// `a - b`, rounded once to float16.
@inline(__always)
func subtractHalves(_ a: HalfVector, _ b: HalfVector) -> HalfVector { kiln_subtract_f16x8(a, b) }

/// `a * b`, rounded once to float16.
@inline(__always)
func multiplyHalves(_ a: HalfVector, _ b: HalfVector) -> HalfVector { kiln_multiply_f16x8(a, b) }

/// `max(x, 0)`; NaN stays, and both zeros become +0.
@inline(__always)
func reluOfHalves(_ x: HalfVector) -> HalfVector { kiln_positive_part_f16x8(x) }

/// `min(max(x, lower), upper)` with the bounds rounded; NaN stays, and where `lower` is 0, both zeros become +0.
@inline(__always)
func clipHalves(_ x: HalfVector, _ lower: Float, _ upper: Float) -> HalfVector {
  let above = lower == 0 ? reluOfHalves(x) : kiln_maximum_f16x8(x, narrowHalves(SIMD8(repeating: lower)))
  // Of an upper bound of -0, machines would choose differently.
  return kiln_minimum_f16x8(above, narrowHalves(SIMD8(repeating: upper + 0)))
}

/// The same numbers as float32.
@inline(__always)
func widenHalves(_ x: HalfVector) -> SIMD8<Float> { kiln_widen_f16x8(x) }

/// The nearest numbers of float16, ties to even.
@inline(__always)
func narrowHalves(_ x: SIMD8<Float>) -> HalfVector { kiln_narrow_f32x8(x) }

/// Applies a function of vectors to eight numbers.
@inline(__always)
func onVectors(_ x: SIMD8<Float>, _ function: (Vector) -> Vector) -> SIMD8<Float> {
  eight { function(gather(x, $0, Vector(repeating: 0))) }
}

/// Applies a function of two vectors to the pairs of eight numbers.
@inline(__always)
func onVectors(_ x: SIMD8<Float>, _ y: SIMD8<Float>, _ function: (Vector, Vector) -> Vector) -> SIMD8<Float> {
  eight { function(gather(x, $0, Vector(repeating: 0)), gather(y, $0, Vector(repeating: 0))) }
}

/// What a function makes of each half of eight numbers, or of all where a vector has room for them.
@inline(__always)
private func eight(_ function: (_ half: Int) -> Vector) -> SIMD8<Float> {
  spread(function(0)) { function(1) }
}

@inline(__always)
private func gather(_ x: SIMD8<Float>, _ half: Int, _: SIMD4<Float>) -> SIMD4<Float> {
  half == 0 ? x.lowHalf : x.highHalf
}

@inline(__always)
private func gather(_ x: SIMD8<Float>, _ half: Int, _: SIMD8<Float>) -> SIMD8<Float> { x }

@inline(__always)
private func gather(_ x: SIMD8<Float>, _ half: Int, _: SIMD16<Float>) -> SIMD16<Float> {
  SIMD16(lowHalf: x, highHalf: x)
}

@inline(__always)
private func spread(_ first: SIMD4<Float>, _ second: () -> SIMD4<Float>) -> SIMD8<Float> {
  SIMD8(lowHalf: first, highHalf: second())
}

@inline(__always)
private func spread(_ first: SIMD8<Float>, _: () -> SIMD8<Float>) -> SIMD8<Float> { first }

@inline(__always)
private func spread(_ first: SIMD16<Float>, _: () -> SIMD16<Float>) -> SIMD8<Float> { first.lowHalf }
