extension Operator {
  /// Whether its results are elements of its operands, as they are.
  package var onlyMoves: Bool {
    switch self {
    case let scatter as ScatterND: return scatter.reduction == .none
    case let scatter as ScatterElements: return scatter.reduction == .none
    case is Reshape, is Transpose, is Slice, is Concat, is Gather, is GatherElements, is GatherND, is Expand, is Tile,
      is Pad,
      is DepthToSpace, is SpaceToDepth, is Select:
      return true
    default: return false
    }
  }
}
