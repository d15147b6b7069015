import KilnGraph
import KilnMachine
import KilnSelection

/// How the threads of a network share a direct convolution: each computes boxes of its outputs.
///
/// Either every worker takes a band of rows (or of a row's pixels, where rows are joined) and reads all weights, or the
/// workers take the blocks of channels one after the other, each with a part of the weights, and where one's share ends
/// within a block the next goes on with that block's remaining rows.
struct ConvolutionShares {
  /// Outputs of one part of a schedule, in steps of groups, blocks of channels, rows, and pixels of a row.
  struct Box: Hashable {
    var groups: Range<Int>
    var blocks: Range<Int>
    var rows: Range<Int>
    var columns: Range<Int>
  }

  private var boxes: [[(worker: Int, box: Box)]]

  /// The boxes of a part, by worker.
  func boxes(ofPart index: Int) -> [(worker: Int, box: Box)] { boxes[index] }

  /// Shares a convolution, if that is worth it.
  ///
  /// - Parameters:
  ///   - groups: groups of channels.
  ///   - rows, columns: output rows of an image, output pixels of a row.
  ///   - elementByteCount: bytes of a weight, and of an output.
  init(
    _ schedule: ConvolutionSchedule, groups: Int, rows: Int, columns: Int, _ work: ConvolutionWork,
    elementByteCount: Int, _ context: LoweringContext
  ) {
    let whole = schedule.parts.map { part in
      Box(groups: 0..<groups, blocks: 0..<part.blocks, rows: 0..<rows, columns: 0..<columns)
    }
    boxes = whole.map { [(0, $0)] }
    let multiplyAdds = groups * work.channels * work.depth * columns * rows
    let cycles = WorkSharing.cycles(multiplyAdds: multiplyAdds, context.target)
    let workers = context.sharing.workers(multiplyAdds: multiplyAdds, context.target)
    if workers == 1 { return }

    // Rows, or pixels in whole tiles.
    let unit = rows > 1 ? 1 : schedule.parts.map(\.pixels).max() ?? 1
    let byPlace = WorkSharing.ranges(rows > 1 ? rows : columns, unit: unit, among: workers)
    // Weights that several workers read cost each of them the way from a farther cache. Shared by channels, a convolution reads
    // pixels that others wrote in the layer before, and the next layer reads what others write here; of a band of rows a worker
    // wrote nearly all itself.
    let costs = context.sharing.costs
    let weightCycles = Double(elementByteCount * groups * work.channels * work.depth) / costs.farBytesPerCycle
    let outputByteCount = elementByteCount * groups * work.channels * columns * rows
    let inputCycles = costs.fetchCycles(work.inputRowByteCount * rows, workers: workers)
    let outputCycles = costs.fetchCycles(outputByteCount, workers: workers)
    let placeShare = WorkSharing.largest(rows > 1 ? rows : columns, unit: unit, among: workers)
    let placeCost = placeShare * cycles + weightCycles
    let byChannels: (boxes: [[(worker: Int, box: Box)]], cost: Double)
    if groups > 1 {
      let byGroup = WorkSharing.ranges(groups, among: workers)
      byChannels = (
        whole.map { box in byGroup.enumerated().map { ($0, Box(box, groups: $1)) } },
        WorkSharing.largest(groups, among: workers) * (cycles + inputCycles + outputCycles + weightCycles)
      )
    } else {
      let byBlock = Self.byBlock(schedule, rows: rows, columns: columns, among: workers)
      byChannels = (
        byBlock.boxes, byBlock.largestShare * (cycles + weightCycles + outputCycles) + inputCycles
      )
    }
    switch schedule.sharing ?? (byChannels.cost < placeCost ? .channels : .rows) {
    case .channels: boxes = byChannels.boxes
    case .rows:
      boxes = whole.map { box in
        byPlace.enumerated().map { ($0, rows > 1 ? Box(box, rows: $1) : Box(box, columns: $1)) }
      }
    }
  }

  /// Blocks of channels one after the other, cut at rows, or at tiles of the one row.
  private static func byBlock(
    _ schedule: ConvolutionSchedule, rows: Int, columns: Int, among workers: Int
  ) -> (boxes: [[(worker: Int, box: Box)]], largestShare: Double) {
    func steps(_ part: ConvolutionSchedule.Part) -> Int {
      rows > 1 ? rows : columns.dividedRoundingUp(by: part.pixels)
    }
    // A step's cost in channels of the same number of pixels.
    func cost(_ part: ConvolutionSchedule.Part) -> Double { Double(part.channels) / Double(steps(part)) }
    let total = schedule.parts.reduce(0.0) { $0 + Double($1.blocks * steps($1)) * cost($1) }
    var done = 0.0
    var shares = [Double](repeating: 0, count: workers)
    let boxes = schedule.parts.map { part in
      let steps = steps(part)
      // The steps of each worker, all blocks' in a row.
      var ranges: [(worker: Int, range: Range<Int>)] = []
      for step in 0..<part.blocks * steps {
        let worker = min(workers - 1, Int((done + cost(part) / 2) * Double(workers) / total))
        if let last = ranges.last, last.worker == worker {
          ranges[ranges.count - 1].range = last.range.lowerBound..<step + 1
        } else {
          ranges.append((worker, step..<step + 1))
        }
        done += cost(part)
        shares[worker] += cost(part)
      }
      return ranges.flatMap { worker, range in
        cut(range, steps: steps).map { blocks, within in
          var box = Box(groups: 0..<1, blocks: blocks, rows: 0..<rows, columns: 0..<columns)
          if rows > 1 {
            box.rows = within
          } else {
            box.columns = within.lowerBound * part.pixels..<min(columns, within.upperBound * part.pixels)
          }
          return (worker, box)
        }
      }
    }
    return (boxes, (shares.max() ?? total) / total)
  }

  /// A range of steps through blocks of `steps` each: what is left of a block, whole blocks, the beginning of another.
  private static func cut(_ range: Range<Int>, steps: Int) -> [(blocks: Range<Int>, within: Range<Int>)] {
    var pieces: [(Range<Int>, Range<Int>)] = []
    var next = range.lowerBound
    while next < range.upperBound {
      let (block, first) = (next / steps, next % steps)
      let wholeBlocks = (range.upperBound - next) / steps
      if first == 0, wholeBlocks > 0 {
        pieces.append((block..<block + wholeBlocks, 0..<steps))
        next += wholeBlocks * steps
      } else {
        let count = min(steps - first, range.upperBound - next)
        pieces.append((block..<block + 1, first..<first + count))
        next += count
      }
    }
    return pieces
  }
}

extension ConvolutionShares.Box {
  /// The box with some other ranges.
  fileprivate init(_ box: Self, groups: Range<Int>? = nil, rows: Range<Int>? = nil, columns: Range<Int>? = nil) {
    self = box
    self.groups = groups ?? box.groups
    self.rows = rows ?? box.rows
    self.columns = columns ?? box.columns
  }
}
