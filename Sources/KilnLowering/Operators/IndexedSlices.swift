import KilnGraph
import KilnKernels

/// Slices of a tensor that tuples of indices name, and the same number of slices of another tensor in their order.
struct IndexedSlices {
  /// The axes around the slices, outermost first.
  private let shape: [Int]
  /// From one slice to the next along those axes: in the tensor that the indices name places of, before they do; in the
  /// indices; and in the other tensor.
  private let named: [Int]
  private let tuples: [Int]
  private let ordered: [Int]
  /// What a tuple names.
  private let indexed: IndexedAxes
  /// Elements of a slice.
  private let count: Int

  /// Single elements, one for each index, which says the place along an axis.
  ///
  /// - Parameters:
  ///   - value: what the indices name places of.
  ///   - strides: its strides.
  init(elements indices: ValueID, axis: Int, of value: ValueID, strides: [Int], _ context: LoweringContext) {
    shape = context.graph.type(of: indices).shape
    named = strides.enumerated().map { $0.offset == axis ? 0 : $0.element }
    tuples = shape.rowMajorStrides
    ordered = tuples
    indexed = IndexedAxes(extents: [context.graph.type(of: value).shape[axis]], strides: [strides[axis]])
    count = 1
  }

  /// Slices, one for each tuple along the last axis of the indices, which says the places along axes after `batchAxes`.
  ///
  /// - Parameter value: what the indices name places of; it is dense.
  init(tuples indices: ValueID, batchAxes: Int, of value: ValueID, _ context: LoweringContext) {
    let data = context.graph.type(of: value).shape
    let strides = data.rowMajorStrides
    let all = context.graph.type(of: indices).shape
    let axes = batchAxes..<batchAxes + all[all.count - 1]
    shape = all.dropLast()
    named = strides[..<batchAxes] + [Int](repeating: 0, count: shape.count - batchAxes)
    tuples = all.rowMajorStrides.dropLast()
    count = data[axes.upperBound...].reduce(1, *)
    ordered = shape.rowMajorStrides.map { [count] in $0 * count }
    indexed = IndexedAxes(extents: Array(data[axes]), strides: Array(strides[axes]))
  }

  /// The calls that copy the slices of `data`, in their order.
  func picked(
    from data: ValueID, tuples indices: ValueID, to result: ValueID, _ context: inout LoweringContext
  ) -> [KernelCall] {
    pieces(named, tuples, ordered).map { offsets, axes in
      KernelCall(
        PickSlices(
          context.source(data, offset: offsets[0]), tuples: context.source(indices, offset: offsets[1]), indexed,
          to: context.destination(result, offset: offsets[2]), axes, count: count))
    }
  }

  /// The calls that copy a node's data and then put its updates there.
  func placed(by node: Node, _ reduction: ScatterReduction, _ context: inout LoweringContext) -> [KernelCall] {
    let (data, result) = (node.operand(IndexedOperand.data), node.outputs[0])
    let (indices, updates) = (node.operand(IndexedOperand.indices), node.operand(IndexedOperand.updates))
    let type = context.graph.type(of: data)
    let copies = StridedCopy(
      shape: type.shape, source: .init(value: data, strides: context.strides(of: data)),
      destination: .init(value: result, strides: context.strides(of: result))
    ).calls(&context)
    return copies
      + pieces(ordered, tuples, named).map { offsets, axes in
        KernelCall(
          PlaceSlices(
            context.source(updates, offset: offsets[0]), tuples: context.source(indices, offset: offsets[1]), indexed,
            to: context.destination(result, offset: offsets[2]), axes, count: count, reduction, of: type.scalar),
          overwrites: true)
      }
  }

  private func pieces(_ strides: [Int]...) -> [(offsets: [Int], axes: [LoopNest.Axis])] {
    let nest = LoopNest(shape, strides)
    return nest.isEmpty || count == 0 ? [] : nest.pieces()
  }
}
