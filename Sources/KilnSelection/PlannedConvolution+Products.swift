import KilnKernels
import KilnMachine

extension PlannedConvolution {
  /// Products that the algorithm takes of a convolution that is defined by `multiplyAccumulates` of them.
  package func products(of multiplyAccumulates: Int) -> Int {
    guard case .winograd(let outputs, _) = choice.kind, let work = site.winograd else { return multiplyAccumulates }
    let winograd = Winograd(outputs: outputs)
    return winograd.tiles(work) * winograd.planes * work.inputChannels * work.outputChannels
  }

  /// Products that a core would take at its peak in the time that the cost model gives to a convolution of `multiplyAccumulates`.
  ///
  /// Of direct ones that is as far from what the convolution has as its register tiles are from the best by `DirectTileCosts`, which are
  /// of a vector unit rather than of a processor; what the processor's loads and stores keep from being issued is added.
  package func effectiveProducts(of multiplyAccumulates: Int, on target: Target) -> Double {
    switch choice.kind {
    case .direct(let schedule):
      let machine = site.machine(target)
      let model = TileModel(machine)
      let work = site.direct
      let row = schedule.parts.reduce(0.0) { sum, part in
        let vectors = part.channels.dividedRoundingUp(by: machine.vectorWidth)
        return sum + Double(part.blocks)
          * model.rowCycles(columns: work.columns, pixels: part.pixels, vectors: vectors, depth: work.depth)
      }
      let best =
        Double(work.channels * work.columns * work.depth)
        / (Double(machine.vectorWidth) * machine.model.directTiles.multiplyAddsPerCycle)
      let channels = max(1, schedule.parts.reduce(0) { $0 + $1.blocks * $1.channels })
      let blocked = schedule.parts.reduce(0.0) { sum, part in
        let share = Double(part.blocks * part.channels) / Double(channels)
        return sum + share * blockedShare(pixels: part.pixels, channels: part.channels, depth: work.depth, on: machine)
      }
      return Double(multiplyAccumulates) * (max(row / max(best, 1e-9), 1) + blocked)
    case .winograd(let outputs, let schedule):
      guard let work = site.winograd else { return Double(multiplyAccumulates) }
      let blocked = blockedShare(
        pixels: schedule.pixels, channels: schedule.channels, depth: work.inputChannels, on: site.machine(target))
      return Winograd(outputs: outputs).cost(work, target.model.winograd) + Double(products(of: multiplyAccumulates))
        * blocked
    }
  }

  /// Cycles in which a register tile's loads and stores let no arithmetic be issued, relative to those that its products take.
  private func blockedShare(pixels: Int, channels: Int, depth: Int, on machine: Target) -> Double {
    let pipeline = machine.model.pipeline
    let vectors = channels.dividedRoundingUp(by: machine.vectorWidth)
    let tile = TileInstructions(pixels: pixels, vectors: vectors, machine.instructionSet)
    let loads = Double(tile.loads) * pipeline.leastArithmeticCyclesPerLoad
    let stores = Double(tile.stores) * pipeline.arithmeticCyclesPerStore / Double(max(depth, 1))
    return (loads + stores) / Double(max(tile.multiplyAdds, 1)) * machine.model.float32.multiplyAddsPerCycle
  }
}
