import KilnGraph

/// A convolution in which every channel has a kernel of its own, counted as `DirectConvolution` is.
struct DepthwiseConvolution {
  /// What its table is named after.
  var name: String
  /// Images, output rows of an image, output pixels of a row.
  var images: Int
  var rows: Int
  var columns: Int
  var window: Window
  /// The operands' values and elements; the input's rows and pixels as the output steps over them.
  var input: (value: ValueID, access: DirectConvolution.Access)
  var addend: (value: ValueID, access: DirectConvolution.Access)?
  var output: (value: ValueID, access: DirectConvolution.Access)
  var epilogue: EpilogueSource
  /// The weights, one group of all channels.
  var weights: ConvolutionWeights

  /// The call that computes it.
  func call(_ context: inout LoweringContext) -> KernelCall {
    let width = context.target.vectorWidth
    let channels = weights.outputChannels
    let rest = channels % width
    let whole = weights.packed(groups: 1, channels: 0..<channels - rest, of: width, panelWidth: width)
    var elements = whole.elements
    if rest > 0 {
      elements += weights.packed(groups: 1, channels: channels - rest..<channels, of: rest, panelWidth: width).elements
    }
    let panelStep = whole.shape[2] * width
    let table = context.addTable(
      name, shape: [elements.count / panelStep, whole.shape[2], width],
      layout: "[vector of channels][\(weights.layout)][channel]", elements: elements)

    func tile(_ channels: Int) -> DepthwiseTileSource {
      DepthwiseTileSource(
        channels: channels, kernel: (window.kernel[0], window.kernel[1]), stride: window.strides[1],
        dilation: window.dilations[1], epilogue: epilogue, target: context.target)
    }
    let wholeTile = tile(channels < width ? rest : width)
    let restTile = rest > 0 ? tile(rest) : wholeTile
    var arguments: [KernelCall.Argument] = [
      .init(nil, .code("\(wholeTile.name).self")), .init("rest", .code("\(restTile.name).self")),
      .init(nil, context.source(input.value, offset: input.access.offset)), .init(nil, .table(table)),
    ]
    if let addend { arguments.append(.init("addend", context.source(addend.value, offset: addend.access.offset))) }
    arguments.append(.init(nil, .destination(output.value, offset: output.access.offset)))
    arguments.append(.init(nil, .code(geometry(panelStep: panelStep, context.target))))
    return KernelCall(
      "convolveDepthwise", arguments, files: epilogue.files.union([.depthwiseConvolution]),
      kernels: [wholeTile.emitted, restTile.emitted])
  }

  private func geometry(panelStep: Int, _ target: Target) -> String {
    func steps(_ access: DirectConvolution.Access) -> String {
      "ConvolutionSteps(group: 0, image: \(access.image), row: \(access.row), pixel: \(access.pixel))"
    }
    let pixelStride = input.access.pixel / window.strides[1]
    let rowStride = input.access.row / window.strides[0]
    return """
      DepthwiseGeometry(
            kernelRows: \(window.kernel[0]), kernelRowStep: \(window.dilations[0] * rowStride), \
      kernelColumns: \(window.kernel[1]), kernelColumnStep: \(window.dilations[1] * pixelStride),
            images: \(images), rows: \(rows), columns: \(columns), stripColumns: \(stripColumns(target)),
            vectors: \(weights.outputChannels / target.vectorWidth), \
      restChannels: \(weights.outputChannels % target.vectorWidth), panelStep: \(panelStep),
            input: \(steps(input.access)),
            addend: \(steps(addend?.access ?? output.access)),
            output: \(steps(output.access)))
      """
  }

  /// Pixels whose input stays in half of the first cache while all channels pass over them, at least 8.
  private func stripColumns(_ target: Target) -> Int {
    let cache = target.cacheByteCounts.first ?? 1 << 15
    let pixelByteCount = 4 * input.access.pixel * window.kernel[0]
    return min(columns, max(8, cache / 2 / max(1, pixelByteCount) / 4 * 4))
  }
}
