import KilnGraph
import KilnLowering
import KilnMachine
import KilnSelection

/// What planning depends on besides the graph and the target.
package struct PlanningOptions: Sendable {
  /// Whether every sum must be taken product by product, as the model has it.
  package var isExact = false
  /// How threads share the work.
  package var sharing = WorkSharing(threads: 1)
  /// What overrides the cost model's choices; `nil` for nothing.
  package var schedule: Schedule?
  /// What decides which convolutions are Winograd's, where that is to be as on another machine; `nil` for the target's own.
  package var winograd: WinogradCosts?

  /// Makes options.
  package init(
    isExact: Bool = false, sharing: WorkSharing = WorkSharing(threads: 1), schedule: Schedule? = nil,
    winograd: WinogradCosts? = nil
  ) {
    self.isExact = isExact
    self.sharing = sharing
    self.schedule = schedule
    self.winograd = winograd
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
