import KilnMachine

/// What a register tile is made of, as `ConvolutionTileSource` writes it: the registers that it needs, and the
/// instructions of a step of its innermost loop, which multiplies one input element of every pixel with a row of
/// weights.
package struct TileInstructions {
  /// Output pixels, and vectors of output channels.
  private let pixels: Int
  private let vectors: Int
  private let instructionSet: InstructionSet

  package init(pixels: Int, vectors: Int, _ instructionSet: InstructionSet) {
    self.pixels = pixels
    self.vectors = vectors
    self.instructionSet = instructionSet
  }

  /// The most pixels of a tile: each is a pointer in a general register.
  package static func maximumPixels(_ instructionSet: InstructionSet) -> Int {
    switch instructionSet {
    case .avx512, .avx2, .sse2: 9
    case .neon: 16
    }
  }

  /// Vector registers: the sums, a row of weights, and the inputs.
  package var registers: Int {
    let inputs =
      switch instructionSet {
      // An element at a time, broadcast.
      case .avx512, .avx2: 1
      // A product needs a register of its own.
      case .sse2: 2
      // Four elements of every pixel.
      case .neon: pixels
      }
    return pixels * vectors + vectors + inputs
  }

  /// Multiply-adds of a step.
  package var multiplyAdds: Int { pixels * vectors }

  /// Loads of a step.
  ///
  /// Where a register has four elements of a pixel, it is loaded for four steps.
  package var loads: Int {
    switch instructionSet {
    case .avx512, .avx2, .sse2: vectors + pixels
    case .neon: vectors + (pixels + 3) / 4
    }
  }

  /// Other instructions of a step: four steps take two for a pixel, two for a vector and a few.
  package var others: Double { Double(2 * pixels + 2 * vectors + 3) / 4 }

  /// Stores of the whole tile.
  package var stores: Int { pixels * vectors }
}

extension InstructionSet {
  /// Whether products take their operands from registers only, and none from memory.
  package var multipliesRegistersOnly: Bool { self == .neon }
}
