import KilnGraph

/// A product of two matrices, at least one of them computed, batched and broadcast as in NumPy.
struct MatMulLowering: Lowering {
  var elementTypes: Set<ScalarType> { .numbers.subtracting([.bool]) }

  func calls(for operation: MatMul, _ node: Node, _ context: inout LoweringContext) -> [KernelCall] {
    guard let left = node.inputs[0], let right = node.inputs[1] else { return [] }
    let output = node.outputs[0]
    var a = context.graph.type(of: left).shape
    var b = context.graph.type(of: right).shape
    // A vector is a row on the left, a column on the right, and vanishes from the result.
    if a.count == 1 { a = [1] + a }
    if b.count == 1 { b += [1] }
    let (rows, depth, columns) = (a[a.count - 2], a[a.count - 1], b[b.count - 1])
    guard let batch = try? Array(a.dropLast(2)).broadcast(with: Array(b.dropLast(2))) else { return [] }
    func strides(_ shape: [Int]) -> [Int] {
      let own = zip(shape, shape.rowMajorStrides).map { $0 == 1 ? 0 : $1 }.dropLast(2)
      return Array(repeating: 0, count: batch.count - own.count) + own
    }
    let nest = LoopNest(batch, [strides(a), strides(b), (batch + [rows, columns]).rowMajorStrides.dropLast(2)])
    if nest.isEmpty || rows * columns == 0 { return [] }
    let scalar = context.graph.type(of: output).scalar
    let isVector = scalar == .float32
    let sum = scalar.isFloatingPoint ? "$0 + $1 * $2" : "$0 &+ $1 &* $2"
    return nest.pieces().map { offsets, axes in
      KernelCall(
        isVector ? "multiplyMatrices" : "multiplyScalars",
        [
          .init(nil, context.source(left, offset: offsets[0])), .init(nil, axes.strides(of: 0)),
          .init(nil, context.source(right, offset: offsets[1])), .init(nil, axes.strides(of: 1)),
          .init("to", .destination(output, offset: offsets[2])), .init(nil, axes.strides(of: 2)),
          .init("shape", axes.extents), .init("rows", .integer(rows)), .init("depth", .integer(depth)),
          .init("columns", .integer(columns)),
        ] + (isVector ? [] : [.init("from", .integer(0)), .init(nil, .code("{ \(sum) }"))]),
        files: [isVector ? .matrixProduct : .scalarProduct])
    }
  }
}
