/// Ends a child, and what it started, when this program is gone without having ended it: after SIGKILL, which nobody can
/// catch, or a crash.
///
/// It is a shell that waits for the end of its standard input, the other end of which this program alone holds.
struct Watchdog {
  private let shell: BackgroundProcess

  /// Watches a child, the leader of a process group as those that Foundation starts are.
  ///
  /// - Throws: `ToolError` when the system starts no further program.
  init(of child: Int32) throws(ToolError) {
    let script = """
      while read -r line; do :; done
      kill -s TERM -- -"$0"
      sleep 1
      kill -s KILL -- -"$0"
      """
    shell = try BackgroundProcess("/bin/sh", ["-c", script, "\(child)"], errors: "/dev/null")
  }

  /// Stops watching: the child has ended.
  func stop() { shell.kill() }
}
