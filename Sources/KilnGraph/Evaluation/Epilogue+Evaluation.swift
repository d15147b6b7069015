extension Epilogue {
  /// Finishes the sums of a linear operator: bias, addend and activation, in Float64.
  ///
  /// - Parameters:
  ///   - sums: the sums, in any order in which `channels` repeat every `channels * inner` elements.
  ///   - addend: the addend in the same order.
  ///   - operands: the operator's operands, as in `LinearOperand`.
  func apply(to sums: inout [Double], channels: Int, inner: Int = 1, addend: [Double]?, operands: [Tensor?]) {
    let bias = operands.optional(LinearOperand.bias)?.doubles()
    let slope = operands.optional(LinearOperand.slope)?.doubles()
    for index in sums.indices {
      let channel = index / inner % channels
      var value = sums[index]
      if let bias { value += bias[channel] }
      if let addend, self.addend == .beforeActivation { value += addend[index] }
      switch activation {
      case .function(let function): value = function(value)
      case .parametricReLU:
        if let slope, value < 0 { value *= slope[slope.count == 1 ? 0 : channel] }
      case nil: break
      }
      if let addend, self.addend == .afterActivation { value += addend[index] }
      sums[index] = value
    }
  }
}
