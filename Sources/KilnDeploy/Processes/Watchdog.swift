/// Ends a child, and what it started, when this program is gone without having ended it: after SIGKILL, which nobody can
/// catch, or a crash.
///
/// It is a shell that waits for the end of its standard input, the other end of which this program alone holds.
struct Watchdog {
  private let shell: BackgroundProcess

  /// Starts it, before the child, which would otherwise be unwatched for as long as that takes.
  ///
  /// - Throws: `ToolError` when the system starts no further program.
  init() throws(ToolError) {
    let script = """
      read -r child || exit
      while read -r line; do :; done
      kill -s TERM -- -"$child"
      sleep 1
      kill -s KILL -- -"$child"
      """
    shell = try BackgroundProcess("/bin/sh", ["-c", script], errors: "/dev/null")
  }

  /// Watches a child, the leader of a process group as those that Foundation starts are.
  func watch(_ child: Int32) { shell.write("\(child)\n") }

  /// Stops watching: the child has ended, or was never started.
  func stop() { shell.kill() }
}
