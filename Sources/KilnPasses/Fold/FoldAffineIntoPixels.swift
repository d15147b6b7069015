import KilnGraph

/// Folds per-channel multiply-adds after conversions of pixels into them: `(x * w + b) * s + t = x * (w * s) + (b * s + t)`.
///
/// Takes what folding forward leaves: the shift of a normalisation before a convolution with padding, which reads 0 around the
/// normalised image, and everything where no convolution reads the image. A conversion multiplies and adds anyway. Applies
/// across what only moves elements, such as a transposition, as long as nobody else reads what is in between.
///
/// Source: `PerChannelAffine.followed(by:)`.
package struct FoldAffineIntoPixels: Pass {
  package let name = "fold-affine-into-pixels"

  /// Makes the pass.
  package init() {}

  package func run(on graph: inout Graph) throws(PassError) {
    for id in graph.nodeIDs where graph.contains(id) && graph[id].operation is PixelConversion {
      let steps = graph.affineSteps(after: graph[id].outputs[0])
      guard !steps.isEmpty else { continue }
      let node = graph[id]
      let terms = [PixelOperand.weight, PixelOperand.bias].compactMap { graph.constant(node.inputs[$0])?.doubles() }
      guard terms.count == 2 else { continue }
      let channels = terms[0].count
      let affine = steps.reduce(PerChannelAffine(scale: terms[0], shift: terms[1])) {
        $0.followed(by: $1.affine.terms(channels).expanded(to: channels))
      }
      let operands = try graph.operands(of: affine, channels: channels, name: node.name, .float32)
      let records = graph.records(of: steps.map(\.step.node), pass: name)
      graph.replace(
        id, with: node.operation, inputs: [node.inputs[PixelOperand.pixels]] + operands, folded: node.folded + records)
      for (step, _) in steps.reversed() {
        graph.replaceUses(of: step.output, with: step.input)
        graph.remove(step.node)
      }
    }
  }
}

extension Graph {
  /// The multiply-adds that follow an image of channels last, each with what it does to that image's channels.
  fileprivate func affineSteps(after image: ValueID) -> [(step: AffineStep, affine: AxisAffine)] {
    var steps: [(step: AffineStep, affine: AxisAffine)] = []
    var moves: [(operation: any AffineCommuting, operand: [Int], result: [Int])] = []
    var value = image
    while let user = soleUser(of: value) {
      let result = self[user].outputs[0]
      if let step = affineStep(user), step.input == value {
        let affine = moves.reversed().reduce(AxisAffine(step.affine, axis: step.axis) as AxisAffine?) { affine, move in
          affine.flatMap { move.operation.onOperand($0, operand: move.operand, result: move.result) }
        }
        guard let affine, affine.axis ?? 3 == 3, !isOutput(result) else { break }
        steps.append((step, affine))
      } else if let move = self[user].operation as? any AffineCommuting {
        moves.append((move, type(of: value).shape, type(of: result).shape))
      } else {
        break
      }
      value = result
    }
    return steps
  }
}
