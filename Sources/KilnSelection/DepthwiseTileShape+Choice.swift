import KilnGraph
import KilnKernels
import KilnMachine

extension DepthwiseTileShape {
  /// The tile for rows of `columns` pixels on a machine.
  ///
  /// A kernel whose weights fit into registers is unrolled. Other kernels are walked over in two loops.
  ///
  /// - Parameter isNear: whether the image and its result lie in the second cache. From further away fewer pixels at a
  ///   time, which ask for fewer cache lines at once, are faster.
  package init(
    channels: Int, window: Window, columns: Int, isNear: Bool = true, epilogue: Epilogue,
    arithmetic: TileArithmetic = .float32, target: Target
  ) {
    let kernel = Kernel(rows: window.kernel[0], columns: window.kernel[1])
    // Besides the weights: the sums, the input, and where a product needs one its register.
    let registers = target.vectorRegisterCount - kernel.rows * kernel.columns - 2
    let isUnrolled = registers >= 2
    let stride = isUnrolled ? window.strides[1] : 1
    let costs = target.model.depthwiseTiles
    var most = isNear ? costs.maximumPixels : costs.maximumFarPixels
    if target.instructionSet.multipliesRegistersOnly {
      // A row's inputs are loaded before the products. As many pixels as leave room for
      // all of them; where the weights leave none, as those of 5x5 do, some weights are better read again.
      let fitting = (registers - 3 - kernel.columns + stride) / (1 + stride)
      if fitting >= 4 { most = min(most, fitting) }
    }
    let pixels = Self.pixels(
      columns: columns, taps: kernel.rows * kernel.columns, most: isUnrolled ? min(most, registers) : most, costs)
    self.init(
      channels: channels, kernel: isUnrolled ? kernel : nil, stride: stride,
      dilation: isUnrolled ? window.dilations[1] : 1, pixels: pixels, edgePixels: columns % pixels, epilogue: epilogue,
      arithmetic: arithmetic)
  }

  /// The pixels at a time that cover a row fastest.
  private static func pixels(columns: Int, taps: Int, most: Int, _ costs: DepthwiseTileCosts) -> Int {
    func cycles(_ pixels: Int) -> Double {
      Double(taps) * max(Double(pixels) / costs.multiplyAddsPerCycle, costs.leastCyclesPerTap) + costs.turnCycles
    }
    func rowCycles(_ pixels: Int) -> Double {
      let edge = columns % pixels
      return Double(columns / pixels) * cycles(pixels) + (edge > 0 ? cycles(edge) : 0)
    }
    return (1...max(1, min(most, columns))).min { rowCycles($0) < rowCycles($1) } ?? 1
  }
}
