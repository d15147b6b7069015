import Foundation
import KilnDeploy
import KilnEmission
import KilnGraph

/// A valid model that Kiln can't compile or interpret: all that is in the way, and what can be done about it now.
struct Refusal: Error {
  /// Everything unsupported.
  let unsupported: UnsupportedError
  /// The path of the model file.
  let modelPath: String

  /// What is unsupported, a line each, and below it commands that mend the model, where there are any.
  var text: String {
    let items = unsupported.items
    let count = items.count == 1 ? "1 thing" : "\(items.count) things"
    var lines = ["this model needs \(count) that Kiln does not do yet:"] + items.map { "  \($0)" }
    if items.contains(where: \.isPrecision) {
      lines.append(
        "Export it in float32 (in PyTorch: model.float() first), or convert the file with Python's onnx package:")
      lines.append("  " + python(widening))
    }
    if let cut = unsupported.cut {
      let places = cut.outputs.map { "'\($0.name)' \($0.type)" }.joined(separator: ", ")
      lines.append(
        "Cut it at \(places): Kiln does what comes before, your program the rest. With Python's onnx package:")
      lines.append("  " + python(cutting(cut)))
    }
    return lines.joined(separator: "\n")
  }

  /// Writes the first part of the model.
  private func cutting(_ cut: ModelCut) -> String {
    func list(_ tensors: [ModelCut.Tensor]) -> String {
      "[\(tensors.map { $0.name.pythonLiteral }.joined(separator: ", "))]"
    }
    let arguments = [modelPath.pythonLiteral, file("cut").pythonLiteral, list(cut.inputs), list(cut.outputs)]
    return "import onnx.utils; onnx.utils.extract_model(\(arguments.joined(separator: ", ")))"
  }

  /// Writes the model with its 16- and 64-bit floats as 32-bit ones: constants, types that it states, and conversions.
  private var widening: String {
    """
    import onnx; from onnx import numpy_helper as n; m = onnx.load(\(modelPath.pythonLiteral)); g = m.graph; w = (10, 11, 16); \
    a = [x for v in g.node for x in v.attribute]; \
    [t.CopyFrom(n.from_array(n.to_array(t).astype("f"), t.name)) for t in [*g.initializer, *(x.t for x in a)] \
    if t.data_type in w]; \
    [setattr(x, "i", 1) for x in a if x.name in ("to", "dtype") and x.i in w]; \
    [setattr(v.type.tensor_type, "elem_type", 1) for v in [*g.input, *g.output, *g.value_info] \
    if v.type.tensor_type.elem_type in w]; \
    onnx.save(m, \(file("float32").pythonLiteral))
    """
  }

  /// The name of what a command writes: in the current folder, since the model's may not be the user's to write to.
  private func file(_ kind: String) -> String {
    let stem = URL(filePath: modelPath).deletingPathExtension().lastPathComponent
    return "\(stem).\(kind).onnx"
  }

  private func python(_ program: String) -> String { "python3 -c \(ShellWords.quoted(program))" }
}
