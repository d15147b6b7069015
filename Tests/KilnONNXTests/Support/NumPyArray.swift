import Foundation
import KilnGraph
import Testing

/// The array of a `.npy` file, of which version 1 in C order is enough for the references here.
func numPyArray(_ url: URL) throws -> Tensor {
  let data = try Data(contentsOf: url)
  let start = data.startIndex
  let length = Int(data[start + 8]) | Int(data[start + 9]) << 8
  let header = String(decoding: data[start + 10..<start + 10 + length], as: UTF8.self)
  let codes: [String: ScalarType] = [
    "f4": .float32, "f8": .float64, "f2": .float16, "i1": .int8, "u1": .uint8, "i2": .int16, "u2": .uint16,
    "i4": .int32, "u4": .uint32, "i8": .int64, "u8": .uint64, "b1": .bool,
  ]
  let code = try #require(header.firstMatch(of: /'descr': '.(..)'/)?.1)
  let scalar = try #require(codes[String(code)])
  let list = try #require(header.firstMatch(of: /'shape': \(([^)]*)\)/)?.1)
  let shape = list.split(separator: ",").compactMap { Int($0.trimmingCharacters(in: .whitespaces)) }
  let type = TensorType(scalar, shape)
  let body = data[(start + 10 + length)...]
  try #require(body.count == type.elementCount * scalar.byteCount)
  return Tensor(type: type, storage: ByteStorage(count: body.count) { $0.copyBytes(from: body) })
}
