import Foundation
import KilnGraph
import Testing

@testable import KilnDeploy

struct NpyTests {
  /// A file with a header as NumPy pads it, or of exactly these bytes.
  private func file(_ header: String, _ elements: [UInt8] = [], version: UInt8 = 1, length: Int? = nil) -> ByteStorage {
    let count = length ?? header.utf8.count
    let lengthBytes = (0..<(version == 1 ? 2 : 4)).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) }
    return storage([0x93] + Array("NUMPY".utf8) + [version, 0] + lengthBytes + Array(header.utf8) + elements)
  }

  private func storage(_ bytes: [UInt8]) -> ByteStorage {
    ByteStorage(count: bytes.count) { $0.copyBytes(from: bytes) }
  }

  /// One character a byte.
  private func text(_ storage: ByteStorage) -> String {
    withExtendedLifetime(storage) { String(String.UnicodeScalarView(storage.bytes.map { Unicode.Scalar($0) })) }
  }

  private func header(_ descriptor: String, _ shape: String, fortran: String = "False") -> String {
    "{'descr': '\(descriptor)', 'fortran_order': \(fortran), 'shape': \(shape), }   \n"
  }

  @Test(arguments: ScalarType.allCases) func `written arrays read back`(scalar: ScalarType) throws {
    for shape in [[], [0], [3], [2, 3], [1, 2, 1, 4]] {
      let values = (0..<shape.elementCount).map { Double($0 % 2) }
      let tensor = Tensor(shape: shape, doubles: values, as: scalar)
      let bytes = Npy.encode(tensor)
      let header = try withExtendedLifetime(bytes) { try NpyHeader(bytes.bytes) }
      #expect(header.byteCount % 64 == 0)
      let copy = try Npy.decode(bytes)
      #expect(copy.type == tensor.type)
      #expect(copy.doubles() == values)
    }
  }

  @Test func `writes what NumPy writes`() {
    let text = String(text(Npy.encode(Tensor(shape: [2, 1], floats: [1, 2]))).dropFirst(10).prefix(118))
    let dictionary = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1), }"
    #expect(text == dictionary + String(repeating: " ", count: 117 - dictionary.count) + "\n")
    #expect(self.text(Npy.encode(Tensor(shape: [2], floats: [1, 2]))).contains("'shape': (2,), }"))
  }

  @Test(arguments: [1, 2, 3] as [UInt8]) func `reads every version`(version: UInt8) throws {
    let tensor = try Npy.decode(file(header("<i2", "(2,)"), [1, 0, 0, 1], version: version))
    #expect(tensor.integers() == [1, 256])
  }

  @Test func `swaps big-endian elements`() throws {
    #expect(try Npy.decode(file(header(">i4", "(1, 1)"), [0, 0, 1, 2])).integers() == [258])
    #expect(try Npy.decode(file(header(">f8", "()"), [0x3F, 0xF0, 0, 0, 0, 0, 0, 0])).doubles() == [1])
  }

  @Test func `reads any key order and quotes`() throws {
    let text = "{\"shape\":(2,),'fortran_order':False,'descr':\"|u1\"}"
    #expect(try Npy.decode(file(text, [7, 8])).integers() == [7, 8])
  }

  @Test(arguments: [
    ("", "does not begin"),
    ("{", "damaged"),
    ("{}", "lacks"),
    ("{'descr': '<f4', 'fortran_order': False}", "lacks"),
    ("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': ()}", "unexpected entry"),
    ("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}", "records"),
    ("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 2)}", "Fortran"),
    ("{'descr': '<f4', 'fortran_order': Maybe, 'shape': (2, 2)}", "damaged"),
    ("{'descr': '<c8', 'fortran_order': False, 'shape': (2, 2)}", "type '<c8'"),
    ("{'descr': '|O', 'fortran_order': False, 'shape': ()}", "type '|O'"),
    ("{'descr': '', 'fortran_order': False, 'shape': ()}", "type ''"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}", "damaged"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (3000000, 3000000, 3000000)}", "more than"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}", "too large"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (2)} extra", "damaged"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2)}", "ends after 4 bytes"),
    ("{'descr': '|u1', 'fortran_order': False, 'shape': (2,)}", "2 bytes follow"),
    ("{'descr': '|b1', 'fortran_order': False, 'shape': (4,)}", "neither 0 nor 1"),
  ]) func `hostile headers are refused`(text: String, reason: String) throws {
    let bytes = text.isEmpty ? storage(Array("text file".utf8)) : file(text, [0, 0, 2, 0])
    let error = try #require(throws: NpyFormatError.self) { try Npy.decode(bytes) }
    #expect(error.description.contains(reason))
  }

  @Test func `lying lengths are refused`() throws {
    for (length, reason) in [(1 << 20, "claims"), (1000, "ends within"), (0xFFFF_FFFF, "claims")] {
      let bytes = file(header("<f4", "(1,)"), [0, 0, 0, 0], version: 2, length: length)
      let error = try #require(throws: NpyFormatError.self) { try Npy.decode(bytes) }
      #expect(error.description.contains(reason))
    }
  }

  @Test func `every truncation is refused`() {
    let whole = Npy.encode(Tensor(shape: [2, 2], floats: [1, 2, 3, 4]))
    for count in 0..<whole.bytes.count {
      #expect(throws: NpyFormatError.self) { try Npy.decode(whole.slice(0..<count)) }
    }
  }

  @Test func `files are named in errors`() throws {
    let missing = try #require(throws: FileError.self) { try Npy.read("/nowhere/at-all/x.npy") }
    #expect(
      missing.kind == .missing && missing.description == "/nowhere/at-all/x.npy: can't be read: there is no such file")
    let folder = try #require(throws: FileError.self) { try Npy.read("/") }
    #expect(folder.kind == .malformed)
    let unwritable = try #require(throws: FileError.self) {
      try Npy.write(Tensor(shape: [], floats: [1]), to: "/nowhere/at-all/x.npy")
    }
    #expect(unwritable.kind == .unwritable)
  }
}
