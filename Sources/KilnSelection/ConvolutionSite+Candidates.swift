import KilnGraph
import KilnKernels
import KilnMachine

extension ConvolutionSite {
  /// The choices that are worth measuring, the cost model's first.
  ///
  /// Then come, in turns, the other algorithms, tiles that the model finds nearly as fast, other regions, blocks and stages of
  /// those that it chooses, and with several threads both ways to share those.
  ///
  /// - Parameter threads: those that share the work.
  package func candidates(for target: Target, limit: Int, threads: Int = 1) -> [ConvolutionChoice] {
    let model = modelChoice(target)
    let others = ConvolutionAlgorithm.allCases.filter { $0 != model.algorithm }
    // Another algorithm would take the convolution out of its strips, and change other layers too.
    var lists = [strip == nil ? others.compactMap { modelChoice(of: $0, target) } : []]
    switch model.kind {
    case .direct(let schedule):
      let alternatives: [[ConvolutionSchedule]]
      switch form {
      case .dense: alternatives = [direct.tilings(machine(target)), schedule.variants(for: direct)]
      case .depthwise(let work):
        let (tilings, regions) = work.alternatives(machine(target))
        // In strips only its tiles count.
        alternatives = strip == nil ? [tilings, regions] : [tilings.map { $0.withRegion(of: schedule) }]
      case .planar(let work): alternatives = [work.tilings(for: direct, machine(target))]
      }
      lists += (alternatives + [schedule.sharings(threads: threads)]).map { $0.map { ConvolutionChoice(.direct($0)) } }
    case .winograd(let outputs, let schedule):
      guard let winograd else { break }
      let tiles = Winograd(outputs: outputs)
      lists.append(
        schedule.tilings(tiles, winograd, machine(target)).map { ConvolutionChoice(.winograd(outputs: outputs, $0)) })
      lists.append(
        schedule.variants(tiles, winograd, arithmetic, target).map {
          ConvolutionChoice(.winograd(outputs: outputs, $0))
        })
    }
    var candidates = [model]
    for turn in 0..<(lists.map(\.count).max() ?? 0) {
      for list in lists where turn < list.count && !candidates.contains(list[turn]) { candidates.append(list[turn]) }
    }
    return Array(candidates.filter { fault(in: $0, target) == nil }.prefix(limit))
  }
}

/// Register tiles that the cost model finds nearly as fast as the best: the tile's vectors of channels, its pixels, and
/// the cycles that all channels of a row take.
private struct Tiling {
  var vectors: Int
  var pixels: Int
  var cycles: Double

  /// The best first; those after the third that take more than a third longer are left out.
  static func best(_ target: Target, channels: Int, columns: Int, depth: Int) -> [Tiling] {
    let model = TileModel(target)
    let all = channels.dividedRoundingUp(by: target.vectorWidth)
    var tilings: [Tiling] = []
    for vectors in 1...max(1, min(all, model.maximumVectors)) {
      for pixels in 1...max(1, min(model.maximumPixels, columns)) where model.fits(pixels: pixels, vectors: vectors) {
        let row = model.rowCycles(columns: columns, pixels: pixels, vectors: vectors, depth: depth)
        // The rest as a part of a block: nearly what its own tile takes.
        tilings.append(Tiling(vectors: vectors, pixels: pixels, cycles: row * Double(all) / Double(vectors)))
      }
    }
    tilings.sort { ($0.cycles, $1.vectors) < ($1.cycles, $0.vectors) }
    return tilings.prefix(3) + tilings.dropFirst(3).filter { $0.cycles <= tilings[0].cycles * 4 / 3 }
  }
}

extension ConvolutionWork {
  /// Schedules with other tiles, the best first.
  fileprivate func tilings(_ target: Target) -> [ConvolutionSchedule] {
    let model = TileModel(target)
    return Tiling.best(target, channels: channels, columns: columns, depth: depth).map { tiling in
      let width = tiling.vectors * target.vectorWidth
      let rest = channels % width
      var parts: [ConvolutionSchedule.Part] = []
      if channels >= width {
        parts.append(.init(channels: width, blocks: channels / width, pixels: tiling.pixels))
      }
      if rest > 0 {
        let vectors = rest.dividedRoundingUp(by: target.vectorWidth)
        let pixels =
          channels < width
          ? tiling.pixels : model.bestPixels(columns: columns, vectors: vectors, depth: depth).pixels
        parts.append(.init(channels: rest, blocks: 1, pixels: pixels))
      }
      for index in parts.indices {
        parts[index].stages = ConvolutionSchedule.stages(self, parts[index].channels, target: target)
      }
      let region = ConvolutionSchedule.region(self, parts: parts, target: target)
      return ConvolutionSchedule(parts: parts, regionRows: region.rows, regionColumns: region.columns)
    }
  }
}

extension ConvolutionSchedule {
  /// The same tiles with the region of another schedule.
  fileprivate func withRegion(of other: ConvolutionSchedule) -> ConvolutionSchedule {
    var schedule = self
    (schedule.regionRows, schedule.regionColumns) = (other.regionRows, other.regionColumns)
    return schedule
  }

  /// The same tiles shared in every way among threads; none for one.
  fileprivate func sharings(threads: Int) -> [ConvolutionSchedule] {
    if threads == 1 { return [] }
    return Sharing.allCases.map { sharing in
      var schedule = self
      schedule.sharing = sharing
      return schedule
    }
  }

  /// The same tiles with other regions, then with other stages.
  fileprivate func variants(for work: ConvolutionWork) -> [ConvolutionSchedule] {
    func withRegion(_ rows: Int, _ columns: Int) -> ConvolutionSchedule {
      var schedule = self
      (schedule.regionRows, schedule.regionColumns) = (rows, columns)
      return schedule
    }
    var variants: [ConvolutionSchedule] = []
    if parts.reduce(0, { $0 + $1.blocks }) > 1 {
      variants.append(withRegion(work.rows, work.columns))
      if work.rows > 1 {
        variants += [withRegion(1, work.columns), withRegion((work.rows + 3) / 4, work.columns)]
      } else {
        let unit = parts.reduce(1) { $0 * $1.pixels / greatestCommonDivisor($0, $1.pixels) }
        variants += [4, 16].map {
          withRegion(1, min(work.columns, (work.columns + $0 * unit - 1) / ($0 * unit) * unit))
        }
      }
    }
    if work.kernelRows > 1 {
      var staged = self
      for index in parts.indices { staged.parts[index].stages = parts[index].stages == 1 ? work.kernelRows : 1 }
      variants.insert(staged, at: min(1, variants.count))
    }
    return variants
  }
}

extension WinogradSchedule {
  /// Schedules with other tiles, the best first, and about as many tiles at once.
  fileprivate func tilings(_ winograd: Winograd, _ work: WinogradWork, _ target: Target) -> [WinogradSchedule] {
    let tiles = winograd.tiles(work)
    return Tiling.best(target, channels: work.outputChannels, columns: tiles, depth: work.inputChannels).map { tiling in
      let tileChannels = tiling.vectors * target.vectorWidth
      return WinogradSchedule(
        pixels: tiling.pixels, channels: tileChannels,
        blockTiles: min(blockTiles, tiles).roundedUp(toMultipleOf: tiling.pixels),
        blockChannels: blockChannels == channels
          ? tileChannels : work.outputChannels.roundedUp(toMultipleOf: tileChannels))
    }
  }

  /// The same register tile with the products of all channels at once or of its own, then with half as many tiles, and twice
  /// as many, at once.
  fileprivate func variants(
    _ winograd: Winograd, _ work: WinogradWork, _ arithmetic: TileArithmetic, _ target: Target
  ) -> [WinogradSchedule] {
    let most = winograd.tiles(work).roundedUp(toMultipleOf: pixels)
    let other =
      blockChannels == channels
      ? withAllChannels(winograd, work, arithmetic, target) : withNearTiles(winograd, work, arithmetic, target)
    return [other]
      + [blockTiles / 2, blockTiles * 2].map { count in
        var schedule = self
        schedule.blockTiles = max(pixels, min(most, count.roundedUp(toMultipleOf: pixels)))
        return schedule
      }
  }
}
