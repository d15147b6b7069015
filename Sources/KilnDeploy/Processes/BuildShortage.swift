import Foundation

/// What a build can lack that has nothing to do with what is built.
///
/// Whoever tries again, with more of it, succeeds.
enum BuildShortage: Equatable {
  case disk
  case memory
  /// The system starts no more processes, or opens no more files.
  case processes
  /// Files can't be read, written or run.
  case access
  /// A signal ended `swift build`, or one that isn't a crash a program that it started: somebody sent it, or the system did for
  /// want of memory.
  case signal(Int32)

  /// Looks for a shortage in how `swift build` ended and what it said.
  ///
  /// - Returns: what was lacking, and the line that says so, if one does; `nil` when the build was rejected.
  static func find(in result: Subprocess.Result) -> (shortage: BuildShortage, line: String?)? {
    let lines = (result.output + result.errors).split(separator: "\n").map(String.init)
    let found = lines.compactMap { line in BuildShortage(line).map { (shortage: $0, line: Optional(line)) } }
    // A full disk kills in many ways.
    if let best = found.min(by: { $0.shortage.place < $1.shortage.place }) { return best }
    return result.status > 128 ? (.signal(result.status - 128), nil) : nil
  }

  /// What a line tells of, in the texts of the system's `strerror` and of LLVM, in which every program of the toolchain
  /// reports it.
  private init?(_ line: String) {
    func says(_ texts: String...) -> Bool { texts.contains { line.contains($0) } }
    let signal = line.firstMatch(of: /due to signal (\d+)/).flatMap { Int32($0.output.1) }
    if says("No space left on device", "Disk quota exceeded", "File too large") || signal == SIGXFSZ {
      self = .disk
    } else if says("Cannot allocate memory", "out of memory", "memory exhausted", "bad_alloc") {
      self = .memory
    } else if says("Resource temporarily unavailable", "Too many open files") {
      self = .processes
    } else if says("Permission denied", "Operation not permitted", "Read-only file system", "Input/output error") {
      self = .access
    } else if let signal, [SIGHUP, SIGINT, SIGKILL, SIGTERM, SIGXCPU].contains(signal) {
      // The other signals are crashes. The compiler's may be what the package does to it.
      self = .signal(signal)
    } else if says("execute command: Killed") {
      self = .signal(SIGKILL)
    } else {
      return nil
    }
  }

  /// What happened, and what to do about it.
  var description: String {
    switch self {
    case .disk:
      "there was not enough space on the disk; make room, or set XDG_CACHE_HOME and TMPDIR to folders with more"
    case .memory: "there was not enough memory; try again, with less running beside it"
    case .processes:
      "the system started no more programs or opened no more files; try again, with less running beside it (ulimit -a)"
    case .access:
      "a file could not be read, written or run; see to it, or set XDG_CACHE_HOME and TMPDIR to other folders"
    case .signal(SIGKILL):
      "it was killed, by the system if that was short of memory; try again, with less running beside it"
    case .signal(let number): "signal \(number) ended it; try again"
    }
  }

  /// Its place among several: what explains the others comes first.
  private var place: Int {
    switch self {
    case .disk: 0
    case .memory: 1
    case .processes: 2
    case .access: 3
    case .signal: 4
    }
  }
}
