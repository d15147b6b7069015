import KilnGeometry
import KilnRuntimeSources

/// A convolution of quantised images over up to three spatial axes: exact sums modulo 2^32, one product at a time.
package struct ConvolveIntegers: Kernel {
  package var name: String { "convolveIntegers" }
  package var source: Operand
  /// Elements between images, channels and along three spatial axes, of either side.
  package var sourceStrides: [Int]
  package var destinationStrides: [Int]
  /// The images' zero point; `nil` for 0.
  package var zero: Operand?
  /// `[channels, groupInputs, kernel]`, row-major.
  package var weights: Operand
  /// The weights' zero points, `weightZeroStep` apart for each channel; `nil` for 0.
  package var weightZero: Operand?
  package var weightZeroStep: Int
  package var destination: Operand
  package var images: Int
  package var channels: Int
  package var groups: Int
  package var groupInputs: Int
  /// How the window moves along three axes, outermost first.
  package var window: [PoolAxis]

  /// Makes the kernel.
  package init(
    _ source: Operand, _ sourceStrides: [Int], zero: Operand?, _ weights: Operand, weightZero: Operand?,
    weightZeroStep: Int, to destination: Operand, _ destinationStrides: [Int], images: Int, channels: Int,
    groups: Int, groupInputs: Int, _ window: [PoolAxis]
  ) {
    self.source = source
    self.sourceStrides = sourceStrides
    self.zero = zero
    self.weights = weights
    self.weightZero = weightZero
    self.weightZeroStep = weightZeroStep
    self.destination = destination
    self.destinationStrides = destinationStrides
    (self.images, self.channels, self.groups, self.groupInputs) = (images, channels, groups, groupInputs)
    self.window = window
  }

  package var file: RuntimeFile { .scalarProduct }

  package var arguments: [KernelArgument] {
    [
      .pointer(source), .axes(sourceStrides), .optionalPointer("zero", zero),
      .pointer(weights), .optionalPointer("zero", weightZero), .integer("step", weightZeroStep),
      .pointer("to", destination), .axes(destinationStrides), .integer("images", images),
      .integer("channels", channels), .integer("groups", groups), .integer("groupInputs", groupInputs),
    ]
    window.map { KernelArgument.geometry($0) }
  }

  package func execute(on executor: some KernelExecutor) { executor.execute(self) }

  package mutating func update(reads: (inout Operand) -> Void, writes: (inout Operand) -> Void) {
    reads(&source)
    if var zero {
      reads(&zero)
      self.zero = zero
    }
    reads(&weights)
    if var weightZero {
      reads(&weightZero)
      self.weightZero = weightZero
    }
    writes(&destination)
  }
}
