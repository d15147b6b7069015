import Testing

@testable import kiln

struct ArgumentTests {
  private let command = CommandDescription(
    "bake", "Bake.", operand: "CAKE",
    options: [
      .init("heat", value: "N", "Degrees"), .init("layer", value: "NAME", repeats: true, "A layer"),
      .init("fan", "Use the fan"),
    ])

  private func parse(_ words: String...) throws(UsageError) -> ParsedArguments {
    try ParsedArguments(words, for: command)
  }

  private func error(_ words: String...) -> String {
    do {
      _ = try ParsedArguments(words, for: command)
      return ""
    } catch {
      return error.description
    }
  }

  @Test func `values follow or are joined`() throws {
    for arguments in [try parse("tart", "--heat", "200"), try parse("--heat=200", "tart")] {
      #expect(arguments.operand == "tart" && arguments.value("heat") == "200" && !arguments.has("fan"))
    }
    #expect(try parse("--heat=", "tart").value("heat") == "")
    #expect(try parse("--heat=a=b", "tart").value("heat") == "a=b")
    #expect(try parse("--heat", "-5", "tart").value("heat") == "-5")
  }

  @Test func `options repeat in order`() throws {
    let arguments = try parse("--layer", "a", "tart", "--layer=b", "--fan")
    #expect(arguments.values("layer") == ["a", "b"] && arguments.has("fan"))
    #expect(arguments.values("heat").isEmpty)
  }

  @Test func `everything after two dashes is an operand`() throws {
    #expect(try parse("--fan", "--", "--heat").operand == "--heat")
    #expect(try parse("-").operand == "-")
  }

  @Test func `what makes no sense is named`() {
    #expect(error("tart", "--heta", "1") == "bake has no option '--heta'; did you mean '--heat'?")
    #expect(error("tart", "--zzzzzz") == "bake has no option '--zzzzzz'; see 'kiln bake --help'")
    #expect(error("tart", "-heat") == "bake has no option '-heat'; did you mean '--heat'?")
    #expect(error("tart", "--heat") == "--heat needs a value: --heat N")
    #expect(error("tart", "--heat", "--fan") == "--heat needs a value: --heat N")
    #expect(error("tart", "--fan=yes") == "--fan takes no value")
    #expect(error("tart", "--heat", "1", "--heat=2") == "--heat is given twice")
    #expect(error() == "bake needs CAKE; see 'kiln bake --help'")
    #expect(error("") == "bake needs CAKE; see 'kiln bake --help'")
    #expect(error("tart", "pie") == "'pie' is one operand too many for bake")
  }

  @Test func `numbers have ranges`() throws {
    let arguments = try parse("tart", "--heat", "7")
    #expect(try arguments.integer("heat", in: 1...7) == 7)
    #expect(throws: UsageError.self) { try arguments.integer("heat", in: 1...6) }
    #expect(try arguments.positiveNumber("heat") == 7)
    #expect(try arguments.positiveNumber("fan") == nil)
    for text in ["", "x", "-1", "0", "nan", "inf"] {
      #expect(throws: UsageError.self) { try parse("tart", "--heat=\(text)").positiveNumber("heat") }
    }
  }

  @Test func `help needs nothing else`() throws {
    #expect(try parse("--help").asksForHelp)
    #expect(try parse("-h", "tart").asksForHelp)
    #expect(command.help.contains("Usage: kiln bake CAKE [options]"))
    #expect(command.help.contains("  --layer NAME  A layer (repeats)\n"))
  }

  @Test func `every subcommand has help`() {
    for command in Commands.all {
      let description = command.description
      #expect(Commands.help.contains(description.summary))
      #expect(description.help.split(separator: "\n").allSatisfy { $0.count <= 120 })
      #expect(Set(description.options.map(\.name)).count == description.options.count)
    }
  }

  @Test func `shapes are read`() throws {
    func shapes(_ texts: String...) throws -> [String: [Int]] {
      let words = ["m.onnx"] + texts.flatMap { ["--shape", $0] }
      return try CompileArguments.importOptions(ParsedArguments(words, for: InspectCommand.description)).shapes
    }
    #expect(try shapes("x=1,3,8,8", "a=b=2", "s=0") == ["x": [1, 3, 8, 8], "a=b": [2], "s": [0]])
    for text in ["x", "x=", "x=1,,2", "x=-1", "x=a", "x=1x2", "x=99999999999999999999"] {
      #expect(throws: UsageError.self) { try shapes(text) }
    }
    #expect(throws: UsageError.self) { try shapes("x=1", "x=2") }
  }

  @Test func `names are types`() throws {
    func name(_ words: String...) throws -> String {
      try CompileArguments(ParsedArguments(words, for: CompileCommand.description)).typeName
    }
    #expect(try name("dir/mobilenet_v2.unfused.onnx") == "MobilenetV2Unfused")
    #expect(try name("swift.onnx") == "SwiftNetwork")
    #expect(try name("18.onnx") == "Network18")
    // Files and types of the package are called so.
    for file in ["pool.onnx", "copy.onnx", "SOFTMAX.onnx", "convolve4x16.onnx", "vector.onnx"] {
      #expect(try name(file).hasSuffix("Network"))
    }
    for file in ["l.onnx", "main.onnx", "test.onnx", "a b.onnx", "日本.onnx", ".onnx", "kernels.onnx", "é.onnx"] {
      #expect(try !name(file).isEmpty && name(file).allSatisfy { $0.isASCII && $0.isLetter })
    }
    #expect(try name("\(String(repeating: "x", count: 240)).onnx").count == 100)
    #expect(try name("m.onnx", "--name", "Net_2") == "Net_2")
    for text in ["", "2x", "a-b", "class", "Swift", "é", "Pool", "Convolve4x16", String(repeating: "x", count: 101)] {
      #expect(throws: UsageError.self) { try name("m.onnx", "--name=\(text)") }
    }
  }
}
