import KilnGraph
import KilnKernels

/// The pooling for maxima of any element type over up to three spatial axes, with their indices if wanted.
struct ScalarPooling {
  private let pool: Pool
  private let node: Node
  private let shape: [Int]
  private let scalar: ScalarType
  private let volume: VolumeWindow

  init(_ pool: Pool, _ node: Node, _ graph: Graph) {
    self.pool = pool
    self.node = node
    shape = graph.type(of: node.outputs[0]).shape
    scalar = graph.type(of: node.outputs[0]).scalar
    volume = VolumeWindow(window: pool.window, layout: pool.layout)
  }

  /// Whether the vector kernels don't do.
  static func isNeeded(_ pool: Pool, _ scalar: ScalarType) -> Bool {
    switch pool.kind {
    case .maximum: !scalar.isReadAsFloat && (scalar.byteRange == nil || pool.window.rank > 2)
    case .maximumWithIndices: true
    case .average, .norm: false
    }
  }

  /// The call, or none for an empty result.
  func calls(_ input: ValueID, _ context: inout LoweringContext) -> [KernelCall] {
    let inputShape = context.graph.type(of: input).shape
    if shape.contains(0) { return [] }
    let channelAxis = pool.layout.channelAxis(rank: shape.count)
    var columnMajor = false
    var indices: Operand?
    if case .maximumWithIndices(let isColumnMajor) = pool.kind {
      columnMajor = isColumnMajor
      indices = context.destination(node.outputs[1])
    }
    return [
      KernelCall(
        PoolMaxima(
          context.source(input), volume.strides(context.strides(of: input)),
          to: context.destination(node.outputs[0]), volume.strides(context.strides(of: node.outputs[0])),
          indices: indices, numbers: volume.strides(numbers(inputShape, columnMajor: columnMajor)), images: shape[0],
          channels: shape[channelAxis], volume.axes(input: inputShape, output: shape), of: scalar))
    ]
  }

  /// What an element's index grows by along each axis: the numbering is that of channels-first, row-major tensors, or
  /// column-major within an image's channel.
  private func numbers(_ shape: [Int], columnMajor: Bool) -> [Int] {
    var numbers = shape.rowMajorStrides
    guard columnMajor else { return numbers }
    var step = 1
    for axis in 2..<shape.count {
      numbers[axis] = step
      step *= shape[axis]
    }
    return numbers
  }
}
