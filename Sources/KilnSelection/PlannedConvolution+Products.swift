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
  /// of a vector unit rather than of a processor.
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
      return Double(multiplyAccumulates) * max(row / max(best, 1e-9), 1)
    case .winograd(let outputs, _):
      return site.winograd.map { Winograd(outputs: outputs).cost($0) } ?? Double(multiplyAccumulates)
    }
  }
}
