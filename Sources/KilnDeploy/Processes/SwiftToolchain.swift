import Foundation

/// The Swift toolchain on the path, and its programs.
struct SwiftToolchain {
  /// The path of `swift`.
  let swift: String
  /// Whether it has the modules of Embedded Swift for the machine it runs on.
  let hasEmbedded: Bool
  /// The folder of its programs, which `swift` may only forward to.
  private let programs: String

  /// What to do about a toolchain that lacks something.
  static let remedy = "get Swift 6.3 or later from https://swift.org/install"

  /// The toolchain on the path.
  ///
  /// - Throws: `ToolError` when there is none, or it doesn't say where it is.
  init() throws {
    swift = try Self.path()
    guard let info = try Self.info(swift) else {
      throw ToolError("\(swift) does not say where it is installed; \(Self.remedy)")
    }
    hasEmbedded = info.hasEmbedded
    // …/usr/lib/swift
    let library = URL(filePath: info.paths.runtimeResourcePath).deletingLastPathComponent()
    programs = library.deletingLastPathComponent().appending(path: "bin").path
  }

  /// The path of one of its programs.
  ///
  /// - Throws: `ToolError` when it isn't there.
  func program(_ name: String) throws(ToolError) -> String {
    let path = "\(programs)/\(name)"
    guard Subprocess.find(path) != nil else {
      throw ToolError("the Swift toolchain has no \(path); \(Self.remedy)")
    }
    return path
  }

  /// The path of the `swift` on the path.
  static func path() throws(ToolError) -> String {
    guard let swift = Subprocess.find("swift") else {
      throw ToolError("no 'swift' is on the path to build what Kiln writes; get it from https://swift.org/install")
    }
    return swift
  }

  /// Whether a toolchain has the modules of Embedded Swift for the machine it runs on.
  static func hasEmbedded(_ swift: String) throws -> Bool { try info(swift)?.hasEmbedded ?? false }

  private struct Info: Decodable {
    struct Target: Decodable { let unversionedTriple: String }
    struct Paths: Decodable { let runtimeResourcePath: String }
    let target: Target
    let paths: Paths

    var hasEmbedded: Bool {
      let library = "\(paths.runtimeResourcePath)/embedded/Swift.swiftmodule"
      return FileManager.default.fileExists(atPath: "\(library)/\(target.unversionedTriple).swiftmodule")
    }
  }

  /// What `swift` says of itself; `nil` when it says something else.
  private static func info(_ swift: String) throws -> Info? {
    let result = try Subprocess(swift, ["-print-target-info"]).run()
    if result.status != 0, let shortage = BuildShortage.find(in: result)?.shortage {
      throw ToolError("swift did not say what it compiles for: \(shortage.description)")
    }
    return try? JSONDecoder().decode(Info.self, from: Data(result.output.utf8))
  }
}
