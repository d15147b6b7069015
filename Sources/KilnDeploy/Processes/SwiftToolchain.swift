import Foundation

/// The Swift toolchain on the path, and its programs.
struct SwiftToolchain {
  /// The path of `swift`.
  let swift: String
  /// Whether it has the modules of Embedded Swift for the machine it runs on.
  let hasEmbedded: Bool
  /// What tells it from other versions.
  let version: String
  /// The machine that it compiles for unless told otherwise, for instance `x86_64-unknown-linux-gnu`.
  let triple: String
  /// The folder of its programs, which `swift` may only forward to.
  private let programs: String

  /// What to do about a toolchain that lacks something.
  static let remedy = "get Swift 6.3 or later from https://swift.org/install"

  /// The toolchain on the path.
  ///
  /// - Throws: `ToolError` when there is none, or it doesn't say where it is.
  init() throws {
    let swift = try Self.path()
    guard let info = try Self.info(swift) else {
      throw ToolError("\(swift) does not say where it is installed; \(Self.remedy)")
    }
    self.init(swift, info)
  }

  /// The toolchain on the path; `nil` when it has no Embedded Swift for the machine it runs on.
  ///
  /// - Throws: `ToolError` when there is none.
  static func embedded() throws -> SwiftToolchain? {
    let swift = try path()
    guard let info = try info(swift), info.hasEmbedded else { return nil }
    return SwiftToolchain(swift, info)
  }

  private init(_ swift: String, _ info: Info) {
    self.swift = swift
    hasEmbedded = info.hasEmbedded
    version = info.compilerVersion
    triple = info.target.triple
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
    // The toolchain's programs crash there.
    guard !FileManager.default.currentDirectoryPath.isEmpty else {
      throw ToolError("the folder in which this program was started is gone: 'swift' needs one, go to another")
    }
    guard let swift = Subprocess.find("swift") else {
      throw ToolError("no 'swift' is on the path to build what Kiln writes; get it from https://swift.org/install")
    }
    return swift
  }

  private struct Info: Decodable {
    struct Target: Decodable {
      let triple: String
      let unversionedTriple: String
    }
    struct Paths: Decodable { let runtimeResourcePath: String }
    let compilerVersion: String
    let target: Target
    let paths: Paths

    var hasEmbedded: Bool {
      let library = "\(paths.runtimeResourcePath)/embedded/Swift.swiftmodule"
      return FileManager.default.fileExists(atPath: "\(library)/\(target.unversionedTriple).swiftmodule")
    }
  }

  /// What `swift` says of itself; `nil` when it says something else.
  private static func info(_ swift: String) throws -> Info? {
    // The frontend says the same as the driver, which would start it and take longer itself.
    let result = try Subprocess(swift, ["-frontend", "-print-target-info"]).run()
    if result.status != 0, let shortage = BuildShortage.find(in: result)?.shortage {
      throw ToolError("swift did not say what it compiles for: \(shortage.description)")
    }
    return try? JSONDecoder().decode(Info.self, from: Data(result.output.utf8))
  }
}
