import Dispatch
import Synchronization

/// Says on standard error what takes longer than a moment: on a terminal with a bar and the seconds that it has taken, a line a step
/// elsewhere.
final class Progress: Sendable {
  private struct State {
    var title = ""
    /// Counts the steps, so that a step's announcement isn't made for the next one.
    var step = 0
    var start = DispatchTime.now()
    /// How much of the step is done, and all of it, where that is known.
    var parts: (done: Int, all: Int)?
    var isShown = false
    /// The warnings given.
    var warnings: Set<String> = []
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
      state.start = .now()
      state.parts = nil
      return state.step
    }
    show(step, after: .milliseconds(isTerminal ? 200 : 1000))
  }

  /// Says how much of the step is done.
  func advance(_ done: Int, _ all: Int) {
    guard isTerminal, all > 0 else { return }
    state.withLock { state in
      state.parts = (done, all)
      Self.draw(&state)
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

  /// Says something that isn't an error, once.
  func warn(_ text: String) {
    end()
    guard state.withLock({ $0.warnings.insert(text).inserted }) else { return }
    Console.error("kiln: warning: \(text)\n")
  }

  /// Says what takes so long, if that step is still being done; on a terminal again every second.
  private func show(_ step: Int, after delay: DispatchTimeInterval) {
    queue.asyncAfter(deadline: .now() + delay) { [self] in
      let isCurrent = state.withLock { state in
        guard state.step == step else { return false }
        if isTerminal {
          Self.draw(&state)
        } else if !state.isShown {
          Console.error("\(state.title) …\n")
          state.isShown = true
        }
        return true
      }
      if isCurrent, isTerminal { show(step, after: .seconds(1)) }
    }
  }

  private static func draw(_ state: inout State) {
    var line = "\r\u{1B}[K\(state.title)"
    if let (done, all) = state.parts {
      let width = 24
      let filled = min(width, max(0, done * width / all))
      let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled)
      line += " [\(bar)] \(done)/\(all)"
    } else {
      line += " …"
    }
    let seconds = (DispatchTime.now().uptimeNanoseconds - state.start.uptimeNanoseconds) / 1_000_000_000
    if seconds > 0 { line += " \(seconds) s" }
    state.isShown = true
    Console.error(line)
  }
}
