import KilnGraph

/// A product of two matrices, at least one of them computed, batched and broadcast as in NumPy.
struct MatMulLowering: Lowering {
  var elementTypes: Set<ScalarType> { .numbers.subtracting([.bool]) }

  func calls(for operation: MatMul, _ node: Node, _ context: inout LoweringContext) -> [KernelCall] {
    guard let left = node.inputs[0], let right = node.inputs[1] else { return [] }
    let output = node.outputs[0]
    let scalar = context.graph.type(of: output).scalar
    let isVector = scalar == .float32
    let sum = scalar.isFloatingPoint ? "$0 + $1 * $2" : "$0 &+ $1 &* $2"
    return MatrixLoop(left, right, context.graph).calls { offsets, axes, extents in
      KernelCall(
        isVector ? "multiplyMatrices" : "multiplyScalars",
        [
          .init(nil, context.source(left, offset: offsets[0])), .init(nil, axes.strides(of: 0)),
          .init(nil, context.source(right, offset: offsets[1])), .init(nil, axes.strides(of: 1)),
          .init("to", .destination(output, offset: offsets[2])), .init(nil, axes.strides(of: 2)),
          .init("shape", axes.extents),
        ] + extents + (isVector ? [] : [.init("from", .integer(0)), .init(nil, .code("{ \(sum) }"))]),
        files: [isVector ? .matrixProduct : .scalarProduct])
    }
  }
}

/// A product of two matrices of quantised numbers as exact int32 sums, element by element.
struct IntegerMatMulLowering: Lowering {
  var elementTypes: Set<ScalarType> { .quantized.union([.int32]) }

  func calls(for operation: IntegerMatMul, _ node: Node, _ context: inout LoweringContext) -> [KernelCall] {
    guard let left = node.inputs[0], let right = node.inputs[1] else { return [] }
    let output = node.outputs[0]
    /// A zero point for all, or one a row or column.
    func zeroPoint(_ operand: Int) -> [KernelCall.Argument] {
      guard node.inputs.indices.contains(operand), let value = node.inputs[operand] else {
        return [.init("zero", .code("nil")), .init("step", .integer(0))]
      }
      let isOne = context.graph.type(of: value).elementCount == 1
      return [.init("zero", context.source(value)), .init("step", .integer(isOne ? 0 : 1))]
    }
    return MatrixLoop(left, right, context.graph).calls { offsets, axes, extents in
      KernelCall(
        "multiplyIntegers",
        [.init(nil, context.source(left, offset: offsets[0])), .init(nil, axes.strides(of: 0))] + zeroPoint(2)
          + [.init(nil, context.source(right, offset: offsets[1])), .init(nil, axes.strides(of: 1))] + zeroPoint(3)
          + [
            .init("to", .destination(output, offset: offsets[2])), .init(nil, axes.strides(of: 2)),
            .init("shape", axes.extents),
          ] + extents, files: [.scalarProduct])
    }
  }
}

/// The walk over the matrices of two operands and their products.
private struct MatrixLoop {
  private let nest: LoopNest?
  private let rows: Int
  private let depth: Int
  private let columns: Int

  init(_ left: ValueID, _ right: ValueID, _ graph: Graph) {
    var a = graph.type(of: left).shape
    var b = graph.type(of: right).shape
    // A vector is a row on the left, a column on the right, and vanishes from the result.
    if a.count == 1 { a = [1] + a }
    if b.count == 1 { b += [1] }
    let (rows, depth, columns) = (a[a.count - 2], a[a.count - 1], b[b.count - 1])
    (self.rows, self.depth, self.columns) = (rows, depth, columns)
    guard rows * columns > 0, let batch = try? Array(a.dropLast(2)).broadcast(with: Array(b.dropLast(2))) else {
      nest = nil
      return
    }
    func strides(_ shape: [Int]) -> [Int] {
      let own = zip(shape, shape.rowMajorStrides).map { $0 == 1 ? 0 : $1 }.dropLast(2)
      return Array(repeating: 0, count: batch.count - own.count) + own
    }
    nest = LoopNest(batch, [strides(a), strides(b), (batch + [rows, columns]).rowMajorStrides.dropLast(2)])
  }

  /// A call a piece of the loop nest, made from the operands' and the result's offsets, the axes, and the arguments that
  /// say how large the matrices are.
  func calls(
    _ make: ([Int], [LoopNest.Axis], [KernelCall.Argument]) -> KernelCall
  ) -> [KernelCall] {
    guard let nest, !nest.isEmpty else { return [] }
    let extents = [("rows", rows), ("depth", depth), ("columns", columns)].map {
      KernelCall.Argument($0.0, .integer($0.1))
    }
    return nest.pieces().map { make($0, $1, extents) }
  }
}
