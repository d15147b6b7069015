import KilnGeometry
import KilnGraph
import KilnRuntimeSources

/// What normalised elements are multiplied by.
package struct NormalizationFormula: Sendable {
  /// Whether the mean is subtracted.
  package var isCentered: Bool
  /// Takes one more centred element into the sum, which starts from 0.
  package var accumulate: RuntimeFunction
  /// The multiplier, made from the sum.
  package var multiplier: RuntimeFunction

  /// `1 / sqrt(variance + epsilon)` of `count` elements.
  package static func variance(count: Int, epsilon: Double) -> NormalizationFormula {
    NormalizationFormula(
      isCentered: true, accumulate: addSquare,
      multiplier: RuntimeFunction(
        unary: .runtime(.inverseDeviation), ["count": .float(Float(count)), "epsilon": .float(Float(epsilon))],
        in: [.normalization]))
  }

  /// `1 / (deviation + 1e-9)` of `count` elements.
  package static func deviation(count: Int) -> NormalizationFormula {
    NormalizationFormula(
      isCentered: true, accumulate: addSquare,
      multiplier: RuntimeFunction(
        unary: .runtime(.inversePlainDeviation), ["count": .float(Float(count))], in: [.normalization]))
  }

  /// `1 / norm` with `p` 1 or 2; 0 where the norm is 0.
  package static func norm(p: Int) -> NormalizationFormula {
    NormalizationFormula(
      isCentered: false,
      accumulate: p == 1 ? RuntimeFunction(binary: .runtime(.addMagnitude), in: [.arithmetic]) : addSquare,
      multiplier: RuntimeFunction(unary: .runtime(p == 1 ? .inverseNorm : .inverseEuclideanNorm), in: [.normalization]))
  }

  private static let addSquare = RuntimeFunction(binary: .runtime(.addSquare), in: [.arithmetic])
}

/// A normalisation over whole axes of float32: `y = function((x - mean) * multiplier * scale + bias, addend)`, in place
/// if wanted.
///
/// The relative error of a multiplier is that of a sum of n terms, `(64 + n / 64) * 2^-24`.
///
/// Axes: four that stay, then four that are normalised together, then a run that belongs to either.
package struct Normalize: Kernel {
  /// To which of them the run belongs.
  package enum Form: Sendable {
    /// Contiguous elements are normalised together.
    case rows
    /// Contiguous elements are normalised each on its own, or `members` neighbours together.
    case channels(members: Int)
  }

  /// To which axes the run belongs.
  package var form: Form
  /// The elements, of four axes that stay, four that are normalised, and a run.
  package var source: Operand
  /// Where the results go, with the same axes.
  package var destination: Operand
  /// What normalised elements are multiplied with.
  package var scale: TableID
  /// What is added then.
  package var bias: TableID
  /// Elements between neighbouring scales, and biases, along the axes; and along the run, 0 or 1.
  package var parameterStrides: [Int]
  package var parameterStep: Int
  /// The extents of the axes that stay and of those that are normalised, and of the run.
  package var shape: [Int]
  package var over: [Int]
  package var count: Int
  /// How mean and multiplier come from the elements.
  package var formula: NormalizationFormula
  /// What is done to every result, and what that adds; the source where it adds nothing.
  package var epilogue: Epilogue
  package var addend: Operand

  /// Makes the kernel.
  ///
  /// - Parameters:
  ///   - nest: the innermost axes that stay, of a loop nest of source, destination, parameters and addend.
  ///   - over: the axes that are normalised, likewise.
  package init(
    _ form: Form, _ source: Operand, to destination: Operand, scale: TableID, bias: TableID, addend: Operand,
    _ nest: [LoopNest.Axis], over: [LoopNest.Axis], run: LoopNest.Axis, _ formula: NormalizationFormula,
    _ epilogue: Epilogue
  ) {
    func along(_ operand: Int) -> [Int] { nest.paddedStrides(of: operand) + over.paddedStrides(of: operand) }
    self.form = form
    self.source = source
    self.destination = destination
    self.source.strides = along(0)
    self.destination.strides = along(1)
    self.addend = addend
    self.addend.strides = along(3)
    self.epilogue = epilogue
    (self.scale, self.bias) = (scale, bias)
    parameterStrides = along(2)
    parameterStep = run.strides[2]
    (shape, self.over, count) = (nest.paddedExtents, over.paddedExtents, run.extent)
    self.formula = formula
  }

  package var name: String {
    switch form {
    case .rows: "normalizeRows"
    case .channels: "normalizeChannels"
    }
  }

  package var file: RuntimeFile { .normalization }

  private func place(_ strides: [Int]) -> KernelArgument {
    .geometry(
      NormalizedOperand(
        outer: (strides[0], strides[1], strides[2], strides[3]),
        inner: (strides[4], strides[5], strides[6], strides[7])))
  }

  package var arguments: [KernelArgument] {
    [
      .pointer(source), place(source.strides), .pointer("to", destination), place(destination.strides),
      .pointer("scale", Operand(.table(scale))), .pointer("bias", Operand(.table(bias))), place(parameterStrides),
      .integer("step", parameterStep), .pointer("addend", addend), place(addend.strides), .axes("shape", shape),
      .axes("over", over), .integer("count", count),
    ]
    if case .channels(let members) = form { KernelArgument.integer("members", members) }
    [
      .boolean("isCentered", formula.isCentered), .function("accumulate", formula.accumulate),
      .function("multiplier", formula.multiplier), .epilogue(epilogue, takesSlope: false),
    ]
  }

  package func execute(on executor: some KernelExecutor) { executor.execute(self) }

  package mutating func update(reads: (inout Operand) -> Void, writes: (inout Operand) -> Void) {
    reads(&source)
    reads(&addend)
    writes(&destination)
  }
}
