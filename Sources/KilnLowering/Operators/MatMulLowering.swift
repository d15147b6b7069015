import KilnGraph
import KilnKernels

/// A product of two matrices, at least one of them computed, batched and broadcast as in NumPy.
struct MatMulLowering: Lowering {
  var elementTypes: Set<ScalarType> { .numbers.subtracting([.bool]) }

  func calls(for operation: MatMul, _ node: Node, _ context: inout LoweringContext) -> [KernelCall] {
    let (left, right) = (node.operand(0), node.operand(1))
    let output = node.outputs[0]
    let isVector = context.graph.type(of: output).scalar == .float32
    return MatrixLoop(left, right, context.graph).calls { offsets, axes, rows, depth, columns in
      let left = context.source(left, offset: offsets[0])
      let right = context.source(right, offset: offsets[1])
      let destination = context.destination(output, offset: offsets[2])
      return isVector
        ? MultiplyMatrices(left, right, to: destination, axes, rows: rows, depth: depth, columns: columns)
        : MultiplyScalars(left, right, to: destination, axes, rows: rows, depth: depth, columns: columns)
    }
  }
}

/// A product of two matrices of quantised numbers as exact int32 sums, element by element.
struct IntegerMatMulLowering: Lowering {
  var elementTypes: Set<ScalarType> { .quantized.union([.int32]) }

  func calls(for operation: IntegerMatMul, _ node: Node, _ context: inout LoweringContext) -> [KernelCall] {
    let (left, right) = (node.operand(0), node.operand(1))
    /// A matrix with a zero point for all, or one for each row or column.
    func side(_ value: ValueID, offset: Int, zero operand: Int) -> MultiplyIntegers.Side {
      let zero = node.optionalOperand(operand)
      let isOne = zero.map { context.graph.type(of: $0).elementCount == 1 } ?? true
      return MultiplyIntegers.Side(
        context.source(value, offset: offset), zero: zero.map { context.source($0) }, step: isOne ? 0 : 1)
    }
    return MatrixLoop(left, right, context.graph).calls { offsets, axes, rows, depth, columns in
      MultiplyIntegers(
        side(left, offset: offsets[0], zero: 2), side(right, offset: offsets[1], zero: 3),
        to: context.destination(node.outputs[0], offset: offsets[2]), axes, rows: rows, depth: depth, columns: columns)
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

  /// A call for each piece of the loop nest, made from the operands' and the result's offsets, the axes, and the extents of
  /// the matrices.
  func calls(
    _ make: (_ offsets: [Int], _ axes: [LoopNest.Axis], _ rows: Int, _ depth: Int, _ columns: Int) -> any Kernel
  ) -> [KernelCall] {
    guard let nest, !nest.isEmpty else { return [] }
    return nest.pieces().map { KernelCall(make($0, $1, rows, depth, columns)) }
  }
}
