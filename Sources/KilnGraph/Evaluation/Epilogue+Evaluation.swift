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
      let value = sums[index] + (bias?[channel] ?? 0)
      sums[index] = result(value, addend: addend?[index], slope: slope.map { $0[$0.count == 1 ? 0 : channel] })
    }
  }

  /// Finishes results whose bias has been added: addend and activation, in Float64.
  ///
  /// - Parameter addend: the addend, in the order of the results.
  func finish(_ results: inout [Double], addend: [Double]?) {
    for index in results.indices { results[index] = result(results[index], addend: addend?[index], slope: nil) }
  }

  private func result(_ sum: Double, addend: Double?, slope: Double?) -> Double {
    var value = sum
    if let addend, self.addend == .beforeActivation { value += addend }
    switch activation {
    case .function(let function): value = function(value)
    case .parametricReLU: if let slope, value < 0 { value *= slope }
    case nil: break
    }
    if let addend, self.addend == .afterActivation { value += addend }
    return value
  }
}
