import Foundation
import KilnRuntimeSources

/// Shows that an emitted package allocates no memory: by compiling it, by what its program asks for, and by its system calls.
package enum AllocationProof {
  /// Runs the three checks of `toolchain/prove-no-allocation`, which this program carries.
  ///
  /// - Parameters:
  ///   - package: the folder of a package for an aarch64 target.
  ///   - onLine: is called with a line a check, as it comes.
  /// - Returns: whether all hold.
  /// - Throws: `ToolError` when something is not installed, with the command that installs it; `Interruption`.
  package static func holds(package: String, onLine: @escaping @Sendable (String) -> Void) throws -> Bool {
    guard let bash = Subprocess.find("bash") else { throw ToolError("no 'bash' is on the path to run the checks") }
    let parent = FileManager.default.temporaryDirectory.path
    return try ScratchFolder.use(in: parent, prefix: "kiln-proof-") { folder in
      for file in RuntimeSources.proof { try Files.write(file.text, to: "\(folder)/\(file.path)") }
      let script = "\(folder)/\(RuntimeSources.proof[0].path)"
      let result = try Subprocess(bash, [script, URL(filePath: package).path]).run(onOutput: onLine)
      switch result.status {
      case 0: return true
      case 1 where !result.output.isEmpty: return false
      default:
        let said = result.errors.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
        throw ToolError("the checks can't be made: \(said.joined(separator: "; "))")
      }
    }
  }
}
