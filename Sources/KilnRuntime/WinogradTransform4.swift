/// F(4x4, 3x3): 36 products for 16 sums, a quarter of the direct ones, over the points 0, ±a, ±2a and infinity with
/// `Lanes.point` as a.
///
/// Of float32, with 16, 64, 256 and 512 channels the largest error against Float64 was 0.7, 1.1, 2.5 and 3.1e-6 of the
/// largest sum, where a direct convolution's was 0.3, 0.6, 1.4 and 1.5e-6; root mean squares are likewise twice the direct
/// ones. Of float16 the sums of normally distributed numbers are 42 to 45 decibels above the noise with 64 to 256 channels,
/// a direct convolution's 57 to 60. No step of float16 overflows as long as inputs lie within 2,000 and the planes' products
/// within 880.
enum WinogradTransform4<Lanes: WinogradLanes>: WinogradTransform {
  static var outputs: Int { 4 }

  // a, b = 2a, their squares, cubes, sum of squares and product of squares.
  private static var a: Float { Lanes.point }
  private static var b: Float { 2 * a }
  private static var aa: Float { a * a }
  private static var bb: Float { b * b }
  private static var aaa: Float { a * aa }
  private static var bbb: Float { b * bb }
  private static var sum: Float { aa + bb }
  private static var product: Float { aa * bb }

  @inline(__always)
  private static func fma(_ accumulator: Lanes, _ factor: Float, _ vector: Lanes) -> Lanes {
    accumulator.adding(Lanes(repeating: factor), times: vector)
  }

  // Bt has the rows [p 0 -s 0 1 0] for 0, [0 -ab² -b² a 1 0] and its like for ±a and ±b, [0 p 0 -s 0 1] for infinity.

  @inline(__always)
  private static func outer(_ d0: Lanes, _ d2: Lanes, _ d4: Lanes) -> Lanes {
    fma(fma(d4, -sum, d2), product, d0)
  }

  /// The even and the odd part of both points of a pair; `square` is that of the other pair.
  @inline(__always)
  private static func part(_ low: Lanes, _ high: Lanes, _ square: Float) -> Lanes {
    fma(high, -square, low)
  }

  @inline(__always)
  private static func combine(_ even: Lanes, _ odd: Lanes, _ point: Float) -> Lanes {
    fma(even, point, odd)
  }

  @inline(__always)
  private static func storeRow(
    _ d0: Lanes, _ d1: Lanes, _ d2: Lanes, _ d3: Lanes, _ d4: Lanes, _ d5: Lanes,
    _ planes: UnsafeMutablePointer<Lanes.Element>, _ plane: Int
  ) {
    outer(d0, d2, d4).write(planes)
    let (evenA, oddA) = (part(d2, d4, bb), part(d1, d3, bb))
    combine(evenA, oddA, a).write(planes + plane)
    combine(evenA, oddA, -a).write(planes + 2 &* plane)
    let (evenB, oddB) = (part(d2, d4, aa), part(d1, d3, aa))
    combine(evenB, oddB, b).write(planes + 3 &* plane)
    combine(evenB, oddB, -b).write(planes + 4 &* plane)
    outer(d1, d3, d5).write(planes + 5 &* plane)
  }

  @inline(__always)
  private static func outerRow(
    _ row0: UnsafePointer<Lanes.Element>, _ row2: UnsafePointer<Lanes.Element>, _ row4: UnsafePointer<Lanes.Element>,
    _ pixel: Int,
    _ planes: UnsafeMutablePointer<Lanes.Element>, _ plane: Int
  ) {
    @inline(__always) func column(_ x: Int) -> Lanes {
      outer(Lanes.read(row0 + x &* pixel), Lanes.read(row2 + x &* pixel), Lanes.read(row4 + x &* pixel))
    }
    storeRow(column(0), column(1), column(2), column(3), column(4), column(5), planes, plane)
  }

  @inline(__always)
  private static func pairOfRows(
    _ row1: UnsafePointer<Lanes.Element>, _ row: Int, _ pixel: Int, _ point: Float, _ square: Float,
    _ planes: UnsafeMutablePointer<Lanes.Element>, _ plane: Int
  ) {
    let (row2, row3, row4) = (row1 + row, row1 + 2 &* row, row1 + 3 &* row)
    @inline(__always) func column(_ x: Int) -> (Lanes, Lanes) {
      let even = part(Lanes.read(row2 + x &* pixel), Lanes.read(row4 + x &* pixel), square)
      let odd = part(Lanes.read(row1 + x &* pixel), Lanes.read(row3 + x &* pixel), square)
      return (combine(even, odd, point), combine(even, odd, -point))
    }
    let (c0, c1, c2, c3, c4, c5) = (column(0), column(1), column(2), column(3), column(4), column(5))
    storeRow(c0.0, c1.0, c2.0, c3.0, c4.0, c5.0, planes, plane)
    storeRow(c0.1, c1.1, c2.1, c3.1, c4.1, c5.1, planes + 6 &* plane, plane)
  }

  // Row by row of the result, so that few vectors are alive at once; the input is read again from the nearest cache.
  @inline(__always)
  static func transformInput(
    _ input: UnsafePointer<Lanes.Element>, row: Int, pixel: Int, _ planes: UnsafeMutablePointer<Lanes.Element>,
    plane: Int
  ) {
    outerRow(input, input + 2 &* row, input + 4 &* row, pixel, planes, plane)
    pairOfRows(input + row, row, pixel, a, bb, planes + 6 &* plane, plane)
    pairOfRows(input + row, row, pixel, b, aa, planes + 18 &* plane, plane)
    outerRow(input + row, input + 3 &* row, input + 5 &* row, pixel, planes + 30 &* plane, plane)
  }

  // At has the rows [1 1 1 1 1 0], [0 a -a b -b 0], [0 a² a² b² b² 0], [0 a³ -a³ b³ -b³ 1].

  @inline(__always)
  private static func even(
    _ m0: Lanes, _ m1: Lanes, _ m2: Lanes, _ m3: Lanes, _ m4: Lanes
  ) -> (Lanes, Lanes) {
    let (sumA, sumB) = (m1 + m2, m3 + m4)
    return (m0 + sumA + sumB, fma(Lanes(repeating: aa) * sumA, bb, sumB))
  }

  @inline(__always)
  private static func odd(
    _ m1: Lanes, _ m2: Lanes, _ m3: Lanes, _ m4: Lanes, _ m5: Lanes
  ) -> (Lanes, Lanes) {
    let (differenceA, differenceB) = (m1 - m2, m3 - m4)
    return (
      fma(Lanes(repeating: a) * differenceA, b, differenceB),
      fma(fma(m5, aaa, differenceA), bbb, differenceB)
    )
  }

  @inline(__always)
  private static func finishRow<Finish: WinogradFinish<Lanes>>(
    _: Finish.Type, _ m0: Lanes, _ m1: Lanes, _ m2: Lanes, _ m3: Lanes, _ m4: Lanes, _ m5: Lanes, _ row: Int,
    _ target: WinogradTarget<Lanes>
  ) {
    let addend = target.addend + row &* target.addendRow
    let output = target.output + row &* target.outputRow
    @inline(__always) func finish(_ sum: Lanes, _ x: Int) {
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
  static func transformOutput<Finish: WinogradFinish<Lanes>>(
    _: Finish.Type, _ planes: UnsafePointer<Lanes.Element>, plane: Int, _ target: WinogradTarget<Lanes>
  ) {
    @inline(__always) func product(_ row: Int, _ column: Int) -> Lanes {
      Lanes.read(planes + (6 &* row &+ column) &* plane)
    }
    @inline(__always) func evenColumn(_ x: Int) -> (Lanes, Lanes) {
      even(product(0, x), product(1, x), product(2, x), product(3, x), product(4, x))
    }
    @inline(__always) func oddColumn(_ x: Int) -> (Lanes, Lanes) {
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
