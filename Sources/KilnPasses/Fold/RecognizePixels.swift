import KilnGraph
import KilnKernels

/// Recognises images of bytes that are made float32: `Cast` of uint8 `[N, H, W, C]` or `[N, C, H, W]` becomes a
/// `PixelConversion`, into which the normalisation after it folds and which needs no whole image of float32 before a convolution.
///
/// Applies when channels last are made channels first by what follows, or when convolutions read channels first; between
/// there may be transpositions, padding, and multiply-adds with constants. Does not apply to images of other element types, nor
/// where no kernel converts pixels with the image's number of channels.
///
/// Source: what exporters write for networks that normalise their input themselves.
package struct RecognizePixels: Pass {
  package let name = "recognize-pixels"

  /// Makes the pass.
  package init() {}

  package func run(on graph: inout Graph) throws(PassError) {
    for id in graph.nodeIDs {
      guard let cast = graph[id].operation as? Cast, cast.scalar == .float32, let bytes = graph[id].data,
        graph.type(of: bytes).scalar == .uint8, graph.type(of: bytes).rank == 4, graph.constant(bytes) == nil,
        let axis = graph.channelAxis(ofImage: graph[id].outputs[0])
      else { continue }
      let (name, channels) = (graph[id].name, graph.type(of: bytes).shape[axis])
      guard ConvertPixels.suits(channels: channels) else { continue }
      let conversion = PixelConversion(channels: channels)
      let record = Folded(pass: self.name, node: name, operation: cast.name)
      if axis == 3 {
        let inputs = [bytes] + graph.addUnchangedTerms(of: name, channels: channels)
        graph.replace(id, with: conversion, inputs: inputs, folded: graph[id].folded + [record])
        continue
      }
      let order = [Int].channelsLast(rank: 4)
      let pixels = try graph.add(
        Transpose(order), name: "\(name).pixels", inputs: [bytes], before: id)
      let inputs = [pixels] + graph.addUnchangedTerms(of: name, channels: channels)
      let image = try graph.add(
        conversion, name: name, inputs: inputs, outputName: "\(name).image", folded: graph[id].folded + [record],
        before: id)
      graph.replace(id, with: Transpose(order.inversePermutation), inputs: [image], name: "\(name).nchw", folded: [])
    }
  }
}

extension Graph {
  /// The axis of the channels of a value that is an image by what reads it: 3 where it is made channels first, 1 where
  /// convolutions read it as it is; `nil` for others.
  fileprivate func channelAxis(ofImage value: ValueID) -> Int? {
    var (value, permutation) = (value, [0, 1, 2, 3])
    while let user = soleUser(of: value) {
      let node = self[user]
      if let transpose = node.operation as? Transpose {
        permutation = transpose.permutation.map { permutation[$0] }
      } else if affineStep(user)?.input != value, !(node.operation is Pad && node.data == value) {
        break
      }
      value = node.outputs[0]
    }
    if permutation == [Int].channelsLast(rank: 4).inversePermutation { return 3 }
    let users = users(of: value)
    guard permutation == [0, 1, 2, 3], !users.isEmpty, !isOutput(value) else { return nil }
    let isRead = users.allSatisfy { self[$0].operation is Convolution && self[$0].data == value }
    return isRead ? 1 : nil
  }
}
