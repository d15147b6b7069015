import KilnGraph
import Testing

private func resize(
  _ x: Tensor, _ scales: [Float], to extents: [Int]? = nil, _ coordinates: Resize.Coordinates,
  _ interpolation: Resize.Interpolation
) throws -> Tensor {
  let shape = extents ?? zip(x.shape, scales).map { Int((Float($0) * $1).rounded(.down)) }
  return try evaluate(
    Resize(to: shape, scales: scales, coordinates: coordinates, interpolation: interpolation), x)
}

private func isClose(_ tensor: Tensor, _ expected: [Double]) -> Bool {
  distance(tensor, Tensor(shape: tensor.shape, doubles: expected, as: .float64)) < 1e-5
}

private let two = ramp([2, 2], from: 1)
private let four = ramp([4, 4], from: 1)

// Expected numbers are those of the examples in the text of ONNX Resize 19.

@Test func `nearest repeats`() throws {
  let y = try resize(two, [2, 3], .halfPixel, .nearest(.preferFloor))
  #expect(
    y.floats() == [
      1, 1, 1, 2, 2, 2,
      1, 1, 1, 2, 2, 2,
      3, 3, 3, 4, 4, 4,
      3, 3, 3, 4, 4, 4,
    ])
  let down = try resize(ramp([2, 4], from: 1), [0.6, 0.6], .halfPixel, .nearest(.preferFloor))
  #expect(down.floats() == [1, 3])
}

@Test func `nearest rounds`() throws {
  func row(_ rounding: Resize.Rounding) throws -> [Float] {
    try resize(ramp([2]), [2], .asymmetric, .nearest(rounding)).floats()
  }
  #expect(try row(.preferFloor) == [0, 0, 1, 1])
  #expect(try row(.preferCeiling) == [0, 1, 1, 1])
  #expect(try row(.floor) == [0, 0, 1, 1])
  #expect(try row(.ceiling) == [0, 1, 1, 1])
}

@Test func `coordinates are single precision`() throws {
  // 6 / 1.2 is 5 in float32, 4.9999998 in Float64; 1 / (2 / 7) is 3.4999998 in float32, which counts as a half.
  #expect(
    try resize(ramp([10]), [1.2], .asymmetric, .nearest(.floor)).floats() == [0, 0, 1, 2, 3, 4, 5, 5, 6, 7, 8, 9])
  func halves(_ rounding: Resize.Rounding) throws -> [Float] {
    try resize(ramp([7]), [2 / 7], to: [2], .asymmetric, .nearest(rounding)).floats()
  }
  #expect(try halves(.preferFloor) == [0, 3])
  #expect(try halves(.preferCeiling) == [0, 4])
  #expect(try halves(.ceiling) == [0, 4])
}

@Test func `the first form rounds by direction`() throws {
  #expect(
    try resize(ramp([3, 5]), [1.5, 0.6], .asymmetric, .nearest(.byDirection)).floats()
      == [0, 2, 4, 0, 2, 4, 5, 7, 9, 10, 12, 14])
}

@Test func `an axis of scale one stays`() throws {
  let crop = Resize.Coordinates.crop(start: [0.5, 0], end: [1, 0.5], extrapolation: -1)
  for coordinates in [crop, .tensorFlowHalfPixel, .halfPixelSymmetric] {
    let y = try resize(ramp([3, 2]), [1, 2], coordinates, .nearest(.ceiling))
    #expect(y.shape == [3, 4] && [0, 4, 8].map { y.floats()[$0] } == [0, 2, 4].map { $0 + y.floats()[0] })
  }
}

@Test func `nothing left to weigh is zero`() throws {
  let y = try resize(
    ramp([3], from: 1), [2], .tensorFlowHalfPixel, .linearExcludingOutside(antialias: true))
  #expect(y.floats().allSatisfy { $0.isFinite })
}

@Test func `linear interpolates`() throws {
  #expect(
    isClose(
      try resize(two, [2, 2], .halfPixel, .linear(antialias: false)),
      [1, 1.25, 1.75, 2, 1.5, 1.75, 2.25, 2.5, 2.5, 2.75, 3.25, 3.5, 3, 3.25, 3.75, 4]))
  #expect(
    isClose(
      try resize(two, [2, 2], .alignCorners, .linear(antialias: false)),
      [
        1, 4 / 3.0, 5 / 3.0, 2, 5 / 3.0, 2, 7 / 3.0, 8 / 3.0, 7 / 3.0, 8 / 3.0, 3, 10 / 3.0, 3, 10 / 3.0, 11 / 3.0, 4,
      ]))
  #expect(
    isClose(
      try resize(ramp([2, 4], from: 1), [0.6, 0.6], .halfPixel, .linear(antialias: false)), [2.6666665, 4.3333331]))
  #expect(
    isClose(
      try resize(four, [0.75, 0.25], to: [3, 1], .pytorchHalfPixel, .linear(antialias: false)),
      [5 / 3.0, 7, 37 / 3.0]))
}

@Test func `antialiasing widens the kernel`() throws {
  #expect(
    isClose(try resize(four, [0.6, 0.6], .halfPixel, .linear(antialias: true)), [2.875, 4.5, 9.375, 11]))
  #expect(
    isClose(
      try resize(four, [0.6, 0.6], .halfPixel, .cubic(a: -0.75, excludesOutside: false, antialias: true)),
      [2.5180721, 4.2858863, 9.589329, 11.357142]))
  let lie = Resize(
    to: [4], scales: [1e-9], coordinates: .halfPixel, interpolation: .linear(antialias: true))
  #expect(throws: OperatorError.self) { try shape(lie, [4]) }
}

@Test func `cubic interpolates`() throws {
  let up = try resize(four, [2, 2], .halfPixel, .cubic(a: -0.75, excludesOutside: false, antialias: false))
  #expect(
    zip(up.doubles(), [0.47265625, 0.76953125, 1.24609375, 1.875, 2.28125, 2.91015625, 3.38671875, 3.68359375])
      .allSatisfy { abs($0 - $1) < 1e-6 })
  let outside = try resize(
    four, [0.8, 0.8], .halfPixel, .cubic(a: -0.5, excludesOutside: true, antialias: false))
  #expect(
    isClose(
      outside,
      [1.36812675, 2.6695014, 4.0133367, 6.57362535, 7.875, 9.2188353, 11.94896657, 13.25034122, 14.59417652]))
}

@Test func `crops extrapolate`() throws {
  let y = try resize(
    ramp([4]), [1.25], to: [5], .crop(start: [0.5], end: [1.5], extrapolation: -9), .linear(antialias: false))
  #expect(isClose(y, [1.5, 2.25, 3, -9, -9]))
  let one = try resize(
    ramp([5]), [0.2], to: [1], .crop(start: [0], end: [1], extrapolation: 0), .nearest(.preferFloor))
  #expect(one.floats() == [2])
}

@Test func `symmetric half pixels keep the centre`() throws {
  let y = try resize(ramp([1, 4], from: 1), [1, 0.6], .halfPixelSymmetric, .linear(antialias: false))
  // 2.4 columns become 2: the centre of 2.5 stays between them, 5/3 apart.
  #expect(isClose(y, [2.5 - 5 / 6.0, 2.5 + 5 / 6.0]))
}

@Test func `taps are inside and sum to one`() {
  for interpolation in [
    Resize.Interpolation.linear(antialias: true), .linearExcludingOutside(antialias: false),
    .cubic(a: -0.75, excludesOutside: true, antialias: true), .nearest(.ceiling),
  ] {
    let resize = Resize(to: [3], scales: [3 / 7], coordinates: .halfPixel, interpolation: interpolation)
    for taps in resize.taps(along: 0, inputExtent: 7) {
      #expect(taps?.allSatisfy { (0..<7).contains($0.index) } == true)
      #expect(abs((taps?.reduce(0) { $0 + $1.weight } ?? 0) - 1) < 1e-12)
    }
  }
}
