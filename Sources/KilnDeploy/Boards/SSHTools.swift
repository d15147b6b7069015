/// The system's `ssh` and `scp`, and what they are told for one board.
///
/// Everything else, the keys, the agent, names and jump hosts, is the user's own configuration.
struct SSHTools {
  /// The path of ssh.
  let ssh: String
  /// The path of scp.
  let scp: String
  private let address: BoardAddress
  private let socket: String

  /// Finds the programs.
  ///
  /// - Parameter socket: the path that the connection's socket gets.
  /// - Throws: `ToolError` when one isn't there.
  init(address: BoardAddress, socket: String) throws(ToolError) {
    guard let ssh = Subprocess.find("ssh"), let scp = Subprocess.find("scp") else {
      throw ToolError("no 'ssh' or no 'scp' is on the path to reach \(address): apt-get install openssh-client")
    }
    self.ssh = ssh
    self.scp = scp
    self.address = address
    self.socket = socket
  }

  /// Never asks for anything; a connection that says nothing for 15 seconds is lost.
  private var options: [String] {
    [
      "BatchMode=yes", "ConnectTimeout=10", "ServerAliveInterval=5", "ServerAliveCountMax=3", "LogLevel=ERROR",
      "ControlPath=\(socket)",
    ].flatMap { ["-o", $0] }
  }

  /// Later sessions use the connection that is there and make no other.
  private var sharedOptions: [String] { options + ["-o", "ControlMaster=no", "-o", "ProxyCommand=false"] }

  private func portOption(_ name: String) -> [String] { address.port.map { [name, "\($0)"] } ?? [] }

  /// Opens the connection and runs a command on the board.
  func masterArguments(_ command: String) -> [String] {
    let own = ["ControlMaster=yes", "ControlPersist=no", "ClearAllForwardings=yes", "RemoteCommand=none"]
    return ["-T"] + options + own.flatMap { ["-o", $0] } + portOption("-p") + [address.destination, command]
  }

  /// Runs a command on the board through the open connection.
  func sessionArguments(_ command: String) -> [String] {
    ["-T"] + sharedOptions + ["-o", "RemoteCommand=none"] + portOption("-p") + [address.destination, command]
  }

  /// Copies a file through the open connection.
  func copyArguments(_ source: String, _ destination: String) -> [String] {
    ["-q"] + sharedOptions + portOption("-P") + [source, destination]
  }
}
