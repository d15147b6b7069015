import Foundation
import KilnCompiler
import KilnDeploy
import KilnEmission
import KilnGraph
import KilnMachine
import KilnONNX
import KilnPasses
import KilnPlanning
import KilnSelection

/// From a model file to what a subcommand needs of it.
struct Pipeline {
  private(set) var arguments: CompileArguments
  let progress: Progress
  /// What is known of the layers of a quantised network, where that was measured.
  private(set) var report: PrecisionReport?

  /// Makes the pipeline; where layers are to be computed in integers, the network is calibrated first.
  ///
  /// - Parameter measuresLayers: whether each layer's part in what is lost is measured then.
  init(_ arguments: CompileArguments, _ progress: Progress, measuresLayers: Bool = false) throws {
    self.arguments = arguments
    self.progress = progress
    guard let request = arguments.quantization, arguments.compileOptions.quantization == nil else { return }
    let (plan, report) = try quantizationPlan(request, measuresLayers: measuresLayers)
    self.report = report
    self.arguments = arguments.with(plan)
  }

  /// The same in the model's own precision.
  var inModelPrecision: Pipeline {
    var pipeline = self
    pipeline.arguments = arguments.inModelPrecision
    return pipeline
  }

  /// The same with the model's own ports.
  var withModelPorts: Pipeline {
    var pipeline = self
    pipeline.arguments = arguments.withModelPorts
    return pipeline
  }

  /// The model as its file has it.
  ///
  /// - Parameter isCompiled: whether it is to be compiled: a model that can't be imported is then refused together with what
  ///   else has no kernel.
  func importedGraph(isCompiled: Bool = true) throws -> Graph {
    progress.begin("reading \(arguments.modelPath)")
    defer { progress.end() }
    let model = try importedPart()
    if model.unsupported.isEmpty {
      if let warning = Self.warning(of: model.shortRooms) { progress.warn(warning) }
      var graph = model.graph
      try arguments.images.apply(to: &graph)
      return graph
    }
    let refusal = refusal(of: model, options.passes)
    throw Refusal(
      unsupported: isCompiled
        ? refusal ?? UnsupportedError(model.unsupported) : UnsupportedError(model.unsupported, cut: refusal?.cut),
      arguments: arguments.commandLine)
  }

  /// What is said of results that may lose rows without a sign.
  private static func warning(of rooms: [PartialModel.RowRoom]) -> String? {
    guard let first = rooms.first, let most = rooms.map(\.bound).max() else { return nil }
    let results = rooms.count == 1 ? "a result" : "\(rooms.count) results"
    let example = "'\(first.tensor)', with room for \(first.capacity) of \(first.bound)"
    return "\(results) inside the network may lose rows, for instance \(example); "
      + "--capacity \(min(most, RowCapacities.limits.upperBound)) keeps all"
  }

  private func refusal(of model: PartialModel, _ options: PassOptions) -> UnsupportedError? {
    Compiler.refusal(of: model, options: options, samples: ONNXImporter.samples(of:domain:))
  }

  private func importedPart() throws -> PartialModel {
    try ONNXImporter.importPart(of: ONNXModel(path: arguments.modelPath), options: arguments.importOptions)
  }

  /// The network after the passes.
  ///
  /// - Parameter observe: is shown the graph after each pass.
  func optimized(
    _ graph: Graph, folds: Bool? = nil, observing observe: (_ pass: String, _ graph: Graph) -> Void = { _, _ in }
  ) throws -> OptimizedGraph {
    progress.begin("folding")
    defer { progress.end() }
    return try Passes.run(on: graph, options: options(folds: folds).passes, observing: observe)
  }

  /// The network's kernels and memory, as the options say unless the arguments say otherwise.
  func program(_ graph: OptimizedGraph, for target: Target? = nil, folds: Bool? = nil) throws -> Program {
    progress.begin("planning")
    defer { progress.end() }
    let options = options(for: target, folds: folds)
    do {
      return try Compiler.plan(graph, options)
    } catch .unsupported(let error) {
      // With where the model can be cut, which is a place in the model and not in this graph.
      let refusal = refusal(of: try importedPart(), options.passes)
      throw Refusal(unsupported: refusal ?? error, arguments: arguments.commandLine)
    } catch .schedule(let error) {
      throw error
    }
  }

  /// The options, for another machine or with another folding.
  ///
  /// The schedule is about the network and the target of the options. On another machine the target's algorithms hold, so that
  /// both give the same bits; a network that is folded otherwise has other layers.
  private func options(for target: Target? = nil, folds: Bool? = nil) -> CompileOptions {
    var result = options
    if let target, target != options.target {
      result.target = target
      result.algorithmsOf = options.target
      result.schedule = options.schedule?.algorithms
    }
    if let folds, folds != options.folds {
      result.folds = folds
      result.schedule = nil
    }
    return result
  }

  /// The package of a program.
  func package(_ program: Program) -> EmittedPackage {
    Compiler.emit(program, name: arguments.typeName, origin: origin)
  }

  /// What a network was made from, for what is written.
  private var origin: String {
    let file = URL(filePath: arguments.modelPath).lastPathComponent
    guard options.quantization?.isRandom == true else { return file }
    return "\(file) (calibrated on random inputs: for speed only)"
  }

  /// A part of a program's sources.
  func sources(_ part: SourcePart, of program: Program) -> [EmittedPackage.File] {
    let origin = URL(filePath: arguments.modelPath).lastPathComponent
    return Compiler.emit(part, of: program, name: arguments.typeName, origin: origin)
  }

  /// A model's program as a library with a C interface.
  func library(_ program: Program, of model: Graph) throws -> EmittedLibrary {
    progress.begin("hashing \(arguments.modelPath)")
    defer { progress.end() }
    let identity = EmittedLibrary.Identity(version: Version.text, modelHash: ModelHash.hash(try modelFiles()))
    return Compiler.emitLibrary(
      program, of: try Passes.describingPorts(of: model, options: options.passes), name: arguments.typeName,
      origin: origin, identity: identity)
  }

  /// Where a program is meant to run.
  enum Destination: Equatable {
    /// On this machine.
    case here
    /// On another machine, where there may be no Swift.
    case elsewhere
  }

  /// The network's program, from the cache, or built and put there.
  ///
  /// - Parameters:
  ///   - folds: whether to fold; as the options say otherwise.
  ///   - target: the machine; as the options say otherwise.
  ///   - destination: where it is meant to run.
  ///   - planned: the plan, when it has been made already.
  ///   - check: is called with the network's interface before anything that takes long.
  func built(
    folds: Bool? = nil, target: Target? = nil, destination: Destination = .here, planned: Program? = nil,
    check: (NetworkInterface) throws -> Void = { _ in }
  ) throws -> NetworkExecutable {
    let cache = BinaryCache.standard
    let options = options(for: target, folds: folds)
    let key = try cacheKey(options, destination)
    if let entry = cache.entry(for: key) {
      try check(entry.interface)
      return NetworkExecutable(entry)
    }
    let program: Program
    if let planned {
      try check(NetworkInterface(planned.graph))
      program = planned
    } else {
      let optimized = try optimized(importedGraph(), folds: folds)
      try check(NetworkInterface(optimized.graph))
      program = try self.program(optimized, for: target, folds: folds)
    }
    let package = package(program)
    let tools = destination == .here ? nil : CrossTools(for: options.target)
    try tools?.requireForBuilding()
    let entry = try cache.insert(key) { folder in
      if destination == .elsewhere { try Files.write(package, to: "\(folder)/package") }
      let variant = options.folds ? "" : " without folding"
      progress.begin("building \(package.name)\(variant) for \(options.target.name)")
      defer { progress.end() }
      let path =
        switch destination {
        case .here:
          try ProgramBuilder.build(
            package, for: options.target, cache: cache, in: folder, onProgress: progress.advance)
        case .elsewhere:
          try PackageBuilder.build(
            package.benchmarkName, package: "\(folder)/package", scratch: "\(folder)/scratch", sdk: tools?.sdk,
            isEmbedded: true, isSelfContained: true, onProgress: progress.advance)
        }
      return (path, NetworkInterface(program.graph))
    }
    return NetworkExecutable(entry)
  }

  /// What the user chose.
  var options: CompileOptions { arguments.compileOptions }

  func cacheKey(
    _ options: CompileOptions, _ destination: Destination, purpose: String = "inference", also data: [ByteStorage] = []
  ) throws -> CacheKey {
    let shapes = arguments.importOptions.shapes.sorted { $0.key < $1.key }.map { "shape \($0.key) \($0.value)" }
    let capacities = arguments.importOptions.capacities
    let rooms =
      capacities.byName.sorted { $0.key < $1.key }.map { "capacity \($0.key) \($0.value)" }
      + ["capacity \(capacities.others ?? 0)"]
    let part = arguments.importOptions.part
    let cuts = part.inputs.map { "cut input \($0)" } + part.outputs.map { "cut output \($0)" }
    let choices = [
      "purpose \(purpose)", "layout \(options.layout.rawValue)", "folds \(options.folds)", "exact \(options.isExact)",
      "threads \(options.threads)", "images \(arguments.images.text)",
      "quantization \(options.quantization?.text ?? "")", "ports \(options.portElements?.rawValue ?? "")",
      "halves \(options.halves?.rawValue ?? "")",
      "destination \(destination)",
      "schedule \(options.schedule?.text ?? "")",
      "algorithms of \(options.algorithmsOf.map { "\($0.model.winograd)" } ?? "")",
    ]
    return CacheKey(files: try modelFiles() + data, options: choices + shapes + rooms + cuts, target: options.target)
  }

  /// The bytes of the model file, and after it of the external data that it names.
  private func modelFiles() throws -> [ByteStorage] {
    let external = try ONNXModel(path: arguments.modelPath).externalDataPaths
    // A file that can't be read changes nothing: importing the model says so.
    let files = [try MappedFile(path: arguments.modelPath)] + external.compactMap { try? MappedFile(path: $0) }
    return files.map(\.storage)
  }
}
