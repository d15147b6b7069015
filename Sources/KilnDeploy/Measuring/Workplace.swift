import Foundation
import KilnGraph

/// A folder of its own on some machine, where programs are put, run and measured, and which is gone afterwards.
package protocol Workplace: CustomStringConvertible {
  /// Copies a file of this machine there under a name of letters, digits and dots; it stays executable.
  func put(_ path: String, as name: String) throws

  /// The bytes of a file there.
  func get(_ name: String) throws -> ByteStorage

  /// Runs a command of the shell there, in the folder. One that may take long begins with `exec`, so that it can be stopped.
  ///
  /// - Throws: `ToolError` when the machine can't be asked any more; `Interruption`.
  func run(_ command: String) throws -> Subprocess.Result
}

/// A folder on this machine.
package struct LocalWorkplace: Workplace {
  private let folder: String

  package var description: String { "this machine" }

  /// Lets `body` use a new folder.
  package static func use<Result>(_ body: (LocalWorkplace) throws -> Result) throws -> Result {
    try ScratchFolder.use(in: FileManager.default.temporaryDirectory.path, prefix: "kiln-bench-") { folder in
      try body(LocalWorkplace(folder: folder))
    }
  }

  package func put(_ path: String, as name: String) throws {
    try FileError.wrap(folder, "\(name) can't be copied there") {
      try FileManager.default.copyItem(atPath: path, toPath: "\(folder)/\(name)")
    }
  }

  package func get(_ name: String) throws -> ByteStorage { try Files.read("\(folder)/\(name)") }

  package func run(_ command: String) throws -> Subprocess.Result {
    try Subprocess("/bin/sh", ["-c", "cd \"$0\" && { \(command)\n}", folder]).run()
  }
}
