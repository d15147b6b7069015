import Foundation
import KilnMachine
import KilnPasses
import KilnSelection
import Testing

@testable import KilnDeploy

struct TargetFileTests {
  /// A file as they were before they named processors.
  private let board = """
    {"summary": "A board", "triple": "aarch64-unknown-linux-gnu", "cpu": "cortex-a72", "instructionSet": "neon",
     "cacheByteCounts": [32768, 1048576], "coreCount": 4}
    """
  private let shortest = """
    {"summary": "A board", "triple": "aarch64-unknown-linux-gnu", "processor": "cortex-a76", "coreCount": 4}
    """

  private func read(_ text: String) throws(FileError) -> Target {
    try TargetFile.target(Data(text.utf8), name: "board", origin: "board.json")
  }

  private func message(_ text: String) -> String {
    do {
      return "no error: \(try read(text))"
    } catch {
      return error.description
    }
  }

  @Test func `every shipped file is known`() {
    let names = Targets.all.map(\.name)
    #expect(names.first == "host")
    #expect(Set(names).isSuperset(of: ["raspberry-pi-3", "raspberry-pi-zero-2-w", "raspberry-pi-4", "raspberry-pi-5"]))
    #expect(Set(names).isSuperset(of: ["generic-aarch64", "x86-64-v2", "x86-64-v3", "x86-64-v4", "x86-64-v4-vnni"]))
    #expect(Set(names).count == names.count)
  }

  @Test func `flags follow from processor and features`() {
    #expect(Targets.target(named: "raspberry-pi-4")?.compilerFlags == ["-mcpu=cortex-a72"])
    #expect(Targets.target(named: "raspberry-pi-5")?.compilerFlags == ["-mcpu=cortex-a76+dotprod+fp16"])
    #expect(Targets.target(named: "x86-64-v4-vnni")?.compilerFlags == ["-march=x86-64-v4", "-mavx512vnni"])
  }

  @Test func `vectors are those of the instruction set unless the file says less`() throws {
    #expect(try read(board).vectorWidth == 4)
    #expect(try read(board).vectorRegisterCount == 32)
    let half =
      board
      .replacing("aarch64-unknown-linux-gnu", with: "x86_64-unknown-linux-gnu").replacing("neon", with: "avx512")
      .replacing("\"coreCount\"", with: "\"vectorWidth\": 8, \"coreCount\"")
    #expect(try read(half).vectorWidth == 8)
    #expect(try read(half).vectorRegisterCount == 32)
  }

  @Test func `the processor says what the file doesn't`() throws {
    let target = try read(shortest)
    #expect(target.compilerFlags == ["-mcpu=cortex-a76"] && target.instructionSet == .neon)
    #expect(target.model == Processor.named("cortex-a76")?.model)
    #expect(try read(board).model == Processor.generic(.neon).model.with(cacheByteCounts: [32768, 1_048_576]))
    let withCaches = shortest.replacing("\"coreCount\"", with: "\"cacheByteCounts\": [2048], \"coreCount\"")
    #expect(try read(withCaches).cacheByteCounts == [2048])
    #expect(try read(withCaches).model.caches[0].latency == 4)
  }

  @Test func `numbers of the model are replaced one by one`() throws {
    func changed(_ model: String) throws(FileError) -> MachineModel {
      try read(shortest.replacing("\"coreCount\"", with: "\"model\": \(model), \"coreCount\"")).model
    }
    var expected = try read(shortest).model
    expected.pipeline.isInOrder = true
    expected.pipeline.clockMegahertz = 600.5
    expected.depthwiseTiles.maximumPixels = 3
    expected.caches[1].latency = 13
    let text = """
      {"pipeline": {"clockMegahertz": 600.5, "isInOrder": true}, "depthwiseTiles": {"maximumPixels": 3},
       "caches": [{}, {"latency": 13}]}
      """
    #expect(try changed(text) == expected)
    #expect(try changed("{}") == read(shortest).model)
    #expect(try changed("{\"float32\": {}, \"caches\": []}") == read(shortest).model)
  }

  @Test(arguments: Processor.all) func `a printed model is one that a file may have`(processor: Processor) throws {
    let other = Processor.all.first { $0.model.instructionSet == processor.model.instructionSet && $0 != processor }
    let triple = processor.model.instructionSet == .neon ? "aarch64" : "x86_64"
    let printed = String(decoding: try JSONEncoder().encode(ModelDescription(processor.model)), as: UTF8.self)
    var expected = processor.model
    expected.processor = (other ?? processor).name
    let file = """
      {"summary": "x", "triple": "\(triple)-unknown-linux-gnu", "processor": "\(expected.processor)", "coreCount": 1,
       "vectorRegisterCount": \(processor.model.vectorRegisterCount),
       "cacheByteCounts": \(processor.model.cacheByteCounts), "model": \(printed)}
      """
    #expect(try read(file).model == expected)
  }

  @Test func `errors name file key and expectation`() {
    let expectations: [(String, String, String)] = [
      ("\"cpu\"", "\"CPU\"", "there is no key `CPU`: the keys are summary, triple, processor, cpu"),
      ("\"instructionSet\": \"neon\",", "", "`processor` is missing: expected cortex-a53, cortex-a72, cor"),
      ("\"cpu\"", "\"processor\": \"zen-3\", \"cpu\"", "`processor`: expected cortex-a53, cortex-a72"),
      ("cortex-a72", "cortex-a72\\\", \\\"-fplugin=x", "`cpu`: expected a processor's name"),
      ("aarch64-unknown-linux-gnu", "armv7-unknown-linux-gnueabihf", "`triple`: expected aarch64-unknown-linux-gnu or"),
      ("neon", "avx2", "`instructionSet`: expected neon"),
      ("\"coreCount\": 4", "\"coreCount\": true", "`coreCount`: expected a number from 1 to 1024"),
      ("\"coreCount\": 4", "\"coreCount\": 1.5", "`coreCount`: expected a number from 1 to 1024"),
      ("\"coreCount\": 4", "\"coreCount\": 4, \"vectorWidth\": 8", "`vectorWidth`: expected 4, 8 or 16, at most 4"),
      ("\"coreCount\": 4", "\"coreCount\": 4, \"features\": [\"a b\"]", "`features`: expected a list of clang's names"),
      ("[32768, 1048576]", "[]", "`cacheByteCounts`: expected 1 to 4 sizes"),
      ("[32768, 1048576]", "[32768, 1024]", "`cacheByteCounts`: expected 1 to 4 sizes"),
      ("A board", "A\\nboard", "`summary`: expected one line"),
    ]
    for (part, replacement, expected) in expectations {
      #expect(message(board.replacing(part, with: replacement)).hasPrefix("board.json: \(expected)"))
    }
    #expect(message(board.replacing("\"cpu\"", with: "\"a\\nb\"")).hasPrefix("board.json: there is no key `a?b`"))
    let models: [(String, String)] = [
      ("4", "`model`: expected an object with parts of the machine's model"),
      ("{\"cache\": []}", "there is no `model.cache`: the parts are pipeline, float32"),
      ("{\"float32\": 1}", "`model.float32`: expected an object with numbers by name"),
      ("{\"float32\": {\"adds\": 1}}", "there is no `model.float32.adds`: there are productsPerLane, multiplyAdds"),
      ("{\"float32\": {\"productsPerLane\": -1}}", "`model.float32.productsPerLane`: expected a number from 0"),
      ("{\"float32\": {\"productsPerLane\": true}}", "`model.float32.productsPerLane`: expected a number from 0"),
      ("{\"float32\": {\"productsPerLane\": null}}", "`model.float32.productsPerLane`: expected a number from 0"),
      ("{\"directTiles\": {\"loadsPerCycle\": 0}}", "`model.directTiles.loadsPerCycle`: expected a number from 0.06"),
      ("{\"depthwiseTiles\": {\"maximumPixels\": 1.5}}", "`model.depthwiseTiles.maximumPixels`: expected a whole"),
      ("{\"pipeline\": {\"isInOrder\": 1}}", "`model.pipeline.isInOrder`: expected true or false"),
      ("{\"caches\": {}}", "`model.caches`: expected a list of at most 3 objects"),
      ("{\"caches\": [{}, {}, {}, {}]}", "`model.caches`: expected a list of at most 3 objects"),
      ("{\"caches\": [{}, 7]}", "`model.caches[1]`: expected an object with numbers by name"),
      ("{\"caches\": [{\"byteCount\": 7}]}", "there is no `model.caches[0].byteCount`: there are wayCount"),
    ]
    for (model, expected) in models {
      let text = message(shortest.replacing("\"coreCount\"", with: "\"model\": \(model), \"coreCount\""))
      #expect(text.hasPrefix("board.json: \(expected)"), "\(text)")
    }
    let contradiction = shortest.replacing("aarch64", with: "x86_64").replacing("cortex-a76", with: "zen-4")
      .replacing("\"coreCount\"", with: "\"instructionSet\": \"avx2\", \"coreCount\"")
    #expect(message(contradiction).hasPrefix("board.json: `instructionSet`: expected avx512"))
    #expect(message("{\"cpu\": ").hasPrefix("board.json: this is not a JSON object: "))
    #expect(message("[]").hasPrefix("board.json: this is not a JSON object: "))
  }

  @Test func `path means a file`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "my-board.json")
    try Data(board.utf8).write(to: file)
    #expect(try Targets.target(file.path)?.name == "my-board")
    #expect(throws: FileError.self) { try Targets.target(folder.appending(path: "other.json").path) }
    #expect(try Targets.target("toaster") == nil)
    #expect(try Targets.target("raspberry-pi-3")?.coreCount == 4)
  }
}
