import Foundation
import PackagePlugin

/// `swift package kiln …`: the program `kiln`, in the package's folder.
@main
struct KilnCommand: CommandPlugin {
  func performCommand(context: PluginContext, arguments: [String]) throws {
    let process = Process()
    process.executableURL = try context.tool(named: "kiln").url
    process.arguments = arguments
    process.currentDirectoryURL = context.package.directoryURL
    try process.run()
    process.waitUntilExit()
    if process.terminationStatus != 0 {
      Diagnostics.error("kiln ended with status \(process.terminationStatus)")
    }
  }
}
