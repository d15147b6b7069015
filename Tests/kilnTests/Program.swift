import Foundation
import KilnDeploy

/// The built `kiln` program, and what tests give it.
enum Program {
  /// The program beside the tests' own.
  static let path = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "kiln").path

  /// The repository's folder.
  static let repository = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

  /// Whether `toolchain/setup --boards` has been run, so that `toolchain/loopback-board` can play a board.
  static let hasLoopbackBoard =
    Targets.target(named: "raspberry-pi-4").flatMap { CrossTools(for: $0) }?.areInstalled == true
    && FileManager.default.fileExists(atPath: "/usr/sbin/sshd")

  /// A small network.
  static let tiny = "\(repository)/Tests/Networks/tiny.unfused.onnx"
  /// A network for digits of 8 by 8 pixels.
  static let digits = "\(repository)/Examples/digits/digits.onnx"
  /// An image of a seven.
  static let seven = "\(repository)/Examples/digits/seven.npy"

  /// Runs the program to its end, with its cache in `cache`.
  static func run(_ arguments: [String], cache: String = "/nowhere") throws -> Subprocess.Result {
    try Subprocess("/usr/bin/env", ["XDG_CACHE_HOME=\(cache)", path] + arguments).run()
  }

  /// The paths of the programs that are kept in a cache, one for each network.
  static func networks(inCache cache: String) throws -> [String] {
    let names = try FileManager.default.contentsOfDirectory(atPath: "\(cache)/kiln")
    return names.map { "\(cache)/kiln/\($0)/program" }.filter { FileManager.default.fileExists(atPath: $0) }
  }
}

/// Lets `body` use a folder that is removed afterwards.
func withTemporaryFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appending(path: "kiln-tests-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder.path)
}
