import Foundation

/// What a build can lack that has nothing to do with what is built. Whoever tries again, with more of it, succeeds.
enum BuildShortage: Equatable {
  /// A signal ended `swift build`, or one that isn't a crash a program that it started: somebody sent it, or the system did for
  /// want of memory.
  case signal(Int32)
  case memory
  case disk
  /// The system starts no more processes, or opens no more files.
  case processes
  /// Files can't be read, written or run.
  case access

  /// Looks for a shortage in how `swift build` ended and what it said; `nil` when it has rejected what it was given.
  ///
  /// The texts are those of the system's `strerror` and of LLVM, in which every program of the toolchain reports them.
  init?(_ result: Subprocess.Result) {
    let said = result.output + result.errors
    func says(_ texts: String...) -> Bool { texts.contains { said.contains($0) } }
    let signals = said.matches(of: /due to signal (\d+)/).compactMap { Int32($0.output.1) }
    // A crash of the compiler's may be what the package does to it.
    let sent = signals.first { [SIGHUP, SIGINT, SIGKILL, SIGTERM, SIGXCPU, SIGXFSZ].contains($0) }
    if says("No space left on device", "Disk quota exceeded", "File too large") || sent == SIGXFSZ {
      self = .disk
    } else if says("Cannot allocate memory", "out of memory", "memory exhausted", "bad_alloc") {
      self = .memory
    } else if says("Resource temporarily unavailable", "Too many open files") {
      self = .processes
    } else if says("Permission denied", "Operation not permitted", "Read-only file system", "Input/output error") {
      self = .access
    } else if let signal = sent ?? (says("execute command: Killed") ? SIGKILL : nil) {
      self = .signal(signal)
    } else if result.status > 128 {
      self = .signal(result.status - 128)
    } else {
      return nil
    }
  }

  /// What happened, and what to do about it.
  var description: String {
    switch self {
    case .signal(SIGKILL):
      "it was killed, by the system if that was short of memory; try again, with less running beside it"
    case .signal(let number): "signal \(number) ended it; try again"
    case .memory: "there was not enough memory; try again, with less running beside it"
    case .disk:
      "there was not enough space on the disk; make room, or set XDG_CACHE_HOME and TMPDIR to folders with more"
    case .processes:
      "the system started no more programs or opened no more files; try again, with less running beside it (ulimit -a)"
    case .access:
      "a file could not be read, written or run; see to it, or set XDG_CACHE_HOME and TMPDIR to other folders"
    }
  }
}
