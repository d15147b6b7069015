/// A key of a JSON object whatever its name, to find those that mean nothing, too.
struct AnyKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }
  init(_ name: String) { stringValue = name }
  init(stringValue: String) { self.init(stringValue) }
  init?(intValue: Int) { nil }
}

extension KeyedDecodingContainer<AnyKey> {
  /// The first key, by name, that isn't among `known`, as an error may have it: short, and of printable ASCII.
  func unknownKey(besides known: some Sequence<String>) -> String? {
    let known = Set(known)
    let unknown = allKeys.map(\.stringValue).filter { !known.contains($0) }.min()
    return unknown.map { name in
      String(decoding: name.utf8.prefix(40).map { (0x20..<0x7f).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
    }
  }
}
