import Foundation
import KilnGraph
import Testing

@testable import KilnDeploy
@testable import KilnEmission

/// What a library's header and Python module say of a network.
struct LibraryInterfaceTests {
  /// Inputs whose names are words of C, C++ and Python, differ in their letters' case only, or would end a string.
  private static let names = [
    "class", "self", "lambda", "X", "x", "int8_t", "0", "a\"\\?\n", "Network1", "out", "arena",
  ]

  private func hostile() throws -> Graph {
    var graph = Graph()
    var sum: ValueID?
    for name in Self.names {
      let x = graph.addInput(name, TensorType(.float32, [2]))
      sum = try sum.map { try graph.insert(Binary(.add), name: "add \(name)", inputs: [$0, x])[0] } ?? x
    }
    graph.addOutput("NULL", try #require(sum))
    return graph
  }

  @Test func `names that mean something in C, C++ or Python, or differ in case only, are replaced`() throws {
    try withTemporaryFolder { folder in
      let library = try LibraryTexts.library(try hostile(), origin: "m\n#error */ \\", threads: 1)
      try Files.write(library.companions(.shared), to: folder.path)
      let header = folder.appending(path: "network1.h").path
      let strict = ["-fsyntax-only", "-pedantic", "-Wall", "-Wextra", "-Werror"]
      for dialect in [
        ["-std=c99", "-x", "c"], ["-std=gnu17", "-x", "c"], ["-std=c++98", "-x", "c++"], ["-std=c++23", "-x", "c++"],
      ] {
        let compiled = try outcome(of: "clang", dialect + strict + ["-Wno-pragma-once-outside-header", header])
        #expect(compiled.status == 0, "\(dialect): \(compiled.text)")
      }
      let text = LibraryTexts.text(".h", of: library)
      #expect(text.contains("#define NETWORK1_CLASS_2_NAME \"class\"\n"))
      #expect(text.contains("#define NETWORK1_X_NAME \"X\"\n") && text.contains("#define NETWORK1_X_2_NAME \"x\"\n"))
      #expect(text.contains("_NAME \"a\\\"\\\\\\?\\012\"\n"))
      guard let python = Subprocess.find("python3") else { return }
      let parsed = try outcome(of: python, ["-m", "py_compile", folder.appending(path: "network1.py").path])
      #expect(parsed.status == 0, "\(parsed.text)")
    }
  }

  @Test func `integers that stand for real numbers come with their scale and zero point`() throws {
    func texts(perChannel: Bool, readsIntegers: Bool) throws -> String {
      var graph = Graph()
      let x = graph.addInput("x", TensorType(.uint8, [1, 2]))
      let scale = graph.addConstant(
        "sx", Tensor(shape: perChannel ? [2] : [], floats: perChannel ? [0.25, 0.5] : [0.25]))
      let zero = graph.addConstant(
        "zx", Tensor(shape: perChannel ? [2] : [], integers: perChannel ? [7, 8] : [7], as: .uint8))
      let real = try graph.insert(DequantizeLinear(), name: "real", inputs: [x, scale, zero])[0]
      let relu = try graph.insert(Unary(.relu), name: "relu", inputs: [real])[0]
      let step = graph.addConstant("sy", Tensor(shape: [], floats: [0.1]))
      graph.addOutput("y", try graph.insert(QuantizeLinear(to: .int8), name: "y", inputs: [relu, step])[0])
      if readsIntegers { graph.addOutput("z", x) }
      let library = try LibraryTexts.library(graph)
      return LibraryTexts.text(".h", of: library) + LibraryTexts.text(".py", of: library)
    }
    let text = try texts(perChannel: false, readsIntegers: false)
    for line in [
      "#define NETWORK1_X_SCALE 0.25f", "#define NETWORK1_X_ZERO_POINT (7)", "#define NETWORK1_Y_SCALE 0.1f",
      "#define NETWORK1_Y_ZERO_POINT (0)", "numpy.dtype(\"uint8\"), (1, 2), 0.25, 7)",
    ] { #expect(text.contains(line), "\(line)") }
    for (perChannel, readsIntegers) in [(true, false), (false, true)] {
      let text = try texts(perChannel: perChannel, readsIntegers: readsIntegers)
      #expect(!text.contains("X_SCALE") && text.contains("NETWORK1_Y_SCALE"))
    }
  }

  @Test func `a network without inputs is called with nothing`() throws {
    var graph = Graph()
    let constant = graph.addConstant("c", Tensor(shape: [2], floats: [1, 2]))
    graph.addOutput("y", try graph.insert(Unary(.relu), name: "relu", inputs: [constant])[0])
    let library = try LibraryTexts.library(graph)
    #expect(LibraryTexts.text(".h", of: library).contains("int network1_predict(float *y, void *arena);"))
    #expect(LibraryTexts.text(".py", of: library).contains("def __call__(self, *, out=None):"))
  }

  @Test func `the same program gives the same texts, and another model another hash`() throws {
    let texts = try (0..<2).map { _ in
      let library = try LibraryTexts.library(try hostile())
      return [".h", ".py", ".pc", ".cmake"].map { LibraryTexts.text($0, of: library) }
    }
    #expect(texts[0] == texts[1] && texts[0].allSatisfy { $0.contains(EmittedLibrary.marker) && !$0.isEmpty })
    let bytes = [ByteStorage(count: 3) { $0.copyBytes(from: Array("abc".utf8)) }]
    #expect(ModelHash.hash(bytes) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }

  @Test(arguments: ["math", "string", "m", "time", "numpy", "types", "class"])
  func `a library is not called like one of the system's`(name: String) {
    #expect(ReservedNames.forbidsLibrary(name))
    #expect(!ReservedNames.forbidsLibrary("\(name)_network") && !ReservedNames.forbidsLibrary("digits"))
  }
}
