import Foundation
import KilnDeploy
import KilnEmission
import KilnGraph

/// A valid model that Kiln can't compile or interpret: all that is in the way, and what can be done about it now.
struct Refusal: Error {
  /// Everything unsupported.
  let unsupported: UnsupportedError
  /// The command line that asked for the model.
  let arguments: ParsedArguments

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
    let shapes = items.compactMap { item in item.shape.map { shape in (item.node, shape) } }
    if !shapes.isEmpty {
      lines.append("With dimensions that you choose, or those of the data that --input gives:")
      lines.append("  " + fixing(shapes))
    }
    let open = items.compactMap(\.openTensor)
    if !open.isEmpty {
      lines.append("With room for as many rows as you choose; an output says how many of them are real:")
      lines.append("  " + bounding(open))
    }
    if let cut = unsupported.cut {
      let places = cut.outputs.map { "'\($0.name)' \($0.type)" }.joined(separator: ", ")
      lines.append("Cut it at \(places): Kiln does what comes before, your program the rest:")
      lines.append("  " + cutting(cut))
    }
    return lines.joined(separator: "\n")
  }

  /// The command line with the first part of the model in the place of all of it, or of the part that it names.
  private func cutting(_ cut: ModelCut) -> String {
    let inputs = arguments.has("cut-input") ? cut.inputs : []
    let options =
      inputs.map { ParsedArguments.GivenOption(name: "cut-input", value: $0.name) }
      + cut.outputs.map { ParsedArguments.GivenOption(name: "cut-output", value: $0.name) }
    return arguments.commandLine(adding: options) { option in
      !CompileArguments.cut.contains { $0.name == option.name }
    }
  }

  /// The command line with dimensions for these inputs.
  private func fixing(_ shapes: [(input: String, shape: [Int])]) -> String {
    let options = shapes.map { input, shape in
      ParsedArguments.GivenOption(name: "shape", value: "\(input)=\(shape.map(String.init).joined(separator: ","))")
    }
    return arguments.commandLine(adding: options) { _ in true }
  }

  /// The command line with room for these tensors' rows.
  private func bounding(_ tensors: [String]) -> String {
    let value = tensors.count == 1 ? "\(tensors[0])=100" : "100"
    let options = [ParsedArguments.GivenOption(name: CompileArguments.capacity.name, value: value)]
    return arguments.commandLine(adding: options) { _ in true }
  }

  /// Writes the model with its 16- and 64-bit floats as 32-bit ones: constants, types that it states, and conversions.
  private var widening: String {
    """
    import onnx; from onnx import numpy_helper as n; m = onnx.load(\(arguments.operand.pythonLiteral)); g = m.graph; w = (10, 11, 16); \
    a = [x for v in g.node for x in v.attribute]; \
    [t.CopyFrom(n.from_array(n.to_array(t).astype("f"), t.name)) for t in [*g.initializer, *(x.t for x in a)] \
    if t.data_type in w]; \
    [setattr(x, "i", 1) for x in a if x.name in ("to", "dtype") and x.i in w]; \
    [setattr(v.type.tensor_type, "elem_type", 1) for v in [*g.input, *g.output, *g.value_info] \
    if v.type.tensor_type.elem_type in w]; \
    onnx.save(m, \(widenedFile.pythonLiteral))
    """
  }

  /// The name of what that writes: in the current folder, since the model's may not be the user's to write to.
  private var widenedFile: String {
    "\(URL(filePath: arguments.operand).deletingPathExtension().lastPathComponent).float32.onnx"
  }

  private func python(_ program: String) -> String { "python3 -c \(ShellWords.quoted(program))" }
}
