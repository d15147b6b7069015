import KilnGraph
import KilnLanes16
import KilnLanes4
import KilnLanes8
import KilnLowering
import KilnPlanning

/// A program that is executed in this process: every call that its package would make, of the very functions of KilnRuntime
/// that would be copied into it, compiled for the vectors of its target.
///
/// Register tiles are the exception: they are written out for each network, and portable ones with the same roundings stand for
/// them here.
package final class ProgramExecution {
  private let program: Program
  private let tables: [ByteStorage]

  /// Packs the program's tables.
  ///
  /// Precondition: this machine has the instructions of the program's target.
  package init(_ program: Program) {
    self.program = program
    tables = program.tables.map(\.bytes.storage)
  }

  /// Computes the outputs.
  ///
  /// The arena begins at a multiple of its alignment and holds NaN at first, so that a call that reads what nobody wrote
  /// shows. What one thread makes in a layer comes before what the next does.
  ///
  /// Precondition: the inputs have the types of the graph's.
  package func run(_ inputs: [Tensor]) -> [Tensor] {
    let memory = ProgramMemory(program, tables: tables, inputs: inputs)
    for layer in program.layers { run(layer, memory) }
    precondition(memory.isGuardIntact, "something was written outside of the arena or of an output")
    return memory.outputs
  }

  private func run(_ layer: Program.Layer, _ memory: ProgramMemory) {
    memory.workspaceOffset = layer.workspaceOffset
    guard let strips = layer.strips else {
      for worker in layer.workers.sorted() { execute(layer.calls.filter { $0.worker == worker }, memory) }
      return
    }
    execute(layer.calls, memory)
    for strip in 0..<strips.count {
      memory.rows = strips.stages.map { rows(of: $0, inStrip: strip) }
      for (stage, rows) in zip(strips.stages, memory.rows) {
        execute(stage.calls, memory)
        if rows.upperBound == stage.height { execute(stage.callsBelow, memory) }
      }
      for stage in strips.stages { execute(stage.callsAfter, memory) }
    }
    memory.rows = []
  }

  private func rows(of stage: Program.Strips.Stage, inStrip strip: Int) -> Range<Int> {
    KilnLanes16.VectorExecutor.rows(strip: strip, step: stage.step, ahead: stage.ahead, height: stage.height)
  }

  private func execute(_ calls: [KernelCall], _ memory: ProgramMemory) {
    for call in calls {
      switch program.target.vectorWidth {
      case KilnLanes4.VectorExecutor.vectorWidth: call.kernel.execute(on: KilnLanes4.VectorExecutor(memory))
      case KilnLanes8.VectorExecutor.vectorWidth: call.kernel.execute(on: KilnLanes8.VectorExecutor(memory))
      case KilnLanes16.VectorExecutor.vectorWidth: call.kernel.execute(on: KilnLanes16.VectorExecutor(memory))
      case let width: preconditionFailure("KilnRuntime is not compiled for vectors of \(width) lanes")
      }
    }
  }
}
