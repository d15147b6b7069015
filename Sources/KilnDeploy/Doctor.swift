import Foundation
import KilnMachine

/// Checks that everything is there that Kiln uses.
package enum Doctor {
  /// What one check found.
  package struct Finding: Equatable, Encodable, Sendable {
    /// What was looked for.
    package let subject: String
    /// Whether it is there and will do.
    package let isFine: Bool
    /// What was found.
    package let detail: String
    /// The command or the step that mends it; `nil` when it is fine.
    package let remedy: String?
  }

  /// Checks everything that building and running for `target` needs.
  package static func examine(target: Target) throws -> [Finding] {
    let host = HostTarget.detect()
    return [try swift(), cache(BinaryCache.standard.folder), temporaryFolder(), processor(target, host: host)]
      + (CrossTools(for: target, host: host)?.findings ?? [])
  }

  /// The `swift` on the path, which must be 6.3 or later.
  private static func swift() throws -> Finding {
    let remedy = "install Swift 6.3 or later from https://swift.org/install"
    guard let path = Subprocess.find("swift") else {
      return Finding(subject: "swift", isFine: false, detail: "not on the path", remedy: remedy)
    }
    let result = try Subprocess(path, ["--version"]).run()
    guard result.status == 0, let version = swiftVersion(result.output) else {
      return Finding(subject: "swift", isFine: false, detail: "\(path) does not say its version", remedy: remedy)
    }
    let isFine = (version.major, version.minor) >= (6, 3)
    let detail = "\(version.major).\(version.minor) at \(path)"
    return Finding(subject: "swift", isFine: isFine, detail: detail, remedy: isFine ? nil : remedy)
  }

  /// The version in what `swift --version` prints.
  static func swiftVersion(_ text: String) -> (major: Int, minor: Int)? {
    guard let match = text.firstMatch(of: /Swift version (\d+)\.(\d+)/), let major = Int(match.1),
      let minor = Int(match.2)
    else { return nil }
    return (major, minor)
  }

  private static func cache(_ folder: String) -> Finding {
    writable("cache", folder, remedy: "set XDG_CACHE_HOME to a folder that can be written")
  }

  private static func temporaryFolder() -> Finding {
    let folder = FileManager.default.temporaryDirectory.path
    return writable("temporary folder", folder, remedy: "set TMPDIR to a folder that can be written")
  }

  private static func writable(_ subject: String, _ folder: String, remedy: String) -> Finding {
    do {
      try Files.makeFolder(folder)
      try ScratchFolder.use(in: folder, prefix: "doctor-") { _ in }
      return Finding(subject: subject, isFine: true, detail: folder, remedy: nil)
    } catch {
      return Finding(subject: subject, isFine: false, detail: "\(error)", remedy: remedy)
    }
  }

  /// Whether a machine runs what is compiled for `target`.
  package static func runs(_ target: Target, on host: Target) -> Bool {
    let order: [InstructionSet] = [.sse2, .avx2, .avx512]
    guard target.triple == host.triple, let needed = order.firstIndex(of: target.instructionSet),
      let there = order.firstIndex(of: host.instructionSet)
    else { return target.compilerFlags == host.compilerFlags }
    return needed <= there
  }

  /// Compiling for another machine needs nothing of this one's processor: the check only says what it found.
  private static func processor(_ target: Target, host: Target) -> Finding {
    Finding(
      subject: "processor", isFine: true,
      detail: runs(target, on: host)
        ? "runs what is compiled for \(target.name) (\(target.compilerFlags.joined(separator: " ")))"
        : "compiles for \(target.name), but can't run it: this machine is \(host.compilerFlags.joined(separator: " "))",
      remedy: nil)
  }
}
