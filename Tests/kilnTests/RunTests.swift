import Foundation
import KilnDeploy
import KilnGraph
import Testing

struct RunTests {
  @Test func `help and version succeed`() throws {
    for arguments in [["--help"], ["--version"], ["run", "--help"], ["targets"], ["targets", "--json"]] {
      let result = try Program.run(arguments)
      #expect(result.status == 0 && !result.output.isEmpty && result.errors.isEmpty)
    }
  }

  @Test func `interprets`() throws {
    let result = try Program.run(["run", Program.digits, "--interpret", "--input", Program.seven])
    #expect(result.status == 0)
    #expect(result.output.contains("+----------------+"))
    let scores = result.output.split(separator: "\n").drop { !$0.hasPrefix("probabilities") }.dropFirst()
    #expect(scores.first?.split(separator: " ").first == "7")
  }

  /// Builds the same network once: the second run and the one of another process find it.
  @Test func `compiled and interpreted agree`() throws {
    try withTemporaryFolder { folder in
      func output(_ extra: [String], _ name: String) throws -> [Float] {
        let arguments = ["run", Program.digits, "--input", "image=\(Program.seven)"] + extra
        let result = try Program.run(
          arguments + ["--output-directory", "\(folder)/\(name)"], cache: "\(folder)/cache")
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.isEmpty)
        return try Npy.read("\(folder)/\(name)/output_0.npy").floats()
      }
      let expected = try output(["--interpret"], "a")
      for name in ["b", "c"] {
        for (value, reference) in zip(try output([], name), expected) { #expect(abs(value - reference) < 1e-5) }
        #expect(try Program.networks(inCache: "\(folder)/cache").count == 1)
      }
      let program = try #require(Program.networks(inCache: "\(folder)/cache").first)
      try expectChecks(of: program, scratch: folder)
    }
  }

  /// The emitted program says what is wrong with its arguments and files.
  private func expectChecks(of program: String, scratch: String) throws {
    let input = "\(scratch)/in.bin"
    try Files.write(String(repeating: "x", count: 256), to: input)
    try Files.write("short", to: "\(scratch)/short.bin")
    for (arguments, status, text) in [
      ([], 64, "usage: "), (["run", input], 64, "usage: "), (["bench", "--runs", "0"], 64, "usage: "),
      (["run", "\(scratch)/none", "out"], 66, "none: No such file"),
      (["run", "\(scratch)/short.bin", "out"], 65, "has 5 bytes, input 0 takes 256"),
      (["run", input, "/dev/null/out"], 66, "/dev/null/out: Not a directory"),
      (["layers", input, "\(scratch)/out.bin", "/dev/null/dump"], 66, "/dev/null/dump: Not a directory"),
      (["state", "999", input, "\(scratch)/out.bin", "\(scratch)/arena"], 64, "usage: "),
      (["state", "1", input, "\(scratch)/out.bin", "/dev/null/arena"], 66, "/dev/null/arena: Not a directory"),
      (["state", "1", input, "\(scratch)/out.bin", "\(scratch)/arena"], 0, ""),
      (["run", input, "\(scratch)/out.bin"], 0, ""), (["bench", "--runs", "2", "--layers", input], 0, ""),
    ] as [([String], Int32, String)] {
      let result = try Subprocess(program, arguments).run()
      #expect(result.status == status, "\(arguments): \(result)")
      #expect(text.isEmpty ? result.errors.isEmpty : result.errors.contains(text), "\(result.errors)")
      #expect(result.errors.split(separator: "\n").count <= 1)
    }
  }

  /// `kiln bench` prints, last, the two figures that people compare.
  @Test func `benchmarks`() throws {
    try withTemporaryFolder { folder in
      let arguments = ["bench", Program.tiny, "--layers", "--runs", "5"]
      let result = try Program.run(arguments, cache: folder)
      #expect(result.status == 0, "\(result.errors)")
      let lines = result.output.split(separator: "\n")
      #expect(lines.last?.hasPrefix("Microseconds per iter: ") ?? false)
      #expect(lines.contains { $0.hasPrefix("/0/Conv  ") && $0.contains("us") })
      let json = try Program.run(arguments + ["--json"], cache: folder)
      #expect(json.status == 0 && json.output.contains("\"gigaflops\""), "\(json.errors)")
    }
  }

  @Test func `inspect shows the graph after a pass, and names the passes there are`() throws {
    func operators(after pass: String) throws -> [String: Int] {
      let json = try Program.run(["inspect", Program.tiny, "--after", pass, "--json"]).output
      return try JSONDecoder().decode(Counts.self, from: Data(json.utf8)).operatorCounts
    }
    #expect(try operators(after: "recognize-gate")["BatchNormalization"] == 1)
    #expect(try operators(after: "fold-affine-after")["BatchNormalization"] == nil)
    #expect(try operators(after: "fold-affine-after")["Relu"] == 1)
    #expect(try operators(after: "fuse-activation")["Relu"] == nil)
    let wrong = try Program.run(["inspect", Program.tiny, "--after", "fusing"])
    #expect(wrong.status == 64)
    #expect(wrong.errors.contains("'fusing' is no pass") && wrong.errors.contains("fold-affine-after, "))
  }

  private struct Counts: Decodable {
    let operatorCounts: [String: Int]
  }

  @Test func `inspect shows both graphs`() throws {
    let result = try Program.run(["inspect", Program.tiny])
    #expect(result.status == 0, "\(result.errors)")
    for text in ["Before: 3 nodes", "+ BatchNormalization", "Operators", "Layers for host", "times the lower bound"] {
      #expect(result.output.contains(text))
    }
    struct Inspection: Decodable {
      struct Facts: Decodable { let operatorCounts: [String: Int] }
      let before: Facts
      let after: Facts
    }
    let json = try Program.run(["inspect", Program.tiny, "--json"]).output
    let inspection = try JSONDecoder().decode(Inspection.self, from: Data(json.utf8))
    #expect(inspection.before.operatorCounts["BatchNormalization"] == 1)
    #expect(inspection.after.operatorCounts["BatchNormalization"] == nil)
  }

  @Test func `inspect says which batch norms are left, and where`() throws {
    let cases = "\(Program.repository)/Tests/Networks/cases"
    let whole = try Program.run(["inspect", Program.tiny]).output
    #expect(whole.contains("1: 1 folded, 0 left") && !whole.contains("Batch norms that are left"))
    let part = try Program.run(["inspect", "\(cases)/join_bn_partly_linear.onnx"]).output
    #expect(part.contains("1: 0 folded, 1 left"))
    let place = "BatchNormalization_3: ChannelAffine float32[1, 3, 4, 3] after MaxPool 'MaxPool_1', before Concat"
    #expect(part.contains(place), "\(part)")
    let none = try Program.run(["inspect", "\(cases)/bn_relu.onnx", "--no-fold"]).output
    #expect(none.contains("1: 0 folded, 1 left"))
    #expect(!(try Program.run(["inspect", "\(cases)/scale_of_linear.onnx"]).output.contains("batch norms")))
  }

  /// `kiln verify` passes, and fails when nothing is tolerated.
  @Test func `verifies`() throws {
    try withTemporaryFolder { folder in
      let good = try Program.run(["verify", Program.tiny], cache: folder)
      #expect(good.status == 0 && good.output.contains("within the tolerance"), "\(good.errors)")
      let bad = try Program.run(["verify", Program.tiny, "--tolerance", "1e-12", "--json"], cache: folder)
      #expect(bad.status == 1 && bad.output.contains("\"passed\" : false"), "\(bad.errors)")
    }
  }
}
