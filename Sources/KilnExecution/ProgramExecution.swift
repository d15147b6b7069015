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
package final class ProgramExecution: Sendable {
  private let program: Program
  private let tables: [ByteStorage]

  /// Packs the program's tables.
  ///
  /// Precondition: this machine has the instructions of the program's target.
  package init(_ program: Program) {
    self.program = program
    tables = program.tables.map(\.bytes.storage)
  }

  /// Which of a program's workers is the first to arrive at each meeting.
  package enum Order: CaseIterable {
    /// The first worker, and the last is the last.
    case ascending
    /// The last worker, and the first is the last.
    case descending
  }

  /// Computes the outputs.
  ///
  /// The arena begins at a multiple of its alignment and holds NaN at first, so that a call that reads what nobody wrote
  /// shows.
  ///
  /// A program of several threads is executed in the order in which its workers are farthest apart: from one meeting to
  /// the next, each does all that is its own before another begins. Where they need each other's results without
  /// meeting, the outputs of the two orders are wrong or differ.
  ///
  /// Precondition: the inputs have the types of the graph's.
  package func run(_ inputs: [Tensor], order: Order = .ascending) -> [Tensor] {
    let memory = ProgramMemory(program, tables: tables, inputs: inputs)
    let workers = order == .ascending ? Array(0..<program.threads) : (0..<program.threads).reversed()
    for layers in program.layersBetweenMeetings() {
      for worker in workers {
        for layer in program.layers[layers] { run(layer, by: worker, memory) }
      }
    }
    precondition(memory.isGuardIntact, "something was written outside of the arena or of an output")
    return memory.outputs
  }

  private func run(_ layer: Program.Layer, by worker: Int, _ memory: ProgramMemory) {
    memory.workspaceOffset = layer.workspaceOffset
    execute(layer.calls.filter { $0.worker == worker }, memory)
    guard let strips = layer.strips, worker < strips.workers else { return }
    memory.worker = worker
    execute(strips.callsBefore, memory)
    let band = KilnLanes16.VectorExecutor.band(of: strips.height, worker: worker, of: strips.workers)
    for row in stride(from: band.lowerBound, to: band.upperBound, by: strips.stripRows) {
      memory.rows = strips.members.map { member in
        KilnLanes16.VectorExecutor.rows(
          from: row, strips.stripRows, in: band, scale: member.scale, after: member.after, before: member.before,
          height: member.height)
      }
      for (member, rows) in zip(strips.members, memory.rows) {
        execute(member.calls, memory)
        if rows.upperBound == member.height { execute(member.callsBelow, memory) }
      }
      for member in strips.members { execute(member.callsAfter, memory) }
    }
    memory.rows = []
    memory.worker = 0
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
