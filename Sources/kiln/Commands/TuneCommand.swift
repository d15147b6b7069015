import Foundation
import KilnDeploy
import KilnEmission
import KilnLowering
import KilnSelection

/// `kiln tune`: measures how each convolution is computed fastest, and writes that down for `--schedule`.
enum TuneCommand: Command {
  static let description = CommandDescription(
    "tune", "Measure the best algorithms and tiles for each convolution, and write a schedule of them.",
    operand: "MODEL.onnx",
    options: [
      .init("output", value: "FILE", "The schedule [MODEL.TARGET.schedule.json, in the current folder]"),
      BenchArguments.board,
      .init("candidates", value: "N", "The most ways to compute a convolution that are measured [8]"),
      .init("rounds", value: "N", "Measurements of each, in turns with the cost model's [5]"),
    ] + InputArguments.options + CompileArguments.buildOptions.filter { $0.name != "schedule" } + [JSON.option],
    notes: """
      The cost model's few best candidates for each shape of convolution are built into as many programs, which run in turns
      with the program of its own choices, here or on the board: algorithms, tiles and regions, the height of the strips in
      which layers are computed together, and with several threads what each of them takes of a convolution. A choice is
      changed where another is more than 3 % faster, alone and again together with all other changes, and none stays that
      makes the whole network slower.
      'kiln compile', 'run', 'bench', 'verify' and 'inspect' take the file with --schedule: it is text, one line a
      convolution, made to be read, compared and edited.
      Tiles change no bit of a result. Another algorithm rounds otherwise: a board and this machine agree in bits when both
      get the same schedule ('kiln bench --on' sees to it). --exact tunes the tiles of the direct form only.
      """)

  static func run(_ arguments: ParsedArguments) throws -> ExitStatus {
    let compile = try CompileArguments(arguments)
    let inputs = try InputArguments(arguments)
    let board = try BenchArguments.board(arguments)
    let candidates = try arguments.integer("candidates", in: 2...64) ?? 8
    let rounds = try arguments.integer("rounds", in: 1...1000) ?? 5
    let target = compile.compileOptions.target
    let stem = URL(filePath: compile.modelPath).deletingPathExtension().lastPathComponent
    let path = arguments.value("output") ?? "\(stem).\(target.name).schedule.json"
    try ScheduleFile.requireWritable(path)
    let progress = Progress()
    defer { progress.end() }

    func tune(in place: any Workplace) throws -> Tuning {
      let compile = try compile.fitting(inputs)
      let pipeline = try Pipeline(compile, progress)
      let program = try pipeline.program(pipeline.optimized(pipeline.importedGraph()))
      let tuner = Tuner(
        program, candidates: candidates, rounds: rounds,
        build: { schedule in
          try Pipeline(pipeline.arguments.with(schedule), progress).built(
            destination: board == nil ? .here : .elsewhere)
        }, onProgress: progress.begin)
      return try tuner.tune(inputs.tensors, in: place)
    }
    let tuning: Tuning
    if let board {
      progress.begin("connecting to \(board)")
      tuning = try BoardConnection.use(board) { connection in
        try BoardMismatch.check(connection, target: target)
        try CrossTools(for: target)?.requireForBuilding()
        return try tune(in: connection)
      }
    } else {
      try compile.requireHost("tune", hint: "name a board with --on")
      tuning = try LocalWorkplace.use { try tune(in: $0) }
    }
    progress.end()
    try ScheduleFile.write(tuning.schedule, to: path)
    print(arguments.has("json") ? try JSON.text(tuning) : text(tuning, arguments, path))
    return tuning.largestDifference <= BenchReport.tolerance ? .success : .checkFailed
  }

  private static func text(
    _ tuning: Tuning, _ arguments: ParsedArguments, _ path: String
  ) -> String {
    var table = TextTable(
      ["layer", "convolution", "time", "cost model's choice", "tuned", "gain"], rightAligned: [2, 5])
    for row in tuning.rows {
      let more = row.layers.count > 1 ? " and \(row.layers.count - 1) more" : ""
      table.add([
        row.layers[0] + more, row.shape, Quantity.microseconds(row.modelMicroseconds), row.model,
        row.isChanged ? row.tuned : "-", row.isChanged ? String(format: "%.2fx", row.gain) : "-",
      ])
    }
    let changed = tuning.rows.count { $0.isChanged }
    let difference =
      tuning.largestDifference == 0
      ? "the same" : String(format: "%.1e of the largest apart", tuning.largestDifference)
    let compiling = CompileArguments.buildOptions.map(\.name)
    let command = arguments.commandLine("compile", adding: [.init(name: "schedule", value: path)]) {
      compiling.contains($0.name)
    }
    return table.text + "\n"
      + columns([
        ("changed", "\(changed) of \(tuning.rows.count) shapes of convolution"),
        ("model's", Quantity.microseconds(tuning.modelMicroseconds)),
        ("tuned", Quantity.microseconds(tuning.tunedMicroseconds)),
        ("gain", String(format: "%.2fx", tuning.gain)),
        ("outputs", difference),
      ])
      + "Use it: \(command)"
  }
}
