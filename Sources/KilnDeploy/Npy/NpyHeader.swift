import KilnGraph

/// What a NumPy file says about its elements, before them.
///
/// Format: NumPy's `numpy.lib.format`, versions 1.0, 2.0 and 3.0: a magic number, the version, a length, and a Python
/// dictionary with exactly the keys `descr`, `fortran_order` and `shape`.
struct NpyHeader: Equatable {
  /// The element type and dimensions.
  var type: TensorType
  /// Whether each element's bytes are in big-endian order.
  var isBigEndian: Bool
  /// Bytes before the first element.
  var byteCount: Int

  /// The longest dictionary that is read.
  ///
  /// NumPy itself stops at 10,000 bytes.
  static let maximumDictionaryByteCount = 1 << 16

  private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// Reads the header at the start of a file.
  ///
  /// - Throws: `NpyFormatError`.
  init(_ bytes: UnsafeRawBufferPointer) throws(NpyFormatError) {
    guard bytes.count >= 10, bytes.starts(with: Self.magic) else {
      throw NpyFormatError("it does not begin as a .npy file does; write it with numpy.save")
    }
    let lengthByteCount: Int
    switch (bytes[6], bytes[7]) {
    case (1, 0): lengthByteCount = 2
    case (2, 0), (3, 0): lengthByteCount = 4
    default: throw NpyFormatError("its version \(bytes[6]).\(bytes[7]) is not known; versions 1.0 to 3.0 are read")
    }
    let start = 8 + lengthByteCount
    guard bytes.count >= start else { throw NpyFormatError("it ends within its header") }
    let length = (0..<lengthByteCount).reduce(0) { $0 | Int(bytes[8 + $1]) << (8 * $1) }
    guard length <= Self.maximumDictionaryByteCount else {
      throw NpyFormatError("its header claims \(length) bytes; at most \(Self.maximumDictionaryByteCount) are read")
    }
    guard length <= bytes.count - start else { throw NpyFormatError("it ends within its header") }

    var parser = NpyDictionary(bytes[start..<start + length])
    let dictionary = try parser.parse()
    let (scalar, isBigEndian) = try Self.scalar(dictionary.descriptor)
    guard !dictionary.isFortranOrder else {
      throw NpyFormatError("its elements are in Fortran order; save numpy.ascontiguousarray(a) instead")
    }
    do throws(OperatorError) {
      type = try TensorType.checked(scalar, dictionary.shape)
    } catch {
      throw NpyFormatError(error.description)
    }
    self.isBigEndian = isBigEndian
    byteCount = start + length
  }

  /// The type that a NumPy type string such as `<f4` names, and whether it is big-endian.
  private static func scalar(_ descriptor: String) throws(NpyFormatError) -> (ScalarType, Bool) {
    guard let order = descriptor.first, let scalar = scalars[String(descriptor.dropFirst())],
      "<>|=".contains(order), order != "|" || scalar.byteCount == 1 || scalar == .bfloat16
    else {
      throw NpyFormatError("its type '\(descriptor)' is not one that networks use")
    }
    return (scalar, order == ">")
  }

  private static let scalars: [String: ScalarType] = Dictionary(
    uniqueKeysWithValues: ScalarType.allCases.map { ($0.npyCode, $0) })
}

/// What is wrong with a NumPy file, in a clause without the file's name.
package struct NpyFormatError: Error, Equatable {
  let description: String

  init(_ description: String) { self.description = description }
}

extension ScalarType {
  /// NumPy's kind and byte count.
  ///
  /// NumPy has no bfloat16: the package ml_dtypes stores it as 2 bytes of its own kind, `V2`.
  var npyCode: String {
    switch self {
    case .float32, .float64, .float16: "f\(byteCount)"
    case .bfloat16: "V2"
    case .int8, .int16, .int32, .int64: "i\(byteCount)"
    case .uint8, .uint16, .uint32, .uint64: "u\(byteCount)"
    case .bool: "b1"
    }
  }
}
