import KilnGraph
import Testing

@testable import KilnONNX

/// The wire format: what is read, and that nothing outside of it is.
struct FieldReaderTests {
  private func fields(_ bytes: [UInt8]) throws(WireError) -> [Field] {
    var reader = FieldReader(MessageBytes(ByteStorage(count: bytes.count) { $0.copyBytes(from: bytes) }, offset: 100))
    var fields: [Field] = []
    while let field = try reader.next() { fields.append(field) }
    return fields
  }

  @Test func `reads every wire type`() throws {
    let fields = try fields(
      message {
        $0.int(1, -1)
        $0.float(2, 1.5)
        $0.double(3, 2.5)
        $0.string(4, "naïve")
      })
    #expect(fields.map(\.number) == [1, 2, 3, 4])
    #expect(try fields[0].integer() == -1)
    #expect(try fields[1].float() == 1.5)
    var doubles: [Double] = []
    try fields[2].appendDoubles(to: &doubles)
    #expect(doubles == [2.5])
    #expect(try fields[3].string() == "naïve")
    #expect(fields.map(\.offset) == [100, 111, 116, 125])
  }

  @Test func `repeated numbers may be packed or not`() throws {
    let fields = try fields(
      message {
        $0.packed(1, [1, -2, 300])
        $0.int(1, 4)
        $0.packed(1, [])
      })
    var result: [Int] = []
    for field in fields { try field.appendIntegers(to: &result) }
    #expect(result == [1, -2, 300, 4])
  }

  @Test(arguments: [
    ([0x08], "the data ends inside a number"),
    ([0x08, 0x80], "the data ends inside a number"),
    ([0x0D, 1, 2, 3], "the data ends inside a number of 4 bytes"),
    ([0x09, 1, 2, 3, 4, 5, 6, 7], "the data ends inside a number of 8 bytes"),
    ([0x0A, 5, 1, 2], "a field of 5 bytes does not fit the 2 that follow"),
    ([0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1], "does not fit the 0 that follow"),
    ([0x0B], "field 1 is a group"), ([0x0C], "field 1 is a group"),
    ([0x0E], "field 1 has the undefined wire type 6"),
    ([0x02, 0], "field number 0 is out of range"),
    ([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 2], "a number exceeds 64 bits"),
    ([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1], "is out of range"),
  ])
  func `refuses`(_ bytes: [UInt8], _ reason: String) {
    do throws(WireError) {
      _ = try fields(bytes)
      Issue.record("accepted")
    } catch {
      #expect(error.reason.contains(reason), "\(error)")
      #expect((100...100 + bytes.count).contains(error.offset))
    }
  }

  @Test func `a field of another type is an error`() throws {
    let fields = try fields(
      message {
        $0.int(1, 1)
        $0.bytes(2, [0xFF, 0xFE])
      })
    #expect(throws: WireError.self) { try fields[0].string() }
    #expect(throws: WireError.self) { try fields[0].float() }
    #expect(throws: WireError.self) { try fields[1].integer() }
    #expect(throws: WireError.self) { try fields[1].string() }
  }
}
