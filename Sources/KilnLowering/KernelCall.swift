import KilnGraph
import KilnKernels

/// A call of a kernel in the emitted program, and who makes it.
package struct KernelCall: Sendable {
  /// The kernel with its operands.
  package var kernel: any Kernel
  /// Which of the network's threads makes the call; 0 is the caller's.
  ///
  /// Calls of one layer on different threads don't touch what another of them writes.
  package var worker = 0
  /// Whether it makes what other calls of its layer find in the workspace.
  ///
  /// It is made once, also where the layer is computed in strips.
  package var isPreparation = false
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
  package var workspaceCount: Int { (kernel.reads + kernel.writes).reduce(0) { max($0, $1.workspaceCount) } }

  /// The same call, made by a worker.
  package func made(by worker: Int) -> KernelCall {
    var call = self
    call.worker = worker
    return call
  }

  /// The same call with its workspace further on.
  package func movingWorkspace(by count: Int) -> KernelCall {
    var call = self
    let move = { (operand: inout Operand) in
      if case .workspace = operand.memory { operand.offset += count }
    }
    call.kernel.update(reads: move, writes: move)
    return call
  }
}
