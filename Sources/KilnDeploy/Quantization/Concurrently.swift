import Foundation
import Synchronization

/// Work that all cores share, whose results are taken in order.
package enum Concurrently {
  /// Computes a result of each element, as many at once as there are cores.
  ///
  /// - Throws: the first error, by the order of the elements.
  package static func map<Element: Sendable, Result: Sendable>(
    _ elements: [Element], _ compute: @Sendable (Element) throws -> Result
  ) throws -> [Result] {
    let results = Mutex([Swift.Result<Result, any Error>?](repeating: nil, count: elements.count))
    DispatchQueue.concurrentPerform(iterations: elements.count) { index in
      let result = Swift.Result { try compute(elements[index]) }
      results.withLock { $0[index] = result }
    }
    return try results.withLock { $0 }.compactMap { try $0?.get() }
  }

  /// Takes a result of each element in order; no more results are kept than there are cores.
  package static func forEach<Element: Sendable, Result: Sendable>(
    _ elements: [Element], _ compute: @Sendable (Element) throws -> Result,
    _ take: (_ index: Int, _ result: Result) throws -> Void
  ) throws {
    let step = max(1, ProcessInfo.processInfo.activeProcessorCount)
    for first in stride(from: 0, to: elements.count, by: step) {
      let part = Array(elements[first..<min(first + step, elements.count)])
      for (index, result) in try map(part, compute).enumerated() { try take(first + index, result) }
    }
  }
}
