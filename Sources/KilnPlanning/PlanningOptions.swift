import KilnGraph
import KilnLowering
import KilnSelection

/// What planning depends on besides the graph and the target.
package struct PlanningOptions: Sendable {
  /// Whether every sum must be taken product by product, as the model has it.
  package var isExact = false
  /// How threads share the work.
  package var sharing = WorkSharing(threads: 1)
  /// What overrides the cost model's choices; `nil` for nothing.
  package var schedule: Schedule?

  /// Makes options.
  package init(isExact: Bool = false, sharing: WorkSharing = WorkSharing(threads: 1), schedule: Schedule? = nil) {
    self.isExact = isExact
    self.sharing = sharing
    self.schedule = schedule
  }
}

/// Why a graph can't be planned.
package enum PlanningError: Error, CustomStringConvertible {
  /// Every node that can't be compiled.
  case unsupported(UnsupportedError)
  /// The schedule doesn't fit the network or the target.
  case schedule(ScheduleError)

  /// One line, or one per node.
  package var description: String {
    switch self {
    case .unsupported(let error): "\(error)"
    case .schedule(let error): "\(error)"
    }
  }
}
