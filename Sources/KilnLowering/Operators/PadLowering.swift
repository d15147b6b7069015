import KilnGraph
import KilnKernels

/// Padding and cropping: each axis falls into segments (before, inside, after; more where the padding mirrors or repeats
/// the image several times), and each combination of segments is a copy or, for a constant, a fill.
struct PadLowering: Lowering {
  var elementTypes: Set<ScalarType> { .anything }

  /// Results `start ..< start + count` of an axis are the operand's elements from `first` on in steps of `step`, or a
  /// constant.
  fileprivate struct Segment {
    var start: Int
    var count: Int
    var first: Int?
    var step = 1
  }

  /// The most copies and fills that one padding may become.
  static let maximumBlocks = 4096

  func obstacle(to operation: Pad, _ node: Node, in graph: Graph) -> String? {
    guard let input = node.data else { return nil }
    let (shape, padded) = (graph.type(of: input).shape, graph.type(of: node.outputs[0]).shape)
    if let axis = padded.firstIndex(where: { $0 > 1 << 24 }), padded[axis] != shape[axis] {
      return "it pads an axis to more than 2^24 elements"
    }
    var blocks = 1
    for (axis, extent) in shape.enumerated() where blocks <= Self.maximumBlocks {
      let (begin, end) = (max(0, operation.begin[axis]), max(0, operation.end[axis]))
      let repeats = operation.mode == .reflect || operation.mode == .wrap
      // An image that is mirrored or repeated occurs once for each of its extents in the padding.
      blocks *= 1 + (begin > 0 ? 1 : 0) + (end > 0 ? 1 : 0) + (repeats ? (begin + end) / max(1, extent - 1) : 0)
    }
    return blocks <= Self.maximumBlocks
      ? nil : "its padding needs more than \(Self.maximumBlocks) copies; it repeats \(shape) too often"
  }

  func storage(of operation: Pad, _ node: Node, in graph: Graph) -> NodeStorage {
    NodeStorage(stridedInputs: [0], stridedOutput: true)
  }

  func calls(for operation: Pad, _ node: Node, _ context: inout LoweringContext) -> [KernelCall] {
    let input = node.operand(0)
    let shape = context.graph.type(of: input).shape
    let strides = context.strides(of: node.outputs[0])
    if context.graph.type(of: input).scalar == .float32, let border = border(operation, shape, strides) {
      let inside = zip(shape, operation.begin).map { Segment(start: $1, count: $0, first: 0) }
      let first = context.destination(node.outputs[0], offset: border.top * strides[1] + border.left * strides[2])
      let clear = KernelCall(ClearBorder(first, around: shape, strides: strides, border))
      return [clear] + calls(for: inside, operation, input, node.outputs[0], &context)
    }
    var blocks: [[Segment]] = [[]]
    for axis in shape.indices {
      let segments = segments(operation, axis, extent: shape[axis])
      blocks = blocks.flatMap { block in segments.map { block + [$0] } }
    }
    var calls: [KernelCall] = []
    for block in blocks { calls += self.calls(for: block, operation, input, node.outputs[0], &context) }
    return calls
  }

  /// The border, when zeros are added around images whose rows and pixels follow one another without a gap.
  private func border(_ operation: Pad, _ shape: [Int], _ strides: [Int]) -> Border? {
    let amounts = operation.begin + operation.end
    guard operation.mode == .constant(0), shape.count == 4, strides[3] == 1, strides[2] == shape[3],
      strides[1] == (operation.begin[2] + shape[2] + operation.end[2]) * strides[2],
      operation.begin[0] + operation.end[0] == 0, operation.begin[3] + operation.end[3] == 0,
      amounts.allSatisfy({ $0 >= 0 }), !shape.contains(0)
    else { return nil }
    return Border(
      top: operation.begin[1], left: operation.begin[2], bottom: operation.end[1], right: operation.end[2])
  }

  private func calls(
    for block: [Segment], _ operation: Pad, _ input: ValueID, _ output: ValueID, _ context: inout LoweringContext
  ) -> [KernelCall] {
    let from = context.strides(of: input)
    let to = context.strides(of: output)
    let shape = block.map(\.count)
    let start = zip(block, to).map { $0.start * $1 }.reduce(0, +)
    let firsts = block.compactMap(\.first)
    if firsts.count == block.count {
      return StridedCopy(
        shape: shape,
        source: .init(
          value: input, offset: zip(firsts, from).map { $0 * $1 }.reduce(0, +),
          strides: zip(block, from).map { $0.step * $1 }),
        destination: .init(value: output, offset: start, strides: to)
      ).calls(&context)
    }
    guard case .constant(let value) = operation.mode else { preconditionFailure("\(operation.mode) leaves a gap") }
    let scalar = context.graph.type(of: output).scalar
    var nest = LoopNest(shape, [to])
    if nest.isEmpty { return [] }
    let run = nest.removeInnermost { $0.strides == [1] }
    return nest.pieces().map { offsets, axes in
      KernelCall(
        FillRuns(
          context.destination(output, offset: start + offsets[0]), axes, count: run.extent, with: value, of: scalar))
    }
  }

  /// The segments of an axis, grown from what each result's element is.
  private func segments(_ operation: Pad, _ axis: Int, extent: Int) -> [Segment] {
    let (begin, end) = (operation.begin[axis], operation.end[axis])
    // What is cropped isn't mirrored or repeated either.
    let kept = max(0, -begin)..<(extent - max(0, -end))
    var segments: [Segment] = []
    for index in 0..<(extent + begin + end) {
      let element = element(index - max(0, begin), in: kept.count, operation.mode).map { $0 + kept.lowerBound }
      if var last = segments.last, let grown = last.grown(by: element) {
        last = grown
        segments[segments.count - 1] = last
      } else {
        segments.append(Segment(start: index, count: 1, first: element))
      }
    }
    return segments
  }

  /// The element of an axis of `extent` that a place before, inside or after it takes; `nil` for the constant.
  private func element(_ place: Int, in extent: Int, _ mode: Pad.Mode) -> Int? {
    switch mode {
    case .constant: return (0..<extent).contains(place) ? place : nil
    case .edge: return min(max(place, 0), extent - 1)
    case .wrap: return (place % extent + extent) % extent
    case .reflect:
      if extent == 1 { return 0 }
      let period = 2 * (extent - 1)
      let folded = (place % period + period) % period
      return min(folded, period - folded)
    }
  }
}

extension PadLowering.Segment {
  /// The segment with one more result, if that continues it.
  fileprivate func grown(by element: Int?) -> Self? {
    var grown = self
    grown.count += 1
    guard let first, let element else { return self.first == nil && element == nil ? grown : nil }
    if count == 1 { grown.step = element - first }
    return (-1...1).contains(grown.step) && element == first + count * grown.step ? grown : nil
  }
}
