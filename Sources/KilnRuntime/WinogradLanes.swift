/// A vector of channels that Winograd's transforms compute with: of float32, or of float16, where each operation rounds to
/// float16 once.
protocol WinogradLanes {
  /// The type of the image's and the weights' elements.
  associatedtype Element
  /// Channels of a vector.
  static var scalarCount: Int { get }
  /// The smaller of the two points that `WinogradTransform4` takes with both signs; the larger is twice as large.
  static var point: Float { get }
  /// The number in all lanes.
  init(repeating: Float)
  static func + (_ a: Self, _ b: Self) -> Self
  static func - (_ a: Self, _ b: Self) -> Self
  static func * (_ a: Self, _ b: Self) -> Self
  /// `self + a * b`, rounded once where the machine can.
  func adding(_ a: Self, times b: Self) -> Self
  /// Reads a vector from unaligned memory.
  static func read(_ address: UnsafePointer<Element>) -> Self
  /// Reads the first `count` lanes, the others being 0; memory after them isn't touched.
  static func read(_ address: UnsafePointer<Element>, count: Int) -> Self
  /// Writes a vector to unaligned memory.
  func write(_ address: UnsafeMutablePointer<Element>)
  /// Writes the first `count` lanes; memory after them isn't touched.
  func write(_ address: UnsafeMutablePointer<Element>, count: Int)
}

extension Vector: WinogradLanes {
  // The points lie around 1 in equal ratio, which keeps every matrix' elements near 1: with a = 1 the error is five times as
  // large, with 1/2 six times. All coefficients are float32 exactly.
  @inline(__always) static var point: Float { 0x1.6p-1 }

  @inline(__always) func adding(_ a: Vector, times b: Vector) -> Vector { fma(self, a, b) }

  @inline(__always) static func read(_ address: UnsafePointer<Float>) -> Vector { load(address) }

  @inline(__always) static func read(_ address: UnsafePointer<Float>, count: Int) -> Vector {
    load(address, count: count)
  }

  @inline(__always) func write(_ address: UnsafeMutablePointer<Float>) { store(self, address) }

  @inline(__always) func write(_ address: UnsafeMutablePointer<Float>, count: Int) {
    store(self, address, count: count)
  }
}
