/// Which of several files of one module declares each name.
struct DeclarationIndex<File: Hashable & Sendable>: Sendable {
  private var functions: [Substring: Set<File>] = [:]
  private var others: [Substring: File] = [:]

  /// Makes the index of files, each given once.
  init(_ files: some Sequence<(File, SourceNames)>) {
    for (file, names) in files {
      for name in names.functions { functions[name, default: []].insert(file) }
      for name in names.others { others[name] = file }
    }
  }

  /// The files that declare what source with these names uses, where the name alone says which file is meant.
  func files(usedBy names: SourceNames) -> Set<File> {
    let owners = names.calledNames.compactMap { functions[$0] }.filter { $0.count == 1 }
    return owners.reduce(into: Set(names.usedNames.compactMap { others[$0] })) { $0.formUnion($1) }
  }

  /// The functions that source with these names calls and that several files declare, with different parameters.
  func overloads(usedBy names: SourceNames) -> [Substring: Set<File>] {
    functions.filter { $0.value.count > 1 && names.calledNames.contains($0.key) }
  }
}
