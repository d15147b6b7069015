import KilnGeometry

import KilnIntrinsics

/// A type that weights are stored as, in fewer bytes than float32.
protocol NarrowElement {
  /// Bytes of an element.
  static var byteCount: Int { get }
  /// The name that it has in KilnIntrinsics.
  static var type: Int32 { get }
}

extension Int8: NarrowElement {
  static var byteCount: Int { 1 }
  static var type: Int32 { KILN_INT8 }
}

extension UInt8: NarrowElement {
  static var byteCount: Int { 1 }
  static var type: Int32 { KILN_UINT8 }
}

extension Int16: NarrowElement {
  static var byteCount: Int { 2 }
  static var type: Int32 { KILN_INT16 }
}

extension UInt16: NarrowElement {
  static var byteCount: Int { 2 }
  static var type: Int32 { KILN_UINT16 }
}

/// Bit patterns of IEEE's 16-bit floating point.
enum Half: NarrowElement {
  static var byteCount: Int { 2 }
  static var type: Int32 { KILN_FLOAT16 }
}

/// Bit patterns of the upper halves of float32.
enum BrainFloat: NarrowElement {
  static var byteCount: Int { 2 }
  static var type: Int32 { KILN_BFLOAT16 }
}

extension NarrowRows {
  /// Floats of a panel as kernels take it.
  @inline(__always)
  var panelStep: Int { (heads &+ weights) &* width }

  /// Floats that a panel is stored with beside its weights.
  @inline(__always)
  var headStep: Int { (heads &+ (hasScales ? 1 : 0) &+ (hasZeroPoints ? 1 : 0)) &* width }
}

/// Makes panels as kernels take them of panels that are stored narrowly: `weight = (element - zero point) * scale`,
/// rounded once.
///
/// Exact where there is no scale.
///
/// - Parameters:
///   - heads: a panel's biases, slopes, scales and zero points, as far as there are any; then the next panel's.
///   - weights: a panel's weights, then the next's.
func widenPanels<Element: NarrowElement>(
  _ heads: UnsafePointer<Float>, _ weights: UnsafeRawPointer, as _: Element.Type, _ rows: NarrowRows,
  to panels: UnsafeMutablePointer<Float>, count: Int
) {
  var (head, stored, panel) = (heads, weights, panels)
  var index = 0
  while index < count {
    var lane = 0
    while lane < rows.heads &* rows.width {
      store(load(head + lane), panel + lane)
      lane &+= Vector.scalarCount
    }
    let scales = head + rows.heads &* rows.width
    let zeroPoints = scales + (rows.hasScales ? rows.width : 0)
    var row = 0
    var target = panel + rows.heads &* rows.width
    while row < rows.weights {
      lane = 0
      // Sixteen at a time, so that the loop costs little beside them; then a vector at a time.
      while lane &+ 16 <= rows.width {
        var sixteen = kiln_widen_f32x16(stored, Element.type)
        if rows.hasZeroPoints { sixteen -= UnsafeRawPointer(zeroPoints + lane).loadUnaligned(as: SIMD16<Float>.self) }
        if rows.hasScales { sixteen *= UnsafeRawPointer(scales + lane).loadUnaligned(as: SIMD16<Float>.self) }
        UnsafeMutableRawPointer(target).storeBytes(of: sixteen, as: SIMD16<Float>.self)
        stored += 16 &* Element.byteCount
        target += 16
        lane &+= 16
      }
      while lane < rows.width {
        var vector = widened(stored, Element.type, Vector(repeating: 0))
        if rows.hasZeroPoints { vector -= load(zeroPoints + lane) }
        if rows.hasScales { vector *= load(scales + lane) }
        store(vector, target)
        stored += Vector.scalarCount &* Element.byteCount
        target += Vector.scalarCount
        lane &+= Vector.scalarCount
      }
      row &+= 1
    }
    head += rows.headStep
    panel += rows.panelStep
    index &+= 1
  }
}

// The last argument only chooses the width.

@inline(__always)
private func widened(_ address: UnsafeRawPointer, _ type: Int32, _: SIMD4<Float>) -> SIMD4<Float> {
  kiln_widen_f32x4(address, type)
}

@inline(__always)
private func widened(_ address: UnsafeRawPointer, _ type: Int32, _: SIMD8<Float>) -> SIMD8<Float> {
  kiln_widen_f32x8(address, type)
}

@inline(__always)
private func widened(_ address: UnsafeRawPointer, _ type: Int32, _: SIMD16<Float>) -> SIMD16<Float> {
  kiln_widen_f32x16(address, type)
}
