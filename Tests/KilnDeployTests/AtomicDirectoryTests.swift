import Foundation
import Testing

@testable import KilnDeploy
@testable import KilnEmission

struct AtomicDirectoryTests {
  private func write(_ text: String, into folder: String) throws {
    try Files.write("// swift-tools-version: 6.2\n\(EmittedPackage.manifestMarker)\n", to: "\(folder)/Package.swift")
    try Files.makeFolder("\(folder)/Sources")
    try Files.write(text, to: "\(folder)/Sources/text")
  }

  private func text(_ package: URL) throws -> String {
    try String(contentsOf: package.appending(path: "Sources/text"), encoding: .utf8)
  }

  @Test func `makes and replaces`() throws {
    try withTemporaryFolder { folder in
      let package = folder.appending(path: "a/b/Digits")
      for text in ["one", "two"] {
        try AtomicDirectory.replace(at: package.path) { try write(text, into: $0) }
        let found = try self.text(package)
        #expect(found == text)
      }
      #expect(try names(in: folder.appending(path: "a/b")) == ["Digits"])
    }
  }

  @Test func `failure keeps the old`() throws {
    try withTemporaryFolder { folder in
      let package = folder.appending(path: "Digits")
      try AtomicDirectory.replace(at: package.path) { try write("old", into: $0) }
      #expect(throws: CocoaError.self) {
        try AtomicDirectory.replace(at: package.path) {
          try write("new", into: $0)
          throw CocoaError(.fileWriteOutOfSpace)
        }
      }
      #expect(try text(package) == "old")
      #expect(try names(in: folder) == ["Digits"])
    }
  }

  @Test func `a link is kept, and the folder that it points to is replaced`() throws {
    try withTemporaryFolder { folder in
      let package = folder.appending(path: "real")
      let link = folder.appending(path: "link")
      try AtomicDirectory.replace(at: package.path) { try write("old", into: $0) }
      try FileManager.default.createSymbolicLink(at: link, withDestinationURL: package)
      try AtomicDirectory.replace(at: link.path) { try write("new", into: $0) }
      #expect(try text(package) == "new")
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link.path) == package.path)
    }
  }

  @Test func `replaces an empty folder`() throws {
    try withTemporaryFolder { folder in
      try AtomicDirectory.replace(at: folder.path) { try write("new", into: $0) }
      #expect(try text(folder) == "new")
    }
  }

  @Test func `folders that Kiln did not write stay`() throws {
    try withTemporaryFolder { folder in
      try Files.write("precious", to: folder.appending(path: "notes").path)
      #expect(throws: FileError.self) { try AtomicDirectory.replace(at: folder.path) { try write("", into: $0) } }
      #expect(try names(in: folder) == ["notes"])
      // A package of Kiln's, but with something of the user's in it.
      try write("old", into: folder.path)
      #expect(throws: FileError.self) { try AtomicDirectory.replace(at: folder.path) { try write("", into: $0) } }
      #expect(try text(folder) == "old")
      let file = folder.appending(path: "notes").path
      #expect(throws: FileError.self) { try AtomicDirectory.replace(at: file) { try write("", into: $0) } }
    }
  }

  @Test func `abandoned folders are removed and used ones kept`() throws {
    try withTemporaryFolder { folder in
      try Files.makeFolder(folder.appending(path: ".x.dead/sub").path)
      try ScratchFolder.use(in: folder.path, prefix: ".x.") { first in
        try ScratchFolder.use(in: folder.path, prefix: ".x.") { second in
          let both = [first, second].map { URL(filePath: $0).lastPathComponent }.sorted()
          let found = try names(in: folder)
          #expect(found == both)
        }
      }
      #expect(try names(in: folder).isEmpty)
    }
  }
}
