import KilnIntrinsics

// Numbers and weights of 16 bits in memory, and sums of their products, eight at a time.

/// The same address in a register of its own: see `ownRegister` of float32.
@inline(__always)
func ownRegister(_ address: UnsafePointer<Int16>) -> UnsafePointer<Int16> {
  kiln_own_address(address).assumingMemoryBound(to: Int16.self)
}

/// Eight sums.
@inline(__always)
func loadWideSums(_ address: UnsafePointer<Int32>) -> SIMD8<Int32> {
  UnsafeRawPointer(address).loadUnaligned(as: SIMD8<Int32>.self)
}

/// Writes eight sums.
@inline(__always)
func storeWideSums(_ sums: SIMD8<Int32>, _ address: UnsafeMutablePointer<Int32>) {
  UnsafeMutableRawPointer(address).storeBytes(of: sums, as: SIMD8<Int32>.self)
}

/// Eight numbers, or weights of eight channels.
@inline(__always)
func loadWideNumbers(_ address: UnsafePointer<Int16>) -> SIMD8<Int16> {
  UnsafeRawPointer(address).loadUnaligned(as: SIMD8<Int16>.self)
}

/// The weights of two numbers for each of eight channels.
@inline(__always)
func loadWidePairs(_ address: UnsafePointer<Int16>) -> SIMD16<Int16> {
  UnsafeRawPointer(address).loadUnaligned(as: SIMD16<Int16>.self)
}

/// `sums` and the products of weights with one of eight numbers.
@inline(__always)
func addProducts(_ sums: SIMD8<Int32>, _ weights: SIMD8<Int16>, _ numbers: SIMD8<Int16>, lane: Int) -> SIMD8<Int32> {
  kiln_lane_i32x8(sums, weights, numbers, lane)
}
