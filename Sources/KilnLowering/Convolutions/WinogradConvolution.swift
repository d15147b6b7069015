import KilnGeometry
import KilnGraph
import KilnKernels
import KilnSelection

/// A 3x3 convolution with steps of one pixel, by Winograd's minimal filtering.
///
/// Source: Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, 2015; the points and the form of the
/// transforms are in `WinogradTransform4` and `WinogradTransform2`.
struct WinogradConvolution {
  /// What its tables are named after.
  var name: String
  /// Images, output rows of an image, output pixels of a row.
  var work: WinogradWork
  /// The operands' values and elements.
  ///
  /// The addend is there if the epilogue adds it.
  var input: (value: ValueID, access: DirectConvolution.Access)
  var addend: (value: ValueID, access: DirectConvolution.Access)?
  var output: (value: ValueID, access: DirectConvolution.Access)
  var epilogue: Epilogue
  /// The weights, output channels outermost.
  var weights: ConvolutionWeights
  /// The size of its tiles.
  var winograd: Winograd
  /// What tiles compute with, over as many products as there are input channels.
  var arithmetic: TileArithmetic
  /// How it is cut.
  var schedule: WinogradSchedule

  /// The calls: one per worker, each with some of the tiles.
  func calls(_ context: inout LoweringContext) -> [KernelCall] {
    func register(_ pixels: Int) -> ConvolutionTileShape {
      // A 1x1 convolution over tiles, with nothing after it.
      ConvolutionTileShape(
        pixels: pixels, channels: schedule.channels, epilogue: Epilogue(), arithmetic: arithmetic)
    }
    let width = arithmetic.lanes(vectorWidth: context.target.vectorWidth)
    let headTable = context.addTable(
      "\(name)_bias", packing: epilogue.hasSlope ? "[bias, slope][channel]" : "[bias][channel]",
      weights.heads(width: width, as: arithmetic.isHalf ? .float16 : .float32))
    let panels = WinogradWeights(outputs: winograd.outputs, isHalf: arithmetic.isHalf)
      .packed(weights, block: schedule.channels)
    let panelTable = context.addTable(
      "\(name)_winograd\(winograd.outputs)",
      packing: "[block of \(schedule.channels) channels][plane][zero, \(work.inputChannels)][channel]", panels)

    let shares = WinogradShares(
      winograd, work, pixels: schedule.pixels, blockTiles: schedule.blockTiles, context)
    var schedule = schedule
    schedule.blockTiles = shares.blockTiles
    return shares.ranges.enumerated().map { worker, tiles in
      let rest = tiles.count % schedule.pixels
      return KernelCall(
        ConvolveWinograd(
          winograd.outputs == 4 ? .of4x4 : .of2x2, register(schedule.pixels),
          edge: register(rest == 0 ? schedule.pixels : rest),
          WinogradFinishShape(epilogue: epilogue, isHalf: arithmetic.isHalf),
          context.source(input.value, offset: input.access.offset), heads: Operand(.table(headTable)),
          panels: Operand(.table(panelTable)),
          addend: addend.map { context.source($0.value, offset: $0.access.offset) },
          context.destination(output.value, offset: output.access.offset),
          workspace: Operand(.workspace(count: workspaceCount(schedule, width: width))), geometry(schedule, tiles)),
        worker: worker)
    }
  }

  /// Floats that have room for a tile's input, transformed tiles, and their products.
  private func workspaceCount(_ schedule: WinogradSchedule, width: Int) -> Int {
    let depth = WinogradGeometry.depth(
      inputChannels: work.inputChannels, width: width, pixels: schedule.pixels,
      elementByteCount: arithmetic.elementByteCount)
    let elements = winograd.planes * (width + schedule.blockTiles * (depth + schedule.blockChannels))
    return (elements * arithmetic.elementByteCount).dividedRoundingUp(by: MemoryLayout<Float>.stride)
  }

  private func geometry(_ schedule: WinogradSchedule, _ tiles: Range<Int>) -> WinogradGeometry {
    let grid = winograd.grid(work)
    return WinogradGeometry(
      tileRows: grid.rows, tileColumns: grid.columns, firstTile: tiles.lowerBound, tiles: tiles.count,
      blockTiles: schedule.blockTiles, blockChannels: schedule.blockChannels, rows: work.rows, columns: work.columns,
      inputChannels: work.inputChannels, outputChannels: work.outputChannels, input: input.access.steps(),
      addend: (addend?.access ?? output.access).steps(), output: output.access.steps())
  }
}

extension ConvolutionWeights {
  /// The biases, then the slopes if there are any, each as whole vectors.
  fileprivate func heads(width: Int, as type: ScalarType) -> Tensor {
    let count = outputChannels.roundedUp(toMultipleOf: width)
    let padding = [Float](repeating: 0, count: count - outputChannels)
    var elements = (bias ?? [Float](repeating: 0, count: outputChannels)) + padding
    if let slope {
      elements += (slope.count == 1 ? [Float](repeating: slope[0], count: outputChannels) : slope) + padding
    }
    return Tensor(shape: [elements.count / count, count], doubles: elements.map(Double.init), as: type)
  }
}
