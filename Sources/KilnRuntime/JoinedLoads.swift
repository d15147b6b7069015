import KilnIntrinsics

// Vectors of four numbers that are loaded in two parts, as suits cores in order: those multiply nothing while they load a vector, for half
// of which they take half as long; a general register they load beside a multiplication, and insert beside a load.

/// The upper two numbers of a vector in memory.
@inline(__always)
func loadUpper(_ address: UnsafePointer<Float>) -> UInt64 { kiln_load_upper_f32x4(address) }

/// The lower two numbers of a vector in memory, the others being 0.
@inline(__always)
func loadLower(_ address: UnsafePointer<Float>) -> SIMD4<Float> { kiln_load_lower_f32x4(address) }

/// A vector, and the lower numbers of the next, the others being unspecified.
struct JoinedLoad {
  var whole: SIMD4<Float>
  var next: SIMD4<Float>
}

/// The vector of its lower and its upper numbers, and the lower ones of the next, which are loaded meanwhile.
@inline(__always)
func join(_ lower: SIMD4<Float>, _ upper: UInt64, next: UnsafePointer<Float>) -> JoinedLoad {
  let joined = kiln_join_f32x4(lower, upper, next)
  return JoinedLoad(whole: joined.whole, next: joined.next)
}

/// The vector of its lower and its upper numbers.
@inline(__always)
func join(_ lower: SIMD4<Float>, _ upper: UInt64) -> SIMD4<Float> { kiln_join_last_f32x4(lower, upper) }
