import KilnGeometry
import KilnGraph
import KilnKernels

/// Resampling along at most two axes, from tables of the input elements and weights that make each output element.
///
/// Elements of other types than float32 are only picked.
struct ResizeLowering: Lowering {
  var elementTypes: Set<ScalarType> { .anything }

  func obstacle(to resize: Resize, _ node: Node, in graph: Graph) -> String? {
    guard let input = node.data else { return nil }
    let shape = graph.type(of: input).shape
    if shape.indices.contains(where: { shape[$0] != resize.shape[$0] && resize.shape[$0] > 1 << 20 }) {
      return "it resamples an axis to more than 2^20 elements, whose table would be too large"
    }
    let axes = resampledAxes(resize, shape)
    let scalar = graph.type(of: input).scalar
    if scalar != .float32, axes.contains(where: { !Axis(taps(resize, $0, shape[$0]), from: 0, to: 0).isPicked }) {
      return "it interpolates \(scalar.rawValue); cast the operand to float32"
    }
    if axes.count > 2 { return "it resamples \(axes.count) axes; two resizes of at most 2 axes each would do" }
    return axes.contains { shape[$0] > 1 << 24 } ? "it resamples an axis of more than 2^24 elements" : nil
  }

  func storage(of resize: Resize, _ node: Node, in graph: Graph) -> NodeStorage {
    NodeStorage(stridedInputs: [0], stridedOutput: true)
  }

  func calls(for resize: Resize, _ node: Node, _ context: inout LoweringContext) -> [KernelCall] {
    let input = node.operand(0)
    let output = node.outputs[0]
    let shape = context.graph.type(of: input).shape
    let from = context.strides(of: input)
    let to = context.strides(of: output)
    let resampled = resampledAxes(resize, shape)
    if resize.shape.contains(0) { return [] }
    let others = shape.indices.filter { !resampled.contains($0) }
    let fills = extrapolation(resize, output, inputShape: shape, &context)
    if resampled.isEmpty {
      return StridedCopy(
        shape: shape, source: .init(value: input, strides: from), destination: .init(value: output, strides: to)
      ).calls(&context) + fills
    }
    var nest = LoopNest(others.map { shape[$0] }, [others.map { from[$0] }, others.map { to[$0] }])
    let run = nest.removeInnermost { $0.strides == [1, 1] }
    var axes = resampled.map { Axis(taps(resize, $0, shape[$0]), from: from[$0], to: to[$0]) }
    if axes.count == 1 { axes.insert(.single, at: 0) }
    let form: Resample.Form
    if axes.allSatisfy(\.isPicked) {
      form = .nearest
    } else if axes.allSatisfy({ $0.taps <= 2 }) {
      form = .linear
      for index in axes.indices { axes[index].pad(to: 2) }
    } else {
      form = .taps
    }
    let rows = axes[0].resampled(axes[0].table("rows", node, &context))
    let columns = axes[1].resampled(axes[1].table("columns", node, &context))
    let calls = nest.pieces().map { offsets, outer in
      KernelCall(
        Resample(
          form, context.source(input, offset: offsets[0]), to: context.destination(output, offset: offsets[1]), outer,
          rows: rows, columns: columns, count: run.extent))
    }
    return calls + fills
  }

  /// Writes the value for what lies outside over what the kernels have written there.
  private func extrapolation(
    _ resize: Resize, _ output: ValueID, inputShape: [Int], _ context: inout LoweringContext
  ) -> [KernelCall] {
    guard case .crop(_, _, let value) = resize.coordinates else { return [] }
    let to = context.strides(of: output)
    let scalar = context.graph.type(of: output).scalar
    var calls: [KernelCall] = []
    for axis in inputShape.indices {
      let taps = resize.taps(along: axis, inputExtent: inputShape[axis])
      // Coordinates never turn back, so that both lie at an end.
      let before = taps.prefix { $0 == nil }.count
      let after = before == taps.count ? 0 : taps.reversed().prefix { $0 == nil }.count
      for (start, count) in [(0, before), (taps.count - after, after)] where count > 0 {
        var shape = resize.shape
        shape[axis] = count
        var nest = LoopNest(shape, [to])
        let run = nest.removeInnermost { $0.strides == [1] }
        calls += nest.pieces().map { offsets, axes in
          KernelCall(
            FillRuns(
              context.destination(output, offset: start * to[axis] + offsets[0]), axes, count: run.extent,
              with: value, of: scalar), overwrites: true)
        }
      }
    }
    return calls
  }

  /// The axes that don't stay as they are.
  private func resampledAxes(_ resize: Resize, _ shape: [Int]) -> [Int] {
    shape.indices.filter { axis in
      let taps = taps(resize, axis, shape[axis])
      return shape[axis] != resize.shape[axis]
        || !taps.enumerated().allSatisfy { $1.count == 1 && $1[0].index == $0 && $1[0].weight == 1 }
    }
  }

  /// The taps of each output element, without those that weigh nothing; what is extrapolated, and written afterwards, has
  /// the first element.
  private func taps(_ resize: Resize, _ axis: Int, _ extent: Int) -> [[Tap]] {
    resize.taps(along: axis, inputExtent: extent).map { taps in
      guard let taps else { return [Tap(index: 0, weight: 1)] }
      return taps.map { Tap(index: $0.index, weight: Float($0.weight)) }.filter { $0.weight != 0 }
    }
  }

  /// An input element and its weight, rounded.
  private struct Tap {
    var index: Int
    var weight: Float
  }

  /// A resampled axis of the kernel.
  private struct Axis {
    var sourceStride: Int
    var destinationStride: Int
    /// The taps of each output element, equally many.
    var table: [[Tap]]

    /// An axis of one element.
    static let single = Axis([[Tap(index: 0, weight: 1)]], from: 0, to: 0)

    init(_ table: [[Tap]], from sourceStride: Int, to destinationStride: Int) {
      self.sourceStride = sourceStride
      self.destinationStride = destinationStride
      self.table = table
      pad(to: table.map(\.count).max() ?? 1)
    }

    var extent: Int { table.count }

    var taps: Int { table[0].count }

    /// Whether each element of the result is one of the input's.
    var isPicked: Bool { table.allSatisfy { $0.count == 1 && $0[0].weight == 1 } }

    /// Fills up with taps that share the last one's weight: with none of their own they would make NaN of an infinity.
    mutating func pad(to count: Int) {
      for index in table.indices {
        var last = table[index].popLast() ?? Tap(index: 0, weight: 0)
        while table[index].count < count - 1 {
          last.weight /= 2
          table[index].append(last)
        }
        table[index].append(last)
      }
    }

    /// The kernel's table.
    func table(_ role: String, _ node: Node, _ context: inout LoweringContext) -> TableID {
      context.addTable(
        "\(node.name).\(role)", shape: [table.count, taps, 2], packing: "[output, tap, index and weight]",
        elements: table.flatMap { $0.flatMap { [Float($0.index), $0.weight] } })
    }

    /// The kernel's axis.
    func resampled(_ table: TableID) -> Resample.Axis {
      Resample.Axis(
        ResampledAxis(
          sourceStride: sourceStride, destinationStride: destinationStride, extent: extent, taps: taps), table)
    }
  }
}
