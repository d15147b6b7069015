import Dispatch
import Foundation
import Synchronization

/// Passes the signals that ask this program to stop on to a child's process group, as long as the child runs.
final class SignalGuardian: @unchecked Sendable {
  // Unchecked: the sources are constant, and Dispatch's objects are safe to use from any thread.
  private struct State {
    var child: pid_t?
    var received: Int32?
  }

  private static let signals = [SIGINT, SIGTERM, SIGHUP]

  private let state = Mutex(State())
  private let sources: [any DispatchSourceSignal]

  /// Holds back the signals from now on.
  init() {
    let queue = DispatchQueue(label: "kiln.signals")
    sources = Self.signals.map { signal in
      Foundation.signal(signal, SIG_IGN)
      return DispatchSource.makeSignalSource(signal: signal, queue: queue)
    }
    for (source, signal) in zip(sources, Self.signals) {
      source.setEventHandler { [weak self] in self?.receive(signal) }
      source.activate()
    }
  }

  /// The first of the signals that came.
  var received: Int32? { state.withLock(\.received) }

  /// Names the child, and passes on what came before it was there.
  func watch(_ child: pid_t) {
    let isLate = state.withLock {
      $0.child = child
      return $0.received != nil
    }
    if isLate { Self.end(child) }
  }

  /// Lets the signals act as they did before.
  func stop() {
    for source in sources { source.cancel() }
    for signal in Self.signals { Foundation.signal(signal, SIG_DFL) }
  }

  private func receive(_ signal: Int32) {
    let child = state.withLock {
      $0.received = $0.received ?? signal
      return $0.child
    }
    if let child { Self.end(child) }
  }

  /// Foundation makes each child the leader of a group, to which what it starts belongs.
  private static func end(_ child: pid_t) {
    if kill(-child, SIGTERM) != 0 { kill(child, SIGTERM) }
  }
}
