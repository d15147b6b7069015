import Dispatch
import Synchronization

/// Says on standard error what takes longer than a moment: a bar on a terminal, a line a step elsewhere.
final class Progress: Sendable {
  private struct State {
    var title = ""
    /// Counts the steps, so that a step's announcement isn't made for the next one.
    var step = 0
    var isShown = false
  }

  private let isTerminal = Console.isTerminal
  private let state = Mutex(State())
  private let queue = DispatchQueue(label: "kiln.progress")

  /// Begins a step.
  func begin(_ title: String) {
    end()
    let step = state.withLock { state in
      state.title = title
      state.step += 1
      return state.step
    }
    queue.asyncAfter(deadline: .now() + .milliseconds(isTerminal ? 200 : 1000)) { [self] in
      state.withLock { state in
        guard state.step == step, !state.isShown else { return }
        state.isShown = true
        Console.error(isTerminal ? "\r\u{1B}[K\(state.title) …" : "\(state.title) …\n")
      }
    }
  }

  /// Says how much of the step is done.
  func advance(_ done: Int, _ all: Int) {
    guard isTerminal, all > 0 else { return }
    let width = 24
    let filled = min(width, max(0, done * width / all))
    let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled)
    state.withLock { state in
      state.isShown = true
      Console.error("\r\u{1B}[K\(state.title) [\(bar)] \(done)/\(all)")
    }
  }

  /// Ends the step: what is written next finds an empty line.
  func end() {
    state.withLock { state in
      if state.isShown, isTerminal { Console.error("\r\u{1B}[K") }
      state.isShown = false
      state.step += 1
    }
  }
}
