import Foundation
import KilnCompiler
import KilnDeploy
import KilnExecution
import KilnGraph
import KilnPasses

extension Pipeline {
  /// The quantisation of the network's tensors: a file's, or from what they hold when it is run in float32 on a folder of inputs.
  ///
  /// - Parameter measuresLayers: whether each layer's part in what is lost is measured, though the plan doesn't depend on it.
  func quantizationPlan(
    _ request: QuantizationArguments, measuresLayers: Bool
  ) throws -> (plan: QuantizationPlan, report: PrecisionReport?) {
    let model = try importedGraph()
    let calibration = try Calibration(of: model, keeping: Set(request.kept))
    let names = calibration.names
    for name in request.kept where names.layers[name] == nil {
      let hint = closest(to: name, among: names.layers.keys.sorted()).map { "did you mean '\($0)'?" }
      throw UsageError(
        "--keep '\(name)' is no convolution or fully connected layer; \(hint ?? "see 'kiln inspect'")")
    }
    guard !calibration.isEmpty else {
      throw UsageError("--precision \(request.name) finds no layer that it could compute in integers: leave it out")
    }
    guard let folder = request.calibrationFolder else {
      let plan = try QuantizationPlan(path: request.planPath ?? "", names: names)
      if plan.isRandom { warnOfRandomInputs() }
      return (plan, nil)
    }
    let inputs = try CalibrationInputs(
      folder: folder, for: NetworkInterface(model), pictures: request.pictures)
    if inputs.isRandom { warnOfRandomInputs() }
    let (plan, report) = try self.plan(calibration, on: inputs, request, measuresLayers: measuresLayers)
    if let path = request.planPath { try Files.write(plan.fileText, to: path) }
    return (plan, report)
  }

  private func warnOfRandomInputs() {
    progress.end()
    Console.error("kiln: calibrated on random inputs: measure speed with this, never accuracy\n")
  }

  /// What calibration finds, from the cache, or kept there.
  private func plan(
    _ calibration: Calibration, on inputs: CalibrationInputs, _ request: QuantizationArguments, measuresLayers: Bool
  ) throws -> (QuantizationPlan, PrecisionReport?) {
    let analyses = request.isMixed || measuresLayers
    let choices = [
      "analysis", "\(request.method)", "\(request.isMixed) \(analyses)", "\(request.goal, default: "")",
      request.kept.sorted().joined(separator: "\n"),
    ]
    let key = try cacheKey(
      options, .here, purpose: choices.joined(separator: "\n"), also: inputs.samples.joined().map(\.storage))
    let folder = "\(BinaryCache.standard.folder)/plans"
    let path = "\(folder)/\(key.name).json"
    if let data = try? Data(contentsOf: URL(filePath: path)),
      let kept = try? JSONDecoder().decode(KeptAnalysis.self, from: data),
      let plan = try? QuantizationPlan(text: kept.plan, path: path, names: calibration.names)
    {
      return (plan, kept.report)
    }
    progress.begin("calibrating on \(inputs.samples.count) inputs")
    defer { progress.end() }
    let calibrated = try calibration.result(
      on: inputs, by: request.method, limitsPairs: options.target.hasNarrowPairs, onProgress: progress.advance,
      run: execution(of: calibration.graph))
    var (plan, report) = (calibrated.plan, nil as PrecisionReport?)
    if analyses {
      let run = try execution(of: calibration.switched(calibrated.plan))
      progress.begin("measuring \(calibration.sites.layers.count) layers")
      // A share of few inputs says little of the share of all.
      let sampleCount = request.goal?.agreement == nil ? Self.measuredSamples : inputs.samples.count
      let network = try SwitchedNetwork(calibration.sites, on: inputs.spread(sampleCount), run: run)
      let result = try PrecisionAnalysis(calibration, calibrated, network, for: options.target).result(
        for: request.isMixed ? request.goal : nil, onProgress: progress.advance)
      (plan, report) = (result.plan, result.report)
    }
    // Whole or not at all; a cache that can't be written is none.
    try? Files.makeFolder(folder)
    try? JSONEncoder().encode(KeptAnalysis(plan: plan.text, report: report))
      .write(to: URL(filePath: path), options: .atomic)
    return (plan, report)
  }

  /// Inputs on which a choice of layers is measured.
  private static var measuredSamples: Int { 16 }

  private struct KeptAnalysis: Codable {
    let plan: String
    let report: PrecisionReport?
  }

  /// A graph as a program that is executed in this process: what this machine computes, without waiting for a compiler.
  private func execution(of graph: Graph) throws -> @Sendable ([Tensor]) -> [Tensor] {
    let options = CompileOptions(target: HostTarget.detect(), folds: false)
    let execution = ProgramExecution(try Compiler.plan(Passes.run(on: graph, options: options.passes), options))
    return { execution.run($0) }
  }

  /// What is lost, over the inputs on which the network was calibrated; `nil` where they were made, or nothing is quantised.
  func quantizationLoss() throws -> QuantizationLoss? {
    guard let request = arguments.quantization, let folder = request.calibrationFolder,
      folder != CalibrationInputs.random
    else { return nil }
    let model = try importedGraph()
    let inputs = try CalibrationInputs(folder: folder, for: NetworkInterface(model), pictures: request.pictures)
    progress.begin("comparing with float32 on \(inputs.samples.count) inputs")
    defer { progress.end() }
    let original = try execution(of: Passes.foldedForQuantization(model))
    var options = withModelPorts.options
    options.target = HostTarget.detect()
    options.layout = .model
    options.threads = 1
    options.schedule = nil
    let quantized = ProgramExecution(try Compiler.plan(Passes.run(on: model, options: options.passes), options))
    var loss = QuantizationLoss()
    try Concurrently.forEach(inputs.samples, { (original($0), quantized.run($0)) }) { index, outputs in
      for (a, b) in zip(outputs.0, outputs.1) { loss.add(a, b) }
      progress.advance(index + 1, inputs.samples.count)
    }
    return loss
  }

  /// Prints what is known of a quantised network's layers and of the whole.
  ///
  /// - Returns: whether as little is lost as is asked for.
  func reportPrecision() throws -> Bool {
    guard let request = arguments.quantization else { return true }
    if let report { print(report.text, terminator: "") }
    if options.quantization?.isRandom == true {
      print("calibrated on random inputs: measure speed with this, never accuracy")
    }
    guard let loss = try quantizationLoss() else { return true }
    print(loss.text(of: request.name))
    guard let goal = request.goal, !loss.meets(goal) else { return true }
    let hint = request.isMixed ? "" : "; --precision mixed lets layers go back to float16 or float32"
    Console.error("kiln: \(goal.text) can't be met, \(loss.shortText) is nearest\(hint)\n")
    return false
  }
}
