/// What a file of Swift source declares for other files, and which names it uses that it doesn't declare itself.
///
/// Scopes aren't told apart. So that no variable is taken for a function of the same name, a function counts as used where
/// a parenthesis follows its name; one that is only passed on goes unnoticed. Members don't count, on either side.
struct SourceNames {
  /// The functions at the top level that aren't private.
  private(set) var functions: Set<Substring> = []
  /// The types, protocols and variables at the top level that aren't private.
  private(set) var others: Set<Substring> = []
  /// The names with a parenthesis after them that the file doesn't declare.
  private(set) var calledNames: Set<Substring> = []
  /// All names that the file doesn't declare.
  private(set) var usedNames: Set<Substring> = []

  /// All words of a source, outside comments and literals.
  static func words(of source: String) -> Set<Substring> {
    SwiftTokens(source).reduce(into: []) { words, token in
      if case .word(let word) = token { words.insert(word) }
    }
  }

  /// Reads a file.
  ///
  /// Linear in its length.
  init(of source: String) {
    var tokens = SwiftTokens(source)
    var depth = 0
    var isPrivate = false
    var declaredNames: Set<Substring> = []
    var previous = SwiftTokens.Token.mark(";")
    var next = tokens.next()
    while let token = next {
      next = tokens.next()
      switch (previous, token) {
      case (_, .mark("(")), (_, .mark("[")), (_, .mark("{")): depth += 1
      case (_, .mark(")")), (_, .mark("]")), (_, .mark("}")): depth -= 1
      case (.mark("."), _), (_, .mark): break
      case (_, .word("private")), (_, .word("fileprivate")): isPrivate = isPrivate || depth == 0
      case (_, .word("import")), (_, .word("extension")): isPrivate = false
      case (.word("func"), .word(let name)):
        declaredNames.insert(name)
        if depth == 0 && !isPrivate { functions.insert(name) }
        isPrivate = false
      case (.word("struct"), .word(let name)), (.word("enum"), .word(let name)), (.word("protocol"), .word(let name)),
        (.word("typealias"), .word(let name)):
        declaredNames.insert(name)
        if depth == 0 && !isPrivate { others.insert(name) }
        isPrivate = false
      case (.word("let"), .word(let name)), (.word("var"), .word(let name)):
        if depth == 0 && !isPrivate { others.insert(name) }
        isPrivate = false
      case (_, .word(let name)):
        usedNames.insert(name)
        if next == .mark("(") { calledNames.insert(name) }
      }
      previous = token
    }
    usedNames.subtract(declaredNames)
    calledNames.subtract(declaredNames)
  }
}
