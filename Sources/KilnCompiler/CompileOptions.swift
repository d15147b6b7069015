import KilnLowering
import KilnMachine
import KilnPasses
import KilnPlanning
import KilnSelection

/// What a user may choose about a compilation.
package struct CompileOptions: Sendable {
  /// The machine to compile for.
  package var target: Target
  /// The name of the emitted network's type, module and package; made from the model's name when `nil`.
  package var typeName: String?
  /// The layout of rank-4 inputs and outputs: the model's own, or channels last.
  package var layout: ExternalLayout
  /// Whether batch norms, branches, activations and residuals are folded and fused.
  package var folds: Bool
  /// Whether every convolution sums its products one by one, in the model's order.
  ///
  /// Otherwise 3x3 convolutions may be Winograd's, which take a half to a quarter of the multiplications and round a
  /// little more.
  package var isExact: Bool
  /// The threads that share an inference.
  package var threads: Int
  /// What overrides the cost model's choices; `nil` for nothing.
  package var schedule: Schedule?
  /// The machine whose algorithms are to be taken, so that the bits are its; `nil` for the target's own.
  package var algorithmsOf: Target?
  /// The tensors that are to have 8 bits; `nil` for those of the model.
  package var quantization: QuantizationPlan?
  /// What is to be float16; `nil` for what the model has as float16.
  package var halves: HalfPrecision?
  /// What a quantised network takes and gives; `nil` for what the model does.
  package var portElements: PortElements?

  /// The layouts of a network's inputs and outputs.
  package enum ExternalLayout: String, CaseIterable, Sendable {
    /// As the model has them: `[N, C, H, W]` in most ONNX files.
    case model = "nchw"
    /// `[N, H, W, C]`, as cameras give images and as kernels use them.
    case channelsLast = "nhwc"
  }

  /// Makes options.
  package init(
    target: Target, typeName: String? = nil, layout: ExternalLayout = .model, folds: Bool = true, isExact: Bool = false,
    threads: Int = 1, schedule: Schedule? = nil, algorithmsOf: Target? = nil, quantization: QuantizationPlan? = nil,
    halves: HalfPrecision? = nil, portElements: PortElements? = nil
  ) {
    self.portElements = portElements
    self.target = target
    self.typeName = typeName
    self.layout = layout
    self.folds = folds
    self.isExact = isExact
    self.threads = threads
    self.schedule = schedule
    self.algorithmsOf = algorithmsOf
    self.quantization = quantization
    self.halves = halves
  }
}

extension CompileOptions {
  /// What they say to the passes.
  package var passes: PassOptions {
    PassOptions(
      folds: folds, portLayout: layout == .channelsLast ? .channelsLast : .channelsFirst, quantization: quantization,
      halves: halves, portElements: portElements)
  }

  /// What they say to the planner.
  package var planning: PlanningOptions {
    let sharing = WorkSharing(threads: threads, costs: target.model.sharing)
    // Winograd's weights would be float32 again, and four times as many.
    return PlanningOptions(
      isExact: isExact || halves == .stored, sharing: sharing, schedule: schedule,
      winograd: algorithmsOf?.model.winograd)
  }
}

extension CompileOptions {
  /// Whether nothing is computed in another precision than the model's.
  package var isOfModelPrecision: Bool { quantization == nil && halves == nil && portElements == nil }

  /// Whether layers round what the interpreter sums up otherwise: float16, or real numbers that are quantised next.
  package var roundsSums: Bool { halves == .computed || quantization?.layers.isEmpty == false }
}
