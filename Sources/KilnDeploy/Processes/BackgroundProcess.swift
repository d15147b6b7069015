import Foundation
import KilnSystem

/// A program that runs beside this one until its standard input ends, or this one is asked to stop while it waits for a
/// `Subprocess`.
///
/// Foundation's `Process` won't do for ssh: it takes a child that closes the descriptors that it inherits, as ssh does,
/// for one that has ended, and waits for it instead of for others.
final class BackgroundProcess {
  private let identifier: pid_t
  private let input: Int32
  /// The other end of `input`, kept open so that writing to a process that has ended raises no SIGPIPE.
  private let inputReader: Int32
  private let output: Int32
  private var hasEnded = false
  private var isInputOpen = true
  private var signalNumber: Int32 = -1

  /// Starts a program, in a process group of its own: the terminal's Ctrl-C is not for it.
  ///
  /// - Parameters:
  ///   - executable: its path.
  ///   - arguments: its arguments, without its own name.
  ///   - errors: a file that its standard error goes to.
  /// - Throws: `ToolError` when it can't be started.
  init(_ executable: String, _ arguments: [String], errors: String) throws(ToolError) {
    func failure(_ error: Int32) -> ToolError {
      ToolError("\(executable): the program can't be started: \(String(cString: strerror(error)))")
    }
    var down: [Int32] = [-1, -1]
    var up: [Int32] = [-1, -1]
    // Closed in every other child, so that its input ends when this program does.
    guard kiln_private_pipe(&down) == 0, kiln_private_pipe(&up) == 0 else { throw failure(errno) }
    defer { close(up[1]) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, down[0], STDIN_FILENO)
    posix_spawn_file_actions_adddup2(&actions, up[1], STDOUT_FILENO)
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

    var words = ([executable] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var identifier: pid_t = 0
    let error = posix_spawn(&identifier, executable, &actions, &attributes, &words, environ)
    guard error == 0 else {
      close(down[0])
      close(down[1])
      close(up[0])
      throw failure(error)
    }
    self.identifier = identifier
    input = down[1]
    inputReader = down[0]
    output = up[0]
    signalNumber = kiln_pass_signals_to(identifier)
  }

  deinit {
    if !hasEnded { kiln_forget_child(signalNumber) }
    closeInput()
    close(output)
  }

  /// Whether it still runs.
  var isRunning: Bool {
    guard !hasEnded else { return false }
    hasEnded = waitpid(identifier, nil, WNOHANG) != 0
    if hasEnded { kiln_forget_child(signalNumber) }
    return !hasEnded
  }

  /// What it says next on standard output; empty when it will say no more.
  func nextOutput() -> String {
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = read(output, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      return String(decoding: buffer.prefix(max(count, 0)), as: UTF8.self)
    }
  }

  /// Writes something short to its standard input, which it may have ended without reading.
  func write(_ text: String) {
    let bytes = Array(text.utf8)
    while Foundation.write(input, bytes, bytes.count) < 0, errno == EINTR {}
  }

  /// Ends its standard input.
  func closeInput() {
    guard isInputOpen else { return }
    close(input)
    close(inputReader)
    isInputOpen = false
  }

  /// Waits until the process ends, or the given number of seconds has passed.
  ///
  /// Returns whether it ended.
  @discardableResult
  func wait(seconds: Double) -> Bool {
    for _ in 0..<Int(seconds * 100) where isRunning { usleep(10_000) }
    return !isRunning
  }

  /// Asks it to stop, and waits for a second.
  func terminate() {
    if !hasEnded { Foundation.kill(identifier, SIGTERM) }
    if !wait(seconds: 1) { Foundation.kill(identifier, SIGKILL) }
    wait(seconds: 1)
  }

  /// Ends it at once.
  func kill() {
    guard isRunning else { return }
    Foundation.kill(identifier, SIGKILL)
    while waitpid(identifier, nil, 0) < 0, errno == EINTR {}
    hasEnded = true
    kiln_forget_child(signalNumber)
  }
}
