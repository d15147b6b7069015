import KilnGraph
import Testing

private func bits(_ value: Double, as scalar: ScalarType) -> UInt16 {
  let tensor = Tensor(shape: [1], doubles: [value], as: scalar)
  return withExtendedLifetime(tensor) { tensor.storage.bytes.loadUnaligned(as: UInt16.self) }
}

@Test func `bfloat16 rounds once to nearest even`() {
  #expect(bits(1, as: .bfloat16) == 0x3F80)
  #expect(bits(1 + 0x1p-8, as: .bfloat16) == 0x3F80, "a tie goes to the even neighbour below")
  #expect(bits(1 + 3 * 0x1p-8, as: .bfloat16) == 0x3F82, "a tie goes to the even neighbour above")
  // Rounded to float32 first, this would become the tie and then go down.
  #expect(bits(1 + 0x1p-8 + 0x1p-40, as: .bfloat16) == 0x3F81)
  #expect(bits(1 + 3 * 0x1p-8 - 0x1p-40, as: .bfloat16) == 0x3F81)
  #expect(bits(-1 - 0x1p-8 - 0x1p-40, as: .bfloat16) == 0xBF81)
  #expect(bits(0x1p-133, as: .bfloat16) == 0x0001, "the smallest subnormal")
  #expect(bits(0x1p-134, as: .bfloat16) == 0)
  #expect(bits(0x1p-134 + 0x1p-180, as: .bfloat16) == 1)
  #expect(bits(3.4e38, as: .bfloat16) == 0x7F80, "beyond the largest finite")
  #expect(bits(.infinity, as: .bfloat16) == 0x7F80)
  #expect(bits(-0.0, as: .bfloat16) == 0x8000)
  #expect(bits(.nan, as: .bfloat16) & 0x7FC0 == 0x7FC0)
}

@Test func `bfloat16 reads back`() {
  let values = [1.0, -2.5, 0x1p-133, 3.0e38]
  let tensor = Tensor(shape: [4], doubles: values, as: .bfloat16)
  #expect(zip(tensor.doubles(), values).allSatisfy { abs($0 - $1) <= abs($1) / 128 })
  #expect(Tensor(shape: [4], doubles: tensor.doubles(), as: .bfloat16).doubles() == tensor.doubles())
}

@Test func `float16 rounds once`() {
  #expect(bits(1 + 0x1p-11, as: .float16) == 0x3C00)
  #expect(bits(1 + 0x1p-11 + 0x1p-40, as: .float16) == 0x3C01)
  #expect(bits(65520, as: .float16) == 0x7C00)
  #expect(bits(0x1p-24, as: .float16) == 1)
}

@Test func `integers saturate from doubles and wrap from integers`() {
  let doubles = [-1.5, 300, .infinity, .nan]
  #expect(Tensor(shape: [4], doubles: doubles, as: .uint8).integers() == [0, 255, 255, 0])
  #expect(Tensor(shape: [4], doubles: doubles, as: .int64).integers() == [-1, 300, .max, 0])
  #expect(Tensor(shape: [2], integers: [-1, 300], as: .uint8).integers() == [255, 44])
  #expect(Tensor(shape: [2], integers: [2, 0], as: .bool).integers() == [1, 0])
}

@Test(arguments: ScalarType.allCases)
func `small numbers survive every type`(_ scalar: ScalarType) {
  let tensor = Tensor(shape: [2], integers: [0, 1], as: scalar)
  #expect(tensor.storage.bytes.count == 2 * scalar.byteCount)
  #expect(tensor.integers() == [0, 1])
  #expect(tensor.doubles() == [0, 1])
  #expect(tensor.floats() == [0, 1])
}

@Test func `storage needs no alignment`() {
  let storage = ByteStorage(count: 9) { memory in
    memory.initializeMemory(as: UInt8.self, repeating: 0)
    memory.storeBytes(of: Float(1.5).bitPattern, toByteOffset: 1, as: UInt32.self)
    memory.storeBytes(of: Float(-2).bitPattern, toByteOffset: 5, as: UInt32.self)
  }
  let tensor = Tensor(type: TensorType(.float32, [2]), storage: storage.slice(1..<9))
  #expect(tensor.floats() == [1.5, -2])
  #expect(tensor.reshaped(to: [2, 1]).doubles() == [1.5, -2])
}

@Test func `dimensions are checked without overflow`() throws {
  #expect(try TensorType.checked(.float32, [2, 0, 3]).elementCount == 0)
  for shape in [[-1], [.max, .max], [0, .max, .max], [1 << 41], Array(repeating: 1, count: 65)] {
    #expect(throws: OperatorError.self) { try TensorType.checked(.int8, shape) }
  }
  #expect([2, 3, 4].rowMajorStrides == [12, 4, 1])
  #expect([2, 3].normalizedAxis(-1) == 1)
  #expect([2, 3].normalizedAxis(-3) == nil)
  #expect([Int]().normalizedAxis(0) == nil)
}
