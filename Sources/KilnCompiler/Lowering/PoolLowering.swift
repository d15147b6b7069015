import KilnGraph

/// Max, average and Lp pooling over one or two spatial axes. Channels-first images are pooled as many images of one
/// channel each. Maxima of other types than float32, and those whose places are asked for, have a kernel of their own.
struct PoolLowering: Lowering {
  var elementTypes: Set<ScalarType> { .numbers }

  func obstacle(to pool: Pool, _ node: Node, in graph: Graph) -> String? {
    let scalar = graph.type(of: node.outputs[0]).scalar
    if ScalarPooling.isNeeded(pool, scalar) {
      return (1...3).contains(pool.window.rank) ? nil : "it pools \(pool.window.rank) spatial axes; 1 to 3 are compiled"
    }
    if scalar != .float32 { return "the runtime doesn't compute it for \(scalar.rawValue); --interpret does" }
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
    guard let input = node.inputs[0] else { return [] }
    let output = node.outputs[0]
    if ScalarPooling.isNeeded(pool, context.graph.type(of: output).scalar) {
      return ScalarPooling(pool, node, context.graph).calls(input, &context)
    }
    let from = Images(input, pool.layout, context)
    let to = Images(output, pool.layout, context)
    if context.graph.type(of: output).elementCount == 0 { return [] }
    // Several workers share the rows of each image, or else the images.
    let elements = context.graph.type(of: output).elementCount * pool.window.kernel.reduce(1, *)
    let workers = context.sharing.workers(elements: elements)
    let isByRow = to.rows > 1
    return WorkSharing.ranges(isByRow ? to.rows : to.images, among: workers).enumerated().map { worker, range in
      let firstRow = isByRow ? range.lowerBound : 0
      let firstImage = isByRow ? 0 : range.lowerBound
      var call = KernelCall(
        "poolImages",
        [
          .init(nil, .code("\(reduction(pool)).self")), .init(nil, .code(window(pool, firstRow: firstRow))),
          .init(nil, context.source(input, offset: firstImage * from.strides[0])), .init(nil, .axes(from.strides)),
          .init("extent", .code("(\(from.rows), \(from.columns))")),
          .init("to", .destination(output, offset: firstImage * to.strides[0] + firstRow * to.strides[1])),
          .init(nil, .axes(to.strides)), .init("images", .integer(isByRow ? to.images : range.count)),
          .init("rows", .integer(isByRow ? range.count : to.rows)), .init("columns", .integer(to.columns)),
          .init("channels", .integer(to.channels)),
        ], files: [.pool])
      call.worker = worker
      return call
    }
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

  private func reduction(_ pool: Pool) -> String {
    switch pool.kind {
    case .maximum, .maximumWithIndices: "MaximumPool"
    case .average: "AveragePool"
    case .norm(let p): p == 1 ? "MagnitudePool" : "EuclideanPool"
    }
  }

  /// The window as it moves over the rows from `firstRow` on.
  private func window(_ pool: Pool, firstRow: Int) -> String {
    func pair(_ entries: [Int], _ missing: Int) -> String {
      "(\((entries.count == 1 ? [missing] + entries : entries).map(String.init).joined(separator: ", ")))"
    }
    var window = pool.window
    // The first row's taps begin so much later.
    if firstRow > 0 { window.padBegin[0] -= firstRow * window.strides[0] }
    return """
      PoolWindow(
      kernel: \(pair(window.kernel, 1)), strides: \(pair(window.strides, 1)), dilations: \(pair(window.dilations, 1)),
      padBegin: \(pair(window.padBegin, 0)), padEnd: \(pair(window.padEnd, 0)), \
      countsPadding: \(pool.kind == .average(countsPadding: true)))
      """
  }
}
