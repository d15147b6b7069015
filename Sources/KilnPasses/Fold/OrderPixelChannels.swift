import KilnGraph

/// Reorders the weights of the layers that read pixels whose channels are bytes in another order, so that the bytes are the
/// channels as they come: `sum over c of W[m, c] * x[places[c]] = sum over b of W'[m, b] * x[b]` with
/// `W'[m, places[c]] = W[m, c]`.
///
/// Applies when the channels are all bytes of a pixel and everybody who reads the image, perhaps across transpositions, is a
/// layer of one group with constant weights. Elsewhere the conversion takes the bytes in the channels' order.
package struct OrderPixelChannels: Pass {
  package let name = "order-pixel-channels"

  /// Makes the pass.
  package init() {}

  package func run(on graph: inout Graph) throws(PassError) {
    for id in graph.nodeIDs {
      guard var conversion = graph[id].operation as? PixelConversion else { continue }
      let (node, order) = (graph[id], conversion.places.inversePermutation(count: conversion.byteCount))
      let terms = [PixelOperand.weight, PixelOperand.bias].compactMap { graph.constant(node.inputs[$0])?.doubles() }
      guard let order, order != Array(order.indices), terms.count == 2,
        let layers = graph.layers(readingChannels: 3, of: node.outputs[0])
      else { continue }
      let record = Folded(pass: name, node: node.name, operation: conversion.name)
      for layer in layers {
        var weights = graph.weights(of: layer)
        weights.reorderInputs(order)
        let inputs = try graph.operands(of: layer, with: weights)
        graph.replace(layer.node, with: layer.operation, inputs: inputs, folded: graph[layer.node].folded + [record])
      }
      let affine = PerChannelAffine(scale: order.map { terms[0][$0] }, shift: order.map { terms[1][$0] })
      let operands = try graph.operands(of: affine, channels: order.count, name: node.name, .float32)
      conversion.places = Array(order.indices)
      graph.replace(id, with: conversion, inputs: [node.inputs[PixelOperand.pixels]] + operands)
    }
  }
}

extension [Int] {
  /// Which channel each byte is, where each of `count` bytes is one; these are the channels' bytes.
  fileprivate func inversePermutation(count: Int) -> [Int]? {
    sorted() == Array(0..<count) ? inversePermutation : nil
  }
}

extension Graph {
  /// The layers that read an image; `nil` when something else does.
  fileprivate func layers(readingChannels axis: Int, of value: ValueID) -> [LinearLayer]? {
    guard !isOutput(value) else { return nil }
    var layers: [LinearLayer] = []
    for user in users(of: value) {
      if let layer = linearLayer(user) {
        guard layer.input == value, layer.channelAxis == axis, layer.operation.groups == 1 else { return nil }
        layers.append(layer)
      } else if let transpose = self[user].operation as? Transpose,
        let more = self.layers(
          readingChannels: transpose.permutation.inversePermutation[axis], of: self[user].outputs[0])
      {
        layers += more
      } else {
        return nil
      }
    }
    return layers
  }
}
