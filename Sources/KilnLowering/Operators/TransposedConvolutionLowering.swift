import KilnGraph
import KilnKernels
import KilnSelection

/// Transposed convolution as `stride x stride` interleaved phases, each an ordinary convolution of stride 1 over some of
/// the taps: no zero is inserted or multiplied.
///
/// Output `o = q * stride + phase` sums over the taps with `(phase + pad - tap * dilation) % stride == 0`, whose input is
/// `q + (phase + pad - tap * dilation) / stride`. Such taps are `stride / gcd(stride, dilation)` apart, their inputs
/// `dilation / gcd(stride, dilation)`; they are summed in the order of their inputs. A phase without taps is the bias.
struct TransposedConvolutionLowering: Lowering {
  func obstacle(to transposed: TransposedConvolution, _ node: Node, in graph: Graph) -> String? {
    if let obstacle = linearObstacle(node, in: graph, rank: 4) { return obstacle }
    let output = graph.type(of: node.outputs[0]).shape
    let phases = zip(transposed.window.strides, output.dropFirst()).reduce(1) { $0 * min($1.0, $1.1) }
    return phases <= Self.maximumPhases
      ? nil
      : "its strides \(transposed.window.strides) need \(phases) kernel calls, at most \(Self.maximumPhases) are made"
  }

  /// A call a phase: more would be a program out of proportion to the model.
  ///
  /// Strides beyond 8 x 8 are not in use.
  private static let maximumPhases = 4096

  func storage(of transposed: TransposedConvolution, _ node: Node, in graph: Graph) -> NodeStorage {
    guard let input = node.inputs[LinearOperand.input] else { return NodeStorage() }
    let inputShape = graph.type(of: input).shape
    let outputShape = graph.type(of: node.outputs[0]).shape
    func reach(_ axis: Int) -> (before: Int, after: Int) {
      let phases = Self.phases(transposed.window, axis, output: outputShape[axis + 1]).filter { !$0.taps.isEmpty }
      let last = phases.map { $0.count - 1 + $0.firstInput + ($0.taps.count - 1) * $0.inputStep }.max() ?? 0
      return (max(0, -(phases.map(\.firstInput).min() ?? 0)), max(0, last - (inputShape[axis + 1] - 1)))
    }
    let (rows, columns) = (reach(0), reach(1))
    return linearStorage(
      transposed.epilogue,
      border: Border(top: rows.before, left: columns.before, bottom: rows.after, right: columns.after))
  }

  func calls(
    for transposed: TransposedConvolution, _ node: Node, _ context: inout LoweringContext
  ) -> [KernelCall] {
    convolutions(of: transposed, node, context).flatMap { $0.calls(&context) }
  }

  func sites(of transposed: TransposedConvolution, _ node: Node, _ context: LoweringContext) -> [WeightedSite] {
    convolutions(of: transposed, node, context).map(\.weighted)
  }

  /// A convolution per phase: the outputs that the same taps reach.
  private func convolutions(
    of transposed: TransposedConvolution, _ node: Node, _ context: LoweringContext
  ) -> [DirectConvolution] {
    let (input, weight) = (node.operand(LinearOperand.input), node.operand(LinearOperand.weight))
    let window = transposed.window
    let view = context.view(input)
    let output = node.outputs[0]
    let outputShape = context.graph.type(of: output).shape
    let weightShape = context.graph.type(of: weight).shape
    let area = weightShape[2] * weightShape[3]
    let inputChannels = weightShape[0] / transposed.groups
    var weights = ConvolutionWeights(
      node, context.graph, outputAxis: 1, outputChannels: weightShape[1] * transposed.groups,
      inputChannels: inputChannels, outputStep: area, groupStep: inputChannels * weightShape[1] * area,
      inputStep: weightShape[1] * area, taps: [])

    /// The pixels of one phase of an operand of the output's shape.
    func access(_ value: ValueID, _ rows: Phase, _ columns: Phase) -> DirectConvolution.Access {
      var access = context.access(value)
      access.offset += rows.phase * access.row + columns.phase * access.pixel
      access.row *= window.strides[0]
      access.pixel *= window.strides[1]
      return access
    }
    var convolutions: [DirectConvolution] = []
    for rows in Self.phases(window, 0, output: outputShape[1]) {
      for columns in Self.phases(window, 1, output: outputShape[2]) {
        weights.taps = rows.taps.flatMap { row in columns.taps.map { row * weightShape[3] + $0 } }
        let hasTaps = !weights.taps.isEmpty
        let inputAccess = DirectConvolution.Access(
          offset: hasTaps ? rows.firstInput * view.rowStride + columns.firstInput * view.pixelStride : 0,
          image: view.imageStride, row: view.rowStride, pixel: view.pixelStride)
        let addend = node.addend(transposed.epilogue)
        convolutions.append(
          DirectConvolution(
            name: "\(node.name)_phase\(rows.phase)x\(columns.phase)", groups: transposed.groups,
            images: outputShape[0], rows: rows.count, columns: columns.count,
            kernelRows: hasTaps ? rows.taps.count : 0, kernelRowStep: rows.inputStep * view.rowStride,
            kernelColumns: hasTaps ? columns.taps.count : 0, kernelColumnStep: columns.inputStep * view.pixelStride,
            input: (input, inputAccess), addend: addend.map { ($0, access($0, rows, columns)) },
            output: (output, access(output, rows, columns)),
            epilogue: transposed.epilogue, weights: weights))
      }
    }
    return convolutions
  }

  /// The outputs `phase`, `phase + stride`, … of an axis.
  struct Phase {
    var phase: Int
    /// How many.
    var count: Int
    /// Their taps, in the order of the inputs.
    var taps: [Int]
    /// The first output's first input; may be outside the image.
    var firstInput: Int
    /// From a tap's input to the next's.
    var inputStep: Int
  }

  /// The phases of a spatial axis that have outputs.
  static func phases(_ window: Window, _ axis: Int, output: Int) -> [Phase] {
    let (stride, dilation) = (window.strides[axis], window.dilations[axis])
    return (0..<min(stride, output)).map { phase in
      let first = phase + window.padBegin[axis]
      let taps = (0..<window.kernel[axis]).reversed().filter { (first - $0 * dilation) % stride == 0 }
      return Phase(
        phase: phase, count: (output - phase + stride - 1) / stride, taps: taps,
        firstInput: taps.first.map { (first - $0 * dilation) / stride } ?? 0,
        inputStep: dilation / greatestCommonDivisor(stride, dilation))
    }
  }
}
