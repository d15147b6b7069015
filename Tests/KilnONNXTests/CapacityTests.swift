import KilnGraph
import Testing

@testable import KilnONNX

/// Room for results whose number of rows depends on the data.
struct CapacityTests {
  /// The places of numbers other than 0 in `x`, and the last of them.
  private func shortRooms(_ outputs: [String], capacity: Int) throws -> [PartialModel.RowRoom] {
    let bytes = model(
      graph(
        [
          node("NonZero", ["x"], ["places"]), node("Cast", ["places"], ["found"], [.int("to", 1)]),
          node("ReduceMax", ["found"], ["last"], [.ints("axes", [1])]),
        ], inputs: [port("x", DataType.float, [2, 6])],
        outputs: outputs.map { port($0, $0 == "places" ? DataType.int64 : DataType.float) }))
    let storage = ByteStorage(count: bytes.count) { $0.copyBytes(from: bytes) }
    let partial = try ONNXImporter.importPart(
      of: ONNXModel(storage, fileName: "test.onnx", folder: "/nonexistent"),
      options: ImportOptions(capacities: RowCapacities(others: capacity)))
    #expect(partial.unsupported.isEmpty)
    return partial.shortRooms
  }

  @Test func `rows that may be lost without a sign are told of`() throws {
    let room = PartialModel.RowRoom(tensor: "places", capacity: 5, bound: 12)
    #expect(try shortRooms(["last"], capacity: 5) == [room])
    #expect(try shortRooms(["last"], capacity: 12).isEmpty)
    #expect(try shortRooms(["last"], capacity: 100).isEmpty)
  }

  @Test func `a count among the outputs tells of them`() throws {
    #expect(try shortRooms(["last", "found"], capacity: 5).isEmpty)
    #expect(try shortRooms(["places"], capacity: 5).isEmpty)
  }
}
