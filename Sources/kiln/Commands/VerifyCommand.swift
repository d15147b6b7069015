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
      .init("tolerance", value: "T", "Largest error allowed, relative to a tensor's largest magnitude [1e-4]"),
      .init("bisect", "Find the first layer that leaves the reference by itself, and why, instead"),
    ] + InputArguments.options + PictureArguments.options + [
      CompileArguments.target, CompileArguments.shape, ImageArguments.option, CompileArguments.noFold,
      CompileArguments.exact,
      CompileArguments.threads, CompileArguments.schedule,
    ] + CompileArguments.cut + [JSON.option],
    notes: """
      Each layer is compared with what the reference interpreter computes for the same value of the original model. The
      exit status is 1 when a layer or an output is over the tolerance.

      --bisect gives the reference what the program gave each layer, and so tells the layer that makes an error from those
      that inherit it. It says whether the kernel is wrong, or what folding made of the model, or another layer wrote over an
      operand, or the layer crashes, and what to try next. --no-fold is for --bisect only: verify compares both forms.

      \(PictureArguments.notes)
      \(ImageArguments.notes)
      """)

  static func run(_ arguments: ParsedArguments) throws -> ExitStatus {
    let compile = try CompileArguments(arguments)
    let inputs = try InputArguments(arguments)
    let tolerance = try arguments.positiveNumber("tolerance") ?? 1e-4
    try compile.requireHost("verify")
    let progress = Progress()
    defer { progress.end() }
    let pipeline = try Pipeline(compile.fitting(inputs), progress)
    guard arguments.has("bisect") || !arguments.has("no-fold") else {
      throw UsageError("--no-fold is for verify --bisect: verify compares the folded network with the unfolded one")
    }
    let model = try Passes.widened(pipeline.importedGraph())
    let tensors = try inputs.tensors(for: NetworkInterface(model))
    let seed = inputs.isRandom ? inputs.seed : nil
    func build(folds: Bool) throws -> Verification.Build {
      let graph = try pipeline.optimized(model, folds: folds)
      let plan = try pipeline.program(graph, folds: folds)
      return Verification.Build(graph: graph, plan: plan, executable: try pipeline.built(folds: folds, planned: plan))
    }
    if arguments.has("bisect") {
      let bisection = try Bisection(
        of: build(folds: compile.compileOptions.folds), model: model, inputs: tensors, tolerance: tolerance,
        onProgress: progress.begin)
      progress.end()
      let options = compile.compileOptions
      print(arguments.has("json") ? try JSON.text(bisection) : bisection.text(seed: seed, options: options))
      return bisection.passed ? .success : .checkFailed
    }
    let verification = try Verification(
      model: model, folded: build(folds: true), unfolded: build(folds: false), inputs: tensors,
      onProgress: progress.begin)
    progress.end()

    let report = Report(
      verification: verification, tolerance: tolerance, largestRelativeError: verification.largestRelativeError,
      passed: verification.passes(tolerance))
    print(arguments.has("json") ? try JSON.text(report) : text(report, seed: seed))
    return report.passed ? .success : .checkFailed
  }

  /// What `--json` prints.
  private struct Report: Encodable {
    let verification: Verification
    let tolerance: Double
    let largestRelativeError: Double
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
      table.add(["  unfolded", "", scientific(output.unfolded.absolute), scientific(output.unfolded.relative)])
    }
    let times = [verification.unfoldedMicroseconds, verification.foldedMicroseconds].map(Quantity.microseconds)
    let verdict = report.passed ? "within" : "OVER"
    let absolute =
      (verification.layers.compactMap { $0.error?.absolute } + verification.outputs.map(\.folded.absolute)).max() ?? 0
    return """
      \(seed.map { "random inputs from seed \($0)\n" } ?? "")\(table.text)
      largest error  \(scientific(absolute)) absolute, \(scientific(report.largestRelativeError)) relative: \
      \(verdict) the tolerance of \(scientific(report.tolerance))
      original       \(times[0])
      folded         \(times[1])
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
