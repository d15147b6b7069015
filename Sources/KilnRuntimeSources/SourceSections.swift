/// A file of Swift source in sections: its declarations at the top level, each with its comments and attributes.
///
/// A section ends at an empty line that a line without indentation follows, as `swift format` leaves them between
/// declarations. Linear in the length of the source.
struct SourceSections {
  /// Lines of the file that belong together.
  struct Section {
    /// The lines, with their ends.
    let text: Substring
    /// The function's name if all of the section is one function, which may be left out where nobody calls it.
    let function: Substring?
    /// Whether other files can use what it declares.
    let isShared: Bool
    /// All words in it.
    let words: Set<Substring>
  }

  /// All of the file, in its order.
  let sections: [Section]

  init(_ source: String) {
    var sections: [Section] = []
    var start = source.startIndex
    var previousIsEmpty = false
    var position = start
    while position < source.endIndex {
      let end = source[position...].firstIndex(of: "\n").map(source.index(after:)) ?? source.endIndex
      let isEmpty = source[position] == "\n"
      if previousIsEmpty && !isEmpty && source[position] != " " {
        sections.append(Section(source[start..<position]))
        start = position
      }
      previousIsEmpty = isEmpty
      position = end
    }
    if start < source.endIndex { sections.append(Section(source[start...])) }
    self.sections = sections
  }
}

extension SourceSections.Section {
  fileprivate init(_ text: Substring) {
    self.text = text
    var words: Set<Substring> = []
    var functions: [Substring] = []
    var declaresOthers = false
    var isPrivate = false
    var depth = 0
    var previous = SwiftTokens.Token.mark(";")
    for token in SwiftTokens(String(text)) {
      switch token {
      case .mark("("), .mark("["), .mark("{"): depth += 1
      case .mark(")"), .mark("]"), .mark("}"): depth -= 1
      case .mark("#"): declaresOthers = declaresOthers || depth == 0
      case .mark: break
      case .word(let word):
        words.insert(word)
        guard depth == 0 else { break }
        if previous == .word("func") { functions.append(word) }
        isPrivate = isPrivate || word == "private" || word == "fileprivate"
        declaresOthers = declaresOthers || Self.otherDeclarations.contains(word)
      }
      previous = token
    }
    self.words = words
    isShared = !isPrivate && (!functions.isEmpty || declaresOthers && !words.contains("import"))
    function = functions.count == 1 && !declaresOthers ? functions[0] : nil
  }

  /// What begins a declaration that isn't a function.
  private static let otherDeclarations: Set<Substring> = [
    "struct", "enum", "protocol", "extension", "typealias", "let", "var", "import", "operator",
  ]
}
