import Foundation
import KilnCompiler
import KilnDeploy
import KilnGraph

/// `kiln bench`: how long an inference takes on this machine.
enum BenchCommand: Command {
  static let description = CommandDescription(
    "bench", "Time a model on this machine.", operand: "MODEL.onnx",
    options: [
      .init("runs", value: "N", "Inferences that are timed [as many as take a second, at least 5]"),
      .init("warm-up", value: "N", "Inferences before those [3]"),
      .init("layers", "Time each layer too"),
      .init("unfolded", "Time the network without folding beside it, in turns, and print the gain"),
    ] + InputArguments.options + CompileArguments.buildOptions + [JSON.option])

  static func run(_ arguments: ParsedArguments) throws -> ExitStatus {
    let compile = try CompileArguments(arguments)
    let inputs = try InputArguments(arguments)
    let runs = try arguments.integer("runs", in: 1...10_000_000)
    let warmUp = try arguments.integer("warm-up", in: 0...1_000_000)
    guard compile.compileOptions.folds || !arguments.has("unfolded") else {
      throw UsageError("--unfolded compares with the folded network, which --no-fold leaves out")
    }
    try compile.requireHost("bench")
    let progress = Progress()
    defer { progress.end() }
    let pipeline = Pipeline(compile, progress)
    var tensors: [Tensor] = []
    let program = try pipeline.built { tensors = try inputs.tensors(for: $0) }
    let unfolded = arguments.has("unfolded") ? try pipeline.built(folds: false) : nil

    progress.begin("timing")
    let pair = try unfolded.map { try InterleavedMeasurement(program, $0, tensors, runs: runs, warmUp: warmUp) }
    var layers: [Layer] = []
    var measured = pair?.first
    if arguments.has("layers") || measured == nil {
      let report = try program.measure(tensors, runs: runs, warmUp: warmUp, layers: arguments.has("layers"))
      if arguments.has("layers") { layers = try Self.layers(of: pipeline, report) }
      measured = measured ?? report
    }
    guard let measured else { return .defect }
    progress.end()

    let size = (try? FileManager.default.attributesOfItem(atPath: program.path)[.size] as? Int) ?? 0
    let report = Report(
      target: compile.compileOptions.target.name, machine: compile.compileOptions.target.summary, folded: measured,
      unfolded: pair?.second, gain: pair?.gain, binaryByteCount: size, layers: layers)
    print(arguments.has("json") ? try JSON.text(report) : report.text)
    return .success
  }

  /// The layers' times beside their work, which the plan knows.
  private static func layers(of pipeline: Pipeline, _ report: BenchmarkReport) throws -> [Layer] {
    let plan = PlanFacts(try pipeline.program(pipeline.optimized(pipeline.importedGraph()).graph))
    return zip(plan.layers, report.layers).map { layer, time in
      Layer(
        name: layer.name, operation: layer.operation, output: layer.output, microseconds: time.median,
        gigaflops: Double(2 * layer.multiplyAccumulates) / max(time.median, 1e-3) / 1000)
    }
  }

  /// A layer's row.
  private struct Layer: Encodable {
    let name: String
    let operation: String
    let output: String
    let microseconds: Double
    /// Two floating-point operations a multiply-accumulate.
    let gigaflops: Double
  }

  /// What `--json` prints.
  private struct Report: Encodable {
    let target: String
    let machine: String
    let folded: BenchmarkReport
    let unfolded: BenchmarkReport?
    let gain: Double?
    let binaryByteCount: Int
    let layers: [Layer]

    var text: String {
      var text = ""
      if !layers.isEmpty {
        let total = layers.reduce(0) { $0 + $1.microseconds }
        var table = TextTable(["layer", "operator", "output", "time", "share", "GFLOP/s"], rightAligned: [3, 4, 5])
        for layer in layers {
          table.add([
            layer.name, layer.operation, layer.output, Quantity.microseconds(layer.microseconds),
            String(format: "%.1f %%", 100 * layer.microseconds / max(total, 1e-3)),
            layer.gigaflops > 0 ? Quantity.rounded(layer.gigaflops) : "-",
          ])
        }
        text += table.text + "\n"
      }
      var rows = [
        ("target", "\(target): \(machine)"),
        ("runs", "\(folded.runs)"),
        ("minimum", Quantity.microseconds(folded.minimum)),
        ("median", Quantity.microseconds(folded.median)),
        ("p90", Quantity.microseconds(folded.percentile90)),
        ("p99", Quantity.microseconds(folded.percentile99)),
        ("arena", Quantity.bytes(folded.arenaByteCount)),
        ("binary", Quantity.bytes(binaryByteCount)),
      ]
      if let unfolded, let gain {
        rows.append(("unfolded", "\(Quantity.microseconds(unfolded.median)) (median)"))
        rows.append(("gain", String(format: "%.2fx", gain)))
      }
      text += columns(rows)
      let figures = (folded.mean, 1_000_000 / max(folded.mean, 1e-3))
      return text
        + String(format: "Microseconds per iter: %.1f Iterations per second: %.1f", figures.0, figures.1)
    }
  }
}
