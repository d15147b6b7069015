import KilnGraph
import KilnKernels
import KilnMachine

extension Schedule {
  /// Bytes that a schedule's text may have: room for some ten thousand convolutions.
  ///
  /// A reader of files asks first.
  package static let byteLimit = 4 << 20

  /// Reads a schedule's text.
  ///
  /// Whether it fits a network and its machine is seen when it is used.
  ///
  /// - Parameter origin: what the text is called in errors.
  /// - Throws: `ScheduleError` with the place of the first fault. Time and memory are linear in the text.
  package init(_ text: UnsafeRawBufferPointer, origin: String) throws(ScheduleError) {
    guard text.count <= Self.byteLimit else {
      throw ScheduleError("\(origin): a schedule has at most \(Self.byteLimit) bytes, this has \(text.count)")
    }
    var scanner = ScheduleScanner(text, origin: origin)
    var version: Int?
    var machine: Machine?
    var rows: [Row] = []
    var names: Set<String> = []
    var list: SchedulePosition?
    try scanner.object("a schedule") { (scanner, key) throws(ScheduleError) in
      switch key {
      case "kilnSchedule": version = try scanner.integer("the format's version", in: 1...1)
      case "target": machine = try Machine(&scanner)
      case "layers":
        list = scanner.position()
        try scanner.array("the layers") { (scanner) throws(ScheduleError) in
          let row = try Row(&scanner, origin: origin)
          guard names.insert(row.layer).inserted else {
            throw ScheduleError(origin, row.position, "layer \(ScheduleError.quoted(row.layer)) is there twice")
          }
          rows.append(row)
        }
      default: throw scanner.unknown(key, ["kilnSchedule", "target", "layers"])
      }
    }
    try scanner.end()
    guard version != nil else { throw ScheduleError("\(origin): `kilnSchedule` is missing: expected 1") }
    guard let list else { throw ScheduleError("\(origin): `layers` is missing: expected a list") }
    if machine == nil, rows.contains(where: { $0.choice != nil }) {
      throw ScheduleError(origin, list, "tiles and regions depend on a machine: `target` is missing")
    }
    self.init(origin: origin, machine: machine, rows: rows)
  }
}

extension ScheduleScanner {
  fileprivate mutating func unknown(_ key: String, _ known: [String]) -> ScheduleError {
    error("there is no key `\(key.inComment)` here: the keys are \(known.joined(separator: ", "))")
  }

  /// A number in an object: tiles, pixels, channels, bytes are no larger.
  fileprivate mutating func count(_ key: String) throws(ScheduleError) -> Int {
    try integer("`\(key)`", in: 1...1 << 30)
  }
}

extension Schedule.Machine {
  /// Reads what a schedule says of its machine.
  fileprivate init(_ scanner: inout ScheduleScanner) throws(ScheduleError) {
    var name: String?
    var set: InstructionSet?
    var width: Int?
    var registers: Int?
    var caches: [Int]?
    let keys = ["name", "instructionSet", "vectorWidth", "vectorRegisterCount", "cacheByteCounts"]
    let start = scanner
    try scanner.object("the target") { (scanner, key) throws(ScheduleError) in
      switch key {
      case "name": name = try scanner.string("the target's name", limit: 256)
      case "instructionSet":
        var place = scanner
        guard let value = InstructionSet(rawValue: try scanner.string("an instruction set", limit: 16)) else {
          throw place.error("`instructionSet`: expected avx512, avx2, sse2 or neon")
        }
        set = value
      case "vectorWidth": width = try scanner.count(key)
      case "vectorRegisterCount": registers = try scanner.count(key)
      case "cacheByteCounts":
        var counts: [Int] = []
        try scanner.array("the caches") { (scanner) throws(ScheduleError) in
          guard counts.count < 2 else { throw scanner.error("`cacheByteCounts`: expected at most 2") }
          counts.append(try scanner.count(key))
        }
        caches = counts
      default: throw scanner.unknown(key, keys)
      }
    }
    guard let name, let set, let width, let registers, let caches else {
      var start = start
      throw start.error("the target needs all of \(keys.joined(separator: ", "))")
    }
    self.init(
      name: name, instructionSet: set, vectorWidth: width, vectorRegisterCount: registers, cacheByteCounts: caches)
  }
}

extension Schedule.Row {
  /// Tiles a row may have: shapes of tiles that cover a convolution's channels.
  private static let tileLimit = 8

  /// Reads a row.
  fileprivate init(_ scanner: inout ScheduleScanner, origin: String) throws(ScheduleError) {
    let position = scanner.position()
    var layer: String?
    var shape: String?
    var algorithm: ConvolutionAlgorithm?
    var tiles: [Tile]?
    var region: (rows: Int, columns: Int)?
    var blockTiles: Int?
    var blockChannels: Int?
    var sharing: ConvolutionSchedule.Sharing?
    var stripRows: Int?
    try scanner.object("a layer") { (scanner, key) throws(ScheduleError) in
      switch key {
      case "layer": layer = try scanner.string("the layer's name", limit: 4096)
      case "shape": shape = try scanner.string("the layer's shape", limit: 4096)
      case "algorithm":
        var place = scanner
        algorithm = ConvolutionAlgorithm(rawValue: try scanner.string("an algorithm", limit: 64))
        guard algorithm != nil else {
          let known = ConvolutionAlgorithm.allCases.map(\.rawValue).joined(separator: ", ")
          throw place.error("`algorithm`: expected one of \(known)")
        }
      case "tiles":
        var list: [Tile] = []
        try scanner.array("the tiles") { (scanner) throws(ScheduleError) in
          guard list.count < Self.tileLimit else {
            throw scanner.error("`tiles`: expected at most \(Self.tileLimit)")
          }
          list.append(try Tile(&scanner))
        }
        tiles = list
      // Files exist that call it a strip.
      case "region", "strip": region = try Self.region(&scanner)
      case "blockTiles": blockTiles = try scanner.count(key)
      case "blockChannels": blockChannels = try scanner.count(key)
      case "sharing":
        var place = scanner
        sharing = ConvolutionSchedule.Sharing(rawValue: try scanner.string("rows or channels", limit: 16))
        guard sharing != nil else { throw place.error("`sharing`: expected rows or channels") }
      case "stripRows": stripRows = try scanner.count(key)
      default:
        throw scanner.unknown(
          key,
          ["layer", "shape", "algorithm", "tiles", "region", "blockTiles", "blockChannels", "sharing", "stripRows"])
      }
    }
    func fault(_ text: String) -> ScheduleError {
      let name = layer.map { "layer \(ScheduleError.quoted($0)): " } ?? ""
      return ScheduleError(origin, position, name + text)
    }
    guard let layer else { throw fault("`layer` is missing: expected the layer's name") }
    guard let algorithm else {
      let known = ConvolutionAlgorithm.allCases.map(\.rawValue).joined(separator: ", ")
      throw fault("`algorithm` is missing: expected one of \(known)")
    }
    var choice: ConvolutionChoice?
    if let winograd = algorithm.winograd {
      for (key, isThere) in [
        ("region", region != nil), ("sharing", sharing != nil), ("stripRows", stripRows != nil),
      ] where isThere {
        throw fault("`\(key)` is for direct convolutions: Winograd's have `blockTiles`")
      }
      if tiles != nil || blockTiles != nil || blockChannels != nil {
        guard let tiles, let blockTiles, tiles.count == 1, tiles[0].blocks == nil, tiles[0].stages == nil else {
          throw fault("expected both or none of `tiles`, a list of one with `pixels` and `channels`, and `blockTiles`")
        }
        choice = ConvolutionChoice(
          .winograd(
            outputs: winograd.outputs,
            WinogradSchedule(
              pixels: tiles[0].pixels, channels: tiles[0].channels, blockTiles: blockTiles,
              blockChannels: blockChannels ?? tiles[0].channels)))
      }
    } else {
      for (key, count) in [("blockTiles", blockTiles), ("blockChannels", blockChannels)] where count != nil {
        throw fault("`\(key)` is for Winograd's tiles: these have a `region`")
      }
      if tiles != nil || region != nil || sharing != nil || stripRows != nil {
        guard let tiles, let region, tiles.allSatisfy({ $0.blocks != nil }) else {
          throw fault("expected both or none of `tiles`, each with `pixels`, `channels` and `blocks`, and `region`")
        }
        let parts = tiles.map {
          ConvolutionSchedule.Part(
            channels: $0.channels, blocks: $0.blocks ?? 1, pixels: $0.pixels, stages: $0.stages ?? 1)
        }
        choice = ConvolutionChoice(
          .direct(
            ConvolutionSchedule(
              parts: parts, regionRows: region.rows, regionColumns: region.columns, sharing: sharing,
              stripRows: stripRows)))
      }
    }
    self.init(position: position, layer: layer, shape: shape, algorithm: algorithm, choice: choice)
  }

  private static func region(_ scanner: inout ScheduleScanner) throws(ScheduleError) -> (rows: Int, columns: Int) {
    var rows: Int?
    var columns: Int?
    var start = scanner
    try scanner.object("a region") { (scanner, key) throws(ScheduleError) in
      switch key {
      case "rows": rows = try scanner.count(key)
      case "columns": columns = try scanner.count(key)
      default: throw scanner.unknown(key, ["rows", "columns"])
      }
    }
    guard let rows, let columns else { throw start.error("a region needs `rows` and `columns`") }
    return (rows, columns)
  }

  /// A tile as it is written.
  private struct Tile {
    var pixels: Int
    var channels: Int
    var blocks: Int?
    var stages: Int?

    init(_ scanner: inout ScheduleScanner) throws(ScheduleError) {
      var numbers: [String: Int] = [:]
      var start = scanner
      try scanner.object("a tile") { (scanner, key) throws(ScheduleError) in
        guard ["pixels", "channels", "blocks", "stages"].contains(key) else {
          throw scanner.unknown(key, ["pixels", "channels", "blocks", "stages"])
        }
        numbers[key] = try scanner.count(key)
      }
      guard let pixels = numbers["pixels"], let channels = numbers["channels"] else {
        throw start.error("a tile needs `pixels` and `channels`")
      }
      (self.pixels, self.channels) = (pixels, channels)
      (blocks, stages) = (numbers["blocks"], numbers["stages"])
    }
  }
}
