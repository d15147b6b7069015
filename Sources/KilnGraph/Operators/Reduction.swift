/// Reduces whole axes to one number each. Source: ONNX's Reduce operators and the global poolings.
public struct Reduction: Operator, Hashable {
  /// The reductions.
  public enum Kind: String, Hashable, Sendable {
    case sum, mean, maximum, minimum, product
    /// The sum of absolute values.
    case l1
    /// The square root of the sum of squares.
    case l2
    case sumOfSquares, logSum, logSumExp
  }

  /// The reduction.
  public var kind: Kind
  /// The axes that are reduced, ascending, counted from the front; none leaves the tensor as it is.
  public var axes: [Int]
  /// Whether reduced axes stay, with extent 1.
  public var keepsAxes: Bool

  /// Makes a reduction.
  public init(_ kind: Kind, axes: [Int], keepsAxes: Bool) {
    self.kind = kind
    self.axes = axes
    self.keepsAxes = keepsAxes
  }

  public var name: String {
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

  public var details: String { "axes \(axes)" }

  public func outputTypes(for inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
    try inputs.requireCount(atMost: 1)
    let input = try inputs.operand(0, "input")
    for axis in axes { try input.require(axis: axis) }
    guard Set(axes).count == axes.count else { throw OperatorError("the axes \(axes) name one twice") }
    if input.scalar == .bool, kind != .maximum, kind != .minimum { throw OperatorError("the input is bool") }
    return [try .checked(input.scalar, input.shape.reducing(axes, keeping: keepsAxes))]
  }
}
