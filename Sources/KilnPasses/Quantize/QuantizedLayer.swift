import KilnGraph

/// A convolution between quantised tensors, with all that is known of its quantisation.
struct QuantizedLayer {
  /// The numbers that the operator takes as operands besides its input.
  let weights: QuantizedWeights
  let biases: [Int]
  let multipliers: [Float]
  /// The operator.
  let operation: RequantizedConvolution

  /// Makes a layer; `nil` where nothing is summed up, or where exact sums of 32 bits, or their products with the multipliers as integers of 32 bits, might not hold
  /// what it computes.
  ///
  /// - Parameters:
  ///   - biases: in steps of the input's scale times the weight's.
  ///   - scale: what a step of the result stands for; 1 for a real one.
  init?(
    window: Window, groups: Int, input: TensorQuantization, _ weights: QuantizedWeights, biases: [Int], scale: Float,
    result: QuantizedResult?
  ) {
    let multipliers = weights.scales.map { input.scale * $0 / scale }
    guard window.rank <= 2, biases.count == multipliers.count, weights.codes.elementCount > 0 else { return nil }
    let limit = Double(1 << 30)
    for (channel, magnitude) in weights.magnitudes.enumerated() {
      let largest = 255 * Double(magnitude) + Double(biases[channel].magnitude)
      guard multipliers[channel].isNormal, largest < limit, largest * Double(multipliers[channel]) < limit else {
        return nil
      }
    }
    self.weights = weights
    self.biases = biases
    self.multipliers = multipliers
    operation = RequantizedConvolution(
      window: window, groups: groups, inputZeroPoint: input.zeroPoint, result: result)
  }

  /// The operands of a node that computes the layer: constants named after `name`, and its input.
  func operands(_ input: ValueID, named name: String, in graph: inout Graph) -> [ValueID?] {
    [
      input, graph.addConstant("\(name).codes", weights.codes),
      graph.addConstant("\(name).biases", Tensor(shape: [biases.count], integers: biases, as: .int32)), nil,
      graph.addConstant("\(name).multipliers", Tensor(shape: [multipliers.count], floats: multipliers)),
    ]
  }
}

extension QuantizedWeights {
  /// Real biases in steps of the input's scale times the weight's, ties to even; `nil` where one is no integer of 32 bits.
  func biases(_ biases: [Float]?, input: TensorQuantization) -> [Int]? {
    guard let biases else { return [Int](repeating: 0, count: scales.count) }
    guard biases.count == scales.count else { return nil }
    var steps: [Int] = []
    for (bias, scale) in zip(biases, scales) {
      let step = (Double(bias) / Double(input.scale * scale)).rounded(.toNearestOrEven)
      guard step.magnitude < 0x1p31 else { return nil }
      steps.append(Int(step))
    }
    return steps
  }
}
