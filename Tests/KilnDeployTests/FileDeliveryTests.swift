import Foundation
import Testing

@testable import KilnDeploy
@testable import KilnEmission

struct FileDeliveryTests {
  private let text = "# \(EmittedLibrary.marker) 1.2.3\n"

  private func fault(_ names: [String], in folder: String) -> FileError? {
    do {
      try FileDelivery.check(names, in: folder)
      return nil
    } catch {
      return error as? FileError
    }
  }

  @Test func `puts files among others and replaces what builds made`() throws {
    try withTemporaryFolder { folder in
      let source = folder.appending(path: "source").path
      let output = folder.appending(path: "a/b").path
      for round in 0..<2 {
        try Files.write("\(text)\(round)", to: source)
        try FileDelivery.deliver([("net.h", source), ("net.pc", source)], to: output)
        try Files.write("mine", to: "\(output)/other.h")
        #expect(try String(contentsOfFile: "\(output)/net.pc", encoding: .utf8) == "\(text)\(round)")
      }
      #expect(try names(in: folder.appending(path: "a/b")) == ["net.h", "net.pc", "other.h"])
      try Files.write("\u{7F}ELF of before", to: "\(output)/libnet.so")
      try Files.write("!<arch>\nof before", to: "\(output)/libnet.a")
      #expect(fault(["net.h", "libnet.so", "libnet.a", "new"], in: output) == nil)
    }
  }

  @Test func `what Kiln did not write stays`() throws {
    try withTemporaryFolder { folder in
      let output = folder.path
      try Files.write("int x;\n", to: "\(output)/net.h")
      try Files.write("", to: "\(output)/empty.h")
      try Files.makeFolder("\(output)/net")
      for name in ["net.h", "empty.h", "net"] {
        let error = try #require(fault(["new", name], in: output))
        #expect(error.kind == .occupied && error.description.hasPrefix("\(output)/\(name): "))
      }
      try Files.write(text, to: "\(output)/source")
      #expect(throws: FileError.self) {
        try FileDelivery.deliver(["new", "net.h"].map { ($0, "\(output)/source") }, to: output)
      }
      #expect(try names(in: folder) == ["empty.h", "net", "net.h", "source"])
      #expect(fault(["x"], in: "\(output)/net.h")?.kind == .occupied)
      #expect(fault(["x"], in: "\(output)/net.h/below")?.kind == .occupied)
    }
  }

  @Test func `a file that is missing leaves the others as they were`() throws {
    try withTemporaryFolder { folder in
      let output = folder.appending(path: "out").path
      let source = folder.appending(path: "source").path
      try Files.write(text, to: source)
      #expect(throws: FileError.self) {
        try FileDelivery.deliver([("a.h", source), ("b.h", "\(source).missing")], to: output)
      }
      #expect(try names(in: folder.appending(path: "out")).isEmpty)
    }
  }
}
