/// A file whose text becomes part of a Swift module.
struct EmbeddedFile {
  /// Its folder and name, for instance `KilnRuntime/Vector.swift`.
  var name: String
  /// Its text.
  var text: String

  /// Swift source with all texts as string literals, which compile fast, unlike arrays of bytes; and the enumeration of
  /// the files that emitted packages get copies of, so that whoever names one that isn't there fails to compile.
  static func source(of files: [EmbeddedFile]) -> String {
    """
    // Written by embed-files.

    /// The text of every file that is carried, by folder and name, for instance `KilnRuntime/Vector.swift`.
    let embeddedFiles: [String: String] = [
    \(files.map { "  \($0.name.debugDescription): \($0.text.debugDescription),\n" }.joined())]

    /// A source file of the runtime that can be copied into an emitted package, by folder and name.
    package enum RuntimeFile: String, CaseIterable, Sendable {
    \(files.filter(\.isRuntime).map { "  case `\($0.caseName)` = \($0.name.debugDescription)\n" }.joined())}

    """
  }

  /// Whether emitted packages get a copy where they need it.
  private var isRuntime: Bool { Self.runtimeFolders.contains { name.hasPrefix("\($0)/") } && name.hasSuffix(".swift") }

  /// The folders of what runs on a board.
  private static let runtimeFolders = ["KilnGeometry", "KilnRuntime"]

  /// The name of the file without its folder as a Swift name: `WinogradTransform4.swift` becomes `winogradTransform4`,
  /// `GELU+Tables.swift` becomes `geluTables`.
  var caseName: String {
    let name = name.split(separator: "/").last?.split(separator: ".").first?.filter { $0.isLetter || $0.isNumber } ?? ""
    // Of a leading acronym the last capital begins the next word.
    let capitals = name.prefix { $0.isUppercase }.count
    let lowered = capitals > 1 && capitals < name.count ? capitals - 1 : capitals
    return name.prefix(lowered).lowercased() + name.dropFirst(lowered)
  }
}
