import KilnGraph
import KilnKernels

extension PlanarTileShape {
  /// The tile that covers a row of `columns` pixels fastest on a machine: the fewest cycles of multiply-adds, loads, or
  /// of waiting for a sum; a little for the loop.
  init(inputChannels: Int, outputChannels: Int, columns: Int, epilogue: Epilogue, target: Target) {
    let width = target.vectorWidth
    // The sums, the pixels, a weight, and where a product needs one its register.
    let most = max(1, (target.vectorRegisterCount - 2) / (outputChannels + 1))
    func cycles(_ vectors: Int) -> Double {
      let tiles = Double((columns + vectors * width - 1) / (vectors * width))
      let sums = Double(vectors * outputChannels)
      return tiles * (max(sums / 2, Double(vectors + outputChannels) / 2, 4) + 2)
    }
    let fitting = (1...most).filter { $0 == 1 || $0 * width <= columns }
    let vectors = fitting.min { cycles($0) < cycles($1) } ?? 1
    self.init(
      inputChannels: inputChannels, outputChannels: outputChannels, pixels: vectors * width, epilogue: epilogue)
  }
}
