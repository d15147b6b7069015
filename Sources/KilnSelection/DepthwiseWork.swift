import KilnGraph
import KilnKernels
import KilnMachine

/// A convolution in which every channel has a kernel of its own, as far as its tiles and regions depend on it.
///
/// Its tiles are a vector of channels wide. A target is the machine as tiles of its arithmetic see it.
package struct DepthwiseWork: Hashable, Sendable {
  /// Channels.
  package var channels: Int
  /// Output rows of an image, or the most of a strip.
  package var rows: Int
  /// Output pixels of a row.
  package var columns: Int
  /// How the kernels move.
  package var window: Window
  /// Elements of the input between what two neighbouring outputs see.
  package var inputPixelStep: Int
  /// Bytes of an element.
  package var elementByteCount: Int

  /// Makes the work.
  package init(
    channels: Int, rows: Int, columns: Int, window: Window, inputPixelStep: Int, elementByteCount: Int
  ) {
    self.channels = channels
    self.rows = rows
    self.columns = columns
    self.window = window
    self.inputPixelStep = inputPixelStep
    self.elementByteCount = elementByteCount
  }

  /// How many pixels of the input, along an axis, all outputs see.
  private func extent(_ axis: Int, _ outputs: Int) -> Int {
    (outputs - 1) * window.strides[axis] + window.extent(axis)
  }

  /// Bytes of an image and its result.
  package var imageByteCount: Int {
    elementByteCount * channels * (extent(0, rows) * extent(1, columns) + rows * columns)
  }

  /// Whether an image and its result lie in the second cache.
  ///
  /// From further away fewer pixels at a time, which ask for fewer cache lines at once, are faster.
  private func isNear(_ target: Target) -> Bool { imageByteCount <= target.model.cacheBudget.depthwiseImages }

  // MARK: Schedules

  /// The schedule that the cost model chooses.
  package func schedule(_ target: Target) -> ConvolutionSchedule {
    let pixels = DepthwiseTileShape.bestPixels(
      window: window, columns: columns, isNear: isNear(target), target: target)
    return schedule(pixels: pixels, target)
  }

  /// The cost model's schedule for tiles of `pixels` pixels.
  private func schedule(pixels: Int, _ target: Target) -> ConvolutionSchedule {
    let region = region(pixels: pixels, target)
    return ConvolutionSchedule(
      parts: parts(pixels: pixels, target), regionRows: region.rows, regionColumns: region.columns)
  }

  private func parts(pixels: Int, _ target: Target) -> [ConvolutionSchedule.Part] {
    let (whole, rest) = channels.quotientAndRemainder(dividingBy: target.vectorWidth)
    return [
      ConvolutionSchedule.Part(channels: target.vectorWidth, blocks: whole, pixels: pixels),
      ConvolutionSchedule.Part(channels: rest, blocks: 1, pixels: pixels),
    ].filter { $0.channels * $0.blocks > 0 }
  }

  /// Schedules with other numbers of pixels, the most first, and the cost model's with the other kind of region.
  func alternatives(_ target: Target) -> (tilings: [ConvolutionSchedule], regions: [ConvolutionSchedule]) {
    let most = DepthwiseTileShape.mostPixels(window: window, columns: columns, isNear: true, target: target)
    var other = schedule(target)
    let region =
      isNear(target)
      ? farRegion(pixels: other.parts[0].pixels, target) : nearRegion(pixels: other.parts[0].pixels, target)
    (other.regionRows, other.regionColumns) = region
    return ((1...most).reversed().map { schedule(pixels: $0, target) }, [other])
  }

  /// Why a schedule can't be; `nil` when it can.
  func fault(in schedule: ConvolutionSchedule, for work: ConvolutionWork, _ target: Target) -> String? {
    let most = DepthwiseTileShape.mostPixels(window: window, columns: columns, isNear: true, target: target)
    let pixels = schedule.parts.first?.pixels ?? 0
    guard 1...most ~= pixels, schedule.parts == parts(pixels: pixels, target) else {
      return
        "`tiles` of a depthwise convolution are a vector of \(target.vectorWidth) channels wide, one for each and one for "
        + "the rest, with the same `pixels`, at most \(most)"
    }
    return schedule.regionFault(for: work)
  }

  // MARK: Regions

  /// The rows and columns that a vector of channels passes over before the next does, by the cost model.
  package func region(pixels: Int, _ target: Target) -> (rows: Int, columns: Int) {
    isNear(target) ? nearRegion(pixels: pixels, target) : farRegion(pixels: pixels, target)
  }

  /// As many pixels of one row as leave all their channels in half the first cache: images from further away are better read
  /// in their own order.
  private func farRegion(pixels: Int, _ target: Target) -> (rows: Int, columns: Int) {
    let pixelByteCount = elementByteCount * inputPixelStep * window.kernel[0]
    let budget = target.model.cacheBudget.depthwisePixels
    return (1, min(columns, max(1, budget / max(1, pixelByteCount) / pixels) * pixels))
  }

  /// The region that makes a vector of channels read the fewest cache lines, where an image and its result lie in the second
  /// cache.
  ///
  /// Those of a region stay in the first cache; neighbouring regions read the kernel's overlap again.
  private func nearRegion(pixels: Int, _ target: Target) -> (rows: Int, columns: Int) {
    let budget = target.model.cacheBudget
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
