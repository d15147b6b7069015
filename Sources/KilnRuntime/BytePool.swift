import KilnIntrinsics

/// The largest of numbers of 8 bits, sixteen channels at a time.
enum MaximumPoolOfBytes<Element: ByteElement>: PoolReduction {
  @inline(__always) static var identity: SIMD16<Int8> { SIMD16(repeating: Element.isUnsigned ? 0 : -128) }

  @inline(__always) static func read(_ address: UnsafePointer<Element>) -> SIMD16<Int8> {
    UnsafeRawPointer(address).loadUnaligned(as: SIMD16<Int8>.self)
  }

  @inline(__always) static func read(_ address: UnsafePointer<Element>, count: Int) -> SIMD16<Int8> {
    kiln_load_bytes_16(address, count)
  }

  @inline(__always) static func accumulate(_ result: SIMD16<Int8>, _ x: SIMD16<Int8>) -> SIMD16<Int8> {
    Element.isUnsigned ? kiln_maximum_u8x16(result, x) : kiln_maximum_i8x16(result, x)
  }

  @inline(__always) static func finish(
    _ result: SIMD16<Int8>, _ count: Float, _ address: UnsafeMutablePointer<Element>
  ) { UnsafeMutableRawPointer(address).storeBytes(of: result, as: SIMD16<Int8>.self) }

  @inline(__always) static func finish(
    _ result: SIMD16<Int8>, _ count: Float, _ address: UnsafeMutablePointer<Element>, lanes: Int
  ) { kiln_store_bytes_16(result, address, lanes) }
}
