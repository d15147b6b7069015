import KilnGeometry
import KilnGraph
import KilnKernels
import KilnMachine
import KilnSelection

/// A convolution in which every channel has a kernel of its own, counted as `DirectConvolution` is.
struct DepthwiseConvolution {
  /// What its table is named after.
  var name: String
  /// Images, output rows of a whole image, output pixels of a row.
  var images: Int
  var height: Int
  var columns: Int
  /// The rows of a strip, if the call is made for one at a time.
  var strip: StripExtent?
  var window: Window
  /// The operands' values and elements; the input's rows and pixels as the output steps over them.
  var input: (value: ValueID, access: DirectConvolution.Access)
  var addend: (value: ValueID, access: DirectConvolution.Access)?
  var output: (value: ValueID, access: DirectConvolution.Access)
  var epilogue: Epilogue
  /// The weights, one group of all channels.
  var weights: ConvolutionWeights
  /// What tiles compute with: float16 where that is the type of the input.
  var arithmetic = TileArithmetic.float32

  /// The output rows of an image that a call computes at most.
  private var rows: Int { strip?.most ?? height }

  private var work: DepthwiseWork {
    DepthwiseWork(
      channels: weights.outputChannels, rows: rows, columns: columns, window: window,
      inputPixelStep: input.access.pixel, elementByteCount: arithmetic.elementByteCount)
  }

  /// The convolution as tiles are chosen for it.
  private var site: ConvolutionSite {
    let shape = ConvolutionSite.shape(
      kernel: window.kernel, steps: window.stepsDescription, "\(weights.outputChannels) depthwise",
      [images, height, columns], epilogue, type: arithmetic.isHalf ? "in float16" : nil)
    func whole(_ rows: Int) -> ConvolutionWork {
      ConvolutionWork(
        channels: weights.outputChannels, depth: weights.taps.count, kernelRows: window.kernel[0], columns: columns,
        rows: rows, inputRowByteCount: arithmetic.elementByteCount * columns * input.access.pixel)
    }
    return ConvolutionSite(
      name: name, shape: shape, form: .depthwise(work),
      direct: whole(height), strip: strip.map { whole($0.most) }, arithmetic: arithmetic)
  }

  /// The same with what its packed weights depend on.
  var weighted: WeightedSite {
    WeightedSite(site: site, weights: weights.identity)
  }

  /// The calls: one, or one per worker, each with some rows or some vectors of channels.
  func calls(_ context: inout LoweringContext) -> [KernelCall] {
    guard case .direct(let schedule) = context.selection[site].kind else {
      preconditionFailure("\(name) has no other form")
    }
    let target = arithmetic.machine(context.target)
    let width = target.vectorWidth
    let channels = weights.outputChannels
    let rest = channels % width
    var parts = [
      weights.panels(
        ofHalves: arithmetic.isHalf, groups: 1, channels: 0..<channels - rest, of: width, panelWidth: width)
    ]
    if rest > 0 {
      parts.append(
        weights.panels(
          ofHalves: arithmetic.isHalf, groups: 1, channels: channels - rest..<channels, of: rest, panelWidth: width))
    }
    let panels = PanelTables(
      WeightPanels(joining: parts), named: name, packing: "[group][vector of channels]", of: weights, &context)

    let pixels = schedule.parts[0].pixels
    let region =
      strip == nil ? (schedule.regionRows, schedule.regionColumns) : work.region(pixels: pixels, target)
    func tile(_ channels: Int) -> DepthwiseTileShape {
      DepthwiseTileShape(
        channels: channels, window: window, columns: columns, pixels: pixels, epilogue: epilogue,
        arithmetic: arithmetic, target: target)
    }
    let wholeTile = tile(channels < width ? rest : width)
    let restTile = rest > 0 ? tile(rest) : wholeTile
    return shares(schedule, context).enumerated().flatMap { worker, share in
      func offset(_ access: DirectConvolution.Access) -> Int {
        access.offset + share.rows.lowerBound * access.row + share.vectors.lowerBound * width
      }
      let widened = panels.widened(from: share.vectors.lowerBound, count: share.vectors.count, &context)
      let call = KernelCall(
        ConvolveDepthwise(
          wholeTile, rest: restTile, context.source(input.value, offset: offset(input.access)), widened.panels,
          addend: addend.map { context.source($0.value, offset: offset($0.access)) },
          context.destination(output.value, offset: offset(output.access)),
          geometry(share, panelStep: panels.step, region, target), member: strip?.member))
      return [widened.preparation, call].compactMap { $0?.made(by: worker) }
    }
  }

  /// A worker's part: output rows of each image, and vectors of channels, the last of which may not be whole.
  private struct Share {
    var rows: Range<Int>
    var vectors: Range<Int>
  }

  private func shares(_ schedule: ConvolutionSchedule, _ context: LoweringContext) -> [Share] {
    let vectors = weights.outputChannels.dividedRoundingUp(by: arithmetic.machine(context.target).vectorWidth)
    let whole = Share(rows: 0..<rows, vectors: 0..<vectors)
    let workers = context.sharing.workers(multiplyAdds: multiplyAdds, context.target)
    if workers == 1 { return [whole] }
    switch schedule.sharing ?? cheapestSharing(vectors: vectors, workers: workers, context) {
    case .rows: return WorkSharing.ranges(rows, among: workers).map { Share(rows: $0, vectors: whole.vectors) }
    case .channels: return WorkSharing.ranges(vectors, among: workers).map { Share(rows: whole.rows, vectors: $0) }
    }
  }

  private var multiplyAdds: Int { images * rows * columns * weights.outputChannels * weights.taps.count }

  /// Bands of rows, most of which a worker wrote itself and all of which it reads in the next layer, unless their shares are
  /// much less equal.
  private func cheapestSharing(vectors: Int, workers: Int, _ context: LoweringContext) -> ConvolutionSchedule.Sharing {
    let cycles = WorkSharing.cycles(multiplyAdds: multiplyAdds, context.target)
    let fetchCycles = context.sharing.costs.fetchCycles(images * work.imageByteCount, workers: workers)
    let byRows = WorkSharing.largest(rows, among: workers) * cycles
    return byRows <= WorkSharing.largest(vectors, among: workers) * (cycles + fetchCycles) ? .rows : .channels
  }

  private func geometry(
    _ share: Share, panelStep: Int, _ region: (rows: Int, columns: Int), _ target: Target
  ) -> DepthwiseGeometry {
    let wholeVectors = weights.outputChannels / target.vectorWidth
    let hasRest = share.vectors.upperBound > wholeVectors
    let pixelStride = input.access.pixel / window.strides[1]
    let rowStride = input.access.row / window.strides[0]
    return DepthwiseGeometry(
      kernelRows: window.kernel[0], kernelRowStep: window.dilations[0] * rowStride, kernelColumns: window.kernel[1],
      kernelColumnStep: window.dilations[1] * pixelStride, images: images, rows: share.rows.count, columns: columns,
      regionRows: region.rows, regionColumns: region.columns,
      vectors: min(share.vectors.upperBound, wholeVectors) - share.vectors.lowerBound,
      restChannels: hasRest ? weights.outputChannels % target.vectorWidth : 0, panelStep: panelStep,
      input: input.access.steps(), addend: (addend?.access ?? output.access).steps(), output: output.access.steps())
  }
}
