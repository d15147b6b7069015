import KilnGraph
import KilnONNX
import Testing

/// Constants of every type, in each form that a file may give them.
struct TensorTests {
  /// The tensor that an initializer becomes.
  private func imported(_ tensor: [UInt8], type: Int = 0) throws -> Tensor {
    let graph = try importModel(model(graph([], outputs: [port("t", type)], initializers: [tensor])))
    return try #require(graph.constant(graph.outputs[0].value))
  }

  private static let integerTypes: [(Int, ScalarType, [Int])] = [
    (DataType.int8, .int8, [-128, 0, 127]), (DataType.uint8, .uint8, [0, 1, 255]),
    (DataType.int16, .int16, [-32768, 5, 32767]), (DataType.uint16, .uint16, [0, 5, 65535]),
    (DataType.int32, .int32, [-1 << 31, 0, 1 << 31 - 1]), (DataType.uint32, .uint32, [0, 1, 1 << 32 - 1]),
    (DataType.int64, .int64, [.min, 0, .max]), (DataType.uint64, .uint64, [0, 1, -1]),
    (DataType.bool, .bool, [0, 1, 1]),
  ]

  @Test(arguments: integerTypes) func `integers`(_ type: Int, _ scalar: ScalarType, _ values: [Int]) throws {
    let field =
      switch scalar {
      case .int64: 7
      case .uint32, .uint64: 11
      default: 5
      }
    let raw = values.flatMap { littleEndian($0).prefix(scalar.byteCount) }
    let forms = [
      tensor("t", type, [3]) { $0.bytes(9, raw) },
      tensor("t", type, [3]) { $0.packed(field, values) },
      tensor("t", type, [3]) { writer in for value in values { writer.int(field, value) } },
    ]
    for form in forms {
      let tensor = try imported(form)
      #expect(tensor.type == TensorType(scalar, [3]))
      #expect(tensor.integers() == values)
    }
  }

  /// A type of 8 bits or less by its number, the bits of an element, bit patterns and the numbers that they are.
  private static let narrowTypes: [(type: Int, bits: Int, patterns: [Int], numbers: [Double])] = [
    (17, 8, [1, 5, 126, 131, 127], [0x1p-9, 0x1.4p-7, 448, -0x1.8p-8, .nan]),
    (18, 8, [1, 5, 126, 131, 128], [0x1p-10, 0x1.4p-8, 224, -0x1.8p-9, .nan]),
    (19, 8, [1, 123, 131, 125, 252], [0x1p-16, 57344, -0x1.8p-15, .nan, -.infinity]),
    (20, 8, [1, 126, 131, 128], [0x1p-17, 49152, -0x1.8p-16, .nan]),
    (21, 4, [0, 15, 9], [0, 15, 9]), (22, 4, [7, 15, 8], [7, -1, -8]),
    (23, 4, [1, 5, 6, 11, 8], [0.5, 3, 4, -1.5, 0]), (24, 8, [0, 126, 131, 255], [0x1p-127, 0.5, 16, .nan]),
    (25, 2, [0, 3, 1, 2, 3], [0, 3, 1, 2, 3]), (26, 2, [0, 3, 1, 2, 1], [0, -1, 1, -2, 1]),
    (27, 6, [1, 30, 35, 5, 33], [0.125, 7, -0.375, 0.625, -0.125]),
    (28, 6, [1, 30, 35, 5, 33], [0.0625, 24, -0.1875, 0.3125, -0.0625]),
  ]

  @Test(arguments: narrowTypes.indices) func `numbers of 8 bits or less are widened`(_ index: Int) throws {
    let (type, bits, patterns, numbers) = Self.narrowTypes[index]
    var bytes = [UInt8](repeating: 0, count: (patterns.count * bits + 7) / 8)
    for (element, pattern) in patterns.enumerated() {
      for bit in 0..<bits where pattern >> bit & 1 == 1 {
        let place = element * bits + bit
        bytes[place / 8] |= 1 << (place % 8)
      }
    }
    let listed = bits == 6 ? patterns : bytes.map(Int.init)
    let shape = [patterns.count]
    let forms = [tensor("t", type, shape) { $0.bytes(9, bytes) }, tensor("t", type, shape) { $0.packed(5, listed) }]
    for form in forms {
      let tensor = try imported(form)
      #expect(zip(tensor.doubles(), numbers).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN }, "\(tensor.doubles())")
    }
    let tooLong = tensor("t", type, shape) { $0.bytes(9, bytes + [0]) }
    for wrong in [tooLong, tensor("t", type, shape) { $0.packed(7, listed) }] {
      #expect(throws: ModelError.self) { try imported(wrong) }
    }
  }

  @Test func `floating-point numbers`() throws {
    let values: [Double] = [-1.5, 0, 1024]
    let patterns: [(Int, ScalarType, [UInt8], Int)] = [
      (DataType.float, .float32, values.flatMap { littleEndian(Float($0).bitPattern) }, 4),
      (DataType.double, .float64, values.flatMap { littleEndian($0.bitPattern) }, 10),
    ]
    for (type, scalar, raw, field) in patterns {
      let unpacked = tensor("t", type, [3, 1]) { writer in
        for value in values { field == 4 ? writer.float(4, Float(value)) : writer.double(10, value) }
      }
      for form in [
        tensor("t", type, [3, 1]) { $0.bytes(9, raw) }, tensor("t", type, [3, 1]) { $0.bytes(field, raw) },
      ]
        + [unpacked]
      {
        let tensor = try imported(form)
        #expect(tensor.type == TensorType(scalar, [3, 1]))
        #expect(tensor.doubles() == values)
      }
    }
  }

  @Test func `half precision is stored as bit patterns`() throws {
    let half = values(DataType.float16, [0xBE00, 0, 0x6400])
    let brain = values(DataType.bfloat16, [0xBFC0, 0, 0x4480])
    for form in half + brain { #expect(try imported(form).doubles() == [-1.5, 0, 1024]) }
  }

  private func values(_ type: Int, _ patterns: [Int]) -> [[UInt8]] {
    [
      tensor("t", type, [3]) { $0.packed(5, patterns) },
      tensor("t", type, [3]) { $0.bytes(9, patterns.flatMap { littleEndian(UInt16($0)) }) },
    ]
  }

  @Test func `scalars and empty tensors`() throws {
    #expect(try imported(floats("t", [], [7])).doubles() == [7])
    #expect(try imported(floats("t", [2, 0], [])).shape == [2, 0])
    #expect(try imported(tensor("t", DataType.int64, [0])).shape == [0])
  }

  @Test func `every nonzero byte is true`() throws {
    let tensor = try imported(tensor("t", DataType.bool, [3]) { $0.bytes(9, [0, 7, 255]) })
    #expect(Array(tensor.storage.bytes) == [0, 1, 1])
  }

  @Test(arguments: [
    (tensor("t", DataType.float, [3]) { $0.bytes(9, [0, 0, 0, 0]) }, "4 bytes of data where float32[3] needs 12"),
    (tensor("t", DataType.float, [3]), "0 bytes of data where"),
    (tensor("t", DataType.float, [1]) { $0.bytes(4, [1, 2, 3]) }, "3 bytes"),
    (tensor("t", DataType.int8, [1]) { $0.int(5, 300) }, "element 300 is not a int8"),
    (tensor("t", DataType.int8, [2]) { $0.int(5, 3) }, "1 elements where"),
    (tensor("t", DataType.float, [1]) { $0.int(7, 3) }, "is in a field that is not for float32"),
    (tensor("t", DataType.float, [-1]), "negative"),
    (tensor("t", DataType.float, [1 << 40, 1 << 40]), "more than"),
    (tensor("t", DataType.float, [1 << 62, 4, 0]), "more than"),
    (tensor("t", DataType.float, [Int](repeating: 1, count: 65)), "axes"),
    (tensor("t", 99, [1]), "element type 99 is not defined"),
    (
      tensor("t", DataType.float, [1]) {
        $0.bytes(9, [0, 0, 0, 0]); $0.float(4, 1)
      }, "both raw and typed data"
    ),
    (
      tensor("t", DataType.float, [1]) {
        $0.bytes(9, [0, 0, 0, 0]); $0.int(14, 1)
      }, "both external and internal"
    ),
    (tensor("t", DataType.float, [1]) { $0.int(14, 7) }, "data location 7 is not defined"),
  ])
  func `refuses`(_ tensor: [UInt8], _ reason: String) throws {
    let error = try #require(
      importError(model(graph([], outputs: [port("t", 0)], initializers: [tensor]))) as? ModelError)
    #expect(error.kind == .malformed)
    #expect(error.description.contains(reason), "\(error)")
    #expect(!error.description.contains("\n"))
  }

  @Test(arguments: [DataType.string, 14, 15])
  func `other types are unsupported once read`(_ type: Int) throws {
    let odd = tensor("t", type, [1])
    let error = importError(model(graph([node("Abs", ["t"], ["y"])], outputs: [port("y")], initializers: [odd])))
    let items = try #require(error as? UnsupportedError).items
    #expect(items.map(\.node) == ["Abs_0"])
    #expect(items[0].reason.hasPrefix("its input 't' can't be read"))
    _ = try importModel(model(graph([], outputs: [port("u")], initializers: [odd, floats("u", [1], [1])])))
  }
}
