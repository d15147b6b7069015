import KilnGraph

extension ImportContext {
  /// The tensor that a sparse one stands for, with its zeros.
  mutating func dense(_ proto: SparseTensorProto) throws(ImportFailure) -> Tensor {
    guard let valuesProto = proto.values, let indicesProto = proto.indices else {
      throw .malformed("its sparse tensor has no values or no indices")
    }
    let values = try decoder.tensor(valuesProto)
    let places = try decoder.tensor(indicesProto)
    let type = try ImportFailure.wrap { () throws(OperatorError) in
      try TensorType.checked(values.scalar, proto.dimensions)
    }
    let count = values.elementCount
    let isLinear = places.shape == [count]
    guard places.scalar == .int64, isLinear || places.shape == [count, type.rank] else {
      throw .malformed("its sparse tensor has indices \(places.type) for \(values.type)")
    }
    try spend(type)
    let numbers = places.integers()
    var offsets: [Int] = []
    for element in 0..<count {
      var offset = isLinear ? numbers[element] : 0
      var isInside = (0..<type.elementCount).contains(offset)
      if !isLinear {
        for (axis, extent) in type.shape.enumerated() {
          let index = numbers[element * type.rank + axis]
          isInside = isInside && (0..<extent).contains(index)
          offset = isInside ? offset * extent + index : 0
        }
      }
      guard isInside else { throw .malformed("its sparse tensor has an index outside \(type.shape)") }
      offsets.append(offset)
    }
    let size = values.scalar.byteCount
    let storage = ByteStorage(count: type.byteCount) { memory in
      memory.initializeMemory(as: UInt8.self, repeating: 0)
      for (element, offset) in offsets.enumerated() {
        for byte in 0..<size { memory[offset * size + byte] = values.storage.bytes[element * size + byte] }
      }
    }
    return Tensor(type: type, storage: storage)
  }
}
