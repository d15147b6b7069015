import Foundation
import KilnDeploy
import KilnGraph
import Testing

/// Each way to get an error ends with one line and the contract's status.
struct ErrorTests {
  private func expectError(
    _ status: Int32, _ text: String, _ arguments: [String], sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let result = try Program.run(arguments)
    #expect(result.status == status, "\(result.errors)", sourceLocation: sourceLocation)
    #expect(result.errors.contains(text), "\(result.errors)", sourceLocation: sourceLocation)
    #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)", sourceLocation: sourceLocation)
    #expect(result.errors.hasPrefix("kiln: ") && result.output.isEmpty, sourceLocation: sourceLocation)
  }

  @Test(arguments: ["compile", "run", "verify", "inspect"]) func `model files`(subcommand: String) throws {
    try withTemporaryFolder { folder in
      try expectError(66, "there is no such file", [subcommand, "\(folder)/none.onnx"])
      try expectError(65, "not a regular file", [subcommand, folder])
      try Files.write("", to: "\(folder)/empty.onnx")
      try expectError(65, "the file is empty", [subcommand, "\(folder)/empty.onnx"])
      try Files.write("This is no model at all.\n", to: "\(folder)/text.onnx")
      try expectError(65, "not an ONNX model", [subcommand, "\(folder)/text.onnx"])
    }
  }

  @Test func `truncated models`() throws {
    let model = try Data(contentsOf: URL(filePath: Program.tiny))
    try withTemporaryFolder { folder in
      for place in 1..<20 {
        try model.prefix(model.count * place / 20).write(to: URL(filePath: "\(folder)/cut.onnx"))
        try expectError(65, "\(folder)/cut.onnx: ", ["run", "\(folder)/cut.onnx"])
      }
    }
  }

  @Test func `external data`() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/m.onnx"
      for (location, status, text) in [
        ("weights", 66, "weights"), ("../weights", 65, "../weights"), ("/etc/passwd", 65, "/etc/passwd"),
        ("link", 65, "link"), ("", 65, "location"),
      ] as [(String, Int32, String)] {
        try? FileManager.default.createSymbolicLink(atPath: "\(folder)/link", withDestinationPath: "/etc/passwd")
        try ModelBytes.model(operation: "Relu", externalData: location).write(to: URL(filePath: path))
        try expectError(status, text, ["run", "--interpret", path])
      }
    }
  }

  @Test func `unknown operators`() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/m.onnx"
      try ModelBytes.model(operation: "Frobnicate").write(to: URL(filePath: path))
      for subcommand in ["compile", "run", "verify", "inspect"] {
        let result = try Program.run([subcommand, path])
        #expect(result.status == 3)
        #expect(result.errors.hasPrefix("kiln: this model needs 1 thing"))
        #expect(result.errors.contains("  Frobnicate 'it' of float32["))
      }
    }
  }

  @Test func `inputs`() throws {
    try withTemporaryFolder { folder in
      func file(_ tensor: Tensor) throws -> String {
        try Npy.write(tensor, to: "\(folder)/x.npy")
        return "\(folder)/x.npy"
      }
      for run in [["run", Program.digits, "--interpret"], ["run", Program.digits]] {
        try expectError(66, "no such file", run + ["--input", "\(folder)/none.npy"])
        let flat = Tensor(shape: [8, 8], floats: [Float](repeating: 0, count: 64))
        try expectError(65, "float32[8, 8]", run + ["--input", file(flat)])
        let integers = Tensor(shape: [1, 1, 8, 8], integers: [Int](repeating: 0, count: 64))
        try expectError(65, "int64[1, 1, 8, 8]", run + ["--input", file(integers)])
        try Files.write("no array", to: "\(folder)/text.npy")
        try expectError(65, "does not begin", run + ["--input", "\(folder)/text.npy"])
        try expectError(64, "no input 'y'", run + ["--input", "y=\(folder)/x.npy"])
        try expectError(64, "1 input", run + ["--input", Program.seven, "--input", Program.seven])
        try expectError(64, "given twice", run + ["--input", Program.seven, "--input", "image=\(Program.seven)"])
        try expectError(64, "use one of them", run + ["--input", Program.seven, "--seed", "2"])
      }
    }
  }

  @Test func `outputs`() throws {
    try expectError(66, "/dev/null/x", ["compile", Program.tiny, "--output", "/dev/null/x"])
    try expectError(66, "/dev/null/x", ["run", Program.tiny, "--output-directory", "/dev/null/x"])
    try withTemporaryFolder { folder in
      try Files.write("precious", to: "\(folder)/notes")
      try expectError(73, "did not write", ["compile", Program.tiny, "--output", folder])
      try expectError(73, "a file of that name", ["compile", Program.tiny, "--output", "\(folder)/notes"])
      let left = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(left == ["notes"])
    }
  }

  @Test func `usage`() throws {
    try expectError(64, "did you mean 'compile'?", ["compil"])
    try expectError(64, "did you mean '--target'?", ["compile", "m.onnx", "--taget", "host"])
    try expectError(64, "needs MODEL.onnx", ["run"])
    try expectError(64, "see 'kiln targets'", ["compile", Program.tiny, "--target", "toaster"])
    try expectError(64, "does not run 'raspberry-pi-4'", ["run", Program.tiny, "--target", "raspberry-pi-4"])
    try expectError(64, "no such input", ["compile", Program.tiny, "--shape", "x=1"])
    try expectError(64, "makes no difference", ["run", Program.tiny, "--interpret", "--no-fold"])
    let bare = try Program.run([])
    #expect(bare.status == 64 && bare.errors.contains("Usage: kiln") && bare.output.isEmpty)
  }

  @Test func `Swift that is not there`() throws {
    try withTemporaryFolder { folder in
      let arguments = ["PATH=/nowhere", "XDG_CACHE_HOME=\(folder)", Program.path, "run", Program.tiny]
      let result = try Subprocess("/usr/bin/env", arguments).run()
      #expect(result.status == 69 && result.errors.contains("swift.org/install"))
      let doctor = try Subprocess("/usr/bin/env", ["PATH=/nowhere", Program.path, "doctor"]).run()
      #expect(doctor.status == 69 && doctor.output.contains("missing  swift"))
    }
  }
}
