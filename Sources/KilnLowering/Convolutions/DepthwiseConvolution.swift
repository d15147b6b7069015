import KilnGeometry
import KilnGraph
import KilnKernels
import KilnMachine

/// A convolution in which every channel has a kernel of its own, counted as `DirectConvolution` is.
struct DepthwiseConvolution {
  /// What its table is named after.
  var name: String
  /// Images, output rows of an image, output pixels of a row.
  var images: Int
  var rows: Int
  var columns: Int
  /// The rows of a strip, if the call is made for one at a time; `rows` are the most then.
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

  /// The calls: one, or one per worker, each with some rows or some vectors of channels.
  func calls(_ context: inout LoweringContext) -> [KernelCall] {
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

    func tile(_ channels: Int) -> DepthwiseTileShape {
      DepthwiseTileShape(
        channels: channels, window: window, columns: columns, isNear: isNear(target), epilogue: epilogue,
        arithmetic: arithmetic, target: target)
    }
    let wholeTile = tile(channels < width ? rest : width)
    let restTile = rest > 0 ? tile(rest) : wholeTile
    return shares(context).enumerated().flatMap { worker, share in
      func offset(_ access: DirectConvolution.Access) -> Int {
        access.offset + share.rows.lowerBound * access.row + share.vectors.lowerBound * width
      }
      let widened = panels.widened(from: share.vectors.lowerBound, count: share.vectors.count, &context)
      let call = KernelCall(
        ConvolveDepthwise(
          wholeTile, rest: restTile, context.source(input.value, offset: offset(input.access)), widened.panels,
          addend: addend.map { context.source($0.value, offset: offset($0.access)) },
          context.destination(output.value, offset: offset(output.access)),
          geometry(share, panelStep: panels.step, pixels: wholeTile.pixels, target), member: strip?.member))
      return [widened.preparation, call].compactMap { $0?.made(by: worker) }
    }
  }

  /// A worker's part: output rows of each image, and vectors of channels, the last of which may not be whole.
  private struct Share {
    var rows: Range<Int>
    var vectors: Range<Int>
  }

  private func shares(_ context: LoweringContext) -> [Share] {
    let vectors = weights.outputChannels.dividedRoundingUp(by: arithmetic.machine(context.target).vectorWidth)
    let whole = Share(rows: 0..<rows, vectors: 0..<vectors)
    let sums = images * rows * columns * weights.outputChannels
    let workers = context.sharing.workers(multiplyAdds: sums * weights.taps.count, context.target)
    if workers == 1 { return [whole] }
    // Of a band of rows a worker wrote most itself, and reads all of it in the next layer.
    let cycles = WorkSharing.cycles(multiplyAdds: sums * weights.taps.count, context.target)
    let byteCount = arithmetic.elementByteCount * images * (extent(0, rows) * extent(1, columns) + rows * columns)
    let fetchCycles = context.sharing.costs.fetchCycles(byteCount * weights.outputChannels, workers: workers)
    if WorkSharing.largest(rows, among: workers) * cycles
      <= WorkSharing.largest(vectors, among: workers) * (cycles + fetchCycles)
    {
      return WorkSharing.ranges(rows, among: workers).map { Share(rows: $0, vectors: whole.vectors) }
    }
    return WorkSharing.ranges(vectors, among: workers).map { Share(rows: whole.rows, vectors: $0) }
  }

  private func geometry(_ share: Share, panelStep: Int, pixels: Int, _ target: Target) -> DepthwiseGeometry {
    let wholeVectors = weights.outputChannels / target.vectorWidth
    let hasRest = share.vectors.upperBound > wholeVectors
    let pixelStride = input.access.pixel / window.strides[1]
    let rowStride = input.access.row / window.strides[0]
    let block = block(target, pixels: pixels)
    return DepthwiseGeometry(
      kernelRows: window.kernel[0], kernelRowStep: window.dilations[0] * rowStride, kernelColumns: window.kernel[1],
      kernelColumnStep: window.dilations[1] * pixelStride, images: images, rows: share.rows.count, columns: columns,
      regionRows: block.rows, regionColumns: block.columns,
      vectors: min(share.vectors.upperBound, wholeVectors) - share.vectors.lowerBound,
      restChannels: hasRest ? weights.outputChannels % target.vectorWidth : 0, panelStep: panelStep,
      input: input.access.steps(), addend: (addend?.access ?? output.access).steps(), output: output.access.steps())
  }

  /// How many pixels of the input, along an axis, a number of outputs that lie side by side see.
  private func extent(_ axis: Int, _ outputs: Int) -> Int {
    (outputs - 1) * window.strides[axis] + window.extent(axis)
  }

  /// Whether an image and its result lie in the second cache.
  private func isNear(_ target: Target) -> Bool {
    let imagePixels = extent(0, rows) * extent(1, columns) + rows * columns
    return arithmetic.elementByteCount * imagePixels * weights.outputChannels
      <= target.model.cacheBudget.depthwiseImages
  }

  /// The rows and columns that a vector of channels passes over before the next does.
  ///
  /// Where an image and its result lie in the second cache: the region that makes it read the fewest cache lines. Those
  /// of a region stay in the first cache; neighbouring regions read the kernel's overlap again. Images from further away
  /// are better read in their own order: as many pixels of one row as leave all their channels in half the first cache.
  private func block(_ target: Target, pixels: Int) -> (rows: Int, columns: Int) {
    let budget = target.model.cacheBudget
    guard isNear(target) else {
      let pixelByteCount = arithmetic.elementByteCount * input.access.pixel * window.kernel[0]
      return (1, min(columns, max(1, budget.depthwisePixels / max(1, pixelByteCount) / pixels) * pixels))
    }
    let line = target.model.memory.lineByteCount
    var best = (rows: 1, columns: min(columns, 2 * pixels), linesAnOutput: Double.infinity)
    for regionRows in 1...rows {
      for groups in 1...columns.dividedRoundingUp(by: pixels) {
        let regionColumns = min(columns, groups * pixels)
        let read = extent(0, regionRows) * extent(1, regionColumns)
        let outputs = regionRows * regionColumns
        guard line * (read + outputs) <= budget.depthwiseRegion else { break }
        let linesAnOutput = Double(read) / Double(outputs)
        if linesAnOutput < best.linesAnOutput { best = (regionRows, regionColumns, linesAnOutput) }
      }
      if line * extent(0, regionRows) > budget.depthwiseRegion { break }
    }
    return (best.rows, best.columns)
  }
}
