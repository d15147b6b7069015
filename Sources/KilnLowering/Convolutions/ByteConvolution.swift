import KilnGeometry
import KilnGraph
import KilnKernels
import KilnMachine
import KilnSelection

/// A convolution of images of 8 bits, counted as `DirectConvolution` is.
struct ByteConvolution {
  private let convolution: RequantizedConvolution
  /// What its tables are named after.
  let name: String
  /// The weights.
  let panels: BytePanels
  /// How its products are summed up by direct tiles.
  private let products: ByteProducts
  /// Elements and results.
  let types: ByteTileTypes
  /// `[N, H, W, C]` of the output; of a strip, as many rows as any has.
  let shape: [Int]
  /// The rows of a strip, if the calls are made for one at a time.
  private let strip: StripExtent?
  /// The operands' values and elements.
  let input: (value: ValueID, view: View, access: DirectConvolution.Access)
  let output: (value: ValueID, access: DirectConvolution.Access)

  /// Describes a node's convolution.
  ///
  /// - Parameter takesSigned: whether numbers are multiplied as those of a sign, whatever the machine's products take.
  init(
    _ convolution: RequantizedConvolution, _ node: Node, takesSigned: Bool, _ context: LoweringContext
  ) {
    self.convolution = convolution
    name = node.name
    let (graph, target) = (context.graph, context.target)
    func constant(_ operand: Int) -> Tensor {
      guard let tensor = graph.constant(node.inputs[operand]) else { node.lacksKernel() }
      return tensor
    }
    let value = node.operand(LinearOperand.input)
    let isUnsigned = graph.type(of: value).scalar == .uint8
    let codes = constant(LinearOperand.weight)
    strip = context.strip
    let whole = graph.type(of: node.outputs[0])
    shape = [whole.shape[0], strip?.most ?? whole.shape[1], whole.shape[2], whole.shape[3]]
    let isDepthwise = Self.isDepthwise(convolution, weight: codes.shape)
    // Products of one channel are made in pairs everywhere.
    products = isDepthwise ? .pairs : target.byteProducts(with: codes)
    let flip = takesSigned ? (isUnsigned ? -128 : 0) : target.byteFlip(isUnsigned: isUnsigned, products)
    panels = BytePanels(
      codes: codes, biases: constant(LinearOperand.bias).integers(),
      multipliers: constant(RequantizedConvolution.multiplierOperand).floats(),
      inputShift: convolution.inputZeroPoint + flip, result: convolution.result, target)
    types = ByteTileTypes(
      input: graph.type(of: value).scalar, output: whole.scalar, isClamped: convolution.result?.isClamped ?? false,
      isWide: target.instructionSet == .neon && panels.isWide, flip: flip, rounding: panels.rounding)
    let view = context.view(value)
    input = (value, view, convolution.window.access(view))
    output = (node.outputs[0], context.access(node.outputs[0]))
  }

  /// Whether every channel has a kernel of its own, small enough to be written out.
  var isDepthwise: Bool { Self.isDepthwise(convolution, weight: panels.codes.shape) }

  private static func isDepthwise(_ convolution: RequantizedConvolution, weight: [Int]) -> Bool {
    convolution.groups > 1 && convolution.result != nil && weight[1] == 1 && weight[0] == convolution.groups
      && weight[2] * weight[3] <= ByteDepthwiseTileShape.maximumTaps
  }

  private var window: Window { convolution.window }
  private var groupOutputs: Int { panels.biases.count / convolution.groups }

  // MARK: Direct

  /// Whether the taps of a kernel row touch, so that they are one run of the input.
  private var isContiguous: Bool {
    window.kernel[1] == 1
      || convolution.groups == 1 && window.dilations[1] * input.view.pixelStride == panels.inputChannels
  }

  private var runLength: Int { isContiguous ? window.kernel[1] * panels.inputChannels : panels.inputChannels }

  /// The calls: one for each shape of tile, or several where the work is shared.
  func directCalls(_ context: inout LoweringContext) -> [KernelCall] {
    let target = context.target
    // Rows are one where the taps of all pixels lie alike, and so are images; not those of a strip, whose number isn't known here.
    var (images, rows, columns) = (shape[0], shape[1], shape[2])
    let accesses = [input.access, output.access]
    if strip == nil, accesses.allSatisfy({ rows == 1 || $0.row == columns * $0.pixel }) {
      (rows, columns) = (1, rows * columns)
      if accesses.allSatisfy({ images == 1 || $0.image == columns * $0.pixel }) {
        (images, columns) = (1, images * columns)
      }
    }
    let runCount = panels.taps * panels.inputChannels / runLength
    let runs = ByteRuns(count: runCount, length: runLength)
    let work = ConvolutionWork(
      channels: groupOutputs, depth: panels.taps * panels.inputChannels, kernelRows: window.kernel[0],
      columns: columns, rows: rows, inputRowByteCount: columns * input.access.pixel * (rows > 1 ? 1 : images))
    let schedule = ConvolutionSchedule(
      ofBytes: work, steps: runCount * runLength.dividedRoundingUp(by: 4), products, target: target)
    let shares = ConvolutionShares(
      schedule, groups: convolution.groups, rows: rows, columns: columns, work, elementByteCount: 1, context)
    var calls: [KernelCall] = []
    var first = 0
    for (index, part) in schedule.parts.enumerated() {
      let packed = panels.direct(
        groups: convolution.groups, channels: first..<first + part.blocks * part.channels, of: part.channels,
        lanes: target.sumLanes, runLength: runLength, products)
      let table = context.addTable(
        "\(name)_\(part.channels)",
        packing: "[group, block of \(part.channels) channels][limits, bias, multiplier, weights]",
        TensorType(.uint8, packed.shape), packed.bytes)
      for (worker, box) in shares.boxes(ofPart: index) {
        let edge = box.columns.count % part.pixels
        let channel = first + box.blocks.lowerBound * part.channels
        let start = box.rows.lowerBound
        func offset(_ access: DirectConvolution.Access, group: Int, channel: Int) -> Int {
          access.offset + box.groups.lowerBound * group + start * access.row
            + box.columns.lowerBound * access.pixel + channel
        }
        let step = packed.shape[1]
        let kernel = ConvolveBytes(
          ByteConvolutionTileShape(
            pixels: part.pixels, channels: part.channels, runs: runs, types: types, products, target),
          edge: ByteConvolutionTileShape(
            pixels: edge == 0 ? part.pixels : edge, channels: part.channels, runs: runs, types: types, products, target),
          context.source(input.value, offset: offset(input.access, group: panels.inputChannels, channel: 0)),
          Operand(
            .table(table), offset: (box.groups.lowerBound * part.blocks + box.blocks.lowerBound) * step),
          context.destination(output.value, offset: offset(output.access, group: groupOutputs, channel: channel)),
          geometry(box, schedule, images: images, panelStep: step), member: strip?.member)
        calls.append(KernelCall(kernel, worker: worker))
      }
      first += part.blocks * part.channels
    }
    return calls
  }

  private func geometry(
    _ box: ConvolutionShares.Box, _ schedule: ConvolutionSchedule, images: Int, panelStep: Int
  ) -> ConvolutionGeometry {
    ConvolutionGeometry(
      kernelRows: window.kernel[0], kernelRowStep: window.dilations[0] * input.view.rowStride,
      segments: isContiguous ? 1 : window.kernel[1],
      segmentStep: isContiguous ? 0 : window.dilations[1] * input.view.pixelStride, segmentLength: runLength,
      groups: box.groups.count, blocks: box.blocks.count, images: images, rows: box.rows.count,
      columns: box.columns.count, regionRows: schedule.regionRows, regionColumns: schedule.regionColumns,
      panelStep: panelStep, stageRows: window.kernel[0], stageStep: 0, panelAhead: 0, inputAhead: 0, inputAheadStep: 0,
      input: input.access.steps(group: panels.inputChannels), addend: output.access.steps(group: groupOutputs),
      output: output.access.steps(group: groupOutputs))
  }

  // MARK: Depthwise

  /// The calls: one, or one for each worker with some rows.
  func depthwiseCalls(_ context: inout LoweringContext) -> [KernelCall] {
    let (lanes, target) = (ByteDepthwiseTileShape.lanes, context.target)
    let kernel = DepthwiseTileShape.Kernel(rows: window.kernel[0], columns: window.kernel[1])
    let products = ByteDepthwiseProducts(
      kernel, stride: window.strides[1], dilation: window.dilations[1], width: shape[2], target)
    let packed = panels.depthwise(kernel, lanes: lanes, products)
    let table = context.addTable(
      name, packing: "[16 channels][limits, bias, multiplier, weights]", TensorType(.uint8, packed.shape), packed.bytes)
    let channels = panels.biases.count
    func tile(_ channels: Int) -> ByteDepthwiseTileShape {
      ByteDepthwiseTileShape(channels: channels, kernel: kernel, products: products, types: types)
    }
    let rest = channels % lanes
    let whole = tile(channels < lanes ? rest : lanes)
    let workers = context.sharing.workers(multiplyAdds: shape.reduce(1, *) * panels.taps, context.target)
    return WorkSharing.ranges(shape[1], among: workers).enumerated().map { worker, rows in
      func offset(_ access: DirectConvolution.Access) -> Int { access.offset + rows.lowerBound * access.row }
      let geometry = DepthwiseGeometry(
        kernelRows: window.kernel[0], kernelRowStep: window.dilations[0] * input.view.rowStride,
        kernelColumns: window.kernel[1], kernelColumnStep: window.dilations[1] * input.view.pixelStride,
        images: shape[0], rows: rows.count, columns: shape[2], regionRows: 1, regionColumns: shape[2],
        vectors: channels / lanes, restChannels: rest, panelStep: packed.shape[1], input: input.access.steps(),
        addend: output.access.steps(), output: output.access.steps())
      let kernel = ConvolveDepthwiseBytes(
        whole, rest: rest > 0 ? tile(rest) : whole, context.source(input.value, offset: offset(input.access)),
        Operand(.table(table)), context.destination(output.value, offset: offset(output.access)), geometry,
        member: strip?.member)
      return KernelCall(kernel, worker: worker)
    }
  }
}
