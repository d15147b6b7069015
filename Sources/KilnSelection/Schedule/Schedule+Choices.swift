import KilnGraph
import KilnMachine

extension Schedule {
  /// What the schedule chooses for a network's convolutions, by name.
  ///
  /// - Parameters:
  ///   - sites: the network's convolutions.
  ///   - isExact: whether every sum must be taken product by product.
  /// - Throws: `ScheduleError` when a row is about another machine, another network or another shape, or asks for what
  ///   this machine can't do.
  package func choices(
    for sites: [ConvolutionSite], target: Target, isExact: Bool
  ) throws(ScheduleError) -> [String: ConvolutionChoice] {
    if let machine, machine != Machine(target) {
      let machines = "\(machine.summary), not for \(Machine(target).summary)"
      throw ScheduleError("\(origin): this schedule is for \(machines): run 'kiln tune' for it")
    }
    let sites = Dictionary(grouping: sites, by: \.name)
    var choices: [String: ConvolutionChoice] = [:]
    for row in rows {
      func fault(_ text: String) -> ScheduleError {
        ScheduleError(origin, row.position, "layer \(ScheduleError.quoted(row.layer)): \(text)")
      }
      guard let named = sites[row.layer] else {
        throw fault("the network has no convolution of that name: was it tuned with the same options?")
      }
      // More than one where a model uses a name twice: the row is about all of them.
      for site in named {
        if let shape = row.shape, shape != site.shape {
          let shapes = "\(ScheduleError.quoted(shape)), the network's is '\(site.shape)'"
          throw fault("`shape` is \(shapes): run 'kiln tune' again")
        }
        guard let model = site.modelChoice(of: row.algorithm, target) else {
          throw fault(
            isExact
              ? "\(row.algorithm.rawValue) is not exact: leave out --exact or the row"
              : "\(row.algorithm.rawValue) is for 3x3 convolutions with steps of 1, on images that hold a tile")
        }
        let choice = row.choice ?? model
        if let text = site.fault(in: choice, target) { throw fault(text) }
        choices[row.layer] = choice
      }
    }
    return choices
  }

  /// Throws unless all strips have the rows that the schedule gives them.
  ///
  /// - Parameter stripRows: the rows of all strips, by the name of the last layer that is computed in them.
  package func requireStrips(_ stripRows: [String: Int]) throws(ScheduleError) {
    let chosenRows = self.stripRows
    for row in rows {
      guard let rows = chosenRows[row.layer], rows != stripRows[row.layer] else { continue }
      let name = ScheduleError.quoted(row.layer)
      throw ScheduleError(
        origin, row.position, "layer \(name): `stripRows`: no layers that end here can be computed in strips of \(rows)"
      )
    }
  }
}

extension ConvolutionSite {
  /// Why a choice is impossible; `nil` when it isn't.
  ///
  /// Precondition: its algorithm applies.
  package func fault(in choice: ConvolutionChoice, _ target: Target) -> String? {
    switch choice.kind {
    case .direct(var schedule):
      if schedule.sharing != nil {
        guard strip == nil else { return "`sharing`: what is computed in strips is shared by rows" }
        if case .planar = form { return "`sharing`: convolutions between planes are shared by rows" }
      }
      guard strip != nil || schedule.stripRows == nil else { return "`stripRows`: it isn't computed in strips" }
      (schedule.sharing, schedule.stripRows) = (nil, nil)
      return switch form {
      case .dense: schedule.fault(for: direct, machine(target))
      case .depthwise(let work): work.fault(in: schedule, for: direct, machine(target))
      case .planar(let work): work.fault(in: schedule, for: direct, machine(target))
      }
    case .winograd(let outputs, let schedule):
      return winograd.flatMap { schedule.fault(for: Winograd(outputs: outputs), $0, machine(target)) }
    }
  }
}

extension ConvolutionSchedule {
  /// Why it can't be; `nil` when it can.
  package func fault(for work: ConvolutionWork, _ target: Target) -> String? {
    let model = TileModel(target)
    var covered = 0
    for (index, part) in parts.enumerated() {
      // Saturating: the numbers are a file's.
      let (channels, overflows) = part.blocks.multipliedReportingOverflow(by: part.channels)
      covered += overflows ? Int.max / 16 : min(channels, Int.max / 16)
      guard part.channels % target.vectorWidth == 0 || index == parts.count - 1 else {
        return "`tiles`: only the last may have channels that are no whole vectors of \(target.vectorWidth)"
      }
      if let fault = model.fault(pixels: part.pixels, channels: part.channels, columns: work.columns, target) {
        return fault
      }
      guard part.stages == 1 || work.kernelRows > 0 && work.kernelRows % part.stages == 0 else {
        return "`stages` \(part.stages) doesn't divide the kernel's \(work.kernelRows) rows"
      }
    }
    guard covered == work.channels else {
      return "`tiles` cover \(covered > work.channels ? "more" : "less") than the \(work.channels) channels of a group"
    }
    return regionFault(for: work)
  }

  /// Why its region can't be; `nil` when it can.
  func regionFault(for work: ConvolutionWork) -> String? {
    guard regionRows > 0, regionColumns > 0 else { return "`region` has no `rows` or no `columns`" }
    guard regionRows <= work.rows else { return "`region` has more `rows` than the image: \(work.rows)" }
    guard regionColumns <= work.columns else { return "`region` has more `columns` than a row: \(work.columns)" }
    guard regionColumns == work.columns || parts.allSatisfy({ regionColumns % $0.pixels == 0 }) else {
      return "`region`: `columns` are a multiple of every tile's `pixels`, or the whole row of \(work.columns)"
    }
    return nil
  }
}

extension WinogradSchedule {
  /// Why it can't be; `nil` when it can.
  package func fault(for winograd: Winograd, _ work: WinogradWork, _ target: Target) -> String? {
    let width = target.vectorWidth
    let tiles = winograd.tiles(work)
    guard channels % width == 0, channels <= work.outputChannels.roundedUp(toMultipleOf: width) else {
      return "`channels` are whole vectors of \(width), of at most the \(work.outputChannels) that there are"
    }
    if let fault = TileModel(target).fault(pixels: pixels, channels: channels, columns: tiles, target) { return fault }
    guard blockTiles % pixels == 0, blockTiles < tiles + pixels else {
      return "`blockTiles` are a multiple of `pixels`, \(pixels), and at most the image's \(tiles)"
    }
    guard blockChannels % channels == 0, blockChannels < work.outputChannels + channels else {
      return
        "`blockChannels` are a multiple of `channels`, \(channels), and at most the \(work.outputChannels) that there are"
    }
    return nil
  }
}

extension TileModel {
  /// Why a register tile can't be; `nil` when it can.
  fileprivate func fault(pixels: Int, channels: Int, columns: Int, _ target: Target) -> String? {
    guard pixels <= min(maximumPixels, columns) else {
      return "`pixels` \(pixels) is more than a tile may have here: \(min(maximumPixels, columns))"
    }
    // Before it is multiplied: the numbers are a file's.
    guard channels <= maximumVectors * target.vectorWidth,
      fits(pixels: pixels, vectors: channels.dividedRoundingUp(by: target.vectorWidth))
    else { return "a tile of \(pixels)x\(channels) needs more than the machine's \(registers) vector registers" }
    return nil
  }
}
