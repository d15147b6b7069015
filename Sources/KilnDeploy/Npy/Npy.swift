import KilnGraph

/// NumPy's file format for one array: versions 1 to 3, C order.
package enum Npy {
  /// Reads an array.
  ///
  /// - Throws: `FileError`, `.missing` when the file can't be read, `.malformed` when it is no such array.
  package static func read(_ path: String) throws(FileError) -> Tensor {
    let storage = try Files.read(path)
    do throws(NpyFormatError) {
      return try decode(storage)
    } catch {
      throw FileError(.malformed, "\(path): \(error.description)")
    }
  }

  /// Writes an array, replacing what was there.
  ///
  /// - Throws: `FileError`, `.unwritable`.
  package static func write(_ tensor: Tensor, to path: String) throws(FileError) {
    try Files.write(encode(tensor), to: path)
  }

  /// The array in a file's bytes.
  ///
  /// Elements in little-endian order share its storage.
  package static func decode(_ storage: ByteStorage) throws(NpyFormatError) -> Tensor {
    let header = try NpyHeader(storage.bytes)
    let scalar = header.type.scalar
    let expected = header.type.elementCount * scalar.byteCount
    let actual = storage.bytes.count - header.byteCount
    guard actual >= expected else {
      throw NpyFormatError("it ends after \(actual) bytes of elements, \(header.type) has \(expected)")
    }
    guard actual == expected else {
      throw NpyFormatError("\(actual - expected) bytes follow the last element of \(header.type)")
    }
    let elements = storage.slice(header.byteCount..<storage.bytes.count)
    guard scalar != .bool || elements.bytes.allSatisfy({ $0 <= 1 }) else {
      throw NpyFormatError("it holds booleans that are neither 0 nor 1")
    }
    return Tensor(type: header.type, storage: header.isBigEndian ? swapped(elements, scalar.byteCount) : elements)
  }

  /// The bytes of a file, version 1.0, its elements aligned to 64.
  static func encode(_ tensor: Tensor) -> ByteStorage {
    let order = tensor.scalar.byteCount == 1 ? "|" : "<"
    let shape = tensor.shape.map { "\($0)," }.joined(separator: " ")
    // NumPy writes the comma after the last of several dimensions only when there is but one.
    let tuple = tensor.shape.count == 1 ? shape : String(shape.dropLast())
    var header =
      "{'descr': '\(order)\(tensor.scalar.npyCode)', 'fortran_order': False, 'shape': (\(tuple)), }"
    header += String(repeating: " ", count: 63 - (10 + header.utf8.count) % 64) + "\n"
    let count = header.utf8.count
    let prefix = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(count & 0xFF), UInt8(count >> 8)] + Array(header.utf8)
    return ByteStorage(count: prefix.count + tensor.storage.bytes.count) { memory in
      memory.copyBytes(from: prefix)
      UnsafeMutableRawBufferPointer(rebasing: memory[prefix.count...]).copyMemory(from: tensor.storage.bytes)
    }
  }

  private static func swapped(_ elements: ByteStorage, _ width: Int) -> ByteStorage {
    ByteStorage(count: elements.bytes.count) { memory in
      for index in memory.indices { memory[index] = elements.bytes[index / width * width + width - 1 - index % width] }
    }
  }
}
