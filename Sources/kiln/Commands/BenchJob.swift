import KilnCompiler
import KilnDeploy
import KilnGraph

/// Building a network and measuring it, here or on a board.
struct BenchJob {
  let compile: CompileArguments
  let inputs: InputArguments
  let bench: BenchArguments
  /// Whether each layer is timed.
  let layers: Bool
  let progress: Progress

  /// Measures.
  ///
  /// - Returns: what is measured, and with which options.
  /// - Throws: `UsageError` where no board is named and this machine doesn't run the target's programs.
  func measurement() throws -> (NetworkMeasurement, CompileOptions) {
    guard let board = bench.board else {
      try compile.requireHost(compile.commandLine.command, hint: "name a board with --on")
      return try LocalWorkplace.use { try measure(in: $0) }
    }
    progress.begin("connecting to \(board)")
    return try BoardConnection.use(board) { connection in
      try BoardMismatch.check(connection, target: compile.compileOptions.target)
      try CrossTools(for: compile.compileOptions.target)?.requireForBuilding()
      return try measure(in: connection)
    }
  }

  private func measure(in place: any Workplace) throws -> (NetworkMeasurement, CompileOptions) {
    let pipeline = try Pipeline(compile.fitting(inputs), progress)
    let destination: Pipeline.Destination = bench.board == nil ? .here : .elsewhere
    var tensors: [Tensor] = []
    let program = try pipeline.built(destination: destination) { tensors = try inputs.tensors(for: $0) }
    let unfolded = bench.unfolded ? try pipeline.built(folds: false, destination: destination) : nil
    let plan =
      layers ? PlanFacts(try pipeline.program(pipeline.optimized(pipeline.importedGraph()))) : nil
    let request = NetworkMeasurement.Request(
      executable: program, unfolded: unfolded, inputs: tensors, expected: try expected(tensors, pipeline), plan: plan,
      runs: bench.runs, warmUp: bench.warmUp)
    defer { progress.end() }
    return (try NetworkMeasurement(request, in: place, onProgress: progress.begin), pipeline.options)
  }

  /// What a board must compute.
  private func expected(_ tensors: [Tensor], _ pipeline: Pipeline) throws -> (outputs: [Tensor], origin: String)? {
    guard bench.board != nil else { return nil }
    if bench.quick {
      var graph = try pipeline.importedGraph(isCompiled: false)
      // What a precision rounds is compared with what rounds alike.
      if !pipeline.options.isOfModelPrecision { graph = try pipeline.optimized(graph).graph }
      progress.begin("interpreting")
      return (try Interpreter(graph).run(tensors), "the interpreter")
    }
    return (try pipeline.built(target: HostTarget.detect()).run(tensors), "this machine")
  }
}
