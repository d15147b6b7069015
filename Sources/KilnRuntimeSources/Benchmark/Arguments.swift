/// The words of the command line, as C gives them.
struct Arguments {
  /// The number of words, the program's name included.
  let count: Int
  private let values: UnsafePointer<UnsafePointer<CChar>?>

  init(count: Int, values: UnsafePointer<UnsafePointer<CChar>?>) {
    self.count = count
    self.values = values
  }

  /// The word `index`; `nil` after the last.
  subscript(index: Int) -> UnsafePointer<CChar>? { index < count ? values[index] : nil }

  /// Whether the word `index` is `text`.
  func matches(_ index: Int, _ text: StaticString) -> Bool {
    guard let word = self[index] else { return false }
    var position = 0
    while position < text.utf8CodeUnitCount {
      if UInt8(bitPattern: word[position]) != text.utf8Start[position] { return false }
      position += 1
    }
    return word[position] == 0
  }

  /// The word `index` as a decimal number from 0 to 999,999,999; `nil` when it is something else.
  func number(_ index: Int) -> Int? {
    guard let word = self[index], word[0] != 0 else { return nil }
    var value = 0
    var position = 0
    while word[position] != 0 {
      let digit = Int(word[position]) - 48
      guard digit >= 0, digit <= 9, position < 9 else { return nil }
      value = value * 10 + digit
      position += 1
    }
    return value
  }
}
