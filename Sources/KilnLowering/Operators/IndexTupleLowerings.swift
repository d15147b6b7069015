import KilnGraph
import KilnKernels

// Elements and slices that indices name: an index that is computed at run time and outside of its axis names the nearest place
// inside, constant ones are checked here.

/// Elements picked by an index each along an axis.
struct GatherElementsLowering: Lowering {
  var elementTypes: Set<ScalarType> { .anything }

  func obstacle(to gather: GatherElements, _ node: Node, in graph: Graph) -> String? {
    node.indexObstacle(axes: [gather.axis], in: graph)
  }

  func storage(of gather: GatherElements, _ node: Node, in graph: Graph) -> NodeStorage {
    NodeStorage(stridedInputs: [IndexedOperand.data])
  }

  func calls(for gather: GatherElements, _ node: Node, _ context: inout LoweringContext) -> [KernelCall] {
    let data = node.operand(IndexedOperand.data)
    let slices = IndexedSlices(
      elements: node.operand(IndexedOperand.indices), axis: gather.axis, of: data, strides: context.strides(of: data),
      context)
    return slices.picked(from: data, tuples: node.operand(IndexedOperand.indices), to: node.outputs[0], &context)
  }
}

/// Slices picked by tuples of indices.
struct GatherNDLowering: Lowering {
  var elementTypes: Set<ScalarType> { .anything }

  func obstacle(to gather: GatherND, _ node: Node, in graph: Graph) -> String? {
    node.tupleObstacle(batchAxes: gather.batchAxes, in: graph)
  }

  func calls(for gather: GatherND, _ node: Node, _ context: inout LoweringContext) -> [KernelCall] {
    let (data, tuples) = (node.operand(IndexedOperand.data), node.operand(IndexedOperand.indices))
    return IndexedSlices(tuples: tuples, batchAxes: gather.batchAxes, of: data, context)
      .picked(from: data, tuples: tuples, to: node.outputs[0], &context)
  }
}

/// Elements put where an index each along an axis says.
struct ScatterElementsLowering: Lowering {
  var elementTypes: Set<ScalarType> { .anything }

  func obstacle(to scatter: ScatterElements, _ node: Node, in graph: Graph) -> String? {
    node.reductionObstacle(scatter.reduction, in: graph) ?? node.indexObstacle(axes: [scatter.axis], in: graph)
  }

  func storage(of scatter: ScatterElements, _ node: Node, in graph: Graph) -> NodeStorage { node.scatterStorage }

  func calls(for scatter: ScatterElements, _ node: Node, _ context: inout LoweringContext) -> [KernelCall] {
    let output = node.outputs[0]
    if scatter.reduction == .none, let known = context.graph.constant(node.operand(IndexedOperand.indices)),
      let slice = Slice(elements: known, axis: scatter.axis, of: context.graph.type(of: output).shape)
    {
      return node.placed(in: slice, &context)
    }
    let slices = IndexedSlices(
      elements: node.operand(IndexedOperand.indices), axis: scatter.axis, of: output,
      strides: context.strides(of: output), context)
    return slices.placed(by: node, scatter.reduction, &context)
  }
}

/// Slices put where tuples of indices say.
struct ScatterNDLowering: Lowering {
  var elementTypes: Set<ScalarType> { .anything }

  func obstacle(to scatter: ScatterND, _ node: Node, in graph: Graph) -> String? {
    node.reductionObstacle(scatter.reduction, in: graph) ?? node.tupleObstacle(batchAxes: 0, in: graph)
  }

  func storage(of scatter: ScatterND, _ node: Node, in graph: Graph) -> NodeStorage { node.scatterStorage }

  func calls(for scatter: ScatterND, _ node: Node, _ context: inout LoweringContext) -> [KernelCall] {
    let (tuples, output) = (node.operand(IndexedOperand.indices), node.outputs[0])
    if scatter.reduction == .none, let known = context.graph.constant(tuples),
      let slice = Slice(tuples: known, batchAxes: 0, of: context.graph.type(of: output).shape)
    {
      return node.placed(in: slice, &context)
    }
    return IndexedSlices(tuples: tuples, batchAxes: 0, of: output, context)
      .placed(by: node, scatter.reduction, &context)
  }
}

extension Node {
  /// Why updates can't be combined with what is there; `nil` when they can.
  fileprivate func reductionObstacle(_ reduction: ScatterReduction, in graph: Graph) -> String? {
    let scalar = graph.type(of: operand(IndexedOperand.data)).scalar
    let canCombine = reduction == .none || Set<ScalarType>.numbers.contains(scalar)
    return canCombine ? nil : "its kernel moves \(scalar.rawValue) but doesn't combine it; convert the model to float32"
  }

  /// Why indices of these axes can't be used; `nil` when they can.
  fileprivate func indexObstacle(axes: [Int], in graph: Graph) -> String? {
    let indices = operand(IndexedOperand.indices)
    let shape = graph.type(of: operand(IndexedOperand.data)).shape
    guard graph.type(of: indices).elementCount > 0 else { return nil }
    if axes.contains(where: { shape[$0] == 0 }) { return "it names places of an empty axis" }
    guard let known = graph.constant(indices) else { return nil }
    let areInside = known.integers().enumerated().allSatisfy { number, index in
      let extent = shape[axes[number % axes.count]]
      return (-extent..<extent).contains(index)
    }
    return areInside ? nil : "an index is out of range"
  }

  /// The same for tuples of indices.
  fileprivate func tupleObstacle(batchAxes: Int, in graph: Graph) -> String? {
    let length = graph.type(of: operand(IndexedOperand.indices)).shape.last ?? 0
    guard length <= IndexedAxes.maximumCount else {
      return "its tuples name \(length) axes, more than \(IndexedAxes.maximumCount)"
    }
    return length == 0 ? nil : indexObstacle(axes: Array(batchAxes..<batchAxes + length), in: graph)
  }

  /// The calls that copy the data, and the updates to a range of it: nothing but copies where known indices name one.
  fileprivate func placed(in slice: Slice, _ context: inout LoweringContext) -> [KernelCall] {
    let (data, updates, result) = (operand(IndexedOperand.data), operand(IndexedOperand.updates), outputs[0])
    let strides = context.strides(of: result)
    let whole = StridedCopy(
      shape: context.graph.type(of: data).shape, source: .init(value: data, strides: context.strides(of: data)),
      destination: .init(value: result, strides: strides))
    let part = StridedCopy(
      shape: slice.counts, source: .init(value: updates, strides: slice.counts.rowMajorStrides),
      destination: .init(
        value: result, offset: zip(slice.starts, strides).reduce(0) { $0 + $1.0 * $1.1 },
        strides: zip(slice.steps, strides).map { $0 * $1 }))
    return whole.calls(&context)
      + part.calls(&context).map { call in
        var call = call
        call.overwrites = true
        return call
      }
  }

  /// The data may be changed in its place where nothing else of the node is there.
  fileprivate var scatterStorage: NodeStorage {
    let (data, updates) = (operand(IndexedOperand.data), operand(IndexedOperand.updates))
    return NodeStorage(inPlaceInputs: data == updates ? [] : [IndexedOperand.data])
  }
}
