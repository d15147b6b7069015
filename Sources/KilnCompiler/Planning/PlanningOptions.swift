import KilnGraph

/// What planning depends on besides the graph and the target.
struct PlanningOptions: Sendable {
  /// Whether every sum must be taken product by product, as the model has it.
  var isExact = false
  /// How threads share the work.
  var sharing = WorkSharing(threads: 1)
  /// What overrides the cost model's choices; `nil` for nothing.
  var schedule: Schedule?
}

/// Why a graph can't be planned.
enum PlanningError: Error {
  /// Every node that can't be compiled.
  case unsupported(UnsupportedError)
  /// The schedule doesn't fit the network or the target.
  case schedule(ScheduleError)
}
