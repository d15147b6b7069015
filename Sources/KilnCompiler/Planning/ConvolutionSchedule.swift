/// How a direct convolution is cut into register tiles and strips. It changes no bit of the result.
struct ConvolutionSchedule: Hashable, Sendable {
  /// A range of each group's output channels that one shape of tile covers.
  struct Part: Hashable, Sendable {
    /// Channels of a tile.
    var channels: Int
    /// Blocks of so many channels.
    var blocks: Int
    /// Pixels of a tile.
    var pixels: Int
    /// Equal runs of kernel rows that all tiles sum up before the next are begun: more than one where a panel and the
    /// next don't fit in the second cache.
    var stages = 1
  }

  /// The channels in order; their blocks add up to the group's output channels.
  var parts: [Part]
  /// Output rows that all blocks pass over before the next are begun.
  var stripRows: Int
  /// Output pixels of a row, likewise; a multiple of every part's pixels, or the whole row.
  var stripColumns: Int
}

/// What a schedule depends on, besides the machine.
struct ConvolutionWork: Hashable, Sendable {
  /// Output channels of a group.
  var channels: Int
  /// Products in each sum.
  var depth: Int
  /// Rows of the kernel, to which these belong in equal parts.
  var kernelRows: Int
  /// Output pixels of a row.
  var columns: Int
  /// Output rows of an image.
  var rows: Int
  /// Bytes of the input that one output row reads, rows shared with others not counted.
  var inputRowByteCount: Int
}

extension ConvolutionSchedule {
  /// The schedule that a cost model of the machine likes best.
  ///
  /// All ways of covering the channels with equal blocks and a rest are compared, each with its best number of pixels;
  /// a tile costs what its slowest part does (arithmetic, loads, latency of a chain of sums, weights from the second
  /// cache), and a little for being called and stored.
  init(_ work: ConvolutionWork, target: Target) {
    let model = TileModel(target)
    let width = target.vectorWidth
    let vectors = (work.channels + width - 1) / width
    var best: (cost: Double, parts: [Part])?
    for blockVectors in 1...min(vectors, model.maximumVectors) {
      var parts: [Part] = []
      var cost = 0.0
      let whole = work.channels / (blockVectors * width)
      let rest = work.channels - whole * blockVectors * width
      for (blocks, channels) in [(whole, blockVectors * width), (rest > 0 ? 1 : 0, rest)] where blocks > 0 {
        let (pixels, rowCost) = model.bestPixels(
          columns: work.columns, vectors: (channels + width - 1) / width, depth: work.depth)
        parts.append(
          Part(channels: channels, blocks: blocks, pixels: pixels, stages: Self.stages(work, channels, target: target)))
        cost += Double(blocks) * rowCost
      }
      if best.map({ cost < $0.cost }) ?? true { best = (cost, parts) }
    }
    parts = best?.parts ?? []
    (stripRows, stripColumns) = Self.strip(work, parts: parts, target: target)
  }

  /// The schedule that the cost model likes best with the channels of given parts.
  init(_ work: ConvolutionWork, parts: [Part], target: Target) {
    let model = TileModel(target)
    let width = target.vectorWidth
    self.parts = parts.map { part in
      let vectors = (part.channels + width - 1) / width
      return Part(
        channels: part.channels, blocks: part.blocks,
        pixels: model.bestPixels(columns: work.columns, vectors: vectors, depth: work.depth).pixels,
        stages: Self.stages(work, part.channels, target: target))
    }
    (stripRows, stripColumns) = Self.strip(work, parts: self.parts, target: target)
  }

  /// A kernel row a stage, where two panels fill more than three quarters of the second cache. Machines that don't ask
  /// for the next weights ahead gain nothing.
  static func stages(_ work: ConvolutionWork, _ channels: Int, target: Target) -> Int {
    guard target.instructionSet.asksAhead else { return 1 }
    let panel = work.depth * (channels + target.vectorWidth - 1) / target.vectorWidth * target.vectorWidth * 4
    return work.kernelRows > 1 && 2 * panel > target.secondCacheByteCount / 4 * 3 ? work.kernelRows : 1
  }

  /// Strips whose input stays in the second cache while the blocks pass over it, when that moves fewer bytes than
  /// reading the whole input once a block does.
  static func strip(_ work: ConvolutionWork, parts: [Part], target: Target) -> (rows: Int, columns: Int) {
    let cache = target.secondCacheByteCount
    let blocks = parts.reduce(0) { $0 + $1.blocks }
    let input = work.inputRowByteCount * work.rows
    let weights = work.channels * work.depth * 4
    // All panels stay in the first cache: a large result is better written once over than once a block.
    let isStreamed = work.channels * work.columns * work.rows * 4 > cache / 2
    if blocks > 1, isStreamed, weights <= (target.cacheByteCounts.first ?? 0) / 2 { return (1, work.columns) }
    guard blocks > 1, input > cache / 2 else { return (work.rows, work.columns) }
    let strips = (input + cache / 4 - 1) / (cache / 4)
    guard weights * (strips - 1) < input * (blocks - 1) else { return (work.rows, work.columns) }
    if work.rows >= strips { return ((work.rows + strips - 1) / strips, work.columns) }
    // Few long rows: cut at a multiple of every part's pixels.
    let unit = parts.reduce(1) { $0 * $1.pixels / greatestCommonDivisor($0, $1.pixels) }
    let pieces = (strips + work.rows - 1) / work.rows
    return (1, min(work.columns, ((work.columns + pieces - 1) / pieces + unit - 1) / unit * unit))
  }
}

extension Target {
  /// The cache that panels and strips stay in.
  var secondCacheByteCount: Int { cacheByteCounts.dropFirst().first ?? cacheByteCounts.first ?? 1 << 18 }
}

extension Target.InstructionSet {
  /// Whether tiles ask the caches for what is read next. Where every instruction counts they do without.
  var asksAhead: Bool { self != .neon }
}

/// The machine as a register tile sees it: cycles a step of the innermost loop.
struct TileModel {
  let instructionSet: Target.InstructionSet
  let registers: Int
  let vectorByteCount: Int

  init(_ target: Target) {
    instructionSet = target.instructionSet
    registers = target.vectorRegisterCount
    vectorByteCount = target.vectorWidth * 4
  }

  /// The widest tile: one pixel, and as many vectors of channels as the sums and their weights find registers.
  var maximumVectors: Int { (1...registers).last { fits(pixels: 1, vectors: $0) } ?? 1 }

  /// The most pixels of a tile: each is a pointer in a general register.
  var maximumPixels: Int {
    switch instructionSet {
    case .avx512, .avx2, .sse2: 9
    case .neon: 16
    }
  }

  /// Whether a tile's sums, weights and inputs stay in registers.
  func fits(pixels: Int, vectors: Int) -> Bool {
    let sums = pixels * vectors
    return switch instructionSet {
    case .avx512, .avx2: sums + vectors + 1 <= registers
    // A product needs a register of its own.
    case .sse2: sums + vectors + 2 <= registers
    // Four elements of every pixel are in registers.
    case .neon: sums + vectors + pixels <= registers
    }
  }

  /// The number of pixels that covers a row fastest, and the cycles that a row takes.
  func bestPixels(columns: Int, vectors: Int, depth: Int) -> (pixels: Int, cycles: Double) {
    var best = (pixels: 1, cycles: Double.infinity)
    for pixels in 1...min(maximumPixels, columns) where fits(pixels: pixels, vectors: vectors) {
      let cycles = rowCycles(columns: columns, pixels: pixels, vectors: vectors, depth: depth)
      if cycles <= best.cycles { best = (pixels, cycles) }
    }
    return best
  }

  /// The cycles that a row takes.
  func rowCycles(columns: Int, pixels: Int, vectors: Int, depth: Int) -> Double {
    let edge = columns % pixels
    return Double(columns / pixels) * tileCycles(pixels: pixels, vectors: vectors, depth: depth)
      + (edge > 0 ? tileCycles(pixels: edge, vectors: vectors, depth: depth) : 0)
  }

  private func tileCycles(pixels: Int, vectors: Int, depth: Int) -> Double {
    let sums = Double(pixels * vectors)
    let arithmetic = sums / multiplyAddsPerCycle
    let loads = Double(vectors + (instructionSet == .neon ? (pixels + 3) / 4 : pixels)) / loadsPerCycle
    let weights = Double(vectors * vectorByteCount) / secondCacheBytesPerCycle
    let step =
      max(arithmetic, loads, weights, multiplyAddLatency)
      + otherInstructionCycles * Double(2 * pixels + 2 * vectors + 3) / 4
    return Double(depth) * step + sums + callCycles
  }

  private var multiplyAddsPerCycle: Double {
    switch instructionSet {
    case .avx512, .avx2: 2
    case .sse2, .neon: 1
    }
  }

  /// What an instruction that is no multiply-add costs, of which four steps take two a pixel, two a vector and a few:
  /// something where few are issued a cycle.
  private var otherInstructionCycles: Double {
    switch instructionSet {
    case .avx512, .avx2, .sse2: 0
    case .neon: 0.5
    }
  }

  private var loadsPerCycle: Double {
    switch instructionSet {
    case .avx512, .avx2, .sse2: 2
    case .neon: 1
    }
  }

  private var multiplyAddLatency: Double {
    switch instructionSet {
    case .avx512, .avx2: 4
    // A multiplication and an addition.
    case .sse2: 4
    case .neon: 7
    }
  }

  private var secondCacheBytesPerCycle: Double {
    switch instructionSet {
    case .avx512: 32
    case .avx2, .sse2: 24
    case .neon: 12
    }
  }

  private var callCycles: Double { 40 }
}

/// The largest number that divides both. Precondition: both are positive.
func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : greatestCommonDivisor(b, a % b) }
