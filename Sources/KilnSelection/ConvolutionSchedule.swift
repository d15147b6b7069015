import KilnGraph
import KilnMachine

/// How a direct convolution is cut into register tiles and regions.
///
/// It changes no bit of the result.
package struct ConvolutionSchedule: Hashable, Sendable {
  /// A range of each group's output channels that one shape of tile covers.
  package struct Part: Hashable, Sendable {
    /// Channels of a tile.
    package var channels: Int
    /// How many blocks of `channels` channels there are.
    package var blocks: Int
    /// Pixels of a tile.
    package var pixels: Int
    /// Equal runs of kernel rows that all tiles sum up before the next are begun: more than one where a panel and the
    /// next don't fit in the second cache.
    package var stages = 1

    /// Makes a part.
    package init(channels: Int, blocks: Int, pixels: Int, stages: Int = 1) {
      self.channels = channels
      self.blocks = blocks
      self.pixels = pixels
      self.stages = stages
    }
  }

  /// What each of several threads takes of a convolution.
  package enum Sharing: String, Hashable, CaseIterable, Sendable {
    /// A band of rows, with all channels.
    case rows
    /// Some channels, or some groups of them, of all rows.
    case channels
  }

  /// The channels in order; their blocks add up to the group's output channels.
  package var parts: [Part]
  /// Output rows that all blocks pass over before the next are begun.
  package var regionRows: Int
  /// Output pixels of a row, likewise; a multiple of every part's pixels, or the whole row.
  package var regionColumns: Int
  /// How threads share the work; as the cost model says for `nil`.
  package var sharing: Sharing?
  /// Rows in a strip, where the convolution is the last of several that are computed together in strips; as the cost model
  /// says for `nil`.
  package var stripRows: Int?

  /// Makes a schedule.
  package init(parts: [Part], regionRows: Int, regionColumns: Int, sharing: Sharing? = nil, stripRows: Int? = nil) {
    self.parts = parts
    self.regionRows = regionRows
    self.regionColumns = regionColumns
    self.sharing = sharing
    self.stripRows = stripRows
  }
}

/// What a schedule depends on, besides the machine.
package struct ConvolutionWork: Hashable, Sendable {
  /// Output channels of a group.
  package var channels: Int
  /// Products in each sum.
  package var depth: Int
  /// Rows of the kernel, to which these belong in equal parts.
  package var kernelRows: Int
  /// Output pixels of a row.
  package var columns: Int
  /// Output rows of an image.
  package var rows: Int
  /// Bytes of the input that one output row reads, rows shared with others not counted.
  package var inputRowByteCount: Int

  /// Makes the work.
  package init(channels: Int, depth: Int, kernelRows: Int, columns: Int, rows: Int, inputRowByteCount: Int) {
    self.channels = channels
    self.depth = depth
    self.kernelRows = kernelRows
    self.columns = columns
    self.rows = rows
    self.inputRowByteCount = inputRowByteCount
  }

  /// Bytes of the input and of a group's weights.
  fileprivate var byteCounts: (input: Int, weights: Int) { (inputRowByteCount * rows, channels * depth * 4) }

  /// Whether the input comes from farther away than the weights.
  ///
  /// An input that the layer before has just written is still in the second cache, if it fits; then weights, of which
  /// there are other layers' in between, come from beyond it. They stay there while a larger input passes by.
  package func readsInputFromFarther(_ target: Target) -> Bool {
    let budget = target.model.cacheBudget
    return byteCounts.input > budget.image && byteCounts.weights <= budget.image
  }
}

extension ConvolutionSchedule {
  /// The schedule that a cost model of the machine chooses.
  ///
  /// All ways of covering the channels with equal blocks and a rest are compared, each with its best number of pixels;
  /// a tile costs what its slowest part does (arithmetic, loads, latency of a chain of sums, weights from the second
  /// cache), and a little for being called and stored.
  package init(_ work: ConvolutionWork, target: Target) {
    let model = TileModel(target)
    let width = target.vectorWidth
    let vectors = work.channels.dividedRoundingUp(by: width)
    var best: (cost: Double, parts: [Part])?
    for blockVectors in 1...min(vectors, model.maximumVectors) {
      var parts: [Part] = []
      var cost = 0.0
      let whole = work.channels / (blockVectors * width)
      let rest = work.channels - whole * blockVectors * width
      for (blocks, channels) in [(whole, blockVectors * width), (rest > 0 ? 1 : 0, rest)] where blocks > 0 {
        let (pixels, rowCost) = model.bestPixels(
          columns: work.columns, vectors: channels.dividedRoundingUp(by: width), depth: work.depth)
        parts.append(
          Part(channels: channels, blocks: blocks, pixels: pixels, stages: Self.stages(work, channels, target: target)))
        cost += Double(blocks) * rowCost
      }
      if best.map({ cost < $0.cost }) ?? true { best = (cost, parts) }
    }
    parts = best?.parts ?? []
    (regionRows, regionColumns) = Self.region(work, parts: parts, target: target)
  }

  /// The schedule that the cost model chooses with the channels of given parts.
  package init(_ work: ConvolutionWork, parts: [Part], target: Target) {
    let model = TileModel(target)
    let width = target.vectorWidth
    self.parts = parts.map { part in
      let vectors = part.channels.dividedRoundingUp(by: width)
      return Part(
        channels: part.channels, blocks: part.blocks,
        pixels: model.bestPixels(columns: work.columns, vectors: vectors, depth: work.depth).pixels,
        stages: Self.stages(work, part.channels, target: target))
    }
    (regionRows, regionColumns) = Self.region(work, parts: self.parts, target: target)
  }

  /// A kernel row a stage, where two panels fill more than three quarters of the second cache.
  ///
  /// Machines that don't ask for the next weights ahead gain nothing.
  package static func stages(_ work: ConvolutionWork, _ channels: Int, target: Target) -> Int {
    guard target.model.directTiles.prefetchStreams > 0 else { return 1 }
    let panel = work.depth * (channels + target.vectorWidth - 1) / target.vectorWidth * target.vectorWidth * 4
    return work.kernelRows > 1 && 2 * panel > target.model.cacheBudget.twoPanels ? work.kernelRows : 1
  }

  /// Regions whose input stays in the second cache while the blocks pass over it, when that moves fewer bytes than
  /// reading the whole input once a block does.
  package static func region(_ work: ConvolutionWork, parts: [Part], target: Target) -> (rows: Int, columns: Int) {
    let budget = target.model.cacheBudget
    let blocks = parts.reduce(0) { $0 + $1.blocks }
    let (input, weights) = work.byteCounts
    // All panels stay in the first cache: a large result is better written once over than once a block.
    let isStreamed = work.channels * work.columns * work.rows * 4 > budget.image
    if blocks > 1, isStreamed, weights <= budget.residentWeights { return (1, work.columns) }
    guard blocks > 1, input > budget.image else { return (work.rows, work.columns) }
    let regions = input.dividedRoundingUp(by: budget.regionInput)
    guard weights * (regions - 1) < input * (blocks - 1) else { return (work.rows, work.columns) }
    if work.rows >= regions { return (work.rows.dividedRoundingUp(by: regions), work.columns) }
    // Few long rows: cut at a multiple of every part's pixels.
    let unit = parts.reduce(1) { $0 * $1.pixels / greatestCommonDivisor($0, $1.pixels) }
    let pieces = regions.dividedRoundingUp(by: work.rows)
    return (1, min(work.columns, work.columns.dividedRoundingUp(by: pieces).roundedUp(toMultipleOf: unit)))
  }
}
