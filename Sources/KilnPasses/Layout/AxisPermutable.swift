import KilnGraph

/// An operator that can work on operands whose axes are permuted, and gives its result permuted in the same way.
protocol AxisPermutable: Operator {
  /// The operator for operands whose axis `i` is axis `permutation[i]` of this operator's operands.
  func permutingAxes(by permutation: [Int]) -> Self

  /// Whether the operand is permuted; the others, such as weights, stay as they are.
  func permutes(operand: Int) -> Bool
}

extension AxisPermutable {
  func permutingAxes(by permutation: [Int]) -> Self { self }
  func permutes(operand: Int) -> Bool { true }
}

extension Unary: AxisPermutable {}
extension Binary: AxisPermutable {}
extension Select: AxisPermutable {}
extension Cast: AxisPermutable {}
extension RequantizedSum: AxisPermutable {}

extension ByteTable: AxisPermutable {
  func permutes(operand: Int) -> Bool { operand == 0 }
}

extension QuantizeLinear: AxisPermutable {
  func permutingAxes(by permutation: [Int]) -> QuantizeLinear {
    QuantizeLinear(to: scalar, axis: permutation.inversePermutation[axis], blockSize: blockSize)
  }
  func permutes(operand: Int) -> Bool { operand == 0 }
}

extension DequantizeLinear: AxisPermutable {
  func permutingAxes(by permutation: [Int]) -> DequantizeLinear {
    DequantizeLinear(axis: permutation.inversePermutation[axis], blockSize: blockSize)
  }
  func permutes(operand: Int) -> Bool { operand == 0 }
}

extension Concat: AxisPermutable {
  func permutingAxes(by permutation: [Int]) -> Concat { Concat(axis: permutation.inversePermutation[axis]) }
}

extension Softmax: AxisPermutable {
  func permutingAxes(by permutation: [Int]) -> Softmax {
    Softmax(axis: permutation.inversePermutation[axis], isLogarithmic: isLogarithmic)
  }
}

extension LpNormalization: AxisPermutable {
  func permutingAxes(by permutation: [Int]) -> LpNormalization {
    LpNormalization(axis: permutation.inversePermutation[axis], p: p)
  }
}

extension MeanVarianceNormalization: AxisPermutable {
  func permutingAxes(by permutation: [Int]) -> MeanVarianceNormalization {
    MeanVarianceNormalization(axes: axes.map { permutation.inversePermutation[$0] }.sorted())
  }
}

extension CumulativeSum: AxisPermutable {
  func permutingAxes(by permutation: [Int]) -> CumulativeSum {
    CumulativeSum(axis: permutation.inversePermutation[axis], isExclusive: isExclusive, isReversed: isReversed)
  }
}

extension ChannelAffine: AxisPermutable {
  func permutingAxes(by permutation: [Int]) -> ChannelAffine {
    ChannelAffine(axis: permutation.inversePermutation[axis], epilogue: epilogue)
  }
  func permutes(operand: Int) -> Bool { operand == LinearOperand.input || operand == LinearOperand.addend }
}

extension Slice: AxisPermutable {
  func permutingAxes(by permutation: [Int]) -> Slice {
    Slice(
      starts: starts.permuted(by: permutation), counts: counts.permuted(by: permutation),
      steps: steps.permuted(by: permutation))
  }
}

extension Pad: AxisPermutable {
  func permutingAxes(by permutation: [Int]) -> Pad {
    Pad(begin: begin.permuted(by: permutation), end: end.permuted(by: permutation), mode: mode)
  }
}

extension Tile: AxisPermutable {
  func permutingAxes(by permutation: [Int]) -> Tile { Tile(repeats.permuted(by: permutation)) }
}

extension Expand: AxisPermutable {
  func permutingAxes(by permutation: [Int]) -> Expand { Expand(to: shape.permuted(by: permutation)) }
}

extension Resize: AxisPermutable {
  func permutingAxes(by permutation: [Int]) -> Resize {
    var coordinates = coordinates
    if case .crop(let start, let end, let extrapolation) = coordinates {
      coordinates = .crop(
        start: permutation.map { start[$0] }, end: permutation.map { end[$0] }, extrapolation: extrapolation)
    }
    return Resize(
      to: shape.permuted(by: permutation), scales: permutation.map { scales[$0] }, coordinates: coordinates,
      interpolation: interpolation)
  }
}

extension Gather: AxisPermutable {
  func permutingAxes(by permutation: [Int]) -> Gather { Gather(axis: permutation.inversePermutation[axis]) }
  func permutes(operand: Int) -> Bool { operand == 0 }
}

extension GatherElements: AxisPermutable {
  func permutingAxes(by permutation: [Int]) -> GatherElements {
    GatherElements(axis: permutation.inversePermutation[axis])
  }
}

extension ScatterElements: AxisPermutable {
  // Updates of one place lie along the axis, in their order.
  func permutingAxes(by permutation: [Int]) -> ScatterElements {
    ScatterElements(axis: permutation.inversePermutation[axis], reduction: reduction)
  }
}

/// An operator that reduces axes of its operand, and may drop them.
protocol AxisReducing: AxisPermutable {
  /// The axes that are not in the result; none when they stay with extent 1.
  var droppedAxes: [Int] { get }
}

extension Reduction: AxisReducing {
  func permutingAxes(by permutation: [Int]) -> Reduction {
    Reduction(kind, axes: axes.map { permutation.inversePermutation[$0] }.sorted(), keepsAxes: keepsAxes)
  }
  var droppedAxes: [Int] { keepsAxes ? [] : axes }
}

extension ArgReduction: AxisReducing {
  func permutingAxes(by permutation: [Int]) -> ArgReduction {
    ArgReduction(
      findsMinimum: findsMinimum, axis: permutation.inversePermutation[axis], keepsAxis: keepsAxis,
      selectsLast: selectsLast)
  }
  var droppedAxes: [Int] { keepsAxis ? [] : [axis] }
}
