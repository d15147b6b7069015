import Foundation
import KilnDeploy
import KilnEmission
import KilnGraph

/// `kiln bench`: how long an inference takes, on this machine or on a board.
enum BenchCommand: Command {
  static let description = CommandDescription(
    "bench", "Time a model on this machine, or on a board over ssh.", operand: "MODEL.onnx",
    options: BenchArguments.options + InputArguments.options + CompileArguments.buildOptions + [JSON.option],
    notes: """
      With --on, ssh and scp are used with your own configuration, keys and agent, and never ask for anything: 'ssh HOST'
      must work without a password. The network is built here and linked statically, copied into a temporary folder of the
      board, and run; its outputs are compared with this machine's. The folder is gone afterwards, whatever happens.
      The exit status is 1 when an output differs by more than 1e-4 of its largest magnitude.
      \(PictureArguments.notes)
      \(ImageArguments.notes)
      """)

  static func run(_ arguments: ParsedArguments) throws -> ExitStatus {
    let compile = try CompileArguments(arguments)
    let inputs = try InputArguments(arguments)
    let bench = try BenchArguments(arguments, compile)
    let progress = Progress()
    defer { progress.end() }
    let job = BenchJob(compile: compile, inputs: inputs, bench: bench, progress: progress)
    let measurement: NetworkMeasurement
    if let board = bench.board {
      progress.begin("connecting to \(board)")
      measurement = try BoardConnection.use(board) { connection in
        try BoardMismatch.check(connection, target: compile.compileOptions.target)
        try CrossTools(for: compile.compileOptions.target)?.requireForBuilding()
        return try job.measure(in: connection)
      }
    } else {
      try compile.requireHost("bench", hint: "name a board with --on")
      measurement = try LocalWorkplace.use { try job.measure(in: $0) }
    }
    progress.end()

    let target = compile.compileOptions.target
    if let file = bench.chart {
      try Files.write(LayerChart.svg(measurement.layers, title: "\(compile.modelPath), \(target.name)"), to: file)
    }
    let report = BenchReport(
      target: target.name, summary: target.summary, isStatic: bench.board != nil, measurement: measurement)
    print(arguments.has("json") ? try JSON.text(report) : report.text)
    return measurement.outputs.allSatisfy { $0.relativeDifference <= BenchReport.tolerance } ? .success : .checkFailed
  }
}

/// What `kiln bench` does at the place where it measures.
private struct BenchJob {
  let compile: CompileArguments
  let inputs: InputArguments
  let bench: BenchArguments
  let progress: Progress

  func measure(in place: any Workplace) throws -> NetworkMeasurement {
    let pipeline = try Pipeline(compile.fitting(inputs), progress)
    let destination: Pipeline.Destination = bench.board == nil ? .here : .elsewhere
    var tensors: [Tensor] = []
    let program = try pipeline.built(destination: destination) { tensors = try inputs.tensors(for: $0) }
    let unfolded = bench.unfolded ? try pipeline.built(folds: false, destination: destination) : nil
    let plan =
      bench.layers ? PlanFacts(try pipeline.program(pipeline.optimized(pipeline.importedGraph()))) : nil
    let request = NetworkMeasurement.Request(
      executable: program, unfolded: unfolded, inputs: tensors, expected: try expected(tensors, pipeline), plan: plan,
      runs: bench.runs, warmUp: bench.warmUp)
    defer { progress.end() }
    return try NetworkMeasurement(request, in: place, onProgress: progress.begin)
  }

  /// What a board must compute.
  private func expected(_ tensors: [Tensor], _ pipeline: Pipeline) throws -> (outputs: [Tensor], origin: String)? {
    guard bench.board != nil else { return nil }
    if bench.quick {
      var graph = try pipeline.importedGraph(isCompiled: false)
      // What integers compute is exact, and is compared with itself.
      if pipeline.options.quantization != nil { graph = try pipeline.optimized(graph).graph }
      progress.begin("interpreting")
      return (try Interpreter(graph).run(tensors), "the interpreter")
    }
    return (try pipeline.built(target: HostTarget.detect()).run(tensors), "this machine")
  }
}
