import KilnGraph
import Testing

@Test func `transpose moves every element`() throws {
  let y = try evaluate(Transpose([2, 0, 1]), ramp([2, 3, 4]))
  #expect(y.shape == [4, 2, 3])
  var expected: [Float] = []
  for k in 0..<4 {
    for i in 0..<2 {
      for j in 0..<3 { expected.append(Float(i * 12 + j * 4 + k)) }
    }
  }
  #expect(y.floats() == expected)
  #expect(try evaluate(Transpose([]), ramp([], from: 7)).floats() == [7])
  #expect(throws: OperatorError.self) { try shape(Transpose([0, 0]), [2, 2]) }
}

@Test func `slices step both ways`() throws {
  #expect(try evaluate(Slice(starts: [4], counts: [3], steps: [-2]), ramp([5])).floats() == [4, 2, 0])
  let inner = try evaluate(Slice(starts: [1, 0], counts: [1, 2], steps: [1, 2]), ramp([2, 4]))
  #expect(inner.floats() == [4, 6])
  #expect(try evaluate(Slice(starts: [9], counts: [0]), ramp([5])).shape == [0])
  for bad in [
    Slice(starts: [3], counts: [3]), Slice(starts: [-1], counts: [1]), Slice(starts: [1], counts: [3], steps: [-1]),
    Slice(starts: [0], counts: [2], steps: [.max]), Slice(starts: [0], counts: [2], steps: [0]),
    Slice(starts: [0], counts: [-1]),
  ] {
    #expect(throws: OperatorError.self) { try shape(bad, [5]) }
  }
}

@Test func `pad fills in every mode`() throws {
  func pad(_ begin: Int, _ end: Int, _ mode: Pad.Mode, _ count: Int = 4) throws -> [Float] {
    try evaluate(Pad(begin: [begin], end: [end], mode: mode), ramp([count])).floats()
  }
  #expect(try pad(2, 1, .constant(9)) == [9, 9, 0, 1, 2, 3, 9])
  #expect(try pad(2, 3, .reflect) == [2, 1, 0, 1, 2, 3, 2, 1, 0])
  #expect(try pad(2, 1, .edge) == [0, 0, 0, 1, 2, 3, 3])
  #expect(try pad(2, 5, .wrap) == [2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0])
  #expect(try pad(-1, -2, .constant(9)) == [1])
  #expect(try pad(-1, 2, .reflect) == [1, 2, 3, 2, 1], "what is cropped is not mirrored")
  #expect(try pad(1, -1, .wrap) == [2, 0, 1, 2])
  #expect(try pad(5, 0, .reflect, 3) == [1, 0, 1, 2, 1, 0, 1, 2], "mirrored more than once")
  #expect(try pad(2, 0, .reflect, 1) == [0, 0, 0])
  #expect(try pad(1, 1, .constant(0.5), 0) == [0.5, 0.5])
  #expect(throws: OperatorError.self) { try pad(1, 0, .edge, 0) }
  #expect(throws: OperatorError.self) { try pad(-3, -2, .constant(0)) }
  #expect(throws: OperatorError.self) { try pad(.max, .max, .constant(0)) }
  let plane = try evaluate(Pad(begin: [0, 1], end: [1, 0], mode: .constant(-1)), ramp([1, 2]))
  #expect(plane.floats() == [-1, 0, 1, -1, -1, -1])
}

@Test func `concat joins the axis`() throws {
  let y = try evaluate(Concat(axis: 1), ramp([2, 1]), ramp([2, 2], from: 10), Tensor(shape: [2, 0], floats: []))
  #expect(y.floats() == [0, 10, 11, 1, 12, 13])
  #expect(throws: OperatorError.self) { try shape(Concat(axis: 0), [2, 1], [2, 2]) }
}

@Test func `blocks move between channels and image`() throws {
  // The example in the text of ONNX DepthToSpace 13.
  let x = Tensor(
    shape: [1, 8, 2, 3], floats: (0..<8).flatMap { channel in (0..<6).map { Float(channel * 9 + $0) } })
  let depthFirst = try evaluate(DepthToSpace(block: 2, channelIsOuter: false), x)
  #expect(depthFirst.shape == [1, 2, 4, 6])
  #expect(depthFirst.floats().prefix(12) == [0, 18, 1, 19, 2, 20, 36, 54, 37, 55, 38, 56])
  let columnFirst = try evaluate(DepthToSpace(block: 2, channelIsOuter: true), x)
  #expect(columnFirst.floats().prefix(12) == [0, 9, 1, 10, 2, 11, 18, 27, 19, 28, 20, 29])
  #expect(distance(try evaluate(SpaceToDepth(block: 2), depthFirst), x) == 0)
}

@Test func `expand and tile repeat`() throws {
  #expect(try evaluate(Expand(to: [2, 2, 2]), ramp([2, 1])).floats() == [0, 0, 1, 1, 0, 0, 1, 1])
  #expect(try evaluate(Tile([2, 2]), ramp([1, 2])).floats() == [0, 1, 0, 1, 0, 1, 0, 1])
  #expect(try evaluate(Tile([0, 1]), ramp([1, 2])).shape == [0, 2])
  #expect(throws: OperatorError.self) { try shape(Expand(to: [3]), [2]) }
  #expect(throws: OperatorError.self) { try shape(Tile([1 << 40, 1 << 40]), [2, 2]) }
}

@Test func `gather counts from the end`() throws {
  let data = ramp([3, 2])
  let indices = Tensor(shape: [2, 1], integers: [-1, 0])
  let y = try evaluate(Gather(axis: 0), data, indices)
  #expect(y.shape == [2, 1, 2])
  #expect(y.floats() == [4, 5, 0, 1])
  #expect(try evaluate(Gather(axis: 1), data, Tensor(shape: [], integers: [1])).floats() == [1, 3, 5])
  #expect(throws: OperatorError.self) { try evaluate(Gather(axis: 0), data, Tensor(shape: [1], integers: [3])) }
}

@Test func `elements and tuples gather`() throws {
  let data = ramp([2, 2], from: 1)
  let picked = try evaluate(GatherElements(axis: 1), data, Tensor(shape: [2, 2], integers: [0, 0, -1, 0]))
  #expect(picked.floats() == [1, 1, 4, 3])
  let cube = ramp([2, 2, 2])
  #expect(try evaluate(GatherND(), cube, Tensor(shape: [2, 2], integers: [0, 1, 1, -2])).floats() == [2, 3, 4, 5])
  #expect(
    try evaluate(GatherND(batchAxes: 1), cube, Tensor(shape: [2, 1], integers: [1, 0])).floats() == [2, 3, 4, 5])
  #expect(throws: OperatorError.self) { try evaluate(GatherND(), cube, Tensor(shape: [1], integers: [2])) }
}

@Test func `scatters update a copy`() throws {
  let indices = Tensor(shape: [4, 1], integers: [4, 3, 1, 7])
  let updates = Tensor(shape: [4], floats: [9, 10, 11, 12])
  #expect(
    try evaluate(ScatterND(), ramp([8], from: 1), indices, updates).floats() == [1, 11, 3, 10, 9, 6, 7, 12])
  let twice = Tensor(shape: [2, 1], integers: [0, -2])
  let two = Tensor(shape: [2], floats: [5, 7])
  let sum = try evaluate(ScatterND(reduction: .add), ramp([2], from: 1), twice, two)
  #expect(sum.floats() == [13, 2])
  #expect(try evaluate(ScatterND(), ramp([2]), twice, two).floats() == [7, 1], "the last update stays")
  let columns = try evaluate(
    ScatterElements(axis: 1, reduction: .maximum), ramp([1, 5]), Tensor(shape: [1, 2], integers: [1, 3]),
    Tensor(shape: [1, 2], floats: [1.5, 2.5]))
  #expect(columns.floats() == [0, 1.5, 2, 3, 4])
}

@Test func `select broadcasts all three`() throws {
  let condition = Tensor(shape: [2, 1], integers: [1, 0], as: .bool)
  let y = try evaluate(Select(), condition, ramp([2]), Tensor(shape: [], floats: [9]))
  #expect(y.shape == [2, 2])
  #expect(y.floats() == [0, 1, 9, 9])
  let wide = Tensor(shape: [1], integers: [.max], as: .int64)
  #expect(try evaluate(Select(), condition, wide, wide).integers() == [.max, .max], "no detour through Float64")
}

@Test func `triangles and one-hots`() throws {
  #expect(try evaluate(Trilu(keepsUpper: true), ramp([2, 3], from: 1)).floats() == [1, 2, 3, 0, 5, 6])
  #expect(try evaluate(Trilu(keepsUpper: false, diagonal: -1), ramp([2, 2], from: 1)).floats() == [0, 0, 3, 0])
  let indices = Tensor(shape: [3], integers: [1, -1, 5])
  let values = Tensor(shape: [2], floats: [2, 7])
  #expect(try evaluate(OneHot(axis: 1, depth: 3), indices, values).floats() == [2, 7, 2, 2, 2, 7, 2, 2, 2])
  #expect(try evaluate(OneHot(axis: 0, depth: 2), indices, values).floats() == [2, 2, 2, 7, 7, 2])
}

@Test func `zero-sized tensors pass through`() throws {
  let none = Tensor(shape: [0, 3], floats: [])
  #expect(try evaluate(Transpose([1, 0]), none).shape == [3, 0])
  #expect(try evaluate(Reshape(to: [3, 0, 7]), none).shape == [3, 0, 7])
  #expect(try evaluate(Unary(.relu), none).shape == [0, 3])
  #expect(try evaluate(Binary(.add), none, ramp([3])).shape == [0, 3])
  #expect(try evaluate(Softmax(axis: 1), none).shape == [0, 3])
  #expect(try evaluate(Gather(axis: 1), none, Tensor(shape: [2], integers: [0, 2])).shape == [0, 2])
  #expect(try evaluate(CumulativeSum(axis: 0), none).shape == [0, 3])
  #expect(try evaluate(TopK(axis: 1, count: 2), none).shape == [0, 2])
  #expect(try evaluate(Linear(), none, ramp([2, 3])).shape == [0, 2])
}
