import KilnGraph
import KilnKernels
import KilnMachine

extension DepthwiseTileShape {
  /// The tile of `pixels` pixels on a machine.
  ///
  /// A kernel whose weights fit into registers is unrolled. Other kernels are walked over in two loops.
  package init(
    channels: Int, window: Window, columns: Int, pixels: Int, epilogue: Epilogue,
    arithmetic: TileArithmetic = .float32, target: Target
  ) {
    let isUnrolled = Self.isUnrolled(window, target)
    self.init(
      channels: channels, kernel: isUnrolled ? Kernel(rows: window.kernel[0], columns: window.kernel[1]) : nil,
      stride: isUnrolled ? window.strides[1] : 1, dilation: isUnrolled ? window.dilations[1] : 1, pixels: pixels,
      edgePixels: columns % pixels, epilogue: epilogue, arithmetic: arithmetic)
  }

  /// Registers that the weights of an unrolled kernel leave for sums: the input has one, and where a product needs one, the
  /// product.
  private static func freeRegisters(_ window: Window, _ target: Target) -> Int {
    target.vectorRegisterCount - window.kernel[0] * window.kernel[1] - 2
  }

  private static func isUnrolled(_ window: Window, _ target: Target) -> Bool { freeRegisters(window, target) >= 2 }

  /// The most pixels of a tile for rows of `columns` pixels.
  ///
  /// - Parameter isNear: whether the image and its result lie in the second cache.
  package static func mostPixels(window: Window, columns: Int, isNear: Bool, target: Target) -> Int {
    let costs = target.model.depthwiseTiles
    let isUnrolled = isUnrolled(window, target)
    let registers = freeRegisters(window, target)
    var most = isNear ? costs.maximumPixels : costs.maximumFarPixels
    if target.instructionSet.multipliesRegistersOnly {
      // A row's inputs are loaded before the products. As many pixels as leave room for
      // all of them; where the weights leave none, as those of 5x5 do, some weights are better read again.
      let stride = isUnrolled ? window.strides[1] : 1
      let fitting = (registers - 3 - window.kernel[1] + stride) / (1 + stride)
      if fitting >= 4 { most = min(most, fitting) }
    }
    return max(1, min(isUnrolled ? min(most, registers) : most, columns))
  }

  /// The pixels at a time that cover a row of `columns` pixels fastest.
  ///
  /// - Parameter isNear: whether the image and its result lie in the second cache.
  package static func bestPixels(window: Window, columns: Int, isNear: Bool, target: Target) -> Int {
    let costs = target.model.depthwiseTiles
    let taps = Double(window.kernel[0] * window.kernel[1])
    func cycles(_ pixels: Int) -> Double {
      taps * max(Double(pixels) / costs.multiplyAddsPerCycle, costs.leastCyclesPerTap) + costs.turnCycles
    }
    func rowCycles(_ pixels: Int) -> Double {
      let edge = columns % pixels
      return Double(columns / pixels) * cycles(pixels) + (edge > 0 ? cycles(edge) : 0)
    }
    let most = mostPixels(window: window, columns: columns, isNear: isNear, target: target)
    return (1...most).min { rowCycles($0) < rowCycles($1) } ?? 1
  }
}
