import Foundation
import KilnDeploy
import KilnMachine

/// What the tests of boards share.
enum Toolchain {
  /// The board that they compile for.
  static let board: Target = {
    guard let target = Targets.target(named: "raspberry-pi-4") else { preconditionFailure("no raspberry-pi-4") }
    return target
  }()

  /// The tools that build for it; `nil` where `toolchain/setup` has not been run.
  static let tools: CrossTools? = CrossTools(for: board).flatMap { $0.areInstalled ? $0 : nil }

  /// A script of the folder `toolchain`.
  static func script(_ name: String) -> String {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "toolchain/\(name)").path
  }
}
