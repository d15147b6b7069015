import Foundation

/// The build tool of the plugin `EmbedFiles`: `embed-files OUTPUT FOLDER NAME…` writes Swift source that holds the texts of
/// the files `FOLDER/NAME`.
@main
enum EmbedFiles {
  static func main() {
    let arguments = CommandLine.arguments.dropFirst()
    guard arguments.count >= 2 else { fail("usage: embed-files OUTPUT FOLDER NAME...") }
    let (output, folder) = (arguments[1], arguments[2])
    let files = arguments.dropFirst(2).map { name in
      do {
        return EmbeddedFile(name: name, text: try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8))
      } catch {
        fail("\(folder)/\(name) can't be read as UTF-8 text: \(error.localizedDescription)")
      }
    }
    do {
      try EmbeddedFile.source(of: files).write(toFile: output, atomically: true, encoding: .utf8)
    } catch {
      fail("\(output) can't be written: \(error.localizedDescription)")
    }
  }

  private static func fail(_ message: String) -> Never {
    // SwiftPM marks lines that begin so.
    FileHandle.standardError.write(Data("error: \(message)\n".utf8))
    exit(1)
  }
}
