extension String {
  /// A Swift and C identifier made from this name: other characters become underscores, and a number is appended when
  /// `taken` already has it.
  ///
  /// The result is added to `taken`. When it doesn't begin with a letter, `prefix` goes before it.
  package func uniqueIdentifier(in taken: inout Set<String>, prefix: String) -> String {
    var base = String(map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    while base.hasPrefix("_") { base.removeFirst() }
    if base.first.map({ !$0.isLetter }) ?? true { base = base.isEmpty ? prefix : "\(prefix)_\(base)" }
    var candidate = base
    var number = 2
    while !taken.insert(candidate).inserted {
      candidate = "\(base)_\(number)"
      number += 1
    }
    return candidate
  }
}
