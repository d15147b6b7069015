import Testing

@testable import KilnCompiler
@testable import KilnEmission
@testable import KilnGraph
@testable import KilnPasses
@testable import KilnPlanning
@testable import KilnSelection

@Suite struct ScheduleTests {
  /// Two convolutions, `narrow` of 1x1 and `wide` of 3x3, which Winograd's tiles suit.
  static let graph: Graph = {
    var graph = Graph(name: "two")
    var value = graph.addInput("image", TensorType(.float32, [1, 28, 28, 32]))
    for (name, channels, kernel) in [("narrow", 32, 1), ("wide", 72, 3)] {
      let count = channels * 32 * kernel * kernel
      let weight = graph.addConstant(
        "\(name).weight", Tensor(shape: [channels, 32, kernel, kernel], floats: .init(repeating: 1, count: count)))
      let convolution = Convolution(window: Window(kernel: [kernel, kernel]), layout: .channelsLast)
      guard let result = try? graph.insert(convolution, name: name, inputs: [value, weight]) else { break }
      value = result[0]
    }
    graph.addOutput("result", value)
    return graph
  }()

  static let target = HostTarget.avx512.target

  static func schedule(_ text: String) throws(ScheduleError) -> Schedule {
    let bytes = Array(text.utf8)
    let result = bytes.withUnsafeBytes { bytes in
      Result { () throws(ScheduleError) in try Schedule(bytes, origin: "s.json") }
    }
    return try result.get()
  }

  /// Rows for the target, or for none.
  static func text(_ rows: String, hasTarget: Bool = true) -> String {
    let machine = """
      "target": {"name": "x86-64-v4", "instructionSet": "avx512", "vectorWidth": 16, "vectorRegisterCount": 32, \
      "cacheByteCounts": \(target.cacheByteCounts.prefix(2).description)},
      """
    return "{\"kilnSchedule\": 1,\n\(hasTarget ? machine : "")\n\"layers\": [\n\(rows)\n]}\n"
  }

  @Test func `programs give schedules that give them again`() throws {
    for (isExact, target) in [(false, Self.target), (true, Self.target), (false, HostTarget.avx2.target)] {
      let program = try Compiler.plan(OptimizedGraph(Self.graph), CompileOptions(target: target, isExact: isExact))
      let schedule = Schedule(program)
      #expect(schedule.rows.map(\.layer) == ["narrow", "wide"])
      let read = try Self.schedule(schedule.text)
      #expect(read.text == schedule.text)
      let again = try Compiler.plan(
        OptimizedGraph(Self.graph), CompileOptions(target: target, isExact: isExact, schedule: read))
      let packages = [program, again].map { Compiler.emit($0, name: "Two", origin: "a test") }
      #expect(packages[0].files.map(\.path) == packages[1].files.map(\.path))
      #expect(source(packages[0]) == source(packages[1]))
      #expect(again.convolutions == program.convolutions)
    }
  }

  @Test func `tiles and algorithms are those of the schedule`() throws {
    let rows = """
      {"layer": "wide", "shape": "3x3 32->72 at 1x26x26", "algorithm": "direct",
        "tiles": [{"pixels": 3, "channels": 32, "blocks": 2, "stages": 3}, {"pixels": 5, "channels": 8, "blocks": 1}],
        "region": {"rows": 7, "columns": 15}}
      """
    let program = try Compiler.plan(
      OptimizedGraph(Self.graph), CompileOptions(target: Self.target, schedule: Self.schedule(Self.text(rows))))
    let kernels = Set(program.layers.flatMap(\.calls).flatMap(\.kernel.tiles).map(\.name))
    #expect(kernels.isSuperset(of: ["Convolve3x32Staged", "Convolve2x32Staged", "Convolve5x8", "Convolve1x8"]))
    #expect(source(Compiler.emit(program, name: "Two", origin: "")).contains("regionRows: 7, regionColumns: 15"))

    let tiles = """
      {"layer": "wide", "algorithm": "winograd2", "tiles": [{"pixels": 4, "channels": 16}], "blockTiles": 20,
        "blockChannels": 48}
      """
    let winograd = try Compiler.plan(
      OptimizedGraph(Self.graph), CompileOptions(target: Self.target, schedule: Self.schedule(Self.text(tiles))))
    let text = source(Compiler.emit(winograd, name: "Two", origin: ""))
    #expect(
      text.contains("WinogradTransform2<Vector>.self, Convolve4x16.self")
        && text.contains("blockTiles: 20, blockChannels: 48"))
    // The other layer stays as it was.
    #expect(
      try winograd.convolutions[0]
        == Compiler.plan(OptimizedGraph(Self.graph), CompileOptions(target: Self.target)).convolutions[0])
  }

  @Test func `algorithms hold on every machine`() throws {
    let rows = """
      {"layer": "wide", "algorithm": "direct"}
      """
    let schedule = try Self.schedule(Self.text(rows, hasTarget: false))
    for target in [Self.target, HostTarget.avx2.target] {
      let program = try Compiler.plan(OptimizedGraph(Self.graph), CompileOptions(target: target, schedule: schedule))
      #expect(
        try program.convolutions[1].choice
          == Compiler.plan(OptimizedGraph(Self.graph), CompileOptions(target: target, isExact: true)).convolutions[1]
          .choice)
    }
    let tuned = try Schedule(Compiler.plan(OptimizedGraph(Self.graph), CompileOptions(target: Self.target))).algorithms
    #expect(!tuned.text.contains("tiles") && !tuned.text.contains("target"))
    let other = try Compiler.plan(
      OptimizedGraph(Self.graph), CompileOptions(target: HostTarget.avx2.target, schedule: Self.schedule(tuned.text)))
    #expect(other.convolutions.map(\.choice.algorithm) == [.direct, .winograd4])
  }

  /// What a schedule gets wrong, and what is said about it.
  ///
  /// Rows begin in line 4, or 3 where there is no target.
  static let mistakes: [(rows: String, error: String)] = [
    ("{\"layer\": \"none\", \"algorithm\": \"direct\"}", ":4:1: layer 'none': the network has no convolution"),
    ("{\"layer\": \"wide\"}", ":4:1: layer 'wide': `algorithm` is missing"),
    ("{\"algorithm\": \"direct\"}", ":4:1: `layer` is missing"),
    ("{\"layer\": \"wide\", \"algorithm\": \"fft\"}", ":4:32: `algorithm`: expected one of direct, winograd2"),
    ("{\"layer\": \"wide\", \"tile\": 1}", "there is no key `tile` here: the keys are layer, shape"),
    ("{\"layer\": \"wide\", \"layer\": 1}", ":4:19: `layer` is there twice"),
    ("{\"layer\": \"narrow\", \"algorithm\": \"winograd4\"}", "winograd4 is for 3x3 convolutions"),
    (
      "{\"layer\": \"wide\", \"shape\": \"3x3\", \"algorithm\": \"direct\"}",
      "`shape` is '3x3', the network's is '3x3 32->72"
    ),
    (
      direct("{\"pixels\": 6, \"channels\": 72, \"blocks\": 1}", 26, 26),
      "a tile of 6x72 needs more than the machine's 32"
    ),
    (
      direct("{\"pixels\": 10, \"channels\": 16, \"blocks\": 1}", 26, 26),
      "`pixels` 10 is more than a tile may have here: 9"
    ),
    (direct("{\"pixels\": 6, \"channels\": 64, \"blocks\": 1}", 26, 26), "`tiles` cover less than the 72 channels"),
    (direct("{\"pixels\": 6, \"channels\": 32, \"blocks\": 1073741824}", 26, 26), "`tiles` cover more than the 72"),
    (
      direct(
        "{\"pixels\": 6, \"channels\": 8, \"blocks\": 9}, {\"pixels\": 6, \"channels\": 8, \"blocks\": 1}", 26, 26),
      "only the last may have channels"
    ),
    (direct("{\"pixels\": 6, \"channels\": 24, \"blocks\": 3, \"stages\": 2}", 26, 26), "`stages` 2 doesn't divide"),
    (direct("{\"pixels\": 6, \"channels\": 24, \"blocks\": 3}", 27, 26), "more `rows` than the image: 26"),
    (direct("{\"pixels\": 6, \"channels\": 24, \"blocks\": 3}", 1, 27), "more `columns` than a row: 26"),
    (direct("{\"pixels\": 6, \"channels\": 24, \"blocks\": 3}", 1, 13), "a multiple of every tile's `pixels`"),
    (direct("{\"pixels\": 0, \"channels\": 24, \"blocks\": 3}", 1, 26), "expected `pixels`: a whole number from 1"),
    (direct("{\"pixels\": 1e1, \"channels\": 24, \"blocks\": 3}", 1, 26), "expected `pixels`: a whole number from 1"),
    (direct("{\"pixels\": 6, \"channels\": 24}", 1, 26), "expected both or none of `tiles`"),
    (direct("", 1, 26), "`tiles` cover less"),
    (
      direct("{\"pixels\": 6, \"channels\": 24, \"blocks\": 3}", 26, 26, ", \"sharing\": \"blocks\""),
      "`sharing`: expected rows or channels"
    ),
    (
      direct("{\"pixels\": 6, \"channels\": 24, \"blocks\": 3}", 26, 26, ", \"stripRows\": 4"),
      "`stripRows`: it isn't computed in strips"
    ),
    (
      direct("{\"pixels\": 6, \"channels\": 24, \"blocks\": 3}", 26, 26, ", \"stripRows\": 0"),
      "expected `stripRows`: a whole number from 1"
    ),
    ("{\"layer\": \"wide\", \"algorithm\": \"direct\", \"sharing\": \"rows\"}", "expected both or none of `tiles`"),
    ("{\"layer\": \"wide\", \"algorithm\": \"winograd2\", \"sharing\": \"rows\"}", "`sharing` is for direct"),
    ("{\"layer\": \"wide\", \"algorithm\": \"winograd2\", \"stripRows\": 4}", "`stripRows` is for direct"),
    (winograd("{\"pixels\": 6, \"channels\": 24}", 6), "`channels` are whole vectors of 16"),
    (winograd("{\"pixels\": 6, \"channels\": 96}", 6), "`channels` are whole vectors of 16, of at most the 72"),
    (winograd("{\"pixels\": 6, \"channels\": 80}", 6), "a tile of 6x80 needs more"),
    (winograd("{\"pixels\": 6, \"channels\": 16}", 7), "`blockTiles` are a multiple of `pixels`, 6"),
    (winograd("{\"pixels\": 6, \"channels\": 16}", 60), "at most the image's 49"),
    (
      winograd("{\"pixels\": 6, \"channels\": 16}", 6, blockChannels: 24),
      "`blockChannels` are a multiple of `channels`, 16"
    ),
    (winograd("{\"pixels\": 6, \"channels\": 16}", 6, blockChannels: 96), "at most the 72 that there are"),
    (
      winograd("{\"pixels\": 6, \"channels\": 16, \"blocks\": 1}", 6), "expected both or none of `tiles`, a list of one"
    ),
    ("{\"layer\": \"wide\", \"algorithm\": \"direct\", \"blockTiles\": 6}", "`blockTiles` is for Winograd's tiles"),
    (
      "{\"layer\": \"wide\", \"algorithm\": \"winograd2\", \"region\": {\"rows\": 1, \"columns\": 1}}",
      "`region` is for direct"
    ),
    (
      "{\"layer\": \"wide\", \"algorithm\": \"direct\"},\n{\"layer\": \"wide\", \"algorithm\": \"direct\"}",
      ":5:1: layer 'wide' is there twice"
    ),
    ("{\"layer\": \"wide\", \"algorithm\": \"direct\"},", ":5:1: expected a layer: an object in braces"),
    ("{\"layer\": \"wide\"", "expected a ',' or the '}' that ends a layer"),
    ("{\"layer\": \"w\u{1}\"}", "a string holds a control character: write it as \\u0001"),
    ("{\"layer\": \"\\q\"}", "a string holds a '\\' that JSON doesn't know"),
    ("{\"layer\": \"\\ud800\"}", "a string holds a '\\' that JSON doesn't know"),
    ("{\"layer\": \"\u{1b}[2J\"}", "a string holds a control character: write it as \\u001b"),
    ("{\"layer\": \"\\u001b[2J\", \"algorithm\": \"direct\"}", "layer ' [2J': the network has no convolution"),
    ("[[[[[[[[[[", ":4:1: expected a layer: an object in braces"),
  ]

  private static func direct(_ tiles: String, _ rows: Int, _ columns: Int, _ more: String = "") -> String {
    "{\"layer\": \"wide\", \"algorithm\": \"direct\", \"tiles\": [\(tiles)], "
      + "\"region\": {\"rows\": \(rows), \"columns\": \(columns)}\(more)}"
  }

  private static func winograd(_ tile: String, _ blockTiles: Int, blockChannels: Int? = nil) -> String {
    let channels = blockChannels.map { ", \"blockChannels\": \($0)" } ?? ""
    return
      "{\"layer\": \"wide\", \"algorithm\": \"winograd4\", \"tiles\": [\(tile)], \"blockTiles\": \(blockTiles)\(channels)}"
  }

  @Test(arguments: mistakes) func `mistakes are refused`(rows: String, error: String) throws {
    try expect(error) { try Self.plan(Self.text(rows)) }
  }

  @Test func `mistakes around the rows are refused`() throws {
    let row = Self.winograd("{\"pixels\": 6, \"channels\": 16}", 6)
    let good = Self.text(row)
    _ = try Self.plan(good)
    for (text, error) in [
      ("", "1:1: expected a schedule: an object in braces; the text ends here"), ("{}", "`kilnSchedule` is missing"),
      ("{\"kilnSchedule\": 1}", "`layers` is missing"),
      ("{\"kilnSchedule\": 2}", "1:18: expected the format's version"),
      (good + "x", "there is something after the schedule"), (Self.text(row, hasTarget: false), "`target` is missing"),
      (good.replacing("\"avx512\",", with: "\"avx9\","), "`instructionSet`: expected avx512, avx2, sse2 or neon"),
      (good.replacing("\"vectorWidth\": 16, ", with: ""), "the target needs all of name, instructionSet"),
      (good.replacing("Width\": 16", with: "Width\": 8"), "this schedule is for 'x86-64-v4' (avx512, 32 vectors of 8"),
      (good.replacing("\"x86-64-v4\"", with: "\"pi\""), "this schedule is for 'pi' (avx512"),
      (String(repeating: " ", count: Schedule.byteLimit + 1), "a schedule has at most"),
    ] {
      try expect(error) { try Self.plan(text) }
    }
    try expect("winograd4 is not exact: leave out --exact or the row") {
      _ = try Compiler.plan(
        OptimizedGraph(Self.graph), CompileOptions(target: Self.target, isExact: true, schedule: Self.schedule(good)))
    }
  }

  /// Whatever is cut off or changed, nothing but the one kind of error comes.
  @Test func `damaged texts are refused`() throws {
    let text = Array(
      try Schedule(Compiler.plan(OptimizedGraph(Self.graph), CompileOptions(target: Self.target))).text.utf8)
    func read(_ bytes: [UInt8]) -> Bool {
      do throws(ScheduleError) {
        _ = try bytes.withUnsafeBytes { bytes in
          Result { () throws(ScheduleError) in try Schedule(bytes, origin: "s.json") }
        }.get()
        return true
      } catch {
        return false
      }
    }
    #expect(read(text))
    for count in 0..<text.count - 2 { #expect(!read(Array(text[..<count]))) }
    for index in text.indices {
      for byte: UInt8 in [0, 0x22, 0x5C, 0x7B, 0x80, 0xFF] {
        var changed = text
        changed[index] = byte
        _ = read(changed)
      }
    }
  }

  private static func plan(_ text: String) throws {
    _ = try Compiler.plan(OptimizedGraph(graph), CompileOptions(target: target, schedule: schedule(text)))
  }

  private func expect(_ text: String, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void)
    throws
  {
    let thrown = #expect(throws: (any Error).self, sourceLocation: sourceLocation) { try body() }
    let error: ScheduleError? =
      if case .schedule(let error)? = thrown as? PlanningError { error } else { thrown as? ScheduleError }
    let description = error?.description ?? ""
    #expect(
      description.hasPrefix("s.json:") && description.contains(text), "\(description)", sourceLocation: sourceLocation)
    #expect(!description.contains { $0.isNewline }, sourceLocation: sourceLocation)
  }

  private func source(_ package: EmittedPackage) -> String {
    package.files.map { file in
      if case .text(let text) = file.contents { return text }
      return file.path
    }.joined()
  }
}
