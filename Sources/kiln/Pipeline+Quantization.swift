import Foundation
import KilnCompiler
import KilnDeploy
import KilnEmission
import KilnGraph
import KilnPasses

extension Pipeline {
  /// The quantisation of the network's tensors: a file's, or from what they hold when it is run in float32 on a folder of inputs.
  func quantizationPlan(_ request: CompileArguments.Quantization) throws -> QuantizationPlan {
    let model = try importedGraph()
    let calibration = try Calibration(of: model)
    guard !calibration.isEmpty else {
      throw UsageError("--precision int8 finds no layer that it could compute in integers: leave it out")
    }
    guard let folder = request.calibrationFolder else {
      return try QuantizationPlan(path: request.planPath ?? "", names: calibration.names)
    }
    let inputs = try CalibrationInputs(
      folder: folder, for: NetworkInterface(model), pictures: request.pictures)
    if inputs.isRandom {
      progress.end()
      Console.error("kiln: calibrated on random inputs: measure speed with this, never accuracy\n")
    }
    let plan = try plan(calibration, on: inputs)
    if let path = request.planPath { try Files.write(plan.fileText, to: path) }
    return plan
  }

  /// What calibration finds, kept beside the program that it runs.
  private func plan(_ calibration: Calibration, on inputs: CalibrationInputs) throws -> QuantizationPlan {
    let program = try calibrationProgram(calibration.graph)
    let key = CacheKey(
      files: inputs.samples.joined().map(\.storage), options: ["plan"], target: HostTarget.detect())
    let path = "\(URL(filePath: program.path).deletingLastPathComponent().path)/\(key.name).plan"
    if let plan = try? QuantizationPlan(path: path, names: calibration.names), !plan.tensors.isEmpty { return plan }
    progress.begin("calibrating on \(inputs.samples.count) inputs")
    defer { progress.end() }
    let plan = try calibration.plan(on: inputs, onProgress: progress.advance, run: program.run)
    // Whole or not at all; a cache that can't be written is none.
    try? Data(plan.fileText.utf8).write(to: URL(filePath: path), options: .atomic)
    return plan
  }

  /// The network in float32 with its tensors as outputs, from the cache, or built and put there.
  private func calibrationProgram(_ graph: @autoclosure () throws -> Graph) throws -> NetworkExecutable {
    let cache = BinaryCache.standard
    let options = CompileOptions(target: HostTarget.detect(), folds: false)
    let key = try cacheKey(options, .here, purpose: "calibration")
    if let entry = cache.entry(for: key) { return NetworkExecutable(entry) }
    let plan = try Compiler.plan(Passes.run(on: graph(), options: options.passes), options)
    let package = Compiler.emit(plan, name: arguments.typeName, origin: "calibration")
    let entry = try cache.insert(key) { folder in
      progress.begin("building \(package.name) for calibration")
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
    let original = try calibrationProgram(Calibration(of: importedGraph()).graph)
    let inputs = try CalibrationInputs(folder: folder, for: original.interface, pictures: request.pictures)
    let quantized = try built(target: HostTarget.detect())
    progress.begin("comparing with float32 on \(inputs.samples.count) inputs")
    defer { progress.end() }
    var loss = QuantizationLoss()
    for (index, sample) in inputs.samples.enumerated() {
      for (a, b) in zip(try original.run(sample), try quantized.run(sample)) { loss.add(a, b) }
      progress.advance(index + 1, inputs.samples.count)
    }
    return loss
  }
}

extension QuantizationLoss {
  /// A line for people.
  var text: String {
    """
    int8 against float32 on the calibration inputs: \(String(format: "%.1f", decibels)) dB, the largest output \
    is the same in \(agreeingCount) of \(outputCount)
    """
  }
}
