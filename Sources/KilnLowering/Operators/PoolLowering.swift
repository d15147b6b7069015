import KilnGeometry
import KilnGraph
import KilnKernels

/// Max, average and Lp pooling over one or two spatial axes.
///
/// Channels-first images are pooled as many images of one channel each. Maxima of other types than floating-point numbers
/// and those of 8 bits, and those whose places are asked for, have a kernel of their own.
struct PoolLowering: Lowering {
  var elementTypes: Set<ScalarType> { .numbers.union([.float16]) }

  func obstacle(to pool: Pool, _ node: Node, in graph: Graph) -> String? {
    let scalar = graph.type(of: node.outputs[0]).scalar
    if ScalarPooling.isNeeded(pool, scalar) {
      return (1...3).contains(pool.window.rank) ? nil : "it pools \(pool.window.rank) spatial axes; 1 to 3 are compiled"
    }
    if !scalar.isReadAsFloat, pool.kind != .maximum {
      return "the runtime doesn't compute it for \(scalar.rawValue); --interpret does"
    }
    if !(1...2).contains(pool.window.rank) { return "it pools \(pool.window.rank) spatial axes; 1 and 2 are compiled" }
    switch pool.kind {
    case .maximum, .average: return nil
    case .norm(let p): return p == 1 || p == 2 ? nil : "its norm is \(p); 1 and 2 are compiled"
    case .maximumWithIndices: return nil
    }
  }

  func storage(of pool: Pool, _ node: Node, in graph: Graph) -> NodeStorage {
    pool.layout == .channelsLast ? NodeStorage(stridedInputs: [0], stridedOutput: true) : NodeStorage()
  }

  func calls(for pool: Pool, _ node: Node, _ context: inout LoweringContext) -> [KernelCall] {
    let input = node.operand(0)
    let output = node.outputs[0]
    let scalar = context.graph.type(of: output).scalar
    if ScalarPooling.isNeeded(pool, scalar) {
      return ScalarPooling(pool, node, context.graph).calls(input, &context)
    }
    let from = Images(input, pool.layout, context)
    let to = Images(output, pool.layout, context)
    if context.graph.type(of: output).elementCount == 0 { return [] }
    return [
      KernelCall(
        PoolImages(
          reduction(pool), of: scalar, window(pool), context.source(input), from.strides,
          extent: (from.rows, from.columns),
          to: context.destination(output), to.strides, images: to.images, rows: to.rows, columns: to.columns,
          channels: to.channels))
    ]
  }

  /// A value as channels-last images with two spatial axes.
  private struct Images {
    var images, rows, columns, channels: Int
    /// Elements between images, rows and pixels.
    var strides: [Int]

    init(_ value: ValueID, _ layout: ImageLayout, _ context: LoweringContext) {
      var shape = context.graph.type(of: value).shape
      var strides = context.strides(of: value)
      if layout == .channelsFirst {
        // Dense: images and channels are one axis.
        shape = [shape[0] * shape[1]] + shape.dropFirst(2) + [1]
        strides = [strides[1]] + strides.dropFirst(2) + [1]
      }
      if shape.count == 3 {
        shape.insert(1, at: 1)
        strides.insert(0, at: 1)
      }
      (images, rows, columns, channels) = (shape[0], shape[1], shape[2], shape[3])
      self.strides = Array(strides[..<3])
    }
  }

  private func reduction(_ pool: Pool) -> PoolImages.Reduction {
    switch pool.kind {
    case .maximum, .maximumWithIndices: .maximum
    case .average: .average
    case .norm(let p): p == 1 ? .magnitude : .euclidean
    }
  }

  private func window(_ pool: Pool) -> PoolWindow {
    let window = pool.window
    func pair(_ entries: [Int], _ missing: Int) -> (Int, Int) {
      entries.count == 1 ? (missing, entries[0]) : (entries[0], entries[1])
    }
    return PoolWindow(
      kernel: pair(window.kernel, 1), strides: pair(window.strides, 1), dilations: pair(window.dilations, 1),
      padBegin: pair(window.padBegin, 0), padEnd: pair(window.padEnd, 0),
      countsPadding: pool.kind == .average(countsPadding: true))
  }
}
