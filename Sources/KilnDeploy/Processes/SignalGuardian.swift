import KilnSystem

/// Passes the signals that ask this program to stop on to a child's process group, as long as the child runs.
///
/// The handler is C: Dispatch's sources lose signals that reach a thread which doesn't block them.
struct SignalGuardian: ~Copyable {
  private var child: Int32 = -1

  /// Holds back the signals from now on.
  init() { kiln_hold_signals() }

  /// Names the child, which leads a process group as those that Foundation starts do, and passes on what came before it
  /// was there.
  mutating func watch(_ child: Int32) { self.child = kiln_pass_signals_to(child) }

  /// Lets the signals act as they did before.
  ///
  /// Returns the first of them that came.
  consuming func stop() -> Int32? {
    kiln_forget_child(child)
    let received = kiln_release_signals()
    return received == 0 ? nil : received
  }
}
