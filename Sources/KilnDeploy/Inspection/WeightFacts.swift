import KilnGraph

/// A constant that a layer reads, as the folded network has it.
package struct WeightFacts: Encodable, Sendable {
  /// The node that reads it.
  package let node: String
  /// Its name.
  package let name: String
  /// Its type, for instance `float32[64, 3, 7, 7]`.
  package let type: String
  /// Bytes of its elements.
  package let byteCount: Int
  /// The least and the greatest element; `nil` where there is none, or one isn't a number.
  package let least: Double?
  package let greatest: Double?
  /// Elements that are 0.
  package let zeroCount: Int

  /// The constants of at least two elements that nodes read, in the nodes' order; one that several read with each of them.
  ///
  /// Complexity: O(elements of all of them).
  package static func all(of graph: Graph) -> [WeightFacts] {
    var summaries: [ValueID: Summary] = [:]
    return graph.nodeIDs.flatMap { id in
      graph[id].inputs.compactMap(\.self).compactMap { value in
        guard let tensor = graph.constant(value), tensor.elementCount > 1 else { return nil }
        let summary = summaries[value] ?? Summary(tensor)
        summaries[value] = summary
        return WeightFacts(
          node: graph[id].name, name: graph[value].name, type: "\(tensor.type)",
          byteCount: tensor.elementCount * tensor.scalar.byteCount, least: summary.range?.lowerBound,
          greatest: summary.range?.upperBound, zeroCount: summary.zeroCount)
      }
    }
  }

  private struct Summary {
    var range: ClosedRange<Double>?
    var zeroCount = 0

    init(_ tensor: Tensor) {
      let floats = tensor.floats()
      guard var least = floats.first, !least.isNaN else { return }
      var greatest = least
      for number in floats {
        guard !number.isNaN else { return }
        least = min(least, number)
        greatest = max(greatest, number)
        if number == 0 { zeroCount += 1 }
      }
      range = Double(least)...Double(greatest)
    }
  }
}

/// A tensor of 8 bits, and what its numbers stand for.
package struct QuantizedTensorFacts: Encodable, Sendable {
  /// The tensor's name.
  package let name: String
  /// The step between neighbouring numbers.
  package let scale: Float
  /// The number that stands for 0.
  package let zeroPoint: Int
  /// What the least and the greatest number stand for: whatever lies beyond is clipped.
  package let least: Float
  package let greatest: Float

  /// Describes a tensor whose numbers are in `range`.
  package init(_ name: String, _ quantization: TensorQuantization, range: ClosedRange<Int> = -128...127) {
    self.name = name
    scale = quantization.scale
    zeroPoint = quantization.zeroPoint
    least = quantization.real(range.lowerBound)
    greatest = quantization.real(range.upperBound)
  }

  /// Those that a model's file quantises itself, by names of what is quantised.
  ///
  /// Complexity: O(nodes).
  package static func all(of graph: Graph) -> [QuantizedTensorFacts] {
    graph.nodeIDs.compactMap { id in
      let node = graph[id]
      guard node.operation is QuantizeLinear, let input = node.data,
        let quantization = graph.tensorQuantization(by: id),
        let range = graph.type(of: node.outputs[0]).scalar.byteRange
      else { return nil }
      return QuantizedTensorFacts(graph[input].name, quantization, range: range)
    }
  }
}
