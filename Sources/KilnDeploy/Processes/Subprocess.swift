import Foundation

/// A program that is run to its end: without a shell, with nothing on its standard input, and stopped when this one is, even
/// by SIGKILL.
package struct Subprocess: Sendable {
  /// The program's path.
  package var executable: String
  /// Its arguments, without its own name.
  package var arguments: [String]

  /// How a program ended, and what it said.
  package struct Result: Sendable {
    /// The exit status; a program ended by a signal has 128 and the signal's number, as in a shell.
    package var status: Int32
    /// What it wrote to standard output.
    package var output: String
    /// What it wrote to standard error.
    package var errors: String
  }

  /// Describes a run.
  package init(_ executable: String, _ arguments: [String]) {
    self.executable = executable
    self.arguments = arguments
  }

  /// The path of a program: `name` itself when it holds a slash, else the first of that name in `$PATH`.
  package static func find(_ name: String) -> String? {
    func isExecutable(_ path: String) -> Bool { !Files.isFolder(path) && access(path, X_OK) == 0 }
    if name.contains("/") { return isExecutable(name) ? name : nil }
    let folders = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
    return folders.split(separator: ":").lazy.map { "\($0)/\(name)" }.first(where: isExecutable)
  }

  /// Runs the program and waits for it.
  ///
  /// - Parameter onOutput: is called with each line of standard output as it comes.
  /// - Throws: `ToolError` when the program can't be started, `Interruption` when this program was asked to stop
  ///   meanwhile; the other program, and those that it started, have been asked to stop too.
  package func run(onOutput: (@Sendable (String) -> Void)? = nil) throws -> Result {
    // A program without one is still stopped by all signals that can be caught. It is there before the pipes, whose other
    // ends it would hold.
    let watchdog = try? Watchdog()
    let process = Process()
    process.executableURL = URL(filePath: executable)
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    let output = Pipe()
    let errors = Pipe()
    process.standardOutput = output
    process.standardError = errors

    var guardian = SignalGuardian()
    do {
      try process.run()
    } catch {
      _ = guardian.stop()
      watchdog?.stop()
      throw ToolError("\(executable): the program can't be started: \(error.localizedDescription)")
    }
    guardian.watch(process.processIdentifier)
    watchdog?.watch(process.processIdentifier)

    let collectedErrors = LineCollector(nil)
    let collectedOutput = LineCollector(onOutput)
    let group = DispatchGroup()
    DispatchQueue.global().async(group: group) { collectedErrors.drain(errors.fileHandleForReading) }
    collectedOutput.drain(output.fileHandleForReading)
    group.wait()
    process.waitUntilExit()
    watchdog?.stop()

    if let signal = guardian.stop() { throw Interruption(signal: signal) }
    let signalled = process.terminationReason == .uncaughtSignal
    return Result(
      status: process.terminationStatus + (signalled ? 128 : 0), output: collectedOutput.text,
      errors: collectedErrors.text)
  }
}

/// Everything that comes out of a pipe, and each line of it as it comes.
private final class LineCollector: @unchecked Sendable {
  // Unchecked: one thread fills it, and another reads it when that is done.
  private var bytes: [UInt8] = []
  private var lineStart = 0
  private let onLine: (@Sendable (String) -> Void)?

  init(_ onLine: (@Sendable (String) -> Void)?) { self.onLine = onLine }

  var text: String { String(decoding: bytes, as: UTF8.self) }

  func drain(_ handle: FileHandle) {
    while true {
      let data = handle.availableData
      if data.isEmpty { return }
      bytes += data
      guard let onLine else { continue }
      while let end = bytes[lineStart...].firstIndex(of: UInt8(ascii: "\n")) {
        onLine(String(decoding: bytes[lineStart..<end], as: UTF8.self))
        lineStart = end + 1
      }
    }
  }
}
