/// Eight channels of float16 for Winograd's transforms: every operation rounds to float16 once.
struct HalfLanes: WinogradLanes {
  /// The numbers.
  var halves: HalfVector

  @inline(__always) init(_ halves: HalfVector) { self.halves = halves }

  @inline(__always) init(repeating number: Float) { halves = narrowHalves(SIMD8(repeating: number)) }

  @inline(__always) static var scalarCount: Int { HalfVector.scalarCount }

  // Of the points whose coefficients all are float16 exactly, these give the least error.
  @inline(__always) static var point: Float { 0.75 }

  @inline(__always) static func + (_ a: HalfLanes, _ b: HalfLanes) -> HalfLanes {
    HalfLanes(addHalves(a.halves, b.halves))
  }

  @inline(__always) static func - (_ a: HalfLanes, _ b: HalfLanes) -> HalfLanes {
    HalfLanes(subtractHalves(a.halves, b.halves))
  }

  @inline(__always) static func * (_ a: HalfLanes, _ b: HalfLanes) -> HalfLanes {
    HalfLanes(multiplyHalves(a.halves, b.halves))
  }

  @inline(__always) func adding(_ a: HalfLanes, times b: HalfLanes) -> HalfLanes {
    HalfLanes(addHalfProduct(halves, a.halves, b.halves))
  }

  @inline(__always) static func read(_ address: UnsafePointer<Float16>) -> HalfLanes { HalfLanes(loadHalves(address)) }

  @inline(__always) static func read(_ address: UnsafePointer<Float16>, count: Int) -> HalfLanes {
    HalfLanes(loadHalves(address, count: count))
  }

  @inline(__always) func write(_ address: UnsafeMutablePointer<Float16>) { storeHalves(halves, address) }

  @inline(__always) func write(_ address: UnsafeMutablePointer<Float16>, count: Int) {
    storeHalves(halves, address, count: count)
  }
}
