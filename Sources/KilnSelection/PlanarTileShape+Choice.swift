import KilnGraph
import KilnKernels
import KilnMachine

extension PlanarTileShape {
  /// The tile that covers a row of `columns` pixels fastest on a machine: the fewest cycles of multiply-adds, loads, or
  /// of waiting for a sum; a little for the loop.
  package init(inputChannels: Int, outputChannels: Int, columns: Int, epilogue: Epilogue, target: Target) {
    let width = target.vectorWidth
    let costs = target.model.planarTiles
    // The sums, the pixels, a weight, and where a product needs one its register.
    let most = max(1, (target.vectorRegisterCount - 2) / (outputChannels + 1))
    func cycles(_ vectors: Int) -> Double {
      let tiles = Double((columns + vectors * width - 1) / (vectors * width))
      let arithmetic = Double(vectors * outputChannels) / costs.multiplyAddsPerCycle
      let loads = Double(vectors + outputChannels) / costs.loadsPerCycle
      return tiles * (max(arithmetic, loads, costs.multiplyAddLatency) + costs.turnCycles)
    }
    let fitting = (1...most).filter { $0 == 1 || $0 * width <= columns }
    let vectors = fitting.min { cycles($0) < cycles($1) } ?? 1
    self.init(
      inputChannels: inputChannels, outputChannels: outputChannels, pixels: vectors * width, epilogue: epilogue)
  }
}
