import KilnGraph
import KilnLowering

extension Program {
  /// From which layer to which each of the arena's buffers is needed.
  package var lifetimes: [Buffer.ID: ClosedRange<Int>] {
    layers.lifetimes { views[$0]?.buffer }.filter { buffer($0.key).owner == .arena }
  }
}

extension [Program.Layer] {
  /// From which layer to which each buffer is touched.
  ///
  /// Complexity: O(operands of all calls).
  func lifetimes(in buffer: (ValueID) -> Buffer.ID?) -> [Buffer.ID: ClosedRange<Int>] {
    var lifetimes: [Buffer.ID: ClosedRange<Int>] = [:]
    for (step, layer) in enumerated() {
      for id in layer.allCalls.flatMap({ $0.reads + $0.writes }).compactMap(buffer) {
        lifetimes[id] = (lifetimes[id]?.lowerBound ?? step)...step
      }
    }
    return lifetimes
  }
}
