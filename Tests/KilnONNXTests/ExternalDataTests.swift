import Foundation
import KilnGraph
import KilnONNX
import Testing

/// Weights beside the model, and the ways in which a model may try to read something else.
final class ExternalDataTests {
  private let root = FileManager.default.temporaryDirectory.appending(path: "kiln-onnx-\(UUID().uuidString)")
  private var folder: URL { root.appending(path: "model") }

  init() throws {
    try FileManager.default.createDirectory(at: folder.appending(path: "parts"), withIntermediateDirectories: true)
    let numbers: [Float] = [1, 2, 3, 4]
    let data = Data(numbers.flatMap { littleEndian($0.bitPattern) })
    try data.write(to: folder.appending(path: "weights.bin"))
    try data.write(to: folder.appending(path: "parts/weights.bin"))
    try data.write(to: root.appending(path: "secret.bin"))
  }

  deinit { try? FileManager.default.removeItem(at: root) }

  private func external(_ entries: [(String, String)], shape: [Int] = [2], type: Int = DataType.float) -> [UInt8] {
    let weight = tensor("w", type, shape) { writer in
      for (key, value) in entries {
        writer.bytes(
          13,
          message {
            $0.string(1, key)
            $0.string(2, value)
          })
      }
      writer.int(14, 1)
    }
    return model(graph([], outputs: [port("w", type)], initializers: [weight]))
  }

  private func refusal(_ entries: [(String, String)], shape: [Int] = [2]) throws -> ModelError {
    try #require(importError(external(entries, shape: shape), folder: folder.path) as? ModelError)
  }

  @Test(arguments: ["weights.bin", "parts/weights.bin", "./weights.bin"])
  func `reads a part of a file`(_ location: String) throws {
    let model = external([("location", location), ("offset", "4"), ("length", "8")])
    let graph = try importModel(model, folder: folder.path)
    #expect(graph.constant(graph.outputs[0].value)?.floats() == [2, 3])
  }

  @Test func `offset and length may be left out`() throws {
    let graph = try importModel(external([("location", "weights.bin")]), folder: folder.path)
    #expect(graph.constant(graph.outputs[0].value)?.floats() == [1, 2])
  }

  @Test(arguments: ["../secret.bin", "parts/../../secret.bin", "parts/../weights.bin", "..", "", "/etc/passwd"])
  func `refuses paths that leave the folder`(_ location: String) throws {
    let error = try refusal([("location", location)])
    #expect(error.kind == .malformed)
    #expect(error.description.contains("is not a path inside the model's folder"))
  }

  @Test func `refuses links that leave the folder`() throws {
    let manager = FileManager.default
    try manager.createSymbolicLink(
      at: folder.appending(path: "link.bin"), withDestinationURL: root.appending(path: "secret.bin"))
    try manager.createSymbolicLink(at: folder.appending(path: "up"), withDestinationURL: root)
    try manager.linkItem(at: root.appending(path: "secret.bin"), to: folder.appending(path: "hard.bin"))
    #expect(try refusal([("location", "link.bin")]).description.contains("leads out of the model's folder"))
    #expect(try refusal([("location", "up/secret.bin")]).description.contains("leads out of the model's folder"))
    #expect(try refusal([("location", "hard.bin")]).description.contains("hard links"))
  }

  @Test func `links inside the folder are followed`() throws {
    try FileManager.default.createSymbolicLink(
      atPath: folder.appending(path: "alias.bin").path, withDestinationPath: "parts/weights.bin")
    let graph = try importModel(external([("location", "alias.bin")]), folder: folder.path)
    #expect(graph.constant(graph.outputs[0].value)?.floats() == [1, 2])
  }

  @Test func `refuses what is not a file`() throws {
    #expect(try refusal([("location", "parts")]).description.contains("not a regular file"))
    mkfifo(folder.appending(path: "pipe").path, 0o600)
    #expect(try refusal([("location", "pipe")]).description.contains("not a regular file"))
    #expect(try refusal([("location", "absent.bin")]).kind == .missing)
  }

  @Test(arguments: [
    ([("offset", "12"), ("length", "8")], "leaves the 16 bytes"),
    ([("offset", "17"), ("length", "8")], "leaves the 16 bytes"),
    ([("offset", "9223372036854775807"), ("length", "8")], "leaves the 16 bytes"),
    ([("offset", "99999999999999999999")], "is not a number"),
    ([("offset", "-4")], "is not a number"), ([("offset", "")], "is not a number"),
    ([("length", "4")], "4 bytes where its shape needs 8"),
    ([("basepath", "/")], "unknown key 'basepath'"),
    ([("offset", "0"), ("offset", "4")], "'offset' twice"),
  ])
  func `refuses lies`(_ entries: [(String, String)], _ reason: String) throws {
    let error = try refusal([("location", "weights.bin")] + entries)
    #expect(error.description.contains(reason), "\(error)")
    #expect(error.description.contains("tensor 'w'"))
  }

  @Test func `refuses a tensor larger than its file`() throws {
    #expect(try refusal([("location", "weights.bin")], shape: [1 << 20]).description.contains("leaves the 16 bytes"))
    #expect(try refusal([]).description.contains("has no location"))
  }
}
