import KilnGraph
import KilnONNX

/// Numbers of ONNX's `TensorProto.DataType`.
enum DataType {
  static let float = 1, uint8 = 2, int8 = 3, uint16 = 4, int16 = 5, int32 = 6, int64 = 7, string = 8, bool = 9
  static let float16 = 10, double = 11, uint32 = 12, uint64 = 13, bfloat16 = 16
}

/// An attribute of a node, as its message.
struct TestAttribute {
  let bytes: [UInt8]

  private init(_ name: String, _ type: Int, _ build: (inout ProtobufWriter) -> Void) {
    bytes = message {
      $0.string(1, name)
      build(&$0)
      $0.int(20, type)
    }
  }

  static func int(_ name: String, _ value: Int) -> Self { Self(name, 2) { $0.int(3, value) } }
  static func float(_ name: String, _ value: Float) -> Self { Self(name, 1) { $0.float(2, value) } }
  static func string(_ name: String, _ value: String) -> Self { Self(name, 3) { $0.string(4, value) } }
  static func tensor(_ name: String, _ value: [UInt8]) -> Self { Self(name, 4) { $0.bytes(5, value) } }
  static func graph(_ name: String, _ value: [UInt8]) -> Self { Self(name, 5) { $0.bytes(6, value) } }
  static func ints(_ name: String, _ values: [Int]) -> Self {
    Self(name, 7) { writer in for value in values { writer.int(8, value) } }
  }
  static func floats(_ name: String, _ values: [Float]) -> Self {
    Self(name, 6) { writer in for value in values { writer.float(7, value) } }
  }
  static func reference(_ name: String, to outer: String, type: Int) -> Self {
    Self(name, type) { $0.string(21, outer) }
  }
}

/// A node's message.
func node(
  _ type: String, _ inputs: [String], _ outputs: [String], _ attributes: [TestAttribute] = [], name: String = "",
  domain: String = ""
) -> [UInt8] {
  message {
    for input in inputs { $0.string(1, input) }
    for output in outputs { $0.string(2, output) }
    if !name.isEmpty { $0.string(3, name) }
    $0.string(4, type)
    for attribute in attributes { $0.bytes(5, attribute.bytes) }
    if !domain.isEmpty { $0.string(7, domain) }
  }
}

/// A tensor's message with the elements that `data` writes.
func tensor(
  _ name: String, _ type: Int, _ shape: [Int], _ data: (inout ProtobufWriter) -> Void = { _ in }
) -> [UInt8] {
  message {
    $0.packed(1, shape)
    $0.int(2, type)
    $0.string(8, name)
    data(&$0)
  }
}

/// A float32 tensor's message.
func floats(_ name: String, _ shape: [Int], _ values: [Float]) -> [UInt8] {
  tensor(name, DataType.float, shape) { $0.bytes(9, values.flatMap { littleEndian($0.bitPattern) }) }
}

/// An int64 tensor's message.
func ints(_ name: String, _ values: [Int], shape: [Int]? = nil) -> [UInt8] {
  tensor(name, DataType.int64, shape ?? [values.count]) { $0.packed(7, values) }
}

/// The message of an input or output.
///
/// A dimension is a number or a name.
func port(_ name: String, _ type: Int = DataType.float, _ shape: [Any]? = nil) -> [UInt8] {
  message { writer in
    writer.string(1, name)
    let tensor = message { tensor in
      tensor.int(1, type)
      guard let shape else { return }
      let dimensions = shape.map { extent in
        message { $0.bytes(1, message { dimension(extent, &$0) }) }
      }
      tensor.bytes(2, dimensions.flatMap(\.self))
    }
    writer.bytes(2, message { $0.bytes(1, tensor) })
  }
}

private func dimension(_ extent: Any, _ writer: inout ProtobufWriter) {
  if let number = extent as? Int { writer.int(1, number) } else { writer.string(2, "\(extent)") }
}

/// A graph's message.
func graph(
  _ nodes: [[UInt8]], inputs: [[UInt8]] = [], outputs: [[UInt8]], initializers: [[UInt8]] = [], name: String = "test"
) -> [UInt8] {
  message {
    for node in nodes { $0.bytes(1, node) }
    $0.string(2, name)
    for initializer in initializers { $0.bytes(5, initializer) }
    for input in inputs { $0.bytes(11, input) }
    for output in outputs { $0.bytes(12, output) }
  }
}

/// A model file's bytes.
func model(
  _ graph: [UInt8], opset: Int = 17, domains: [(String, Int)] = [], functions: [[UInt8]] = []
) -> [UInt8] {
  message {
    $0.int(1, 8)
    $0.string(2, "tests")
    $0.string(3, "1.0")
    $0.bytes(7, graph)
    for (domain, version) in [("", opset)] + domains {
      $0.bytes(
        8,
        message {
          $0.string(1, domain)
          $0.int(2, version)
        })
    }
    for function in functions { $0.bytes(25, function) }
  }
}

/// Imports a model from memory.
func importModel(_ bytes: [UInt8], folder: String = "/nonexistent", shapes: [String: [Int]] = [:]) throws -> Graph {
  let storage = ByteStorage(count: bytes.count) { $0.copyBytes(from: bytes) }
  let model = try ONNXModel(storage, fileName: "test.onnx", folder: folder)
  return try ONNXImporter.importGraph(model, options: ImportOptions(shapes: shapes))
}

/// Imports a model of a few nodes that compute `y` from `x`.
func importNodes(
  _ nodes: [[UInt8]], opset: Int = 17, x: [Int] = [1, 2, 4, 4], type: Int = DataType.float,
  initializers: [[UInt8]] = [], outputType: Int? = nil
) throws -> Graph {
  try importModel(
    model(
      graph(
        nodes, inputs: [port("x", type, x)], outputs: [port("y", outputType ?? type)], initializers: initializers),
      opset: opset))
}

/// What the reference interpreter computes for `y`, `x` counting up from 0 or being given.
func evaluate(_ graph: Graph, x: [Double]? = nil) throws -> Tensor {
  let inputs = graph.inputs.map { id in
    let type = graph.type(of: id)
    return Tensor(
      shape: type.shape, doubles: x ?? (0..<type.elementCount).map { Double($0) }, as: type.scalar)
  }
  return try Interpreter(graph).run(inputs)[0]
}

/// The operators of a graph, in order.
func operators(_ graph: Graph) -> [String] { graph.nodeIDs.map { graph[$0].operation.name } }

/// The error that importing `bytes` throws.
func importError(_ bytes: [UInt8], shapes: [String: [Int]] = [:], folder: String = "/nonexistent") -> (any Error)? {
  do {
    _ = try importModel(bytes, folder: folder, shapes: shapes)
    return nil
  } catch {
    return error
  }
}
