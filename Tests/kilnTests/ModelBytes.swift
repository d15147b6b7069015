import Foundation

/// Just enough of protobuf and ONNX to write models that importers must refuse.
struct ModelBytes {
  private var bytes: [UInt8] = []

  /// Appends a whole number.
  func number(_ field: UInt8, _ value: UInt8) -> ModelBytes { appending([field << 3, value]) }

  /// Appends text.
  func text(_ field: UInt8, _ text: String) -> ModelBytes { data(field, Array(text.utf8)) }

  /// Appends a message.
  func message(_ field: UInt8, _ message: ModelBytes) -> ModelBytes { data(field, message.bytes) }

  /// A model of one node, of inputs and outputs of 4 floats, and of a constant `w` in external data.
  static func model(operation: String, externalData location: String? = nil) -> Data {
    let shape = ModelBytes().message(1, ModelBytes().number(1, 4))
    let tensor = ModelBytes().message(1, ModelBytes().number(1, 1).message(2, shape))
    func port(_ name: String) -> ModelBytes { ModelBytes().text(1, name).message(2, tensor) }
    let node = ModelBytes().text(1, "x").text(1, location == nil ? "x" : "w").text(2, "y").text(3, "it")
      .text(4, operation)
    var graph = ModelBytes().message(1, node).text(2, "g").message(11, port("x")).message(12, port("y"))
    if let location {
      let entry = ModelBytes().text(1, "location").text(2, location)
      let weight = ModelBytes().number(1, 4).number(2, 1).text(8, "w").message(13, entry).number(14, 1)
      graph = graph.message(5, weight)
    }
    let model = ModelBytes().number(1, 8).message(7, graph).message(8, ModelBytes().number(2, 17))
    return Data(model.bytes)
  }

  private func data(_ field: UInt8, _ content: [UInt8]) -> ModelBytes {
    let count = content.count
    let length = count < 128 ? [UInt8(count)] : [UInt8(count & 127) | 128, UInt8(count >> 7)]
    return appending([field << 3 | 2] + length + content)
  }

  private func appending(_ more: [UInt8]) -> ModelBytes {
    var result = self
    result.bytes += more
    return result
  }
}
