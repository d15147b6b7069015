import Foundation
import KilnMachine
import KilnRuntimeSources

/// The machines that Kiln knows.
package enum Targets {
  /// Every target: the machine this runs on first, then the files of Targets/ by name.
  package static var all: [Target] { [HostTarget.detect()] + known }

  /// The target of that name.
  package static func target(named name: String) -> Target? { all.first { $0.name == name } }

  /// The target that a user means: a name, or the path of a file of the form that Targets/README.md describes.
  ///
  /// A path ends in `.json` or holds a `/`.
  ///
  /// - Returns: `nil` when there is no target of that name.
  /// - Throws: `FileError` when the file can't be read or is malformed.
  package static func target(_ nameOrPath: String) throws(FileError) -> Target? {
    guard nameOrPath.contains("/") || nameOrPath.hasSuffix(".json") else { return target(named: nameOrPath) }
    let storage = try Files.read(nameOrPath)
    let json = withExtendedLifetime(storage) { Data(storage.bytes) }
    let name = URL(filePath: nameOrPath).deletingPathExtension().lastPathComponent
    return try TargetFile.target(json, name: name, origin: nameOrPath)
  }

  private static let known: [Target] = RuntimeSources.targets.sorted { $0.key < $1.key }.map { name, text in
    do throws(FileError) {
      return try TargetFile.target(Data(text.utf8), name: name, origin: "Targets/\(name).json")
    } catch {
      preconditionFailure(error.description)
    }
  }
}
