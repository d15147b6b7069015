import Foundation
import KilnCompiler
import KilnDeploy
import KilnEmission
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

  /// What calibration finds, kept beside the program that it runs.
  private func plan(
    _ calibration: Calibration, on inputs: CalibrationInputs, _ request: QuantizationArguments, measuresLayers: Bool
  ) throws -> (QuantizationPlan, PrecisionReport?) {
    let program = try calibrationProgram(calibration, request)
    let analyses = request.isMixed || measuresLayers
    let choices = [
      "analysis", "\(request.method)", "\(request.isMixed) \(analyses)", "\(request.goal, default: "")",
      request.kept.sorted().joined(separator: "\n"),
    ]
    let key = CacheKey(files: inputs.samples.joined().map(\.storage), options: choices, target: options.target)
    let path = "\(URL(filePath: program.path).deletingLastPathComponent().path)/\(key.name).json"
    if let data = try? Data(contentsOf: URL(filePath: path)),
      let kept = try? JSONDecoder().decode(KeptAnalysis.self, from: data),
      let plan = try? QuantizationPlan(text: kept.plan, path: path, names: calibration.names)
    {
      return (plan, kept.report)
    }
    progress.begin("calibrating on \(inputs.samples.count) inputs")
    defer { progress.end() }
    let calibrated = try calibration.result(
      on: inputs, by: request.method, onProgress: progress.advance, run: program.run)
    var (plan, report) = (calibrated.plan, nil as PrecisionReport?)
    if analyses {
      let switched = try switchedProgram(calibration, calibrated.plan, request)
      progress.begin("measuring \(calibration.sites.layers.count) layers")
      let network = try SwitchedNetwork(calibration.sites, on: inputs.spread(Self.measuredSamples), run: switched.run)
      let result = try PrecisionAnalysis(calibration, calibrated, network, for: options.target).result(
        for: request.isMixed ? request.goal : nil, onProgress: progress.advance)
      (plan, report) = (result.plan, result.report)
    }
    // Whole or not at all; a cache that can't be written is none.
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

  /// The network in float32 with its tensors as outputs.
  private func calibrationProgram(
    _ calibration: Calibration, _ request: QuantizationArguments
  ) throws -> NetworkExecutable {
    let kept = request.kept.sorted().joined(separator: "\n")
    return try hostProgram(calibration.graph, purpose: "calibration \(kept)", title: "for calibration")
  }

  /// The network with its quantisations behind switches.
  private func switchedProgram(
    _ calibration: Calibration, _ plan: QuantizationPlan, _ request: QuantizationArguments
  ) throws -> NetworkExecutable {
    let kept = request.kept.sorted().joined(separator: "\n")
    return try hostProgram(
      calibration.switched(plan), purpose: "switches \(kept)\n\(plan.text)", title: "to measure its layers")
  }

  /// A graph in its own precision as a program for this machine, from the cache, or built and put there.
  private func hostProgram(
    _ graph: @autoclosure () throws -> Graph, purpose: String, title: String
  ) throws -> NetworkExecutable {
    let cache = BinaryCache.standard
    let options = CompileOptions(target: HostTarget.detect(), folds: false)
    let key = try cacheKey(options, .here, purpose: purpose)
    if let entry = cache.entry(for: key) { return NetworkExecutable(entry) }
    let plan = try Compiler.plan(Passes.run(on: graph(), options: options.passes), options)
    let package = Compiler.emit(plan, name: arguments.typeName, origin: "calibration")
    let entry = try cache.insert(key) { folder in
      progress.begin("building \(package.name) \(title)")
      defer { progress.end() }
      let path = try ProgramBuilder.build(
        package, for: options.target, cache: cache, in: folder, onProgress: progress.advance)
      return (path, NetworkInterface(plan.graph))
    }
    return NetworkExecutable(entry)
  }

  /// What is lost, over the inputs on which the network was calibrated; `nil` where they were made, or nothing is quantised.
  func quantizationLoss() throws -> QuantizationLoss? {
    guard let request = arguments.quantization, let folder = request.calibrationFolder,
      folder != CalibrationInputs.random
    else { return nil }
    // It is there already, and its own outputs come first.
    let original = try calibrationProgram(
      Calibration(of: importedGraph(), keeping: Set(request.kept)), request)
    let inputs = try CalibrationInputs(folder: folder, for: original.interface, pictures: request.pictures)
    let quantized = try withModelPorts.built(target: HostTarget.detect())
    progress.begin("comparing with float32 on \(inputs.samples.count) inputs")
    defer { progress.end() }
    var loss = QuantizationLoss()
    for (index, sample) in inputs.samples.enumerated() {
      for (a, b) in zip(try original.run(sample), try quantized.run(sample)) { loss.add(a, b) }
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
