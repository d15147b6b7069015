extension RuntimeFile {
  /// Its name, without its folder: what the copy in an emitted package is called.
  package var name: String { rawValue.split(separator: "/").last.map(String.init) ?? rawValue }

  /// Its text.
  package var text: String { RuntimeSources.text(rawValue) }

  /// Its text as it stands in a module that holds all of the runtime's files: what KilnGeometry shares with the compiler
  /// is the module's own there.
  package var moduleText: String {
    let text = text.replacing("import KilnGeometry\n\n", with: "").replacing("import KilnGeometry\n", with: "")
    return rawValue.hasPrefix("KilnGeometry/") ? text.replacing("package ", with: "") : text
  }

  /// The other files that it can't be compiled without: those that declare what it uses, what these use, and so on.
  package var requires: Set<RuntimeFile> { Set(Self.needed(for: [self])).subtracting([self]) }

  /// These files and the others that they can't be compiled without, in the order of `allCases`.
  package static func needed(for files: some Sequence<RuntimeFile>) -> [RuntimeFile] {
    var needed: Set<RuntimeFile> = []
    var pending = Array(files)
    while let file = pending.popLast() {
      if needed.insert(file).inserted { pending += used[file] ?? [] }
    }
    return allCases.filter(needed.contains)
  }

  /// The files that declare what Swift source uses by itself.
  ///
  /// Functions that several files declare under one name add none: a kernel names the file that it means.
  package static func used(by source: String) -> Set<RuntimeFile> { index.files(usedBy: SourceNames(of: source)) }

  /// The functions that Swift source calls and that several files declare under one name.
  package static func overloads(usedBy source: String) -> [Substring: Set<RuntimeFile>] {
    index.overloads(usedBy: SourceNames(of: source))
  }

  private static let names = allCases.map { ($0, SourceNames(of: $0.text)) }
  private static let index = DeclarationIndex(names)
  private static let used = Dictionary(uniqueKeysWithValues: names.map { ($0, index.files(usedBy: $1)) })
}
