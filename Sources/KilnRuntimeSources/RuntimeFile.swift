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

  /// The texts of files in one module, without what the module doesn't use.
  ///
  /// Functions at the top level are left out that neither `sources` nor what is left of the files name, and files that then
  /// declare nothing for others. A name that means several functions keeps them all.
  ///
  /// - Parameters:
  ///   - files: files with all those that they need.
  ///   - sources: the module's other files.
  package static func texts(of files: [RuntimeFile], usedBy sources: [String]) -> [(file: RuntimeFile, text: String)] {
    let contents = files.map { ($0, SourceSections($0.moduleText).sections) }
    let sections = contents.flatMap(\.1)
    let functions = Dictionary(grouping: sections.filter { $0.function != nil }) { $0.function ?? "" }
    var used: Set<Substring> = []
    var pending = sources.map { SourceNames.words(of: $0) } + sections.filter { $0.function == nil }.map(\.words)
    while let words = pending.popLast() {
      for word in words where used.insert(word).inserted { pending += functions[word, default: []].map(\.words) }
    }
    return contents.compactMap { file, sections in
      let isKept = sections.map { $0.function.map(used.contains) ?? true }
      // A heading goes with what it heads.
      let kept = sections.indices.filter { index in
        isKept[index] && (index == 0 || !sections[index].words.isEmpty || isKept.dropFirst(index + 1).first == true)
      }.map { sections[$0] }
      guard kept.contains(where: \.isShared) else { return nil }
      let text = kept.map(\.text).joined()
      return (file, text.hasSuffix("\n\n") ? String(text.dropLast()) : text)
    }
  }

  private static let names = allCases.map { ($0, SourceNames(of: $0.text)) }
  private static let index = DeclarationIndex(names)
  private static let used = Dictionary(uniqueKeysWithValues: names.map { ($0, index.files(usedBy: $1)) })
}
