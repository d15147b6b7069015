import KilnIntrinsics

/// A register of the target's vector unit. The compiler writes this line for each target; 16 lanes is what tests use.
#if KILN_4_LANES
  typealias Vector = SIMD4<Float>
#elseif KILN_8_LANES
  typealias Vector = SIMD8<Float>
#else
  typealias Vector = SIMD16<Float>
#endif

/// Reads a vector from unaligned memory.
@inline(__always)
func load(_ address: UnsafePointer<Float>) -> Vector {
  UnsafeRawPointer(address).loadUnaligned(as: Vector.self)
}

/// Writes a vector to unaligned memory.
@inline(__always)
func store(_ vector: Vector, _ address: UnsafeMutablePointer<Float>) {
  UnsafeMutableRawPointer(address).storeBytes(of: vector, as: Vector.self)
}

/// Reads the first `count` lanes, the others being 0; memory after them isn't touched.
@inline(__always)
func load(_ address: UnsafePointer<Float>, count: Int) -> Vector {
  loadFirst(address, count, Vector(repeating: 0))
}

/// Writes the first `count` lanes; memory after them isn't touched.
@inline(__always)
func store(_ vector: Vector, _ address: UnsafeMutablePointer<Float>, count: Int) {
  storeFirst(vector, address, count)
}

/// A type of elements that vector kernels compute with as float32: read exactly, written rounded once.
protocol VectorElement: BitwiseCopyable {
  /// Reads a vector from unaligned memory.
  static func vector(at address: UnsafePointer<Self>) -> Vector
  /// Reads the first `count` lanes, the others being 0; memory after them isn't touched.
  static func vector(at address: UnsafePointer<Self>, count: Int) -> Vector
  /// Writes a vector to unaligned memory.
  static func put(_ vector: Vector, at address: UnsafeMutablePointer<Self>)
  /// Writes the first `count` lanes; memory after them isn't touched.
  static func put(_ vector: Vector, at address: UnsafeMutablePointer<Self>, count: Int)
  /// The number in all lanes.
  static func repeated(_ address: UnsafePointer<Self>) -> Vector
}

extension Float: VectorElement {
  @inline(__always) static func vector(at address: UnsafePointer<Float>) -> Vector { load(address) }
  @inline(__always) static func vector(at address: UnsafePointer<Float>, count: Int) -> Vector {
    load(address, count: count)
  }
  @inline(__always) static func put(_ vector: Vector, at address: UnsafeMutablePointer<Float>) {
    store(vector, address)
  }
  @inline(__always) static func put(_ vector: Vector, at address: UnsafeMutablePointer<Float>, count: Int) {
    store(vector, address, count: count)
  }
  @inline(__always) static func repeated(_ address: UnsafePointer<Float>) -> Vector {
    Vector(repeating: address.pointee)
  }
}

/// Reads a vector of elements of any type from unaligned memory.
@inline(__always)
func load<Element: VectorElement>(_ address: UnsafePointer<Element>) -> Vector { Element.vector(at: address) }

/// Reads the first `count` lanes of elements of any type, the others being 0; memory after them isn't touched.
@inline(__always)
func load<Element: VectorElement>(_ address: UnsafePointer<Element>, count: Int) -> Vector {
  Element.vector(at: address, count: count)
}

/// Writes a vector as elements of any type to unaligned memory.
@inline(__always)
func store<Element: VectorElement>(_ vector: Vector, _ address: UnsafeMutablePointer<Element>) {
  Element.put(vector, at: address)
}

/// Writes the first `count` lanes as elements of any type; memory after them isn't touched.
@inline(__always)
func store<Element: VectorElement>(_ vector: Vector, _ address: UnsafeMutablePointer<Element>, count: Int) {
  Element.put(vector, at: address, count: count)
}

/// Asks the cache for the line at `address`, which need not be valid.
@inline(__always)
func prefetch(_ address: UnsafePointer<Float>) { kiln_prefetch(address) }

/// The same address, in a register of its own in a loop that loads from several addresses, so that on Arm each load moves its own
/// on, instead of an addition before each.
@inline(__always)
func ownRegister(_ address: UnsafePointer<Float>) -> UnsafePointer<Float> { kiln_own_register(address) }

// Swift's own operators of vectors are written lane by lane, which LLVM makes vectors of again, and which takes the compiler
// a third of its time.

/// `a + b` of each two lanes.
@inline(__always)
func + (a: Vector, b: Vector) -> Vector { laneSum(a, b) }

/// `a + b` of the number and each lane.
@inline(__always)
func + (a: Float, b: Vector) -> Vector { laneSum(Vector(repeating: a), b) }

/// `a + b` of each lane and the number.
@inline(__always)
func + (a: Vector, b: Float) -> Vector { laneSum(a, Vector(repeating: b)) }

/// `a - b` of each two lanes.
@inline(__always)
func - (a: Vector, b: Vector) -> Vector { laneDifference(a, b) }

/// `a - b` of the number and each lane.
@inline(__always)
func - (a: Float, b: Vector) -> Vector { laneDifference(Vector(repeating: a), b) }

/// `a - b` of each lane and the number.
@inline(__always)
func - (a: Vector, b: Float) -> Vector { laneDifference(a, Vector(repeating: b)) }

/// `a * b` of each two lanes.
@inline(__always)
func * (a: Vector, b: Vector) -> Vector { laneProduct(a, b) }

/// `a * b` of the number and each lane.
@inline(__always)
func * (a: Float, b: Vector) -> Vector { laneProduct(Vector(repeating: a), b) }

/// `a * b` of each lane and the number.
@inline(__always)
func * (a: Vector, b: Float) -> Vector { laneProduct(a, Vector(repeating: b)) }

/// `a / b` of each two lanes.
@inline(__always)
func / (a: Vector, b: Vector) -> Vector { laneQuotient(a, b) }

/// `a / b` of the number and each lane.
@inline(__always)
func / (a: Float, b: Vector) -> Vector { laneQuotient(Vector(repeating: a), b) }

/// `a / b` of each lane and the number.
@inline(__always)
func / (a: Vector, b: Float) -> Vector { laneQuotient(a, Vector(repeating: b)) }

/// Adds `b` to each lane.
@inline(__always)
func += (a: inout Vector, b: Vector) { a = a + b }

/// Subtracts `b` from each lane.
@inline(__always)
func -= (a: inout Vector, b: Vector) { a = a - b }

/// Multiplies each lane by that of `b`.
@inline(__always)
func *= (a: inout Vector, b: Vector) { a = a * b }

// The operations below exist for each width; kernels name only `Vector`.

/// `accumulator + a * b`, rounded once (twice on x86-64 below version 3, which has no fused multiply-add).
@inline(__always)
func fma(_ accumulator: SIMD4<Float>, _ a: SIMD4<Float>, _ b: SIMD4<Float>) -> SIMD4<Float> {
  kiln_fma_f32x4(accumulator, a, b)
}

/// `accumulator + a * b`, rounded once (twice on x86-64 below version 3, which has no fused multiply-add).
@inline(__always)
func fma(_ accumulator: SIMD8<Float>, _ a: SIMD8<Float>, _ b: SIMD8<Float>) -> SIMD8<Float> {
  kiln_fma_f32x8(accumulator, a, b)
}

/// `accumulator + a * b`, rounded once (twice on x86-64 below version 3, which has no fused multiply-add).
@inline(__always)
func fma(_ accumulator: SIMD16<Float>, _ a: SIMD16<Float>, _ b: SIMD16<Float>) -> SIMD16<Float> {
  kiln_fma_f32x16(accumulator, a, b)
}

/// `accumulator + a * b`, rounded as the vector form is.
@inline(__always)
func fma(_ accumulator: Float, _ a: Float, _ b: Float) -> Float { kiln_fma_f32(accumulator, a, b) }

/// The larger of each two lanes; a NaN in `a` stays.
///
/// Whether one in `b` does, and which of two zeros it is, depends on the machine.
@inline(__always)
func maximum(_ a: SIMD4<Float>, _ b: SIMD4<Float>) -> SIMD4<Float> { kiln_maximum_f32x4(a, b) }

/// The larger of each two lanes; a NaN in `a` stays.
///
/// Whether one in `b` does, and which of two zeros it is, depends on the machine.
@inline(__always)
func maximum(_ a: SIMD8<Float>, _ b: SIMD8<Float>) -> SIMD8<Float> { kiln_maximum_f32x8(a, b) }

/// The larger of each two lanes; a NaN in `a` stays.
///
/// Whether one in `b` does, and which of two zeros it is, depends on the machine.
@inline(__always)
func maximum(_ a: SIMD16<Float>, _ b: SIMD16<Float>) -> SIMD16<Float> { kiln_maximum_f32x16(a, b) }

/// The smaller of each two lanes; a NaN in `a` stays.
///
/// Whether one in `b` does, and which of two zeros it is, depends on the machine.
@inline(__always)
func minimum(_ a: SIMD4<Float>, _ b: SIMD4<Float>) -> SIMD4<Float> { kiln_minimum_f32x4(a, b) }

/// The smaller of each two lanes; a NaN in `a` stays.
///
/// Whether one in `b` does, and which of two zeros it is, depends on the machine.
@inline(__always)
func minimum(_ a: SIMD8<Float>, _ b: SIMD8<Float>) -> SIMD8<Float> { kiln_minimum_f32x8(a, b) }

/// The smaller of each two lanes; a NaN in `a` stays.
///
/// Whether one in `b` does, and which of two zeros it is, depends on the machine.
@inline(__always)
func minimum(_ a: SIMD16<Float>, _ b: SIMD16<Float>) -> SIMD16<Float> { kiln_minimum_f32x16(a, b) }

/// The larger of each lane and 0; NaN stays, and both zeros become +0.
@inline(__always)
func positivePart(_ a: SIMD4<Float>) -> SIMD4<Float> { kiln_positive_part_f32x4(a) }

/// The larger of each lane and 0; NaN stays, and both zeros become +0.
@inline(__always)
func positivePart(_ a: SIMD8<Float>) -> SIMD8<Float> { kiln_positive_part_f32x8(a) }

/// The larger of each lane and 0; NaN stays, and both zeros become +0.
@inline(__always)
func positivePart(_ a: SIMD16<Float>) -> SIMD16<Float> { kiln_positive_part_f32x16(a) }

/// The larger of each two lanes, NaN where either is.
///
/// Which of two zeros it is depends on the machine, until 0 is added.
@inline(__always)
func maximumOrNaN(_ a: SIMD4<Float>, _ b: SIMD4<Float>) -> SIMD4<Float> { kiln_maximum_or_nan_f32x4(a, b) }

/// The larger of each two lanes, NaN where either is.
///
/// Which of two zeros it is depends on the machine, until 0 is added.
@inline(__always)
func maximumOrNaN(_ a: SIMD8<Float>, _ b: SIMD8<Float>) -> SIMD8<Float> { kiln_maximum_or_nan_f32x8(a, b) }

/// The larger of each two lanes, NaN where either is.
///
/// Which of two zeros it is depends on the machine, until 0 is added.
@inline(__always)
func maximumOrNaN(_ a: SIMD16<Float>, _ b: SIMD16<Float>) -> SIMD16<Float> { kiln_maximum_or_nan_f32x16(a, b) }

/// The smaller of each two lanes, NaN where either is.
///
/// Which of two zeros it is depends on the machine, until 0 is added.
@inline(__always)
func minimumOrNaN(_ a: SIMD4<Float>, _ b: SIMD4<Float>) -> SIMD4<Float> { kiln_minimum_or_nan_f32x4(a, b) }

/// The smaller of each two lanes, NaN where either is.
///
/// Which of two zeros it is depends on the machine, until 0 is added.
@inline(__always)
func minimumOrNaN(_ a: SIMD8<Float>, _ b: SIMD8<Float>) -> SIMD8<Float> { kiln_minimum_or_nan_f32x8(a, b) }

/// The smaller of each two lanes, NaN where either is.
///
/// Which of two zeros it is depends on the machine, until 0 is added.
@inline(__always)
func minimumOrNaN(_ a: SIMD16<Float>, _ b: SIMD16<Float>) -> SIMD16<Float> { kiln_minimum_or_nan_f32x16(a, b) }

/// `a` in the lanes where `condition` is below 0, `b` in the others.
@inline(__always)
func choose(_ a: SIMD4<Float>, whereNegative condition: SIMD4<Float>, else b: SIMD4<Float>) -> SIMD4<Float> {
  kiln_choose_negative_f32x4(condition, a, b)
}

/// `a` in the lanes where `condition` is below 0, `b` in the others.
@inline(__always)
func choose(_ a: SIMD8<Float>, whereNegative condition: SIMD8<Float>, else b: SIMD8<Float>) -> SIMD8<Float> {
  kiln_choose_negative_f32x8(condition, a, b)
}

/// `a` in the lanes where `condition` is below 0, `b` in the others.
@inline(__always)
func choose(_ a: SIMD16<Float>, whereNegative condition: SIMD16<Float>, else b: SIMD16<Float>) -> SIMD16<Float> {
  kiln_choose_negative_f32x16(condition, a, b)
}

/// The square root of each lane, correctly rounded.
@inline(__always)
func squareRoot(_ vector: SIMD4<Float>) -> SIMD4<Float> { kiln_square_root_f32x4(vector) }

/// The square root of each lane, correctly rounded.
@inline(__always)
func squareRoot(_ vector: SIMD8<Float>) -> SIMD8<Float> { kiln_square_root_f32x8(vector) }

/// The square root of each lane, correctly rounded.
@inline(__always)
func squareRoot(_ vector: SIMD16<Float>) -> SIMD16<Float> { kiln_square_root_f32x16(vector) }

/// The largest integer not above each lane.
@inline(__always)
func floor(_ vector: SIMD4<Float>) -> SIMD4<Float> { kiln_floor_f32x4(vector) }

/// The largest integer not above each lane.
@inline(__always)
func floor(_ vector: SIMD8<Float>) -> SIMD8<Float> { kiln_floor_f32x8(vector) }

/// The largest integer not above each lane.
@inline(__always)
func floor(_ vector: SIMD16<Float>) -> SIMD16<Float> { kiln_floor_f32x16(vector) }

/// The smallest integer not below each lane.
@inline(__always)
func ceiling(_ vector: SIMD4<Float>) -> SIMD4<Float> { kiln_ceiling_f32x4(vector) }

/// The smallest integer not below each lane.
@inline(__always)
func ceiling(_ vector: SIMD8<Float>) -> SIMD8<Float> { kiln_ceiling_f32x8(vector) }

/// The smallest integer not below each lane.
@inline(__always)
func ceiling(_ vector: SIMD16<Float>) -> SIMD16<Float> { kiln_ceiling_f32x16(vector) }

/// The integer nearest to each lane, ties to even.
@inline(__always)
func roundToEven(_ vector: SIMD4<Float>) -> SIMD4<Float> { kiln_round_to_even_f32x4(vector) }

/// The integer nearest to each lane, ties to even.
@inline(__always)
func roundToEven(_ vector: SIMD8<Float>) -> SIMD8<Float> { kiln_round_to_even_f32x8(vector) }

/// The integer nearest to each lane, ties to even.
@inline(__always)
func roundToEven(_ vector: SIMD16<Float>) -> SIMD16<Float> { kiln_round_to_even_f32x16(vector) }

// The last argument of `loadFirst` only chooses the width.

@inline(__always)
private func loadFirst(_ address: UnsafePointer<Float>, _ count: Int, _: SIMD4<Float>) -> SIMD4<Float> {
  kiln_load_first_f32x4(address, count)
}

@inline(__always)
private func loadFirst(_ address: UnsafePointer<Float>, _ count: Int, _: SIMD8<Float>) -> SIMD8<Float> {
  kiln_load_first_f32x8(address, count)
}

@inline(__always)
private func loadFirst(_ address: UnsafePointer<Float>, _ count: Int, _: SIMD16<Float>) -> SIMD16<Float> {
  kiln_load_first_f32x16(address, count)
}

@inline(__always)
private func storeFirst(_ vector: SIMD4<Float>, _ address: UnsafeMutablePointer<Float>, _ count: Int) {
  kiln_store_first_f32x4(vector, address, count)
}

@inline(__always)
private func storeFirst(_ vector: SIMD8<Float>, _ address: UnsafeMutablePointer<Float>, _ count: Int) {
  kiln_store_first_f32x8(vector, address, count)
}

@inline(__always)
private func storeFirst(_ vector: SIMD16<Float>, _ address: UnsafeMutablePointer<Float>, _ count: Int) {
  kiln_store_first_f32x16(vector, address, count)
}

// Four lanes are left to Swift's own operators, which are cheap there: LLVM then orders them so that the sums of Winograd's
// tiles stay in a Cortex-A53's registers. The name of the type keeps these functions generic, else they would call themselves.

@inline(__always)
private func laneSum<Four: SIMD<Float>>(_ a: Four, _ b: Four) -> Four { a + b }

@inline(__always)
private func laneSum(_ a: SIMD8<Float>, _ b: SIMD8<Float>) -> SIMD8<Float> { kiln_sum_f32x8(a, b) }

@inline(__always)
private func laneSum(_ a: SIMD16<Float>, _ b: SIMD16<Float>) -> SIMD16<Float> { kiln_sum_f32x16(a, b) }

@inline(__always)
private func laneDifference<Four: SIMD<Float>>(_ a: Four, _ b: Four) -> Four { a - b }

@inline(__always)
private func laneDifference(_ a: SIMD8<Float>, _ b: SIMD8<Float>) -> SIMD8<Float> { kiln_difference_f32x8(a, b) }

@inline(__always)
private func laneDifference(_ a: SIMD16<Float>, _ b: SIMD16<Float>) -> SIMD16<Float> { kiln_difference_f32x16(a, b) }

@inline(__always)
private func laneProduct<Four: SIMD<Float>>(_ a: Four, _ b: Four) -> Four { a * b }

@inline(__always)
private func laneProduct(_ a: SIMD8<Float>, _ b: SIMD8<Float>) -> SIMD8<Float> { kiln_product_f32x8(a, b) }

@inline(__always)
private func laneProduct(_ a: SIMD16<Float>, _ b: SIMD16<Float>) -> SIMD16<Float> { kiln_product_f32x16(a, b) }

@inline(__always)
private func laneQuotient<Four: SIMD<Float>>(_ a: Four, _ b: Four) -> Four { a / b }

@inline(__always)
private func laneQuotient(_ a: SIMD8<Float>, _ b: SIMD8<Float>) -> SIMD8<Float> { kiln_quotient_f32x8(a, b) }

@inline(__always)
private func laneQuotient(_ a: SIMD16<Float>, _ b: SIMD16<Float>) -> SIMD16<Float> { kiln_quotient_f32x16(a, b) }
