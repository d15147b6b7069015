import Foundation
import KilnDeploy
import KilnGraph
import Testing

@testable import kiln

/// What `kiln` says of models that it refuses: those of Tests/Networks/refused.
@Suite("Refusals")
struct RefusalTests {
  private static let folder = "\(Program.repository)/Tests/Networks/refused"
  private static let python: String? = {
    guard let python = Subprocess.find("python3") else { return nil }
    return (try? Subprocess(python, ["-c", "import onnx"]).run())?.status == 0 ? python : nil
  }()

  /// The lines that a subcommand says of a model, and its status.
  private func refusal(_ name: String, _ arguments: [String]) throws -> (status: Int32, lines: [String]) {
    let result = try Program.run(arguments + ["\(Self.folder)/\(name).onnx"])
    #expect(result.output.isEmpty)
    return (result.status, result.errors.split(separator: "\n").map(String.init))
  }

  private static let detector = [
    "  Acosh '/angles/Acosh' of float32[1, 36, 2]: the runtime doesn't compute it for float32; --interpret does",
    "  org.example.Decode '/decode8/Decode' of float32[1, 4, 36], float32[1, 2, 36]: "
      + "Kiln knows no such operator; export it as operators of the ONNX standard",
    "  Acosh '/detections/Acosh': has no kernel; cut the model before it and do this in the application",
  ]

  private static let cut = [
    "Cut it at 'features' float32[1, 4, 6, 6], 'boxes' float32[1, 4, 36], 'scores' float32[1, 2, 36]: "
      + "Kiln does what comes before, your program the rest. With Python's onnx package:",
    "  python3 -c 'import onnx.utils; onnx.utils.extract_model("
      + "\"\(folder)/detector.onnx\", \"detector.cut.onnx\", [\"image\"], [\"features\", \"boxes\", \"scores\"])'",
  ]

  @Test(arguments: [
    ["compile", "--output", "/nowhere/D"], ["run"], ["verify"], ["bench"], ["tune", "--output", "/tmp/s"],
  ])
  func `list all in one, also after results of unknown shape`(arguments: [String]) throws {
    let (status, lines) = try refusal("detector", arguments)
    #expect(status == 3)
    #expect(lines == ["kiln: this model needs 3 things that Kiln does not do yet:"] + Self.detector + Self.cut)
  }

  @Test func `leave out of the interpreter what it does`() throws {
    let (status, lines) = try refusal("detector", ["run", "--interpret"])
    #expect(status == 3)
    #expect(lines == ["kiln: this model needs 1 thing that Kiln does not do yet:", Self.detector[1]] + Self.cut)
  }

  @Test func `look inside of loops, and cut at what they read`() throws {
    let (status, lines) = try refusal("loop", ["run"])
    #expect(status == 3 && lines.count == 5)
    #expect(lines[1].hasPrefix("  Loop '/result/Loop' of int64[], float32[1, 2, 4, 4]: loops have no static plan"))
    #expect(lines[2].hasPrefix("  org.example.Mystery '/result/Loop/mystery' of float32[1, 2, 4, 4]: "))
    #expect(lines[3].hasPrefix("Cut it at 'outside' float32[1, 2, 4, 4], 'state' float32[1, 2, 4, 4]: "))
  }

  @Test func `cut before a function of the model's, not inside`() throws {
    let (status, lines) = try refusal("function", ["run"])
    #expect(status == 3 && lines.count == 4)
    #expect(lines[1].hasPrefix("  org.example.Mystery '/result/Block/mystery' of float32[1, 2, 4, 4]: "))
    #expect(lines[2].hasPrefix("Cut it at 'stem' float32[1, 2, 4, 4]: "))
    #expect(lines[3].hasSuffix("[\"image\"], [\"stem\"])'"))
  }

  @Test func `of float16 say how to make it float32`() throws {
    let (status, lines) = try refusal("half", ["run"])
    #expect(status == 3 && lines.count == 6)
    for (line, node) in zip(
      lines.dropFirst(), ["Cast '/cast0/Cast' of ", "Conv '/conv1/Conv' of ", "Cast '/result/Cast' of "])
    {
      #expect(line.hasPrefix("  \(node)"))
      #expect(line.hasSuffix(": there are no kernels for float16 yet; convert the model to float32"))
    }
    #expect(lines[4].hasPrefix("Export it in float32"))
    #expect(
      lines[5].hasPrefix("  python3 -c 'import onnx; ") && lines[5].hasSuffix("onnx.save(m, \"half.float32.onnx\")'"))
  }

  @Test func `name the inputs that there are`() throws {
    for (shape, fault) in [
      ("imgae=1,3,8,8", "--shape imgae: the model has no such input; its inputs are 'image'"),
      ("w0=2,3,3,3", "--shape w0: this input is a constant of the model; its inputs are 'image'"),
    ] {
      let (status, lines) = try refusal("open_shape", ["run", "--shape", shape])
      #expect(status == 64 && lines == ["kiln: \(fault)"])
    }
    let (status, lines) = try refusal("open_shape", ["run"])
    #expect(status == 3 && lines.count == 2)
    #expect(lines[1] == "  Input 'image': its dimension 2 is not fixed; fix it with --shape image=1,3,height,width")
    // Beside something that is refused, too.
    let (other, otherLines) = try refusal("detector", ["run", "--shape", "img=1,3,8,8"])
    #expect(other == 64 && otherLines == ["kiln: --shape img: the model has no such input; its inputs are 'image'"])
  }

  /// The commands that they print, run as they are, make models that compile.
  @Test(
    .enabled(if: python != nil, "needs Python's onnx package"), arguments: ["detector", "loop", "function", "half"])
  func `print commands that work`(name: String) throws {
    try withTemporaryFolder { folder in
      let command = try #require(try refusal(name, ["run"]).lines.last { $0.hasPrefix("  python3 -c ") })
      let made = try Subprocess("/bin/sh", ["-c", "cd \"$0\" && \(command)", folder]).run()
      #expect(made.status == 0, "\(made.errors)")
      let file = try #require(try FileManager.default.contentsOfDirectory(atPath: folder).first)
      let compiled = try Program.run(["compile", "\(folder)/\(file)", "--output", "\(folder)/Package"])
      #expect(compiled.status == 0, "\(compiled.errors)")
    }
  }

  /// A tensor's name may hold what means something to Python and to the shell.
  @Test func `quote the model's names`() throws {
    let tensor = ModelCut.Tensor(name: "a'b\"c\\d\n$(e)", type: TensorType(.float32, [1]))
    let item = UnsupportedError.Item(node: "n", operation: "Op", reason: "no")
    let cut = ModelCut(inputs: [tensor], outputs: [tensor])
    let text = Refusal(unsupported: UnsupportedError([item], cut: cut), modelPath: "it's.onnx").text
    let command = text.split(separator: "\n").last.map(String.init) ?? ""
    let printed = try Subprocess("/bin/sh", ["-c", command.replacing("  python3 -c", with: "printf %s")]).run().output
    let name = #""a'b\"c\\d\U0000000a$(e)""#
    #expect(
      printed == "import onnx.utils; onnx.utils.extract_model(\"it's.onnx\", \"it's.cut.onnx\", [\(name)], [\(name)])")
  }
}
