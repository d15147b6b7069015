import Foundation
import KilnGraph
import KilnONNX
import Testing

/// Damaged copies of real files: each is imported or refused by one of the importer's own errors.
///
/// A crash or an endless loop ends the test program. The generator is seeded, so that a failure comes back.
struct MutationTests {
  private static let seeds = ReferenceModelTests.cases.enumerated().filter { $0.offset % 12 == 0 }.map(\.element)

  @Test(arguments: seeds) func `mutated files are imported or refused`(_ file: URL) throws {
    let sound = Array(try Data(contentsOf: file))
    var generator = SplitMix(state: UInt64(sound.count))
    for _ in 0..<25 {
      var bytes = sound
      for _ in 0...Int.random(in: 0...3, using: &generator) { mutate(&bytes, &generator) }
      switch importError(bytes) {
      case nil, is UnsupportedError: break
      case let error as ModelError: #expect(!error.description.contains("\n"))
      case let error?: Issue.record(error)
      }
    }
  }

  /// Overwrites, inserts, removes or repeats a few bytes.
  private func mutate(_ bytes: inout [UInt8], _ generator: inout SplitMix) {
    guard !bytes.isEmpty else { return }
    let start = Int.random(in: bytes.indices, using: &generator)
    let end = min(start + Int.random(in: 1...8, using: &generator), bytes.count)
    switch Int.random(in: 0...4, using: &generator) {
    case 0: bytes[start] = .random(in: 0...255, using: &generator)
    case 1: bytes[start] ^= 1 << UInt8.random(in: 0...7, using: &generator)
    case 2: bytes.replaceSubrange(start..<end, with: [0xFF, 0xFF, 0xFF, 0xFF, 0x7F].prefix(end - start))
    case 3: bytes.removeSubrange(start..<end)
    default: bytes.insert(contentsOf: bytes[start..<end], at: start)
    }
  }
}

/// A small generator of random numbers (Steele, Lea and Flood, 2014).
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}
