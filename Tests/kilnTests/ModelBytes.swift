import Foundation

/// Just enough of protobuf and ONNX to write models that importers must refuse.
struct ModelBytes {
  private var bytes: [UInt8] = []

  /// Appends a whole number.
  func number(_ field: UInt8, _ value: Int) -> ModelBytes { appending([field << 3] + Self.varint(value)) }

  /// Appends text.
  func text(_ field: UInt8, _ text: String) -> ModelBytes { data(field, Array(text.utf8)) }

  /// Appends a message.
  func message(_ field: UInt8, _ message: ModelBytes) -> ModelBytes { data(field, message.bytes) }

  /// A model of one node, of inputs and outputs of 4 floats, and of a constant `w` in external data.
  ///
  /// - Parameter name: the node's.
  static func model(operation: String, node name: String = "it", externalData location: String? = nil) -> Data {
    let shape = ModelBytes().message(1, ModelBytes().number(1, 4))
    let tensor = ModelBytes().message(1, ModelBytes().number(1, 1).message(2, shape))
    func port(_ name: String) -> ModelBytes { ModelBytes().text(1, name).message(2, tensor) }
    let node = ModelBytes().text(1, "x").text(1, location == nil ? "x" : "w").text(2, "y").text(3, name)
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

  /// A model of `layers` products of a row with matrices of `width` columns and rows, one after the other in the file
  /// `weights`.
  static func products(layers: Int, width: Int) -> Data {
    func port(_ name: String) -> ModelBytes {
      let shape = ModelBytes().message(1, ModelBytes().number(1, 1)).message(1, ModelBytes().number(1, width))
      return ModelBytes().text(1, name)
        .message(2, ModelBytes().message(1, ModelBytes().number(1, 1).message(2, shape)))
    }
    var graph = ModelBytes()
    for layer in 0..<layers {
      graph = graph.message(
        1, ModelBytes().text(1, "\(layer)").text(1, "w\(layer)").text(2, "\(layer + 1)").text(4, "MatMul"))
    }
    graph = graph.text(2, "g")
    for layer in 0..<layers {
      let location = ModelBytes().text(1, "location").text(2, "weights")
      let offset = ModelBytes().text(1, "offset").text(2, "\(layer * width * width * 4)")
      graph = graph.message(
        5,
        ModelBytes().number(1, width).number(1, width).number(2, 1).text(8, "w\(layer)").message(13, location)
          .message(13, offset).number(14, 1))
    }
    graph = graph.message(11, port("0")).message(12, port("\(layers)"))
    return Data(
      ModelBytes().number(1, 8).message(7, graph).message(8, ModelBytes().number(2, 17)).bytes)
  }

  private func data(_ field: UInt8, _ content: [UInt8]) -> ModelBytes {
    appending([field << 3 | 2] + Self.varint(content.count) + content)
  }

  private static func varint(_ value: Int) -> [UInt8] {
    value < 128 ? [UInt8(value)] : [UInt8(value & 127) | 128] + varint(value >> 7)
  }

  private func appending(_ more: [UInt8]) -> ModelBytes {
    var result = self
    result.bytes += more
    return result
  }
}
