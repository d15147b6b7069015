import KilnGraph
import KilnKernels
import KilnPlanning

/// What a network's library shows of it in C and in Python: names, types, constants.
struct LibraryInterface {
  /// An input or an output.
  struct Port {
    /// Its name in C and in Python.
    let name: String
    /// Its name in the emitted Swift.
    let swiftName: String
    /// Its name in the model.
    let modelName: String
    /// Its element type and dimensions.
    let type: TensorType
    /// What its integers stand for, where the model says so.
    let quantization: PortQuantization?
    /// The order of a pixel's bytes, where it takes pixels.
    let pixelOrder: PixelFormat.Order?
    /// Whether the library writes it.
    let isOutput: Bool

    /// The middle of its constants' names.
    var macro: String { name.uppercased() }
  }

  let network: PackageEmitter.Network
  let identity: EmittedLibrary.Identity
  /// What the library and its functions are called after: a C identifier in small letters.
  let name: String
  let inputs: [Port]
  let outputs: [Port]

  /// Bytes that an arena begins at a multiple of.
  static let arenaAlignment = MemoryPlan.alignment

  /// The interface of a network that was compiled from `model`.
  init(_ network: PackageEmitter.Network, of model: Graph, _ identity: EmittedLibrary.Identity) {
    self.network = network
    self.identity = identity
    name = network.name.lowercased()
    let graph = network.program.graph
    let swiftNames = NetworkSource.portNames(network.program)
    var taken = ReservedNames.ofLibraryPorts.union([network.name, name])
    var macros: Set<String> = []
    func identifier(_ modelName: String, prefix: String) -> String {
      var name = modelName.uniqueIdentifier(in: &taken, prefix: prefix)
      // Constants are named in capitals: names that differ in nothing else don't do.
      while !macros.insert(name.uppercased()).inserted { name = modelName.uniqueIdentifier(in: &taken, prefix: prefix) }
      return name
    }
    inputs = graph.inputs.indices.map { index in
      let modelName = graph[graph.inputs[index]].name
      return Port(
        name: identifier(modelName, prefix: "input"), swiftName: swiftNames.inputs[index], modelName: modelName,
        type: graph.type(of: graph.inputs[index]),
        quantization: PortQuantization(ofInput: model.inputs[index], in: model),
        pixelOrder: model.pixelOrder(ofInput: model.inputs[index]), isOutput: false)
    }
    outputs = graph.outputs.indices.map { index in
      let output = graph.outputs[index]
      return Port(
        name: identifier(output.name, prefix: "output"), swiftName: swiftNames.outputs[index], modelName: output.name,
        type: graph.type(of: output.value),
        quantization: PortQuantization(ofOutput: model.outputs[index].value, in: model), pixelOrder: nil, isOutput: true
      )
    }
  }

  /// The inputs, and after them the outputs.
  var ports: [Port] { inputs + outputs }

  /// The beginning of its constants' names.
  var macro: String { name.uppercased() }

  /// Bytes of the arena, a multiple of `arenaAlignment` as C's `aligned_alloc` wants it.
  var arenaByteCount: Int {
    max(network.program.arenaByteCount, 1).roundedUp(toMultipleOf: Self.arenaAlignment)
  }

  /// The threads that share an inference.
  var threads: Int { network.program.threads }

  /// A function's name.
  func function(_ name: String) -> String { "\(self.name)_\(name)" }

  /// All functions of the header.
  var functions: [String] {
    let shared = ["workers_bytes", "workers_start", "workers_stop", "predict_with_workers"]
    return (["predict", "model_sha256"] + (threads > 1 ? shared : [])).map(function)
  }

  /// The first line of every text: what this is, and who wrote it.
  var title: String {
    "\(name): \(network.origin.inComment), compiled for \(network.program.target.name.inComment)."
  }
}

extension LibraryInterface.Port {
  /// The dimensions between brackets, as messages show them.
  var shapeText: String { "[\(type.shape.map(String.init).joined(separator: ", "))]" }
}

/// What a function of a library returns.
enum LibraryStatus: Int, CaseIterable {
  case ok = 0
  case nullPointer = 1
  case misalignedPointer = 2
  case noThreads = 3

  /// The end of its constant's name in C.
  var macro: String {
    switch self {
    case .ok: "OK"
    case .nullPointer: "NULL_POINTER"
    case .misalignedPointer: "MISALIGNED_POINTER"
    case .noThreads: "NO_THREADS"
    }
  }

  /// What it means.
  var meaning: String {
    switch self {
    case .ok: "Done."
    case .nullPointer: "A pointer is null: nothing was done."
    case .misalignedPointer:
      "An address is no multiple of its elements' size, or an arena's of ARENA_ALIGNMENT: nothing was done."
    case .noThreads: "The system starts no more threads: none is left running."
    }
  }
}
