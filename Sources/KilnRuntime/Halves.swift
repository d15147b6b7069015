import KilnIntrinsics

extension Float16: VectorElement {
  @inline(__always) static func vector(at address: UnsafePointer<Float16>) -> Vector {
    widened(address, Vector(repeating: 0))
  }
  @inline(__always) static func vector(at address: UnsafePointer<Float16>, count: Int) -> Vector {
    firstWidened(address, count, Vector(repeating: 0))
  }
  @inline(__always) static func put(_ vector: Vector, at address: UnsafeMutablePointer<Float16>) {
    storeNarrow(vector, address)
  }
  @inline(__always) static func put(_ vector: Vector, at address: UnsafeMutablePointer<Float16>, count: Int) {
    storeFirstNarrow(vector, address, count)
  }
  @inline(__always) static func repeated(_ address: UnsafePointer<Float16>) -> Vector {
    Vector(repeating: vector(at: address, count: 1)[0])
  }
}

// The last argument of the reading functions only chooses the width.

@inline(__always)
private func widened(_ address: UnsafePointer<Float16>, _: SIMD4<Float>) -> SIMD4<Float> {
  kiln_load_halves_f32x4(address)
}

@inline(__always)
private func widened(_ address: UnsafePointer<Float16>, _: SIMD8<Float>) -> SIMD8<Float> {
  kiln_load_halves_f32x8(address)
}

@inline(__always)
private func widened(_ address: UnsafePointer<Float16>, _: SIMD16<Float>) -> SIMD16<Float> {
  kiln_load_halves_f32x16(address)
}

@inline(__always)
private func firstWidened(_ address: UnsafePointer<Float16>, _ count: Int, _: SIMD4<Float>) -> SIMD4<Float> {
  kiln_load_first_halves_f32x4(address, count)
}

@inline(__always)
private func firstWidened(_ address: UnsafePointer<Float16>, _ count: Int, _: SIMD8<Float>) -> SIMD8<Float> {
  kiln_load_first_halves_f32x8(address, count)
}

@inline(__always)
private func firstWidened(_ address: UnsafePointer<Float16>, _ count: Int, _: SIMD16<Float>) -> SIMD16<Float> {
  kiln_load_first_halves_f32x16(address, count)
}

@inline(__always)
private func storeNarrow(_ vector: SIMD4<Float>, _ address: UnsafeMutablePointer<Float16>) {
  kiln_store_halves_f32x4(vector, address)
}

@inline(__always)
private func storeNarrow(_ vector: SIMD8<Float>, _ address: UnsafeMutablePointer<Float16>) {
  kiln_store_halves_f32x8(vector, address)
}

@inline(__always)
private func storeNarrow(_ vector: SIMD16<Float>, _ address: UnsafeMutablePointer<Float16>) {
  kiln_store_halves_f32x16(vector, address)
}

@inline(__always)
private func storeFirstNarrow(_ vector: SIMD4<Float>, _ address: UnsafeMutablePointer<Float16>, _ count: Int) {
  kiln_store_first_halves_f32x4(vector, address, count)
}

@inline(__always)
private func storeFirstNarrow(_ vector: SIMD8<Float>, _ address: UnsafeMutablePointer<Float16>, _ count: Int) {
  kiln_store_first_halves_f32x8(vector, address, count)
}

@inline(__always)
private func storeFirstNarrow(_ vector: SIMD16<Float>, _ address: UnsafeMutablePointer<Float16>, _ count: Int) {
  kiln_store_first_halves_f32x16(vector, address, count)
}
