import KilnGraph
import KilnKernels

/// A product of two matrices, at least one of them computed, batched and broadcast as in NumPy.
struct MatMulLowering: Lowering {
  var elementTypes: Set<ScalarType> { .numbers.subtracting([.bool]) }

  func calls(for operation: MatMul, _ node: Node, _ context: inout LoweringContext) -> [KernelCall] {
    let (left, right) = (node.operand(0), node.operand(1))
    let output = node.outputs[0]
    var a = context.graph.type(of: left).shape
    var b = context.graph.type(of: right).shape
    // A vector is a row on the left, a column on the right, and vanishes from the result.
    if a.count == 1 { a = [1] + a }
    if b.count == 1 { b += [1] }
    let (rows, depth, columns) = (a[a.count - 2], a[a.count - 1], b[b.count - 1])
    guard let batch = try? Array(a.dropLast(2)).broadcast(with: Array(b.dropLast(2))) else {
      preconditionFailure("\(node.name): \(a) and \(b) don't broadcast")
    }
    func strides(_ shape: [Int]) -> [Int] {
      let own = zip(shape, shape.rowMajorStrides).map { $0 == 1 ? 0 : $1 }.dropLast(2)
      return Array(repeating: 0, count: batch.count - own.count) + own
    }
    let nest = LoopNest(batch, [strides(a), strides(b), (batch + [rows, columns]).rowMajorStrides.dropLast(2)])
    if nest.isEmpty || rows * columns == 0 { return [] }
    let isVector = context.graph.type(of: output).scalar == .float32
    return nest.pieces().map { offsets, axes in
      let left = context.source(left, offset: offsets[0])
      let right = context.source(right, offset: offsets[1])
      let destination = context.destination(output, offset: offsets[2])
      return isVector
        ? KernelCall(
          MultiplyMatrices(left, right, to: destination, axes, rows: rows, depth: depth, columns: columns))
        : KernelCall(
          MultiplyScalars(left, right, to: destination, axes, rows: rows, depth: depth, columns: columns))
    }
  }
}
