import Foundation

/// Reduces whole axes to one number each.
///
/// Source: ONNX's Reduce operators and the global poolings.
package struct Reduction: Operator, Hashable {
  /// The reductions.
  package enum Kind: String, Hashable, Sendable {
    case sum, mean, maximum, minimum, product
    /// The sum of absolute values.
    case l1
    /// The square root of the sum of squares.
    case l2
    case sumOfSquares, logSum, logSumExp
  }

  /// The reduction.
  package var kind: Kind
  /// The axes that are reduced, ascending, counted from the front; none leaves the tensor as it is.
  package var axes: [Int]
  /// Whether reduced axes stay, with extent 1.
  package var keepsAxes: Bool

  /// Makes a reduction.
  package init(_ kind: Kind, axes: [Int], keepsAxes: Bool) {
    self.kind = kind
    self.axes = axes
    self.keepsAxes = keepsAxes
  }

  package var name: String {
    switch kind {
    case .sum: "ReduceSum"
    case .mean: "ReduceMean"
    case .maximum: "ReduceMax"
    case .minimum: "ReduceMin"
    case .product: "ReduceProd"
    case .l1: "ReduceL1"
    case .l2: "ReduceL2"
    case .sumOfSquares: "ReduceSumSquare"
    case .logSum: "ReduceLogSum"
    case .logSumExp: "ReduceLogSumExp"
    }
  }

  package var details: String { "axes \(axes)" }

  package func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    try inputs.requireCount(atMost: 1)
    let input = try inputs.operand(0, "input")
    for axis in axes { try input.require(axis: axis) }
    guard Set(axes).count == axes.count else { throw OperatorError("the axes \(axes) name one twice") }
    if input.scalar == .bool, kind != .maximum, kind != .minimum { throw OperatorError("the input is bool") }
    return [try .checked(input.scalar, input.shape.reducing(axes, keeping: keepsAxes))]
  }

  package func evaluate(_ inputs: [Tensor?]) throws(OperatorError) -> [Tensor] {
    let types = try outputTypes(for: inputs.types)
    if let empty = types.emptyResults { return empty }
    let output = types[0]
    let input = try inputs.operand(0)
    if axes.isEmpty { return [input] }
    if input.scalar.isFloatingPoint {
      let rows = Rows<Double>(input, alongLast: axes)
      return [Tensor(shape: output.shape, doubles: rows.elements.map { reduce($0) }, as: output.scalar)]
    }
    let rows = Rows<Int>(input, alongLast: axes)
    let order = IntegerOrder(input.scalar)
    let results = rows.elements.map { reduce(integers: $0, order) }
    return [Tensor(shape: output.shape, integers: results, as: output.scalar)]
  }

  /// The reduction of floating-point numbers; of none, what ONNX 20 says: the function's neutral element.
  private func reduce(_ row: ArraySlice<Double>) -> Double {
    switch kind {
    case .sum: return row.reduce(0, +)
    case .mean: return row.reduce(0, +) / Double(row.count)
    case .maximum: return row.reduce(-.infinity) { $1 > $0 || $1.isNaN ? $1 : $0 }
    case .minimum: return row.reduce(.infinity) { $1 < $0 || $1.isNaN ? $1 : $0 }
    case .product: return row.reduce(1, *)
    case .l1: return row.reduce(0) { $0 + abs($1) }
    case .l2: return row.reduce(0) { $0 + $1 * $1 }.squareRoot()
    case .sumOfSquares: return row.reduce(0) { $0 + $1 * $1 }
    case .logSum: return log(row.reduce(0, +))
    case .logSumExp:
      // Relative to the largest, so that the exponentials don't overflow.
      let largest = row.reduce(-.infinity) { $1 > $0 || $1.isNaN ? $1 : $0 }
      guard largest.isFinite else { return largest }
      return largest + log(row.reduce(0) { $0 + exp($1 - largest) })
    }
  }

  /// The reduction of integers; roots and logarithms are rounded towards zero.
  private func reduce(integers row: ArraySlice<Int>, _ order: IntegerOrder) -> Int {
    switch kind {
    case .sum: row.reduce(0, &+)
    case .mean: order.quotient(row.reduce(0, &+), row.count)
    case .maximum: row.reduce(order.smallest) { order.maximum($0, $1) }
    case .minimum: row.reduce(order.largest) { order.minimum($0, $1) }
    case .product: row.reduce(1, &*)
    case .l1: row.reduce(0) { $0 &+ (order.isLess($1, 0) ? 0 &- $1 : $1) }
    case .sumOfSquares: row.reduce(0) { $0 &+ $1 &* $1 }
    case .l2, .logSum, .logSumExp: Int(saturating: reduce(ArraySlice(row.map { Double($0) })))
    }
  }
}
