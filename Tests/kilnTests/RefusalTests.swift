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
    "  Sin '/exact/Sin' of float64[1, 36, 2]: the runtime doesn't compute it for float64; --interpret does",
    "  org.example.Decode '/decode10/Decode' of float32[1, 4, 36], float32[1, 2, 36]: "
      + "Kiln knows no such operator; export it as operators of the ONNX standard",
  ]

  /// What is said last of the detector when these words asked for it.
  private func cut(_ words: String) -> [String] {
    [
      "Cut it at 'features' float32[1, 4, 6, 6], 'boxes' float32[1, 4, 36], 'wide' float64[1, 2, 36]: "
        + "Kiln does what comes before, your program the rest:",
      "  kiln \(words) --cut-output features --cut-output boxes --cut-output wide",
    ]
  }

  @Test(arguments: [
    ["compile", "--output", "/nowhere/D"], ["run"], ["verify"], ["bench"], ["tune", "--output", "/tmp/s"],
  ])
  func `list all in one, also after results of unknown shape`(arguments: [String]) throws {
    let (status, lines) = try refusal("detector", arguments)
    #expect(status == 3)
    let model = ["\(Self.folder)/detector.onnx"]
    let words = ([arguments[0]] + model + arguments.dropFirst()).joined(separator: " ")
    #expect(lines == ["kiln: this model needs 2 things that Kiln does not do yet:"] + Self.detector + cut(words))
  }

  @Test func `leave out of the interpreter what it does`() throws {
    let (status, lines) = try refusal("detector", ["run", "--interpret"])
    #expect(status == 3)
    let cut = cut("run \(Self.folder)/detector.onnx --interpret")
    #expect(lines == ["kiln: this model needs 1 thing that Kiln does not do yet:", Self.detector[1]] + cut)
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
    #expect(lines[3].hasSuffix("function.onnx --cut-output stem"))
  }

  @Test func `of float64 say how to make it float32`() throws {
    let (status, lines) = try refusal("double", ["run"])
    #expect(status == 3 && lines.count == 6)
    #expect(lines[1].hasPrefix("  Conv '/conv1/Conv' of "))
    #expect(lines[1].hasSuffix(": there are no kernels for float64 yet; convert the model to float32"))
    #expect(lines[2].hasPrefix("Export it in float32"))
    #expect(
      lines[3].hasPrefix("  python3 -c 'import onnx; ") && lines[3].hasSuffix("onnx.save(m, \"double.float32.onnx\")'"))
    #expect(lines[4].hasPrefix("Cut it at 'cast0' float64[1, 2, 4, 4]: "))
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
    #expect(status == 3 && lines.count == 4)
    #expect(
      lines[1] == "  Input 'image': its dimensions 1,3,height,width are open; fix them, for instance with "
        + "--shape image=1,3,224,224")
    #expect(lines[3] == "  kiln run \(Self.folder)/open_shape.onnx --shape image=1,3,224,224")
    // Beside something that is refused, too.
    let (other, otherLines) = try refusal("detector", ["run", "--shape", "img=1,3,8,8"])
    #expect(other == 64 && otherLines == ["kiln: --shape img: the model has no such input; its inputs are 'image'"])
  }

  /// The commands that they print, run as they are, compile what is left, of which more may be cut off then.
  @Test(arguments: ["detector", "loop", "function", "open_shape"])
  func `print commands that work`(name: String) throws {
    try withTemporaryFolder { folder in
      let output = ["--output", "\(folder)/it's $HOME"]
      let command = try #require(try refusal(name, ["compile"] + output).lines.last)
      let words = try #require(command.firstRange(of: "  kiln "))
      let made = try Subprocess(
        "/bin/sh", ["-c", "\"$0\" \(command[words.upperBound...])", Program.path]
      ).run()
      #expect(made.status == 0, "\(made.errors)")
      #expect(FileManager.default.fileExists(atPath: "\(folder)/it's $HOME/Package.swift"))
    }
  }

  @Test(.enabled(if: python != nil, "needs Python's onnx package"))
  func `print a program that makes a model float32`() throws {
    try withTemporaryFolder { folder in
      let command = try #require(try refusal("double", ["run"]).lines.last { $0.hasPrefix("  python3 -c ") })
      let made = try Subprocess("/bin/sh", ["-c", "cd \"$0\" && \(command)", folder]).run()
      #expect(made.status == 0, "\(made.errors)")
      let compiled = try Program.run(["compile", "\(folder)/double.float32.onnx", "--output", "\(folder)/Package"])
      #expect(compiled.status == 0, "\(compiled.errors)")
    }
  }

  /// A tensor's name may hold what means something to the shell or looks like an option.
  @Test func `quote the model's names`() throws {
    let names = ["a'b\"c\\d\n$(e)", "--threads", "plain/name.0:1"]
    let tensors = names.map { ModelCut.Tensor(name: $0, type: TensorType(.float32, [1])) }
    let item = UnsupportedError.Item(node: "n", operation: "Op", reason: "no")
    let given = ["--cut-input", "old", "--exact", "--cut-output=older", "it's.onnx"]
    let refusal = Refusal(
      unsupported: UnsupportedError([item], cut: ModelCut(inputs: tensors, outputs: tensors)),
      arguments: try ParsedArguments(given, for: RunCommand.description))
    let command = try #require(refusal.text.firstRange(of: "  kiln run "))
    let printed = try Subprocess(
      "/bin/sh", ["-c", "printf '%s\\0' \(refusal.text[command.upperBound...])"]
    ).run().output
    let words = printed.split(separator: "\0").map(String.init)
    #expect(words.prefix(2) == ["it's.onnx", "--exact"])
    let again = try ParsedArguments(words, for: RunCommand.description)
    #expect(again.values("cut-input") == names && again.values("cut-output") == names)
  }
}
