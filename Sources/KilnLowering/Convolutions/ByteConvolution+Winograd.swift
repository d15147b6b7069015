import KilnGeometry
import KilnGraph
import KilnKernels
import KilnSelection

extension ByteConvolution {
  /// The calls of Winograd's method in integers: one per worker, each with some of the tiles.
  ///
  /// Precondition: the schedule is the layer's.
  func winogradCalls(_ schedule: ByteWinogradSchedule, _ context: inout LoweringContext) -> [KernelCall] {
    let layout = ByteWinogradLayout(context.target)
    let packed = panels.winograd(channels: schedule.channels, layout)
    let table = context.addTable(
      "\(name)_winograd", packing: "[block of \(schedule.channels) channels][limits, bias, multiplier, weights]",
      TensorType(.uint8, packed.shape), packed.bytes)
    func register(_ pixels: Int) -> ByteWinogradTileShape {
      ByteWinogradTileShape(pixels: pixels, channels: schedule.channels, layout: layout, types: types)
    }
    let winograd = ByteWinogradSchedule.winograd
    let work = WinogradWork(
      images: shape[0], rows: shape[1], columns: shape[2], inputChannels: panels.inputChannels,
      outputChannels: panels.biases.count)
    let grid = winograd.grid(work)
    let shares = WinogradShares(
      winograd, work, pixels: schedule.pixels, blockTiles: schedule.blockTiles, context)
    let workspace = ByteWinogradWorkspace(
      inputChannels: work.inputChannels, blockTiles: shares.blockTiles, channels: schedule.channels)
    return shares.ranges.enumerated().map { worker, tiles in
      let rest = tiles.count % schedule.pixels
      let geometry = WinogradGeometry(
        tileRows: grid.rows, tileColumns: grid.columns, firstTile: tiles.lowerBound, tiles: tiles.count,
        blockTiles: shares.blockTiles, blockChannels: schedule.channels, rows: work.rows, columns: work.columns,
        inputChannels: work.inputChannels, outputChannels: work.outputChannels, input: input.access.steps(),
        addend: output.access.steps(), output: output.access.steps())
      return KernelCall(
        ConvolveWinogradBytes(
          register(schedule.pixels), edge: register(rest == 0 ? schedule.pixels : rest),
          context.source(input.value, offset: input.access.offset), Operand(.table(table)),
          context.destination(output.value, offset: output.access.offset),
          workspace: Operand(
            .workspace(count: workspace.byteCount.dividedRoundingUp(by: MemoryLayout<Float>.stride))),
          geometry),
        worker: worker)
    }
  }
}
