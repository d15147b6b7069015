import Foundation

/// What `ssh` and `scp` say when they fail, in one line that a user can act on.
enum SSHFailure {
  /// The error of a connection that could not be made.
  ///
  /// - Parameter text: what ssh wrote to standard error.
  static func connecting(to board: BoardAddress, _ text: String) -> ToolError {
    ToolError("\(board): \(reason(text, board))")
  }

  private static func reason(_ text: String, _ board: BoardAddress) -> String {
    let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmingPrefix(while: \.isWhitespace) }
    func line(_ part: String) -> Substring? { lines.last { $0.localizedCaseInsensitiveContains(part) } }
    if line("REMOTE HOST IDENTIFICATION HAS CHANGED") != nil {
      let place = line("Offending")?.split(separator: " ").last.map { " (\($0))" } ?? ""
      return """
        its host key is not the one that is known\(place); if it was installed anew, forget the old key: \
        ssh-keygen -R '\(hostKeyName(board))'
        """
    }
    if line("Host key verification failed") != nil {
      return "its host key is not known yet; look at it and accept it: \(board.sshCommand) true"
    }
    if let line = line("Permission denied") {
      return """
        it does not let you in with the keys that ssh offers (\(methods(line))); \
        to install yours: ssh-copy-id \(board.port.map { "-p \($0) " } ?? "")\(board.destination)
        """
    }
    for known in [
      "Could not resolve hostname", "No route to host", "Network is unreachable", "Connection refused", "timed out",
    ] {
      if let line = line(known) { return "no way there: \(short(line)); is it on? try: \(board.sshCommand) true" }
    }
    return "ssh can't connect: \(short(lines.last ?? "it says nothing")); try: \(board.sshCommand) true"
  }

  /// The name under which ssh keeps the host's key, as far as the address tells.
  private static func hostKeyName(_ board: BoardAddress) -> String {
    let host = board.destination.split(separator: "@").last.map(String.init) ?? board.destination
    return board.port.map { "[\(host)]:\($0)" } ?? host
  }

  /// What is in the last parentheses of a line, for instance `publickey,password` of the line that refuses both.
  private static func methods(_ line: Substring) -> Substring {
    guard let open = line.lastIndex(of: "("), let close = line.lastIndex(of: ")"), open < close else { return line }
    return line[line.index(after: open)..<close]
  }

  /// A line of ssh's without `ssh: ` before and the full stop.
  private static func short(_ line: Substring) -> Substring {
    var line = line.hasPrefix("ssh: ") ? line.dropFirst(5) : line
    while line.last == "." || line.last == "\r" { line.removeLast() }
    return line
  }
}
