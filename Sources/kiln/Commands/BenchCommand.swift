import Foundation
import KilnCompiler
import KilnDeploy

/// `kiln bench`: how long an inference takes, on this machine or on a board.
enum BenchCommand: Command {
  static let description = CommandDescription(
    "bench", "Time a model on this machine, or on a board over ssh.", operand: "MODEL.onnx",
    options: BenchArguments.options + InputArguments.options + CompileArguments.buildOptions + [JSON.option],
    notes: """
      With --on, ssh and scp are used with your own configuration, keys and agent, and never ask for anything: 'ssh HOST'
      must work without a password. The network is built here and linked statically, copied into a temporary folder of the
      board, and run; its outputs are compared with this machine's. The folder is gone afterwards, whatever happens.
      The exit status is 1 when an output differs by more than 1e-4 of its largest magnitude; with --quick and layers of
      float16, or several precisions, 1e-2, since the interpreter doesn't round each sum.
      \(PictureArguments.notes)
      \(ImageArguments.notes)
      """)

  static func run(_ arguments: ParsedArguments) throws -> ExitStatus {
    let compile = try CompileArguments(arguments)
    let inputs = try InputArguments(arguments)
    let bench = try BenchArguments(arguments, compile)
    let progress = Progress()
    defer { progress.end() }
    let (measurement, options) = try BenchJob(
      compile: compile, inputs: inputs, bench: bench, layers: bench.layers, progress: progress
    ).measurement()
    progress.end()

    let target = compile.compileOptions.target
    if let file = bench.chart {
      try Files.write(LayerChart.svg(measurement.layers, title: "\(compile.modelPath), \(target.name)"), to: file)
    }
    let tolerance = bench.quick && options.roundsSums ? 1e-2 : BenchReport.tolerance
    let report = BenchReport(
      tolerance: tolerance, target: target.name, summary: target.summary, isStatic: bench.board != nil,
      isOfRandomRanges: options.quantization?.isRandom == true, measurement: measurement)
    print(arguments.has("json") ? try JSON.text(report) : report.text)
    return measurement.outputs.allSatisfy { $0.relativeDifference <= tolerance } ? .success : .checkFailed
  }
}
