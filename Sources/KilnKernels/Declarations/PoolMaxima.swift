import KilnGeometry
import KilnGraph
import KilnRuntimeSources

/// The largest element of any type in a moving window over up to three axes, and where it is.
///
/// Exact.
package struct PoolMaxima: Kernel {
  package var name: String { "poolMaxima" }
  package var source: Operand
  package var destination: Operand
  /// Where each maximum's index goes; `nil` for nowhere.
  package var indices: Operand?
  /// Elements between images, channels and along three spatial axes, of either side.
  package var sourceStrides: [Int]
  package var destinationStrides: [Int]
  /// What an index grows by along each of those axes of the source.
  package var numbers: [Int]
  package var images: Int
  package var channels: Int
  /// How the window moves along three axes, outermost first.
  package var window: [PoolAxis]
  /// The element type, and so what a maximum starts from.
  package var scalar: ScalarType

  /// Makes the kernel.
  package init(
    _ source: Operand, _ sourceStrides: [Int], to destination: Operand, _ destinationStrides: [Int],
    indices: Operand?, numbers: [Int], images: Int, channels: Int, _ window: [PoolAxis], of scalar: ScalarType
  ) {
    self.source = source
    self.sourceStrides = sourceStrides
    self.destination = destination
    self.destinationStrides = destinationStrides
    self.indices = indices
    self.numbers = numbers
    self.images = images
    self.channels = channels
    self.window = window
    self.scalar = scalar
  }

  package var file: RuntimeFile { .scalarPool }

  package var arguments: [KernelArgument] {
    [
      .pointer(source), .axes(sourceStrides), .pointer("to", destination), .axes(destinationStrides),
      .optionalPointer("indices", indices), .axes("numbers", numbers),
      .integer("images", images), .integer("channels", channels),
    ]
    window.map { KernelArgument.geometry($0) }
    KernelArgument.number("from", .lowest(scalar))
  }

  package func execute(on executor: some KernelExecutor) { executor.execute(self) }

  package mutating func update(reads: (inout Operand) -> Void, writes: (inout Operand) -> Void) {
    reads(&source)
    writes(&destination)
    if var indices {
      writes(&indices)
      self.indices = indices
    }
  }
}
