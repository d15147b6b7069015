import Foundation
import KilnDeploy
import KilnEmission
import KilnLowering
import KilnPasses

/// `kiln verify`: what folding changes, in numbers and in time.
enum VerifyCommand: Command {
  static let description = CommandDescription(
    "verify", "Compare the folded network with the original: errors per layer and overall, times, gain.",
    operand: "MODEL.onnx",
    options: [
      .init("tolerance", value: "T", "Largest error, relative to a tensor's largest magnitude [1e-4, or 1e-2]"),
      .init("bisect", "Find the first layer that leaves the reference by itself, and why, instead"),
    ] + InputArguments.options + PictureArguments.options + [
      CompileArguments.target, CompileArguments.shape, CompileArguments.capacity, ImageArguments.option,
      CompileArguments.noFold,
      CompileArguments.exact,
      CompileArguments.threads, CompileArguments.schedule,
    ] + QuantizationArguments.options.filter { $0.name != "tolerance" } + CompileArguments.cut + [JSON.option],
    notes: """
      Each layer is compared with what the reference interpreter computes for the same value of the original model. The
      exit status is 1 when a layer or an output is over the tolerance.

      --bisect gives the reference what the program gave each layer, and so tells the layer that makes an error from those
      that inherit it. It says whether the kernel is wrong, or what folding made of the model, or another layer wrote over an
      operand, or the layer crashes, and what to try next. --no-fold is for --bisect only: verify compares both forms.

      With --precision, layers are compared with what the reference computes in that precision, where a number that is
      rounded the other way is a step off: the tolerance is 1e-2 then. The times are the float32 program's and the other's,
      whose outputs are compared too: signal to noise, and how often the largest output is the same.

      \(PictureArguments.notes)
      \(ImageArguments.notes)
      """)

  static func run(_ arguments: ParsedArguments) throws -> ExitStatus {
    let compile = try CompileArguments(arguments)
    let inputs = try InputArguments(arguments)
    try compile.requireHost("verify")
    let progress = Progress()
    defer { progress.end() }
    let pipeline = try Pipeline(compile.fitting(inputs), progress)
    guard arguments.has("bisect") || !arguments.has("no-fold") else {
      throw UsageError("--no-fold is for verify --bisect: verify compares the folded network with the unfolded one")
    }
    let imported = try pipeline.importedGraph()
    let options = pipeline.options
    let isOfModelPrecision = options.isOfModelPrecision
    let tolerance = try arguments.positiveNumber("tolerance") ?? (isOfModelPrecision ? 1e-4 : 1e-2)
    let model =
      isOfModelPrecision
      ? try Passes.widened(imported) : try Passes.runBeforeLayout(on: imported, options: options.passes)
    let tensors = try inputs.tensors(for: NetworkInterface(model))
    let seed = inputs.isRandom ? inputs.seed : nil
    func build(_ pipeline: Pipeline, folds: Bool) throws -> Verification.Build {
      let graph = try pipeline.optimized(imported, folds: folds)
      let plan = try pipeline.program(graph, folds: folds)
      return Verification.Build(graph: graph, plan: plan, executable: try pipeline.built(folds: folds, planned: plan))
    }
    if arguments.has("bisect") {
      let bisection = try Bisection(
        of: build(pipeline, folds: compile.compileOptions.folds), model: model, inputs: tensors, tolerance: tolerance,
        onProgress: progress.begin)
      progress.end()
      print(arguments.has("json") ? try JSON.text(bisection) : bisection.text(seed: seed, options: options))
      return bisection.passed ? .success : .checkFailed
    }
    let folded = try build(pipeline, folds: true)
    let original =
      isOfModelPrecision
      ? try build(pipeline, folds: false) : try build(pipeline.inModelPrecision, folds: true)
    let verification = try Verification(
      model: model, folded: folded, unfolded: original, inputs: tensors, onProgress: progress.begin)
    var loss: QuantizationLoss?
    if !isOfModelPrecision {
      loss = try pipeline.quantizationLoss() ?? QuantizationLoss(of: folded, from: original, tensors)
    }
    progress.end()

    let isWithin =
      isOfModelPrecision ? verification.passes(tolerance) : verification.largestRelativeError <= tolerance
    let report = Report(
      verification: verification, tolerance: tolerance, largestRelativeError: verification.largestRelativeError,
      precision: isOfModelPrecision ? nil : arguments.value("precision"),
      decibels: loss.flatMap { $0.decibels.isFinite ? $0.decibels : nil }, agreement: loss?.agreement,
      passed: isWithin && compile.quantization?.goal.flatMap { goal in loss.map { $0.meets(goal) } } ?? true)
    if let loss, let precision = report.precision, !arguments.has("json") { print("\(loss.text(of: precision))") }
    print(arguments.has("json") ? try JSON.text(report) : text(report, seed: seed))
    return report.passed ? .success : .checkFailed
  }

  /// What `--json` prints.
  private struct Report: Encodable {
    let verification: Verification
    let tolerance: Double
    let largestRelativeError: Double
    /// The precision; `nil` for the model's own.
    let precision: String?
    /// Signal to noise against the model's own precision; `nil` where nothing differs, or nothing was compared.
    let decibels: Double?
    /// The share of outputs whose largest number is the same.
    let agreement: Double?
    let passed: Bool
  }

  private static func text(_ report: Report, seed: Int?) -> String {
    let verification = report.verification
    var table = TextTable(["layer", "operator", "abs. error", "rel. error"], rightAligned: [2, 3])
    for layer in verification.layers {
      let errors = layer.error.map { [scientific($0.absolute), scientific($0.relative)] } ?? ["-", "-"]
      table.add([layer.name, layer.operation] + errors)
    }
    for output in verification.outputs {
      table.add(["output \(output.name)", "", scientific(output.folded.absolute), scientific(output.folded.relative)])
      table.add([
        report.precision == nil ? "  unfolded" : "  float32", "", scientific(output.unfolded.absolute),
        scientific(output.unfolded.relative),
      ])
    }
    let times = [verification.unfoldedMicroseconds, verification.foldedMicroseconds].map(Quantity.microseconds)
    let names = (report.precision.map { ["float32", $0] } ?? ["original", "folded"]).map {
      $0.padding(toLength: 15, withPad: " ", startingAt: 0)
    }
    let verdict = report.passed ? "within" : "OVER"
    let absolute =
      (verification.layers.compactMap { $0.error?.absolute } + verification.outputs.map(\.folded.absolute)).max() ?? 0
    return """
      \(seed.map { "random inputs from seed \($0)\n" } ?? "")\(table.text)
      largest error  \(scientific(absolute)) absolute, \(scientific(report.largestRelativeError)) relative: \
      \(verdict) the tolerance of \(scientific(report.tolerance))
      \(names[0])\(times[0])
      \(names[1])\(times[1])
      gain           \(verification.gain.text)
      """
  }

  private static func scientific(_ value: Double) -> String { Quantity.scientific(value) }
}

extension Verification {
  fileprivate func passes(_ tolerance: Double) -> Bool {
    largestRelativeError <= tolerance && outputs.allSatisfy { $0.unfolded.relative <= tolerance }
  }
}
