import KilnGeometry

/// Calls `body` with the offsets that each step through an index space has in four operands, last axis fastest.
///
/// - Parameters:
///   - shape: the extents.
///   - a, b, c, d: elements between neighbours along each axis of the four operands.
@inline(__always)
func forEachOffset(
  in shape: Axes, _ a: Axes, _ b: Axes, _ c: Axes, _ d: Axes, _ body: (Int, Int, Int, Int) -> Void
) {
  var i = 0
  while i < shape.0 {
    var j = 0
    while j < shape.1 {
      var k = 0
      while k < shape.2 {
        var inA = i &* a.0 &+ j &* a.1 &+ k &* a.2
        var inB = i &* b.0 &+ j &* b.1 &+ k &* b.2
        var inC = i &* c.0 &+ j &* c.1 &+ k &* c.2
        var inD = i &* d.0 &+ j &* d.1 &+ k &* d.2
        var l = 0
        while l < shape.3 {
          body(inA, inB, inC, inD)
          inA &+= a.3
          inB &+= b.3
          inC &+= c.3
          inD &+= d.3
          l &+= 1
        }
        k &+= 1
      }
      j &+= 1
    }
    i &+= 1
  }
}

/// Calls `body` with the offsets that each step through an index space has in three operands, last axis fastest.
@inline(__always)
func forEachOffset(in shape: Axes, _ a: Axes, _ b: Axes, _ c: Axes, _ body: (Int, Int, Int) -> Void) {
  forEachOffset(in: shape, a, b, c, (0, 0, 0, 0)) { inA, inB, inC, _ in body(inA, inB, inC) }
}

/// Calls `body` with the offsets that each step through an index space has in two operands, last axis fastest.
@inline(__always)
func forEachOffset(in shape: Axes, _ a: Axes, _ b: Axes, _ body: (Int, Int) -> Void) {
  forEachOffset(in: shape, a, b, (0, 0, 0, 0)) { inA, inB, _ in body(inA, inB) }
}
