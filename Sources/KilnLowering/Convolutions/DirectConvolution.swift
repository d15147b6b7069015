import KilnGeometry
import KilnGraph
import KilnKernels
import KilnMachine
import KilnSelection

/// A direct convolution, however it came about: a convolution, a linear layer, a phase of a transposed convolution.
///
/// Everything is counted in elements and seen from the output: the pixel in `row`, `column` sums over the taps, whose
/// inputs begin at `input.offset + row * input.row + column * input.pixel`.
package struct DirectConvolution {
  /// The elements of an operand that belong to output pixels.
  package struct Access {
    /// The element of the first output pixel's first channel.
    package var offset: Int
    /// From image to image.
    package var image: Int
    /// From output row to output row.
    package var row: Int
    /// From output pixel to output pixel.
    package var pixel: Int

    /// The kernels' form of it; `group` elements lie between groups of channels.
    package func steps(group: Int = 0) -> ConvolutionSteps {
      ConvolutionSteps(group: group, image: image, row: row, pixel: pixel)
    }
  }

  /// What its tables are named after, and what schedules call it.
  package var name: String
  /// How its steps and dilations are told in its shape; empty for steps of one pixel.
  package var steps = ""
  /// Groups of channels.
  package var groups: Int
  /// Images, output rows of an image, output pixels of a row.
  package var images: Int
  package var rows: Int
  package var columns: Int
  /// The rows of a strip, if the calls are made for one at a time.
  package var strip: StripExtent?

  /// Rows of the kernel, and from one's first input element to the next's.
  package var kernelRows: Int
  package var kernelRowStep: Int
  /// Taps of a kernel row, and from one's first input element to the next's.
  package var kernelColumns: Int
  package var kernelColumnStep: Int

  /// The operands' values and elements.
  ///
  /// The addend is there if the epilogue adds it.
  package var input: (value: ValueID, access: Access)
  package var addend: (value: ValueID, access: Access)?
  package var output: (value: ValueID, access: Access)
  package var epilogue: Epilogue
  /// What tiles compute with: float16 where that is the type of the input.
  package var arithmetic = TileArithmetic.float32

  /// The weights, output channels of all groups outermost.
  package var weights: ConvolutionWeights
  /// The form for Winograd's tiles; `nil` where they don't apply.
  package var winograd: WinogradWork?
  /// The algorithm that the cost model chooses.
  package var modelAlgorithm = ConvolutionAlgorithm.direct

  /// The calls, with the algorithm and the tiles that were chosen.
  package func calls(_ context: inout LoweringContext) -> [KernelCall] {
    switch context.selection[site].kind {
    case .direct(let schedule): return calls(schedule, &context)
    case .winograd(let outputs, let schedule):
      guard let winograd else { preconditionFailure("\(name) has no form for Winograd's tiles") }
      return WinogradConvolution(
        name: name, work: winograd, input: input, addend: addend, output: output, epilogue: epilogue, weights: weights,
        winograd: Winograd(outputs: outputs),
        arithmetic: arithmetic.isHalf ? TileArithmetic(halfProducts: winograd.inputChannels) : .float32,
        schedule: schedule
      ).calls(&context)
    }
  }

  /// The convolution as tiles are chosen for it.
  package var site: ConvolutionSite {
    ConvolutionSite(
      name: name, shape: shape, direct: flattened.work, winograd: winograd, modelAlgorithm: modelAlgorithm,
      strip: strip == nil ? nil : atOnce.work, arithmetic: arithmetic)
  }

  /// The same with what its packed weights depend on.
  package var weighted: WeightedSite { WeightedSite(site: site, weights: weights.identity) }

  /// For instance `3x3 64->64 at 1x56x56 ReLU`.
  private var shape: String {
    let channels = "\(weights.inputChannels * groups)->\(weights.outputChannels)"
    return ConvolutionSite.shape(
      kernel: [kernelRows, kernelColumns], steps: steps, groups == 1 ? channels : "\(channels) in \(groups) groups",
      [images, rows, columns], epilogue,
      type: arithmetic.isHalf ? "in float16" : weights.narrow.map { "of \($0.scalar.rawValue)" })
  }

  /// The calls: one for each shape of tile, or several where the work is shared.
  package func calls(_ schedule: ConvolutionSchedule, _ context: inout LoweringContext) -> [KernelCall] {
    let flat = atOnce
    var schedule = schedule
    if strip != nil { (schedule.regionRows, schedule.regionColumns) = (flat.rows, flat.columns) }
    var first = 0
    var calls: [KernelCall] = []
    let shares = ConvolutionShares(
      schedule, groups: flat.groups, rows: flat.rows, columns: flat.columns, flat.work,
      elementByteCount: arithmetic.elementByteCount, context)
    for (index, part) in schedule.parts.enumerated() {
      let panels = flat.panels(part, firstChannel: first, &context)
      for (worker, box) in shares.boxes(ofPart: index) {
        calls += flat.calls(part, box, firstChannel: first, panels, schedule, &context).map { $0.made(by: worker) }
      }
      first += part.blocks * part.channels
    }
    return calls
  }

  /// The same with rows, and then images, joined to one row, where the taps of all pixels lie alike.
  private var flattened: DirectConvolution {
    var result = self
    let accesses = [input.access, addend?.access ?? output.access, output.access]
    if accesses.allSatisfy({ rows == 1 || $0.row == columns * $0.pixel }) {
      result.columns *= rows
      result.rows = 1
      if accesses.allSatisfy({ images == 1 || $0.image == result.columns * $0.pixel }) {
        result.columns *= images
        result.images = 1
      }
    }
    return result
  }

  /// What is computed at once: the rows of a strip, whose number isn't known here, so that they can't be joined; or all.
  private var atOnce: DirectConvolution {
    guard let strip else { return flattened }
    var result = self
    result.rows = strip.most
    return result
  }

  private var work: ConvolutionWork {
    ConvolutionWork(
      channels: weights.outputChannels / groups, depth: kernelRows * kernelColumns * weights.inputChannels,
      kernelRows: kernelRows, columns: columns, rows: rows,
      inputRowByteCount: arithmetic.elementByteCount * columns * input.access.pixel * (rows > 1 ? 1 : images))
  }

  /// Whether a part's sums are kept in the output between stages: not where that would overwrite an addend.
  private func isStaged(_ part: ConvolutionSchedule.Part, _ context: LoweringContext) -> Bool {
    let isInPlace =
      addend.map { addend in
        context.graph.constant(addend.value) == nil
          && context.view(addend.value).buffer == context.view(output.value).buffer
      } ?? false
    return part.stages > 1 && kernelRows % part.stages == 0 && !isInPlace && !arithmetic.isHalf
  }

  /// The panels of a part.
  private func panels(
    _ part: ConvolutionSchedule.Part, firstChannel: Int, _ context: inout LoweringContext
  ) -> PanelTables {
    let tile = ConvolutionTileShape(
      pixels: part.pixels, channels: part.channels, epilogue: epilogue, arithmetic: arithmetic)
    let panels = weights.panels(
      ofHalves: arithmetic.isHalf,
      groups: groups, channels: firstChannel..<firstChannel + part.blocks * part.channels, of: part.channels,
      panelWidth: tile.panelWidth(vectorWidth: context.target.vectorWidth))
    return PanelTables(
      panels, named: "\(name)_\(part.channels)", packing: "[group][block of \(part.channels) channels]", of: weights,
      &context)
  }

  /// The calls that compute a box of the outputs of a part.
  private func calls(
    _ part: ConvolutionSchedule.Part, _ box: ConvolutionShares.Box, firstChannel: Int,
    _ panels: PanelTables, _ schedule: ConvolutionSchedule, _ context: inout LoweringContext
  ) -> [KernelCall] {
    let isStaged = isStaged(part, context)
    func tile(_ pixels: Int) -> ConvolutionTileShape {
      ConvolutionTileShape(
        pixels: pixels, channels: part.channels, epilogue: epilogue, isStaged: isStaged,
        arithmetic: arithmetic)
    }
    let edgePixels = box.columns.count % part.pixels
    let channel = firstChannel + box.blocks.lowerBound * part.channels
    func offset(_ access: Access, group: Int, channel: Int) -> Int {
      access.offset + box.groups.lowerBound * group + box.rows.lowerBound * access.row
        + box.columns.lowerBound * access.pixel + channel
    }
    let firstPanel = box.groups.lowerBound * part.blocks + box.blocks.lowerBound
    let outputGroup = weights.outputChannels / groups
    var preparation: KernelCall?
    var taken = panels.panels(from: firstPanel)
    if strip != nil {
      let widened = panels.widened(from: firstPanel, count: box.groups.count * box.blocks.count, &context)
      (preparation, taken) = (widened.preparation, .wide(widened.panels))
    }
    let call = KernelCall(
      Convolve(
        tile(part.pixels), edge: tile(edgePixels == 0 ? part.pixels : edgePixels),
        context.source(input.value, offset: offset(input.access, group: weights.inputChannels, channel: 0)),
        taken,
        addend: addend.map {
          context.source($0.value, offset: offset($0.access, group: outputGroup, channel: channel))
        },
        context.destination(output.value, offset: offset(output.access, group: outputGroup, channel: channel)),
        geometry(part, box, schedule, stages: isStaged ? part.stages : 1, panels, context.target), member: strip?.member
      ))
    return [preparation, call].compactMap(\.self)
  }

  private func geometry(
    _ part: ConvolutionSchedule.Part, _ box: ConvolutionShares.Box, _ schedule: ConvolutionSchedule, stages: Int,
    _ panels: PanelTables, _ target: Target
  ) -> ConvolutionGeometry {
    let channels = weights.inputChannels
    let isContiguous = kernelColumns == 1 || kernelColumnStep == channels
    let outputGroup = weights.outputChannels / groups
    let ahead = readAhead(part, box, schedule, panelStep: panels.step, target)
    return ConvolutionGeometry(
      kernelRows: kernelRows, kernelRowStep: kernelRowStep, segments: isContiguous ? 1 : kernelColumns,
      segmentStep: isContiguous ? 0 : kernelColumnStep,
      segmentLength: isContiguous ? kernelColumns * channels : channels, groups: box.groups.count,
      blocks: box.blocks.count, images: images, rows: box.rows.count, columns: box.columns.count,
      regionRows: schedule.regionRows, regionColumns: schedule.regionColumns, panelStep: panels.step,
      stageRows: kernelRows / stages, stageStep: kernelRows / stages * kernelColumns * channels * panels.width,
      panelAhead: ahead.panel, inputAhead: ahead.input, inputAheadStep: ahead.inputStep,
      input: input.access.steps(group: channels),
      addend: (addend?.access ?? output.access).steps(group: outputGroup),
      output: output.access.steps(group: outputGroup))
  }

  /// What tiles ask the caches for, as `ConvolutionGeometry` has it: a cache line per product at most.
  private func readAhead(
    _ part: ConvolutionSchedule.Part, _ box: ConvolutionShares.Box, _ schedule: ConvolutionSchedule, panelStep: Int,
    _ target: Target
  ) -> (panel: Int, input: Int, inputStep: Int) {
    let line = target.model.memory.lineByteCount / arithmetic.elementByteCount
    let rowProducts = kernelColumns * weights.inputChannels
    let columns = min(schedule.regionColumns, box.columns.count)
    let tiles = min(schedule.regionRows, box.rows.count) * (columns.dividedRoundingUp(by: part.pixels))
    let products = tiles * kernelRows * rowProducts
    // No panel follows one that has just been made.
    let panel = products == 0 || weights.narrow != nil ? 0 : min(line, panelStep.dividedRoundingUp(by: products))
    let tileInput = part.pixels * input.access.pixel
    let ahead = kernelRows > 1 ? input.access.row : tileInput
    // Where pixels lie further apart than a kernel row is long, half of what lies ahead isn't read.
    guard rowProducts > 0, input.access.pixel <= rowProducts else { return (panel, ahead, 0) }
    let prefersInput = target.model.directTiles.prefetchStreams == 1 && work.readsInputFromFarther(target)
    return (prefersInput ? 0 : panel, ahead, min(line, tileInput.dividedRoundingUp(by: rowProducts)))
  }
}

extension DirectConvolution.Access {
  /// The pixels of a whole image.
  package init(_ view: View) {
    self.init(offset: 0, image: view.imageStride, row: view.rowStride, pixel: view.pixelStride)
  }
}

extension LoweringContext {
  /// What tiles compute with whose sums have `products` products of a value's elements.
  package func arithmetic(of input: ValueID, products: Int) -> TileArithmetic {
    graph.type(of: input).scalar == .float16 ? TileArithmetic(halfProducts: products) : .float32
  }

  /// How a value of shape `[N, H, W, C]` is strided: as its view says, or densely when it is constant.
  package func access(_ value: ValueID) -> DirectConvolution.Access {
    guard graph.constant(value) != nil else { return DirectConvolution.Access(view(value)) }
    let strides = graph.type(of: value).shape.rowMajorStrides
    return DirectConvolution.Access(offset: 0, image: strides[0], row: strides[1], pixel: strides[2])
  }
}
