import Foundation
import KilnMachine

/// What builds programs for another machine than this one, and runs them here.
///
/// `toolchain/setup` provides it.
package struct CrossTools: Sendable {
  /// The name of the Swift SDK.
  package let sdk: String
  /// The program that runs the other machine's programs.
  package let emulator: String
  /// Where the emulator finds the other machine's C library.
  package let libraries: String
  /// The command that installs all of it.
  package static let remedy = "toolchain/setup"

  /// The tools for a target; `nil` when this machine's own Swift builds for it.
  package init?(for target: Target, host: Target = HostTarget.detect()) {
    guard target.triple != host.triple, target.triple == "aarch64-unknown-linux-gnu" else { return nil }
    sdk = "aarch64-embedded-linux"
    emulator = "qemu-aarch64"
    libraries = "/usr/aarch64-linux-gnu"
  }

  /// The SDK's folder where `swift sdk install` puts it; `nil` when it isn't there.
  package var sdkFolder: String? {
    let environment = ProcessInfo.processInfo.environment
    guard
      let parent = environment["XDG_CONFIG_HOME"].map({ "\($0)/swiftpm" })
        ?? environment["HOME"].map({ "\($0)/.swiftpm" })
    else { return nil }
    let folder = "\(parent)/swift-sdks/\(sdk).artifactbundle"
    return Files.isFolder(folder) ? folder : nil
  }

  /// Whether the SDK, the emulator and the C library are there.
  package var areInstalled: Bool {
    sdkFolder != nil && Subprocess.find(emulator) != nil && Files.isFolder(libraries)
  }

  /// Throws unless what builds is there; the emulator isn't needed for that.
  package func requireForBuilding() throws(ToolError) {
    guard sdkFolder != nil, Files.isFolder(libraries) else {
      throw ToolError("what builds for this target is not installed; '\(Self.remedy)' installs it")
    }
  }

  /// A run of a program that was built for the other machine.
  ///
  /// - Throws: `ToolError` when the emulator isn't there.
  package func emulated(_ program: String, _ arguments: [String]) throws(ToolError) -> Subprocess {
    guard let path = Subprocess.find(emulator) else {
      throw ToolError("no '\(emulator)' is on the path to run \(program); get it with '\(Self.remedy)'")
    }
    return Subprocess(path, ["-L", libraries, program] + arguments)
  }

  /// What `kiln doctor` says of them.
  var findings: [Doctor.Finding] {
    let emulatorPath = Subprocess.find(emulator)
    return [
      Doctor.Finding(
        subject: "Swift SDK", isFine: sdkFolder != nil, detail: sdkFolder ?? "\(sdk) is not installed",
        remedy: sdkFolder == nil ? Self.remedy : nil),
      Doctor.Finding(
        subject: "C library", isFine: Files.isFolder(libraries),
        detail: Files.isFolder(libraries) ? libraries : "\(libraries) is not there",
        remedy: Files.isFolder(libraries) ? nil : Self.remedy),
      Doctor.Finding(
        subject: "emulator", isFine: emulatorPath != nil, detail: emulatorPath ?? "\(emulator) is not on the path",
        remedy: emulatorPath == nil ? Self.remedy : nil),
    ]
  }
}
