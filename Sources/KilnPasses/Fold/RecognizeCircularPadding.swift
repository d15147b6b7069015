import KilnGraph

/// Recognises circular padding written as copies: `concat(end of x, x, start of x)` along one axis is `Pad` with the
/// mode wrap.
///
/// PyTorch exports `padding_mode="circular"` so, one axis after the other; both become one `Pad`.
///
/// Applies when the parts touch the ends of `x`, take each element once, and nobody else reads them. Either part may be
/// missing.
///
/// Source: PyTorch's ONNX export of `aten::pad`; ONNX Pad, version 19.
package struct RecognizeCircularPadding: Pass {
  package let name = "recognize-circular-padding"

  /// Makes the pass.
  package init() {}

  package func run(on graph: inout Graph) throws(PassError) {
    for id in graph.nodeIDs where graph.contains(id) {
      guard let concat = graph[id].operation as? Concat, (2...3).contains(graph[id].inputs.count) else { continue }
      let parts = graph[id].inputs.compactMap(\.self)
      for (index, image) in parts.enumerated() where graph.constant(image) == nil {
        guard parts.count == 3 ? index == 1 : true,
          let pad = padding(of: image, at: index, parts, axis: concat.axis, graph)
        else { continue }
        replace(id, by: pad, of: image, slices: parts.filter { $0 != image }, &graph)
        break
      }
    }
  }

  /// The padding that joining `parts`, of which `image` is the one at `index`, is; `nil` when it isn't one.
  private func padding(of image: ValueID, at index: Int, _ parts: [ValueID], axis: Int, _ graph: Graph) -> Pad? {
    let shape = graph.type(of: image).shape
    var begin = Array(repeating: 0, count: shape.count)
    var end = begin
    for (position, part) in parts.enumerated() where position != index {
      guard graph.soleUser(of: part) != nil, let producer = graph.producer(of: part),
        let slice = graph[producer].operation as? Slice, graph[producer].data == image,
        slice.steps.allSatisfy({ $0 == 1 })
      else { return nil }
      let count = slice.counts[axis]
      let start = position < index ? shape[axis] - count : 0
      let isWhole = shape.indices.allSatisfy { $0 == axis || slice.counts[$0] == shape[$0] }
      guard isWhole, slice.starts[axis] == start else { return nil }
      if position < index { begin[axis] = count } else { end[axis] = count }
    }
    return Pad(begin: begin, end: end, mode: .wrap)
  }

  private func replace(
    _ id: NodeID, by pad: Pad, of image: ValueID, slices: [ValueID], _ graph: inout Graph
  ) {
    var (pad, image) = (pad, image)
    var absorbed = slices.compactMap { graph.producer(of: $0) }
    // Padding of different axes commutes.
    if let inner = graph.producer(of: image), let first = graph[inner].operation as? Pad, first.mode == .wrap,
      graph.users(of: image).allSatisfy({ $0 == id || absorbed.contains($0) }), !graph.isOutput(image),
      pad.begin.indices.allSatisfy({
        pad.begin[$0] + pad.end[$0] == 0 || (first.begin[$0] == 0 && first.end[$0] == 0)
      }), let source = graph[inner].data
    {
      for axis in pad.begin.indices {
        pad.begin[axis] += first.begin[axis]
        pad.end[axis] += first.end[axis]
      }
      image = source
      absorbed.insert(inner, at: 0)
    }
    let name = graph[id].name
    let history = graph.records(of: absorbed, pass: self.name)
    graph.replace(id, with: pad, inputs: [image], name: name, folded: history)
    for node in absorbed.reversed() { graph.removeIfUnused(node) }
  }
}
