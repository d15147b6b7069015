import KilnGraph

/// What an operator does to rows of an operand.
enum RowFate: Equatable {
  /// Each row of the result is made of one row, and lies along this axis.
  case kept(Int)
  /// Rows are only picked from.
  case gone
  /// It looks at several rows at once, or Kiln doesn't know that it doesn't.
  case mixed
}

extension Operator {
  /// What becomes of rows along an axis of an operand.
  func fate(ofRowsAlong axis: Int, operand: Int, _ inputs: [TensorType?], _ output: TensorType) -> RowFate {
    guard let input = inputs[operand] else { return .mixed }
    let aligned = axis + output.rank - input.rank
    switch self {
    case is Unary, is Cast, is Binary, is Select, is Expand:
      return output.shape[aligned] == input.shape[axis] ? .kept(aligned) : .mixed
    case is QuantizeLinear, is DequantizeLinear, is Linear:
      let isRow = operand == 0 && (axis < input.rank - 1 || !(self is Linear))
      return isRow ? .kept(axis) : .mixed
    case is Convolution, is TransposedConvolution, is Pool, is Resize, is DepthToSpace, is SpaceToDepth,
      is BatchNormalization, is GroupNormalization, is LocalResponseNormalization:
      return operand == 0 && axis == 0 ? .kept(0) : .mixed
    case is RoiAlign: return operand > 0 && axis == 0 ? .kept(0) : .mixed
    case is MatMul: return fateInProduct(axis, operand, input, aligned, output)
    case let gather as Gather:
      if operand == 1 { return .kept(gather.axis + axis) }
      guard axis != gather.axis else { return .gone }
      return .kept(axis < gather.axis ? axis : axis + output.rank - input.rank)
    case let gather as GatherElements: return operand == 1 || axis != gather.axis ? .kept(axis) : .gone
    case let gather as GatherND:
      guard let indices = inputs[1], let length = indices.shape.last else { return .mixed }
      if operand == 1 { return axis < indices.rank - 1 ? .kept(axis) : .mixed }
      if axis < gather.batchAxes { return .kept(axis) }
      return axis < gather.batchAxes + length ? .gone : .kept(aligned)
    case let concat as Concat: return concat.axis == axis ? .mixed : .kept(axis)
    case is ScatterElements, is ScatterND: return operand == 0 ? .kept(axis) : .mixed
    default: return operand == 0 ? fateAlongAxes(axis, input, aligned, output) : .mixed
    }
  }

  /// That of operators that have one operand of data and work along some of its axes.
  private func fateAlongAxes(_ axis: Int, _ input: TensorType, _ aligned: Int, _ output: TensorType) -> RowFate {
    switch self {
    case let transpose as Transpose: return transpose.permutation.firstIndex(of: axis).map { .kept($0) } ?? .mixed
    case is Slice: return .kept(axis)
    case let tile as Tile: return tile.repeats[axis] == 1 ? .kept(axis) : .mixed
    case let pad as Pad: return pad.begin[axis] == 0 && pad.end[axis] == 0 ? .kept(axis) : .mixed
    case let oneHot as OneHot: return .kept(axis < oneHot.axis ? axis : axis + 1)
    case let choice as TopK: return choice.axis == axis ? .mixed : .kept(axis)
    case let softmax as Softmax: return softmax.axis == axis ? .mixed : .kept(axis)
    case let norm as LpNormalization: return norm.axis == axis ? .mixed : .kept(axis)
    case let norm as LayerNormalization: return norm.axis > axis ? .kept(axis) : .mixed
    // Sums from the front don't see what comes after the real ones.
    case let sum as CumulativeSum: return sum.axis == axis && sum.isReversed ? .mixed : .kept(axis)
    case let reduction as Reduction:
      if reduction.axes.contains(axis) { return .mixed }
      return .kept(reduction.keepsAxes ? axis : axis - reduction.axes.count { $0 < axis })
    case let choice as ArgReduction:
      if choice.axis == axis { return .mixed }
      return .kept(choice.keepsAxis || axis < choice.axis ? axis : axis - 1)
    default: return .mixed
    }
  }

  private func fateInProduct(
    _ axis: Int, _ operand: Int, _ input: TensorType, _ aligned: Int, _ output: TensorType
  ) -> RowFate {
    let depth = operand == 0 || input.rank == 1 ? input.rank - 1 : input.rank - 2
    guard axis != depth else { return .mixed }
    let isThere = output.shape.indices.contains(aligned) && output.shape[aligned] == input.shape[axis]
    return isThere ? .kept(aligned) : .mixed
  }
}
