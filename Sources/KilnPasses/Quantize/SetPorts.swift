import KilnGraph

/// What a quantised network takes and gives.
package enum PortElements: String, CaseIterable, Hashable, Sendable {
  /// Real numbers, which are quantised inside.
  case float32
  /// Numbers of 8 bits.
  case native
}

/// Moves the quantisation of a network's inputs and the dequantisation of its results out of it, or into it.
///
/// - Native: an input that is only quantised, in one way, takes the quantised numbers; a result that is dequantised last is given before
///   that.
/// - Real: an input of 8 bits that is only dequantised, in one way, takes real numbers and is quantised first; a result that is quantised
///   last is dequantised after that.
///
/// Applies where one scale and zero point that are constants hold for the whole tensor. Other ports stay as they are.
package struct SetPorts: Pass {
  package let name = "set-ports"
  private let elements: PortElements

  /// Makes the pass.
  package init(_ elements: PortElements) {
    self.elements = elements
  }

  package func run(on graph: inout Graph) throws(PassError) {
    for input in graph.inputs where !graph.isOutput(input) {
      switch elements {
      case .native: takeNumbers(input, &graph)
      case .float32: try takeReals(input, &graph)
      }
    }
    for (port, output) in graph.outputs.enumerated() {
      guard let id = graph.producer(of: output.value), graph.tensorQuantization(by: id) != nil else { continue }
      switch (elements, graph[id].operation) {
      case (.native, is DequantizeLinear):
        if let numbers = graph[id].data { graph.setOutput(port, to: numbers) }
      case (.float32, let quantize as QuantizeLinear):
        let operands = [output.value] + graph[id].inputs.dropFirst()
        let real = try graph.add(
          DequantizeLinear(axis: quantize.axis), name: "\(output.name).real", inputs: operands, before: nil)
        graph.setOutput(port, to: real)
      default: continue
      }
    }
    graph.removeUnused()
  }

  private func takeNumbers(_ input: ValueID, _ graph: inout Graph) {
    guard let readers = readers(of: input, in: graph, where: { $0 is QuantizeLinear }) else { return }
    let numbers = graph[readers[0]].outputs[0]
    guard readers.allSatisfy({ graph.type(of: graph[$0].outputs[0]) == graph.type(of: numbers) }),
      !readers.contains(where: { graph.isOutput(graph[$0].outputs[0]) })
    else { return }
    graph.setType(of: input, to: graph.type(of: numbers))
    for reader in readers {
      graph.replaceUses(of: graph[reader].outputs[0], with: input)
      graph.remove(reader)
    }
  }

  private func takeReals(_ input: ValueID, _ graph: inout Graph) throws(PassError) {
    let type = graph.type(of: input)
    guard let readers = readers(of: input, in: graph, where: { $0 is DequantizeLinear }) else { return }
    graph.setType(of: input, to: TensorType(.float32, type.shape))
    let operands = [input] + graph[readers[0]].inputs.dropFirst()
    let numbers = try graph.add(
      QuantizeLinear(to: type.scalar, axis: 0), name: "\(graph[input].name).numbers", inputs: operands,
      before: graph.nodeIDs.first)
    for reader in readers {
      graph.replace(
        reader, with: graph[reader].operation, inputs: [numbers] + graph[reader].inputs.dropFirst())
    }
  }

  /// All that reads an input, where that quantises or dequantises it in one way; `nil` otherwise.
  private func readers(
    of input: ValueID, in graph: Graph, where isWanted: (any Operator) -> Bool
  ) -> [NodeID]? {
    let readers = graph.users(of: input)
    guard let first = readers.first, let quantization = graph.tensorQuantization(by: first),
      readers.allSatisfy({
        isWanted(graph[$0].operation) && graph[$0].data == input && graph.tensorQuantization(by: $0) == quantization
      })
    else { return nil }
    return readers
  }
}
