import Foundation
import KilnDeploy
import KilnMachine

/// `kiln report`: what `inspect` and `bench` say of a model, as a page to look at.
enum ReportCommand: Command {
  static let description = CommandDescription(
    "report", "Write what is known of a model as one HTML file: graphs, times, memory, weights.",
    operand: "MODEL.onnx",
    options: [output] + BenchArguments.options.filter { !["layers", "svg"].contains($0.name) } + InputArguments.options
      + CompileArguments.buildOptions,
    notes: """
      Layers are timed on this machine, where it runs the target's programs, or on the board that --on names, as 'kiln bench'
      does; otherwise the page has only what the machine's model predicts. The file needs no network and loads nothing.
      \(PictureArguments.notes)
      \(ImageArguments.notes)
      """)

  private static let output = CommandDescription.Option("output", value: "FILE.html", "The file [report.html]")

  static func run(_ arguments: ParsedArguments) throws -> ExitStatus {
    let inputs = try InputArguments(arguments)
    let compile = try CompileArguments(arguments).fitting(inputs)
    let bench = try BenchArguments(arguments, compile)
    let path = arguments.value("output") ?? "report.html"
    guard !path.isEmpty else { throw UsageError("--output needs a name") }
    let progress = Progress()
    defer { progress.end() }
    let pipeline = try Pipeline(compile, progress, measuresLayers: true)
    let (inspection, plan) = try Inspection.inspect(pipeline)
    let target = compile.compileOptions.target
    let isMeasured = inspection.plan != nil && (bench.board != nil || Doctor.runs(target, on: HostTarget.detect()))
    let measurement =
      isMeasured
      ? try BenchJob(compile: compile, inputs: inputs, bench: bench, layers: true, progress: progress).measurement().0
      : nil
    progress.end()

    let report = Report(
      kiln: Version.text, command: arguments.commandLine(adding: [], keeping: { _ in true }), inspection: inspection,
      target: Report.Machine(target), threads: compile.compileOptions.threads, precision: pipeline.report,
      measurement: measurement)
    let name = URL(filePath: compile.modelPath).lastPathComponent
    let page = ReportPage.html(title: "\(name) · Kiln", json: try JSON.line(report))
    try Files.write(page, to: path)
    print("\(path): \(Quantity.bytes(page.utf8.count))")
    _ = try plan.get()
    let outputs = measurement?.outputs ?? []
    return outputs.allSatisfy { $0.relativeDifference <= BenchReport.tolerance } ? .success : .checkFailed
  }
}

/// What the page shows.
private struct Report: Encodable {
  /// The machine that the network was compiled for.
  struct Machine: Encodable {
    let name: String
    let summary: String
    let processor: String
    let coreCount: Int
    let cacheByteCounts: [Int]
    let model: ModelDescription
    /// Billions of floating-point operations per second that a core does at its best, by its model.
    let peakGigaflops: Double

    init(_ target: Target) {
      name = target.name
      summary = target.summary
      processor = target.model.processor
      coreCount = target.coreCount
      cacheByteCounts = target.cacheByteCounts
      model = ModelDescription(target.model)
      peakGigaflops =
        2 * target.model.productsPerCycle(target.model.float32) * target.model.pipeline.clockMegahertz / 1000
    }
  }

  /// The version of Kiln.
  let kiln: String
  let command: String
  let inspection: Inspection
  let target: Machine
  let threads: Int
  /// What calibration says of the layers; `nil` where nothing was calibrated.
  let precision: PrecisionReport?
  /// `nil` where nothing was measured.
  let measurement: NetworkMeasurement?
}
