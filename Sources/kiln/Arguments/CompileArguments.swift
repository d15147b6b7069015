import Foundation
import KilnCompiler
import KilnDeploy
import KilnEmission
import KilnMachine
import KilnONNX
import KilnPasses
import KilnSelection

/// The model and the options of compilation, which several subcommands share.
struct CompileArguments {
  /// The options of every subcommand that compiles.
  static let buildOptions: [CommandDescription.Option] =
    [
      target,
      .init("layout", value: "nchw|nhwc", "Layout of 4-D inputs and outputs: the model's own (nchw), or channels last"),
      shape,
      capacity, ImageArguments.option, noFold, exact, threads, schedule, io,
    ] + QuantizationArguments.options + PictureArguments.options + cut

  /// `--name`, for subcommands whose results have one.
  static let name = CommandDescription.Option(
    "name", value: "NAME", "Name of the network's type and package; made from the file's name otherwise")

  /// `--io`.
  static let io = CommandDescription.Option(
    "io", value: "float32|native",
    "What a quantised network takes and gives [as the model does]")

  /// `--no-fold`.
  static let noFold = CommandDescription.Option(
    "no-fold", "Keep batch norms, activations and branches as the model has them")

  /// `--exact`.
  static let exact = CommandDescription.Option(
    "exact", "Sum every convolution's products one by one, without Winograd's transforms")

  /// `--schedule`, for subcommands that compile in their own way.
  static let schedule = CommandDescription.Option(
    "schedule", value: "FILE", "Tiles and algorithms that 'kiln tune' chose for the target [the cost model's]")

  /// `--threads`, for subcommands that compile in their own way.
  static let threads = CommandDescription.Option(
    "threads", value: "N", "Threads that share an inference, at most the machine's cores [1]")

  /// `--target`, for subcommands that don't compile.
  static let target = CommandDescription.Option(
    "target", value: "NAME", "Machine to compile for: one of 'kiln targets', or a JSON file [host]")

  /// `--shape`, for subcommands that only read the model.
  static let shape = CommandDescription.Option(
    "shape", value: "INPUT=1,3,224,224", repeats: true, "Dimensions of an input that the model leaves open")

  /// `--capacity`, for subcommands that only read the model.
  static let capacity = CommandDescription.Option(
    "capacity", value: "[TENSOR=]100", repeats: true,
    "Most rows of results of unknown length; TENSOR_count counts them")

  /// `--cut-input` and `--cut-output`.
  ///
  /// `--input` names a file of data and `--output` a place to write to, hence other names.
  static let cut: [CommandDescription.Option] = [
    .init(
      "cut-input", value: "TENSOR", repeats: true,
      "Make this tensor an input [the model's inputs]"),
    .init(
      "cut-output", value: "TENSOR", repeats: true,
      "Make this tensor an output [the model's outputs]"),
  ]

  /// The path of the model file.
  let modelPath: String
  /// What the importer is told.
  private(set) var importOptions: ImportOptions
  /// The command line.
  let commandLine: ParsedArguments
  /// The inputs that take bytes.
  let images: ImageArguments
  /// What the compiler is told.
  var compileOptions: CompileOptions
  /// Where the quantisation comes from, where layers are to be computed in integers; `nil` otherwise.
  let quantization: QuantizationArguments?

  /// Reads the operand and the options.
  init(_ arguments: ParsedArguments) throws {
    commandLine = arguments
    modelPath = arguments.operand
    importOptions = try Self.importOptions(arguments)
    var layout = CompileOptions.ExternalLayout.model
    if let text = arguments.value("layout") {
      guard let value = CompileOptions.ExternalLayout(rawValue: text) else {
        throw UsageError("--layout '\(text)' is neither nchw nor nhwc")
      }
      layout = value
    }
    quantization = try QuantizationArguments.requested(by: arguments)
    images = try ImageArguments(arguments)
    let target = try Self.target(arguments)
    let threads = try arguments.integer("threads", in: 1...1024) ?? 1
    guard threads <= target.coreCount else {
      throw UsageError("--threads \(threads) is more than \(target.name) has cores: \(target.coreCount)")
    }
    compileOptions = CompileOptions(
      target: target, typeName: try arguments.value("name").map(Self.typeName), layout: layout,
      folds: !arguments.has("no-fold"), isExact: arguments.has("exact"), threads: threads,
      schedule: try arguments.value("schedule").map(ScheduleFile.read), halves: try Self.halves(arguments, target),
      portElements: try Self.portElements(arguments))
  }

  /// What of the network is float16: all that the target computes with it, or what is stored.
  private static func halves(_ arguments: ParsedArguments, _ target: Target) throws(UsageError) -> HalfPrecision? {
    guard arguments.value("precision") == "float16" else { return nil }
    guard !arguments.has("no-fold") else { throw UsageError("--precision float16 folds first: leave out --no-fold") }
    return target.computesHalves ? .computed : .stored
  }

  private static func portElements(_ arguments: ParsedArguments) throws(UsageError) -> PortElements? {
    guard let text = arguments.value("io") else { return nil }
    guard let elements = PortElements(rawValue: text) else {
      throw UsageError("--io '\(text)' is neither float32 nor native")
    }
    return elements
  }

  /// The same in the model's own precision, with its own ports.
  var inModelPrecision: CompileArguments {
    var arguments = self
    arguments.compileOptions.quantization = nil
    arguments.compileOptions.halves = nil
    arguments.compileOptions.portElements = nil
    return arguments
  }

  /// The same with the model's own ports.
  var withModelPorts: CompileArguments {
    var arguments = self
    arguments.compileOptions.portElements = nil
    return arguments
  }

  /// The same with tensors of 8 bits, and with layers of float16 where the target computes with it.
  func with(_ quantization: QuantizationPlan) -> CompileArguments {
    var arguments = self
    arguments.compileOptions.quantization = quantization
    if !quantization.halfLayers.isEmpty, compileOptions.target.computesHalves {
      arguments.compileOptions.halves = .computed
    }
    return arguments
  }

  /// The same with another schedule.
  func with(_ schedule: Schedule?) -> CompileArguments {
    var arguments = self
    arguments.compileOptions.schedule = schedule
    return arguments
  }

  /// The same with the dimensions of the arrays that are given for inputs which the model leaves open.
  func fitting(_ inputs: InputArguments) throws -> CompileArguments {
    guard !inputs.isRandom else { return self }
    let ports = try ONNXModel(path: modelPath).inputs(importOptions)
    var arguments = self
    let shapes = try inputs.shapes(for: ports, isChannelsLast: compileOptions.layout == .channelsLast)
    arguments.importOptions.shapes.merge(shapes) { own, _ in own }
    return arguments
  }

  /// The dimensions that `--shape` gives, and the part of the model that is cut out.
  static func importOptions(_ arguments: ParsedArguments) throws(UsageError) -> ImportOptions {
    var shapes: [String: [Int]] = [:]
    for text in arguments.values("shape") {
      // An input's name may hold a '='; dimensions don't.
      let parts = text.split(separator: "=", omittingEmptySubsequences: false)
      let dimensions = parts.last?.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) } ?? []
      let shape = dimensions.compactMap { $0 }.filter { $0 >= 0 }
      guard parts.count > 1, shape.count == dimensions.count else {
        throw UsageError("--shape '\(text)' does not look like input=1,3,224,224")
      }
      let name = parts.dropLast().joined(separator: "=")
      guard shapes.updateValue(shape, forKey: name) == nil else {
        throw UsageError("--shape is given twice for input '\(name)'")
      }
    }
    let part = ModelPart(inputs: arguments.values("cut-input"), outputs: arguments.values("cut-output"))
    return ImportOptions(shapes: shapes, part: part, capacities: try capacities(arguments))
  }

  /// The room for results whose length depends on the data: of one tensor or node by its name, or of all others.
  private static func capacities(_ arguments: ParsedArguments) throws(UsageError) -> RowCapacities {
    var capacities = RowCapacities()
    for text in arguments.values("capacity") {
      // A tensor's name may hold a '='; numbers don't.
      let parts = text.split(separator: "=", omittingEmptySubsequences: false)
      guard let last = parts.last, let number = Int(last), RowCapacities.limits.contains(number) else {
        let limits = RowCapacities.limits
        throw UsageError(
          "--capacity '\(text)' is neither a number of rows from \(limits.lowerBound) to \(limits.upperBound) nor "
            + "TENSOR=100")
      }
      let name = parts.dropLast().joined(separator: "=")
      let known = parts.count == 1 ? capacities.others : capacities.byName[name]
      guard known == nil else {
        throw UsageError("--capacity is given twice\(parts.count == 1 ? "" : " for '\(name)'")")
      }
      if parts.count == 1 { capacities.others = number } else { capacities.byName[name] = number }
    }
    return capacities
  }

  /// The target that `--target` names, or whose file it is; the host otherwise.
  static func target(_ arguments: ParsedArguments) throws -> Target {
    let name = arguments.value("target") ?? "host"
    if let target = try Targets.target(name) { return target }
    let hint = closest(to: name, among: Targets.all.map(\.name)).map { "did you mean '\($0)'?" } ?? "see 'kiln targets'"
    throw UsageError("there is no target '\(name)'; \(hint)")
  }

  /// Throws unless this machine runs programs for the target.
  ///
  /// - Parameter hint: what to do about it.
  func requireHost(_ subcommand: String, hint: String? = nil) throws(UsageError) {
    guard Doctor.runs(compileOptions.target, on: HostTarget.detect()) else {
      let text = "\(subcommand) runs on this machine, which does not run '\(compileOptions.target.name)'"
      throw UsageError(text + (hint.map { "; \($0)" } ?? ""))
    }
  }

  /// The name of the network's type: the user's, or made from the file's.
  var typeName: String {
    if let name = compileOptions.typeName { return name }
    return Compiler.typeName(for: URL(filePath: modelPath).deletingPathExtension().lastPathComponent)
  }

  private static func typeName(_ text: String) throws(UsageError) -> String {
    let isIdentifier =
      (text.first?.isLetter ?? false) && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    guard isIdentifier, text.count <= Compiler.maximumNameLength else {
      let limit = Compiler.maximumNameLength
      throw UsageError("--name '\(text)' can't name a Swift type: use at most \(limit) letters, digits and _")
    }
    guard !ReservedNames.forbidsType(text) else {
      throw UsageError(
        "--name '\(text)' means something in Swift or in what Kiln writes: use another, for instance My\(text)")
    }
    return text
  }
}
