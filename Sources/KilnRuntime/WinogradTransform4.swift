/// F(4x4, 3x3): 36 products for 16 sums, a quarter of the direct ones, over the points 0, ±a, ±2a and infinity with
/// a = 11/16.
///
/// a and 2a lie around 1 in equal ratio, which keeps every matrix' elements near 1: with a = 1 the error is five times
/// as large, with 1/2 six times. All coefficients are float32 exactly. With 16, 64, 256 and 512 channels the largest error
/// against Float64 was 0.7, 1.1, 2.5 and 3.1e-6 of the largest sum, where a direct convolution's was 0.3, 0.6, 1.4 and
/// 1.5e-6; root mean squares are likewise twice the direct ones.
enum WinogradTransform4: WinogradTransform {
  static var outputs: Int { 4 }

  // a, b = 2a, their squares, cubes, sum of squares and product of squares.
  private static var a: Float { 0x1.6p-1 }
  private static var b: Float { 0x1.6p0 }
  private static var aa: Float { 0x1.e4p-2 }
  private static var bb: Float { 0x1.e4p0 }
  private static var aaa: Float { 0x1.4ccp-2 }
  private static var bbb: Float { 0x1.4ccp1 }
  private static var sum: Float { 0x1.2e8p1 }
  private static var product: Float { 0x1.c988p-1 }

  // Bt has the rows [p 0 -s 0 1 0] for 0, [0 -ab² -b² a 1 0] and its like for ±a and ±b, [0 p 0 -s 0 1] for infinity.

  @inline(__always)
  private static func outer(_ d0: Vector, _ d2: Vector, _ d4: Vector) -> Vector {
    fma(fma(d4, Vector(repeating: -sum), d2), Vector(repeating: product), d0)
  }

  /// The even and the odd part of both points of a pair; `square` is that of the other pair.
  @inline(__always)
  private static func part(_ low: Vector, _ high: Vector, _ square: Float) -> Vector {
    fma(high, Vector(repeating: -square), low)
  }

  @inline(__always)
  private static func combine(_ even: Vector, _ odd: Vector, _ point: Float) -> Vector {
    fma(even, Vector(repeating: point), odd)
  }

  @inline(__always)
  private static func storeRow(
    _ d0: Vector, _ d1: Vector, _ d2: Vector, _ d3: Vector, _ d4: Vector, _ d5: Vector,
    _ planes: UnsafeMutablePointer<Float>, _ plane: Int
  ) {
    store(outer(d0, d2, d4), planes)
    let (evenA, oddA) = (part(d2, d4, bb), part(d1, d3, bb))
    store(combine(evenA, oddA, a), planes + plane)
    store(combine(evenA, oddA, -a), planes + 2 &* plane)
    let (evenB, oddB) = (part(d2, d4, aa), part(d1, d3, aa))
    store(combine(evenB, oddB, b), planes + 3 &* plane)
    store(combine(evenB, oddB, -b), planes + 4 &* plane)
    store(outer(d1, d3, d5), planes + 5 &* plane)
  }

  @inline(__always)
  private static func outerRow(
    _ row0: UnsafePointer<Float>, _ row2: UnsafePointer<Float>, _ row4: UnsafePointer<Float>, _ pixel: Int,
    _ planes: UnsafeMutablePointer<Float>, _ plane: Int
  ) {
    @inline(__always) func column(_ x: Int) -> Vector {
      outer(load(row0 + x &* pixel), load(row2 + x &* pixel), load(row4 + x &* pixel))
    }
    storeRow(column(0), column(1), column(2), column(3), column(4), column(5), planes, plane)
  }

  @inline(__always)
  private static func pairOfRows(
    _ row1: UnsafePointer<Float>, _ row: Int, _ pixel: Int, _ point: Float, _ square: Float,
    _ planes: UnsafeMutablePointer<Float>, _ plane: Int
  ) {
    let (row2, row3, row4) = (row1 + row, row1 + 2 &* row, row1 + 3 &* row)
    @inline(__always) func column(_ x: Int) -> (Vector, Vector) {
      let even = part(load(row2 + x &* pixel), load(row4 + x &* pixel), square)
      let odd = part(load(row1 + x &* pixel), load(row3 + x &* pixel), square)
      return (combine(even, odd, point), combine(even, odd, -point))
    }
    let (c0, c1, c2, c3, c4, c5) = (column(0), column(1), column(2), column(3), column(4), column(5))
    storeRow(c0.0, c1.0, c2.0, c3.0, c4.0, c5.0, planes, plane)
    storeRow(c0.1, c1.1, c2.1, c3.1, c4.1, c5.1, planes + 6 &* plane, plane)
  }

  // Row by row of the result, so that few vectors are alive at once; the input is read again from the nearest cache.
  @inline(__always)
  static func transformInput(
    _ input: UnsafePointer<Float>, row: Int, pixel: Int, _ planes: UnsafeMutablePointer<Float>, plane: Int
  ) {
    outerRow(input, input + 2 &* row, input + 4 &* row, pixel, planes, plane)
    pairOfRows(input + row, row, pixel, a, bb, planes + 6 &* plane, plane)
    pairOfRows(input + row, row, pixel, b, aa, planes + 18 &* plane, plane)
    outerRow(input + row, input + 3 &* row, input + 5 &* row, pixel, planes + 30 &* plane, plane)
  }

  // At has the rows [1 1 1 1 1 0], [0 a -a b -b 0], [0 a² a² b² b² 0], [0 a³ -a³ b³ -b³ 1].

  @inline(__always)
  private static func even(
    _ m0: Vector, _ m1: Vector, _ m2: Vector, _ m3: Vector, _ m4: Vector
  ) -> (Vector, Vector) {
    let (sumA, sumB) = (m1 + m2, m3 + m4)
    return (m0 + sumA + sumB, fma(Vector(repeating: aa) * sumA, Vector(repeating: bb), sumB))
  }

  @inline(__always)
  private static func odd(
    _ m1: Vector, _ m2: Vector, _ m3: Vector, _ m4: Vector, _ m5: Vector
  ) -> (Vector, Vector) {
    let (differenceA, differenceB) = (m1 - m2, m3 - m4)
    return (
      fma(Vector(repeating: a) * differenceA, Vector(repeating: b), differenceB),
      fma(fma(m5, Vector(repeating: aaa), differenceA), Vector(repeating: bbb), differenceB)
    )
  }

  @inline(__always)
  private static func finishRow<Finish: WinogradFinish>(
    _: Finish.Type, _ m0: Vector, _ m1: Vector, _ m2: Vector, _ m3: Vector, _ m4: Vector, _ m5: Vector, _ row: Int,
    _ target: WinogradTarget
  ) {
    let addend = target.addend + row &* target.addendRow
    let output = target.output + row &* target.outputRow
    @inline(__always) func finish(_ sum: Vector, _ x: Int) {
      Finish.finish(
        sum, bias: target.bias, slope: target.slope, addend + x &* target.addendPixel,
        output + x &* target.outputPixel)
    }
    let (y0, y2) = even(m0, m1, m2, m3, m4)
    let (y1, y3) = odd(m1, m2, m3, m4, m5)
    finish(y0, 0)
    finish(y1, 1)
    finish(y2, 2)
    finish(y3, 3)
  }

  @inline(__always)
  static func transformOutput<Finish: WinogradFinish>(
    _: Finish.Type, _ planes: UnsafePointer<Float>, plane: Int, _ target: WinogradTarget
  ) {
    @inline(__always) func product(_ row: Int, _ column: Int) -> Vector {
      load(planes + (6 &* row &+ column) &* plane)
    }
    @inline(__always) func evenColumn(_ x: Int) -> (Vector, Vector) {
      even(product(0, x), product(1, x), product(2, x), product(3, x), product(4, x))
    }
    @inline(__always) func oddColumn(_ x: Int) -> (Vector, Vector) {
      odd(product(1, x), product(2, x), product(3, x), product(4, x), product(5, x))
    }
    let (e0, e1, e2) = (evenColumn(0), evenColumn(1), evenColumn(2))
    let (e3, e4, e5) = (evenColumn(3), evenColumn(4), evenColumn(5))
    finishRow(Finish.self, e0.0, e1.0, e2.0, e3.0, e4.0, e5.0, 0, target)
    finishRow(Finish.self, e0.1, e1.1, e2.1, e3.1, e4.1, e5.1, 2, target)
    let (o0, o1, o2) = (oddColumn(0), oddColumn(1), oddColumn(2))
    let (o3, o4, o5) = (oddColumn(3), oddColumn(4), oddColumn(5))
    finishRow(Finish.self, o0.0, o1.0, o2.0, o3.0, o4.0, o5.0, 1, target)
    finishRow(Finish.self, o0.1, o1.1, o2.1, o3.1, o4.1, o5.1, 3, target)
  }
}
