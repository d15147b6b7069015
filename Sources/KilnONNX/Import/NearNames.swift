/// Finds names that somebody may have meant by one that isn't there.
enum NearNames {
  /// The nearest at the most three: those that hold the word or that the word holds, then those of which it has at least two
  /// thirds of the letters at both ends, as it has with a letter wrong.
  ///
  /// Complexity: O(letters), but for names that repeat a few letters, of which 256 count.
  static func among(_ candidates: some Sequence<String>, of word: String) -> [String] {
    let letters = Array(word.utf8.prefix(maximumLength))
    guard !letters.isEmpty else { return [] }
    let scored = candidates.compactMap { name -> (score: Double, name: String)? in
      let score = score(Array(name.utf8.prefix(maximumLength)), letters)
      return score >= 2.0 / 3 ? (score, name) : nil
    }
    return scored.sorted { ($1.score, $0.name) < ($0.score, $1.name) }.prefix(3).map(\.name)
  }

  /// Names longer than this are compared by their beginnings.
  private static let maximumLength = 256

  /// The share of the longer one's letters that both begin and end with, or 1 and more where one holds the other.
  private static func score(_ a: [UInt8], _ b: [UInt8]) -> Double {
    let (short, long) = a.count < b.count ? (a, b) : (b, a)
    guard !short.isEmpty else { return 0 }
    let share = Double(short.count) / Double(long.count)
    if short.count > 2, contains(long, short) { return 1 + share }
    let start = zip(short, long).count(upTo: short.count) { $0 == $1 }
    let end = zip(short.reversed(), long.reversed()).count(upTo: short.count - start) { $0 == $1 }
    return Double(start + end) / Double(long.count)
  }

  private static func contains(_ long: [UInt8], _ short: [UInt8]) -> Bool {
    (0...long.count - short.count).contains { long[$0..<$0 + short.count].elementsEqual(short) }
  }
}

extension Sequence {
  /// How many elements at the beginning have a property, at most `limit`.
  fileprivate func count(upTo limit: Int, while holds: (Element) -> Bool) -> Int {
    var count = 0
    for element in self {
      guard count < limit, holds(element) else { break }
      count += 1
    }
    return count
  }
}
