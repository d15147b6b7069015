import Foundation
import Synchronization

/// Work that several threads share, for instance runs of compilers.
enum ConcurrentJobs {
  private struct State {
    var next = 0
    var error: (any Error)?
  }

  /// Does all jobs, as many at the same time as there are processors, beginning them in order.
  ///
  /// After an error no further job begins.
  ///
  /// - Parameter onProgress: is called with the jobs done and all jobs.
  /// - Throws: the first error of a job; an `Interruption` rather than what follows from it.
  static func run(
    _ jobs: [@Sendable () throws -> Void], onProgress: @escaping @Sendable (Int, Int) -> Void = { _, _ in }
  ) throws {
    // Threads of their own: those of Dispatch read what the jobs' programs say, and must not all wait for a program.
    let state = Mutex(State())
    let progress = Mutex(0)
    let group = DispatchGroup()
    @Sendable func work() {
      while true {
        let index = state.withLock { state -> Int? in
          guard state.error == nil, state.next < jobs.count else { return nil }
          state.next += 1
          return state.next - 1
        }
        guard let index else { return group.leave() }
        do {
          try jobs[index]()
          progress.withLock { done in
            done += 1
            onProgress(done, jobs.count)
          }
        } catch {
          state.withLock { state in
            if state.error == nil || error is Interruption { state.error = error }
          }
        }
      }
    }
    for _ in 0..<min(jobs.count, ProcessInfo.processInfo.activeProcessorCount) {
      group.enter()
      Thread { work() }.start()
    }
    group.wait()
    if let error = state.withLock({ $0.error }) { throw error }
  }
}
