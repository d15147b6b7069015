import KilnGraph
import KilnKernels

/// A call of a kernel in the emitted program, and who makes it.
package struct KernelCall: Sendable {
  /// The kernel with its operands.
  package var kernel: any Kernel
  /// Which of the network's threads makes the call; 0 is the caller's. Calls of one layer on different threads don't
  /// touch what another of them writes.
  package var worker = 0
  /// Whether it writes over what calls before it in its layer have written, so that one thread must make them all.
  package var overwrites = false

  /// Makes a call.
  package init(_ kernel: any Kernel, worker: Int = 0, overwrites: Bool = false) {
    self.kernel = kernel
    self.worker = worker
    self.overwrites = overwrites
  }

  /// The values that the call reads.
  package var reads: [ValueID] { kernel.reads.compactMap(\.value) }

  /// The values that the call writes.
  package var writes: [ValueID] { kernel.writes.compactMap(\.value) }

  /// Floats of the layer's workspace up to the last that the call uses.
  package var workspaceCount: Int {
    kernel.arguments.reduce(0) {
      if case .workspace(let workspace) = $1.value { max($0, workspace.offset + workspace.count) } else { $0 }
    }
  }
}
