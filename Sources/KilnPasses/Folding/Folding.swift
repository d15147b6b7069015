import KilnGraph

/// The arithmetic of the folds, on plain numbers: what goes in and comes out is Float64, and the caller rounds once.
///
/// The passes decide where a fold applies; these functions say what the new weights are. Complexity of each: linear in
/// the number of weights, unless it says otherwise.
package enum Folding {
  /// The multiply-add that a batch normalisation in inference mode is.
  ///
  /// `(x - mean) * gamma / sqrt(variance + epsilon) + beta = x * s + (beta - mean * s)` with
  /// `s = gamma / sqrt(variance + epsilon)`. A variance that makes the root 0 or undefined gives numbers that are not
  /// finite: the caller checks.
  ///
  /// Source: Ioffe and Szegedy, "Batch Normalization", 2015, algorithm 2; ONNX BatchNormalization.
  ///
  /// - Parameters:
  ///   - gamma: the learned scale, one entry a channel; `beta`, `mean` and `variance` likewise.
  ///   - epsilon: added to the variance.
  package static func batchNormalization(
    gamma: [Double], beta: [Double], mean: [Double], variance: [Double], epsilon: Double
  ) -> PerChannelAffine {
    let scale = zip(gamma, variance).map { $0 / ($1 + epsilon).squareRoot() }
    return PerChannelAffine(scale: scale, shift: scale.indices.map { beta[$0] - mean[$0] * scale[$0] })
  }

  /// The layer followed by a multiply-add of its output channels:
  /// `W'[m, …] = W[m, …] * s[m]`, `b'[m] = b[m] * s[m] + t[m]`.
  ///
  /// With a batch normalisation's multiply-add this is DESIGN's `b' = (b - mean) * gamma / sqrt(var + eps) + beta`.
  ///
  /// - Parameters:
  ///   - affine: one entry, or one per output channel.
  ///   - layer: any linear layer.
  package static func affine(_ affine: PerChannelAffine, after layer: consuming LinearWeights) -> LinearWeights {
    let affine = affine.expanded(to: layer.outputChannels)
    if !affine.isTranslation { layer.scaleOutputs(affine.scale) }
    for channel in layer.bias.indices {
      layer.bias[channel] = layer.bias[channel] * affine.scale[channel] + affine.shift[channel]
    }
    return layer
  }

  /// A multiply-add of the input channels followed by the layer:
  /// `W'[m, c, k] = W[m, c, k] * s[c]`, `b'[m] = b[m] + sum over c, k of W[m, c, k] * t[c]`.
  ///
  /// Exact only where every output sees every tap: with padding, a border output sees 0 where the formula assumes `t[c]`,
  /// so that all shifts must be 0. The same holds for a transposed convolution, whose outputs see different taps.
  ///
  /// - Parameters:
  ///   - affine: one entry, or one an input channel.
  ///   - layer: the layer; when its arrangement is `inputFirst`, all shifts must be 0.
  package static func affine(_ affine: PerChannelAffine, before layer: consuming LinearWeights) -> LinearWeights {
    let affine = affine.expanded(to: layer.inputChannels)
    if !affine.isScaling {
      precondition(layer.arrangement == .outputFirst, "a shift does not fold into a transposed convolution")
      let (columns, taps) = (layer.shape[1], layer.tapCount)
      let rowsPerGroup = max(layer.shape[0] / layer.groups, 1)
      var bias = layer.bias
      layer.weight.withUnsafeBufferPointer { weight in
        for row in bias.indices {
          for column in 0..<columns {
            let shift = affine.shift[row / rowsPerGroup * columns + column]
            var sum = 0.0
            for tap in 0..<taps { sum += weight[(row * columns + column) * taps + tap] }
            bias[row] += sum * shift
          }
        }
      }
      layer.bias = bias
    }
    if !affine.isTranslation { layer.scaleInputs(affine.scale) }
    return layer
  }
}
