import Foundation
import PackagePlugin

/// Gives a target a Swift file with the texts of all files below its folder `Carried`.
///
/// `Carried` may hold symbolic links to folders elsewhere in the package. SwiftPM looks for new and vanished files in the
/// folders of targets only, but follows links there, so a link is also what makes it notice them.
@main
struct EmbedFiles: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    let folder = target.directoryURL.appending(path: "Carried")
    let names = try names(below: folder)
    if let name = names.first(where: { !$0.contains("/") }) {
      Diagnostics.error(
        "\(folder.path(percentEncoded: false))/\(name) is a file where a folder, or a symbolic link to one, is expected: "
          + "check the package out with symbolic links (git config core.symlinks true)")
    }
    let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedFiles.swift")
    return [
      .buildCommand(
        displayName: "Embedding \(names.count) files into \(target.name)",
        executable: try context.tool(named: "embed-files").url,
        arguments: [output.path(percentEncoded: false), folder.path(percentEncoded: false)] + names,
        // Links don't change with what they lead to.
        inputFiles: names.map { folder.appending(path: $0).resolvingSymlinksInPath() },
        outputFiles: [output])
    ]
  }

  /// The paths of the files below a folder, relative to it, in an order that depends on them alone.
  ///
  /// Documentation and module maps are left out, as are hidden files.
  private func names(below folder: URL) throws -> [String] {
    let manager = FileManager.default
    return try manager.contentsOfDirectory(atPath: folder.path(percentEncoded: false)).sorted().flatMap { name in
      let url = folder.appending(path: name)
      var isFolder: ObjCBool = false
      if name.hasPrefix(".") || ["md", "modulemap"].contains(url.pathExtension) { return [String]() }
      _ = manager.fileExists(atPath: url.path(percentEncoded: false), isDirectory: &isFolder)
      return isFolder.boolValue ? try names(below: url).map { "\(name)/\($0)" } : [name]
    }
  }
}
