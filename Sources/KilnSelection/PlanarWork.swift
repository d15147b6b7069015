import KilnGraph
import KilnKernels
import KilnMachine

/// A convolution between planes, as far as its tiles depend on it: whole vectors of a row's pixels, with all channels.
package struct PlanarWork: Hashable, Sendable {
  /// Output channels.
  package var channels: Int
  /// Output pixels of a row that no border touches.
  package var columns: Int

  /// Makes the work.
  package init(channels: Int, columns: Int) {
    self.channels = channels
    self.columns = columns
  }

  /// The schedule that the cost model chooses.
  ///
  /// - Parameter work: the convolution, of which no region is smaller than the whole.
  func schedule(for work: ConvolutionWork, _ target: Target) -> ConvolutionSchedule {
    schedule(vectors: PlanarTileShape.bestVectors(channels: channels, columns: columns, target: target), work, target)
  }

  /// Schedules with all numbers of vectors that registers hold.
  func tilings(for work: ConvolutionWork, _ target: Target) -> [ConvolutionSchedule] {
    vectorCounts(target).map { schedule(vectors: $0, work, target) }
  }

  /// Why a schedule can't be; `nil` when it can.
  func fault(in schedule: ConvolutionSchedule, for work: ConvolutionWork, _ target: Target) -> String? {
    if tilings(for: work, target).contains(schedule) { return nil }
    let pixels = vectorCounts(target).map { "\($0 * target.vectorWidth)" }.joined(separator: ", ")
    return
      "`tiles` of a convolution between planes are one block of \(channels) channels whose `pixels` are one of \(pixels), "
      + "and `region` is the whole image of \(work.rows)x\(work.columns)"
  }

  private func vectorCounts(_ target: Target) -> [Int] {
    PlanarTileShape.vectorCounts(channels: channels, columns: columns, target: target)
  }

  private func schedule(vectors: Int, _ work: ConvolutionWork, _ target: Target) -> ConvolutionSchedule {
    ConvolutionSchedule(
      parts: [ConvolutionSchedule.Part(channels: channels, blocks: 1, pixels: vectors * target.vectorWidth)],
      regionRows: work.rows, regionColumns: work.columns)
  }
}
