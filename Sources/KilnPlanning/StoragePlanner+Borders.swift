import KilnGraph
import KilnKernels

/// Which images get a border, and where the padding becomes a Pad.
extension StoragePlanner {
  /// Gives each padded convolution whose input can't have a border a Pad before.
  ///
  /// Returns whether there was one.
  mutating func makePaddingExplicit() -> Bool {
    var pads: [PadKey: ValueID] = [:]
    for id in graph.nodeIDs {
      guard let request = storage[id], !request.border.isEmpty, let input = graph[id].data, !canHaveBorder(input) else {
        continue
      }
      let (border, number) = (request.border, request.borderNumber)
      let node = graph[id]
      let padded: ValueID
      if let existing = pads[PadKey(value: input, border: border, number: number)] {
        padded = existing
      } else {
        let pad = Pad(
          begin: [0, border.top, border.left, 0], end: [0, border.bottom, border.right, 0],
          mode: .constant(Double(number)))
        padded = graph.inserting(pad, name: "\(graph[input].name).padded", input, before: id)
        pads[PadKey(value: input, border: border, number: number)] = padded
      }
      graph.replace(id, with: node.operation.readingPadded(by: border), inputs: [padded] + node.inputs.dropFirst())
    }
    return !pads.isEmpty
  }

  private struct PadKey: Hashable {
    var value: ValueID
    var border: Border
    var number: Int
  }

  /// Whether the images around `value` can be given a border: it spans its root's images, and everybody who shares the
  /// memory can live with strides.
  private mutating func canHaveBorder(_ value: ValueID) -> Bool {
    let root = forest.root(of: value)
    let shape = graph.type(of: value).shape
    let rootShape = graph.type(of: root).shape
    return graph.constant(value) == nil && shape.count == 4 && rootShape.count == 4
      && shape.dropLast() == rootShape.dropLast()
      && !forest.family(of: root).mustBeDense && forest.family(of: root).borderNumbers.count <= 1
  }
}

extension Operator {
  /// The operator that computes the same from an input with `border` already around it.
  fileprivate func readingPadded(by border: Border) -> any Operator {
    switch self {
    case var convolution as Convolution:
      convolution.window = convolution.window.without(border)
      return convolution
    case var convolution as RequantizedConvolution:
      convolution.window = convolution.window.without(border)
      return convolution
    case var transposed as TransposedConvolution:
      let strides = transposed.window.strides
      transposed.window.padBegin[0] += border.top * strides[0]
      transposed.window.padBegin[1] += border.left * strides[1]
      transposed.window.padEnd[0] += border.bottom * strides[0]
      transposed.window.padEnd[1] += border.right * strides[1]
      return transposed
    default:
      preconditionFailure("\(name) has no padding")
    }
  }
}

extension Window {
  /// The window without the padding that a border takes over.
  fileprivate func without(_ border: Border) -> Window {
    var window = self
    window.padBegin = [padBegin[0] - border.top, padBegin[1] - border.left]
    window.padEnd = [padEnd[0] - border.bottom, padEnd[1] - border.right]
    return window
  }
}
