import KilnGraph
import KilnKernels
import KilnLowering
import KilnMachine
import KilnPlanning
import KilnRuntimeSources

/// The layers: a function each, whose body is its calls.
///
/// They are never inlined: several functions call every layer, and each would be optimised there once more.
extension NetworkSource {
  var layers: String {
    zip(layerNames, program.layers).map { layerName, layer in
      """
      \(layer.nodes.map(description).joined(separator: "\n  ///\n"))
        @inline(never)
        static func \(layerName)(_ memory: Memory\(isShared(layer) ? ", worker: Int" : "")) {
      \(body(layer))
        }
      """
    }.joined(separator: "\n\n")
  }

  private func body(_ layer: Program.Layer) -> String {
    let start = layer.workspaceOffset / MemoryLayout<Float>.stride
    return (layer.workspaceCount == 0 ? "" : "    let workspace = memory.arena + \(start)\n") + calls(of: layer)
  }

  private func calls(of layer: Program.Layer) -> String {
    var parts: [String] = []
    if isShared(layer), !layer.calls.isEmpty {
      parts.append(sharedBody(layer) { print($0, in: layer) })
    } else {
      parts += layer.calls.map { print($0, in: layer) }
    }
    if let strips = layer.strips { parts.append(stripsBody(strips) { print($0, in: layer) }) }
    return parts.joined(separator: "\n")
  }

  /// What a layer is and what was folded into it, as its documentation.
  private func description(of node: Node) -> String {
    let graph = program.graph
    let inputs = node.inputs.compactMap(\.self).filter { graph.constant($0) == nil }
    let shapes = inputs.map { "\(graph.type(of: $0).shape)" }.joined(separator: ", ")
    let details = node.operation.details.isEmpty ? "" : " \(node.operation.details)"
    var lines = ["\(node.operation.name)\(details), \(shapes) -> \(graph.type(of: node.outputs[0]).shape)."]
    if !node.folded.isEmpty {
      lines.append("Folded:")
      lines += node.folded.map { "- \($0.operation) `\($0.node)`" }
    }
    return lines.map { "  /// \($0.inComment)" }.joined(separator: "\n")
  }

  private func print(_ call: KernelCall, in layer: Program.Layer) -> String {
    let address = { (operand: Operand) in pointer(to: operand, in: layer) }
    if let function = sharedCalls.names[CallForm(call, in: program)] {
      return printedCall(of: function, CallForm.arguments(of: call, pointer: address))
    }
    let arguments = call.kernel.arguments.map { argument in
      (argument.label.map { "\($0): " } ?? "") + print(argument.value, address)
    }
    return printedCall(of: call.kernel.name, arguments)
  }

  private func print(_ value: KernelArgument.Value, _ address: (Operand) -> String) -> String {
    switch value {
    case .pointer(let operand): address(operand)
    default: value.source ?? ""
    }
  }

  private func pointer(to operand: Operand, in layer: Program.Layer) -> String {
    switch operand.memory {
    case .value(let value): pointer(to: value, offset: operand.offset) + moves(of: operand)
    case .workspace: address("workspace", operand.offset) + moves(of: operand)
    case .table(let table): address("\(weights.function(table, part: part))()", operand.offset)
    }
  }

  private func pointer(to value: ValueID, offset: Int) -> String {
    let view = program.view(value)
    let base =
      switch program.buffer(view.buffer).owner {
      case .arena: "memory.\(name(of: view.buffer))"
      case .input(let index): "memory.\(inputNames[index])"
      case .output(let index): "memory.\(outputNames[index])"
      }
    return address(base, view.offset + offset)
  }

  /// A pointer to an element after or before the one that `base` points to.
  private func address(_ base: String, _ element: Int) -> String {
    element == 0 ? base : element > 0 ? "\(base) + \(element)" : "\(base) - \(-element)"
  }
}
