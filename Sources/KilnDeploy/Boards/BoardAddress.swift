/// Where a board is: what a user writes after `--on`.
package struct BoardAddress: Equatable, Sendable, CustomStringConvertible {
  /// What `ssh` is told: a name of the user's ssh configuration, a host, or user@host.
  package let destination: String
  /// The port; `nil` for what the user's ssh configuration says.
  package let port: Int?

  /// Reads `[user@]host[:port]`.
  ///
  /// A host that is an IPv6 address stands in brackets.
  ///
  /// - Returns: `nil` for anything else. A destination that ssh would take for an option is none.
  package init?(_ text: String) {
    var destination = text[...]
    var port: Int?
    let host = text[(text.lastIndex(of: "@").map { text.index(after: $0) } ?? text.startIndex)...]
    if host.hasPrefix("[") {
      guard let end = host.lastIndex(of: "]") else { return nil }
      let rest = host[host.index(after: end)...]
      guard rest.isEmpty || rest.hasPrefix(":") else { return nil }
      if rest.hasPrefix(":") { port = Self.port(rest.dropFirst()) }
      if !rest.isEmpty, port == nil { return nil }
      destination = text[..<host.startIndex] + host[host.index(after: host.startIndex)..<end]
    } else if let colon = host.firstIndex(of: ":") {
      port = Self.port(host[host.index(after: colon)...])
      if port == nil { return nil }
      destination = text[..<colon]
    }
    guard let first = destination.first, first != "-", first != "@", destination.last != "@",
      destination.allSatisfy({ !$0.isWhitespace && $0 != "/" && $0 != "\0" })
    else { return nil }
    self.destination = String(destination)
    self.port = port
  }

  /// The address as the user wrote it, or nearly.
  package var description: String { destination + (port.map { " port \($0)" } ?? "") }

  /// What a user types to see how ssh gets there.
  var sshCommand: String { "ssh " + (port.map { "-p \($0) " } ?? "") + destination }

  /// A file there, as scp takes it.
  func file(_ path: String) -> String {
    guard destination.contains(":") else { return "\(destination):\(path)" }
    let parts = destination.split(separator: "@", maxSplits: 1)
    return parts.count == 2 ? "\(parts[0])@[\(parts[1])]:\(path)" : "[\(destination)]:\(path)"
  }

  private static func port(_ text: Substring) -> Int? {
    guard let port = Int(text), 1...65535 ~= port else { return nil }
    return port
  }
}
