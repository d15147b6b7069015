/// Which of several files of one module declares each name.
struct DeclarationIndex<File: Hashable & Sendable>: Sendable {
  /// The names of functions that several files declare, with different parameters: the name alone doesn't say which file
  /// is meant.
  private(set) var overloadedNames: Set<Substring> = []
  private var functions: [Substring: File] = [:]
  private var others: [Substring: File] = [:]

  /// Makes the index of files, each given once.
  init(_ files: some Sequence<(File, SourceNames)>) {
    for (file, names) in files {
      for name in names.functions {
        if functions.updateValue(file, forKey: name) != nil { overloadedNames.insert(name) }
      }
      for name in names.others { others[name] = file }
    }
    for name in overloadedNames { functions[name] = nil }
  }

  /// The files that declare what source with these names uses. Overloaded names add none.
  func files(usedBy names: SourceNames) -> Set<File> {
    Set(names.calledNames.compactMap { functions[$0] } + names.usedNames.compactMap { others[$0] })
  }
}
