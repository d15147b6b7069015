import Foundation
import KilnGraph

/// A folder on a board, and the one ssh connection that everything goes through.
///
/// The connection's own session on the board, the keeper, makes the folder and waits for the end of its standard input,
/// which comes when this program closes it, ends in any way, or can't be reached any more. Then the keeper stops what runs
/// in the folder and removes it: nothing that happens on this side leaves anything behind on the board.
package final class BoardConnection: Workplace {
  /// The board.
  package let address: BoardAddress
  /// What `uname -m` says there.
  package let architecture: String

  /// The board's address.
  package var description: String { "\(address)" }

  private let folder: String
  private let tools: SSHTools
  private let keeper: BackgroundProcess
  private let errors: String

  /// Lets `body` use a new folder on a board.
  ///
  /// - Throws: `ToolError` when there is no way there, or ssh would ask for a password or the host's key; what `body`
  ///   throws.
  package static func use<Result>(_ address: BoardAddress, _ body: (BoardConnection) throws -> Result) throws -> Result
  {
    let parent = FileManager.default.temporaryDirectory.path
    // A socket's path has room for 107 bytes, of which ssh needs some for itself.
    return try ScratchFolder.use(in: parent.utf8.count <= 50 ? parent : "/tmp", prefix: "kiln-ssh-") { scratch in
      let connection = try BoardConnection(address, scratch: scratch)
      defer { connection.close() }
      return try body(connection)
    }
  }

  private init(_ address: BoardAddress, scratch: String) throws {
    self.address = address
    tools = try SSHTools(address: address, socket: "\(scratch)/socket")
    errors = "\(scratch)/errors"
    keeper = try BackgroundProcess(
      tools.ssh, tools.masterArguments(ShellWords.command(Self.keeperScript)), errors: errors)
    let facts = Self.facts(keeper)
    guard let folder = facts["kiln-folder"], let architecture = facts["kiln-machine"] else {
      keeper.closeInput()
      if !keeper.wait(seconds: 10) { keeper.terminate() }
      let text = (try? String(contentsOfFile: errors, encoding: .utf8)) ?? ""
      if let places = facts["kiln-nowhere"] {
        throw ToolError("\(address): programs can be put into none of its folders \(places); set TMPDIR there")
      }
      throw SSHFailure.connecting(to: address, text)
    }
    self.folder = folder
    self.architecture = architecture
  }

  /// Ends the connection, when the keeper has removed the folder.
  ///
  /// A board that doesn't answer is waited for ten seconds.
  private func close() {
    keeper.closeInput()
    if !keeper.wait(seconds: 10) { keeper.terminate() }
  }

  package func put(_ path: String, as name: String) throws {
    try requireSpace(Files.size(path))
    let result = try Subprocess(tools.scp, tools.copyArguments(path, address.file("\(folder)/\(name)"))).run()
    guard result.status == 0 else {
      try requireConnection()
      try requireSpace(0)
      throw ToolError("\(address): \(name) can't be copied there: \(lastLine(result.errors))")
    }
  }

  package func get(_ name: String) throws -> ByteStorage {
    try ScratchFolder.use(in: FileManager.default.temporaryDirectory.path, prefix: "kiln-fetch-") { scratch in
      let result = try Subprocess(tools.scp, tools.copyArguments(address.file("\(folder)/\(name)"), "\(scratch)/file"))
        .run()
      guard result.status == 0 else {
        try requireConnection()
        throw ToolError("\(address): \(name) can't be fetched: \(lastLine(result.errors))")
      }
      return try Files.read("\(scratch)/file")
    }
  }

  package func run(_ command: String) throws -> Subprocess.Result {
    // The keeper stops the process whose number is in the file.
    let script = """
      cd \(ShellWords.quoted(folder)) || exit 255
      { \(command)
      } &
      echo $! >running; wait $!; status=$?; rm -f running; exit $status
      """
    let result = try Subprocess(tools.ssh, tools.sessionArguments(ShellWords.command(script))).run()
    if result.status == 255 { try requireConnection() }
    return result
  }

  /// Throws unless the board's folder has room for `byteCount` bytes and a little more.
  private func requireSpace(_ byteCount: Int) throws {
    let fields = try run("df -Pk . | tail -n 1").output.split(whereSeparator: \.isWhitespace)
    guard fields.count >= 6, let kibibytes = Int(fields[3]) else { return }
    guard byteCount + 16384 <= kibibytes * 1024 else {
      throw ToolError(
        """
        \(address): the disk is full: \(fields[5]) has \(Quantity.bytes(kibibytes * 1024)) left, and \
        \(Quantity.bytes(byteCount)) more are needed; make room, or set TMPDIR there to a folder with more
        """)
    }
  }

  /// Throws when the connection is gone.
  private func requireConnection() throws {
    // The last session may end a moment before the connection does.
    guard keeper.wait(seconds: 0.5) else { return }
    let said = lastLine((try? String(contentsOfFile: errors, encoding: .utf8)) ?? "")
    throw ToolError(
      """
      \(address): the connection was lost\(said.isEmpty ? "" : " (\(said))"); did the board restart? What ran there ends \
      and its folder goes when the board notices; try again
      """)
  }

  private func lastLine(_ text: String) -> String {
    let line = text.split(whereSeparator: \.isNewline).last ?? ""
    return String(line.last == "." ? line.dropLast() : line)
  }

  /// Makes the folder where programs can be written and run, says where it is, and keeps it until standard input ends.
  private static let keeperScript = """
    for parent in "${TMPDIR:-/tmp}" "$HOME"; do
      folder=$(mktemp -d "$parent/kiln.XXXXXXXX" 2>/dev/null) || continue
      if printf "#!/bin/sh\\n" >"$folder/try" && chmod 700 "$folder/try" && "$folder/try"; then break; fi 2>/dev/null
      rm -rf "$folder"; folder=
    done
    if [ -z "$folder" ]; then echo "kiln-nowhere ${TMPDIR:-/tmp}, $HOME"; exit 1; fi
    rm "$folder/try"
    clean() {
      trap "" HUP INT TERM PIPE
      if [ -s "$folder/running" ]; then kill -9 $(cat "$folder/running") 2>/dev/null; fi
      rm -rf "$folder"
    }
    trap "clean; exit 1" HUP INT TERM
    echo "kiln-machine $(uname -m)"
    echo "kiln-folder $folder"
    while read -r line; do :; done
    clean
    """

  /// What the keeper says, by the first word of each line, up to its last line.
  ///
  /// A message of the board's login shell may stand before.
  private static func facts(_ keeper: BackgroundProcess) -> [String: String] {
    var text = ""
    while !text.contains(/kiln-(folder|nowhere) .*\n/) {
      let more = keeper.nextOutput()
      if more.isEmpty { break }
      text += more
    }
    let pairs = text.split(whereSeparator: \.isNewline).map { $0.split(separator: " ", maxSplits: 1) }
    return Dictionary(
      pairs.filter { $0.count == 2 }.map { (String($0[0]), String($0[1])) }, uniquingKeysWith: { $1 })
  }
}
