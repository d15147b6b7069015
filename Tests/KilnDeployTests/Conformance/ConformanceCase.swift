import Foundation
import KilnGraph

@testable import KilnONNX

/// One of the ONNX project's own cases: a folder with `model.onnx`, inputs and the outputs that are expected.
struct ConformanceCase {
  /// Its path below the folder of cases.
  let name: String
  private let model: ONNXModel
  private let inputs: [Tensor]
  /// The outputs that are expected.
  let expected: [Tensor]

  /// Reads the case in `folder/name`.
  init(_ name: String, in folder: URL) throws {
    self.name = name
    let path = folder.appending(path: name)
    let model = try ONNXModel(path: path.appending(path: "model.onnx").path)
    self.model = model
    let constants = Set(model.graph.initializers.map(\.name))
    inputs = try model.graph.inputs.filter { !constants.contains($0.name) }.indices.map { index in
      try Self.tensor(path.appending(path: "test_data_set_0/input_\(index).pb"))
    }
    expected = try model.graph.outputs.indices.map { index in
      try Self.tensor(path.appending(path: "test_data_set_0/output_\(index).pb"))
    }
  }

  /// The network, with what a converter would have written as constants made constants, and its remaining inputs.
  ///
  /// The cases give weights, shapes, axes and the like as run-time inputs, which no real model does.
  func imported() throws -> (graph: Graph, inputs: [Tensor]) {
    let initializers = Set(model.graph.initializers.map(\.name))
    let names = model.graph.inputs.map(\.name).filter { !initializers.contains($0) }
    let parameters = Set(model.graph.nodes.flatMap(Self.parameters))
    let known = zip(names, inputs).filter { parameters.contains($0.0) }
    let graph = try ONNXImporter.importGraph(
      model, options: ImportOptions(constants: Dictionary(uniqueKeysWithValues: known)))
    return (graph, zip(names, inputs).filter { !parameters.contains($0.0) }.map(\.1))
  }

  /// What is wrong with outputs; `nil` when they are as expected: integers exactly, others within `1e-6 + 1e-3 |y|`, those of 16
  /// bits within two neighbours.
  func complaint(about outputs: [Tensor]) -> String? {
    for (index, (actual, expected)) in zip(outputs, expected).enumerated() {
      if actual.type != expected.type { return "output \(index) is \(actual.type), expected \(expected.type)" }
      let isExact = !expected.scalar.isFloatingPoint
      let share =
        switch expected.scalar {
        case .bfloat16: 0x1p-6
        case .float16: 0x1p-9
        default: 1e-3
        }
      for (place, (a, b)) in zip(actual.doubles(), expected.doubles()).enumerated() where a != b {
        if a.isNaN && b.isNaN || !isExact && abs(a - b) <= 1e-6 + share * abs(b) { continue }
        return "output \(index) element \(place) is \(a), expected \(b)"
      }
    }
    return outputs.count == expected.count ? nil : "\(outputs.count) outputs, expected \(expected.count)"
  }

  /// The operands of a node that tell it what to do, or are its weights.
  private static func parameters(of node: NodeProto) -> [String] {
    let operands: Range<Int>? =
      switch node.operatorType {
      case "AffineGrid", "DeformConv", "Reshape", "Expand", "Squeeze", "Unsqueeze", "Split", "TopK", "CumSum", "Trilu",
        "Upsample", "CenterCropPad",
        "PRelu", "MatMul", "Gather":
        1..<2
      case "ConstantOfShape": 0..<1
      case "Range": 0..<3
      case "Slice", "BatchNormalization": 1..<5
      case "Pad", "Resize", "ConvInteger", "MatMulInteger": 1..<4
      case "Tile", "Clip", "Dropout", "OneHot", "Conv", "ConvTranspose", "Gemm", "InstanceNormalization",
        "LayerNormalization", "GroupNormalization", "QuantizeLinear", "DequantizeLinear":
        1..<3
      case "QLinearConv": 1..<9
      case "QLinearMatMul": 1..<8
      case let type where type.hasPrefix("Reduce"): 1..<2
      default: nil
      }
    return operands.map { $0.clamped(to: node.inputs.indices).map { node.inputs[$0] } } ?? []
  }

  private static func tensor(_ file: URL) throws -> Tensor {
    let message = MessageBytes(try MappedFile(path: file.path).storage)
    var decoder = TensorDecoder(externalData: ExternalData(folder: "."))
    return try decoder.tensor(try TensorProto(message))
  }
}
