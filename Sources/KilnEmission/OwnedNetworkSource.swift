import KilnGraph
import KilnKernels
import KilnPlanning

/// The Swift source of a network that owns its memory and takes arrays, for machines with an allocator.
///
/// Embedded Swift leaves it out: what is proved to allocate nothing has no trace of it.
struct OwnedNetworkSource {
  /// The type's name inside the network's.
  static let typeName = "Network"

  /// An input or an output.
  private struct Port {
    /// Its name in the network's API.
    let name: String
    /// Its name inside the function.
    let local: String
    /// Its element type and dimensions.
    let type: TensorType

    /// What documentation says of it.
    var summary: String {
      "\(type.scalar.rawValue)\(type.shape), row-major." + (type.scalar.note.map { " \($0)" } ?? "")
    }

    /// Its type in Swift.
    var array: String { "[\(type.scalar.swiftName)]" }
  }

  private let name: String
  private let threads: Int
  private let inputs: [Port]
  private let outputs: [Port]
  /// What the function calls the outputs' spans, and the arena's.
  private let spans: [String]
  private let arenaSpan: String

  /// The source that belongs to a network's.
  init(_ network: PackageEmitter.Network) {
    let program = network.program
    let names = NetworkSource.portNames(program)
    name = network.name
    threads = program.threads
    // The function calls the network by its name.
    var taken = ReservedNames.keywords.union(ReservedNames.ofNetworks).union([network.name])
    func port(_ name: String, _ value: ValueID) -> Port {
      Port(
        name: name, local: name.uniqueIdentifier(in: &taken, prefix: "port"), type: program.graph.type(of: value))
    }
    inputs = zip(names.inputs, program.graph.inputs).map { port($0, $1) }
    outputs = zip(names.outputs, program.graph.outputs).map { port($0, $1.value) }
    spans = outputs.map { "\($0.local)Span".uniqueIdentifier(in: &taken, prefix: "span") }
    arenaSpan = "arenaSpan".uniqueIdentifier(in: &taken, prefix: "span")
  }

  /// The file's text.
  var text: String {
    let threadsToo = threads > 1 ? ", and the threads that share its inferences" : ""
    return """
      // \(name) with memory of its own. Embedded Swift leaves it out: there, the caller owns all memory.

      // Names are the model's own.
      // swift-format-ignore-file: AlwaysUseLowerCamelCase

      #if !hasFeature(Embedded)
        extension \(name) {
          /// The network with the memory that it works in\(threadsToo).
          ///
          ///     var network = \(name).\(Self.typeName)()
          ///     \(example)
          ///
          /// It makes one inference at a time: tasks that make inferences at once have one each.
          public struct \(Self.typeName): ~Copyable, @unchecked Sendable {
            // Unchecked: nobody else has the memory, and inferences mutate this value.
            private let arena: UnsafeMutableRawBufferPointer
      \((threads > 1 ? sharedLife : life).indented(by: 6))

      \(predict.indented(by: 6))
          }
        }
      #endif

      """
  }

  /// How the network is called; an only input has no label.
  var example: String {
    let arguments = inputs.count == 1 ? inputs.map(\.name) : inputs.map { "\($0.name): \($0.name)" }
    let results = outputs.map(\.name).joined(separator: ", ")
    let pattern = outputs.count == 1 ? results : "(\(results))"
    return "let \(pattern) = network.predict(\(arguments.joined(separator: ", ")))"
  }

  // MARK: Members

  private var arenaMade: String {
    "arena = .allocate(byteCount: arenaByteCount, alignment: \(MemoryPlan.alignment))"
  }

  private var life: String {
    """

    /// Allocates the memory.
    public init() { \(arenaMade) }

    deinit { arena.deallocate() }
    """
  }

  private var sharedLife: String {
    """
    private let workers: Workers?
    private let workersMemory: UnsafeMutableRawPointer

    /// Allocates the memory and starts the threads.
    public init() {
      \(arenaMade)
      workersMemory = .allocate(byteCount: Workers.byteCount, alignment: \(MemoryPlan.alignment))
      workers = Workers(storage: workersMemory)
    }

    deinit {
      workers?.stop()
      workersMemory.deallocate()
      arena.deallocate()
    }

    /// How many threads share an inference: one, with the same bits, where the system starts no more.
    public var threadCount: Int { workers == nil ? 1 : \(name).threadCount }
    """
  }

  private var predict: String {
    let parameters = inputs.map { port in
      let label = inputs.count == 1 ? "_ " : port.name == port.local ? "" : "\(port.name) "
      return "\(label)\(port.local): \(port.array)"
    }
    let single = outputs.count == 1 ? outputs.first : nil
    let result = single?.array ?? "(\(outputs.map { "\($0.name): \($0.array)" }.joined(separator: ", ")))"
    let results = single?.local ?? "(\(outputs.map { "\($0.name): \($0.local)" }.joined(separator: ", ")))"
    let arrays = zip(outputs, spans).map { port, span in
      """
        var \(port.local) = \(port.array)(repeating: 0, count: \(port.type.elementCount))
        var \(span) = \(port.local).mutableSpan
      """
    }
    let described = inputs.map { "/// - Parameter \($0.local): \($0.summary)\n" }.joined()
    return """
      /// Computes the outputs from the inputs.
      ///
      /// Precondition: every input has as many elements as its shape.
      ///
      \(described)/// - Returns: \(outputs.map { "`\($0.name)`, \($0.summary)" }.joined(separator: "\n///   "))
      public mutating func predict(
      \(parameters.wrapped(indent: "  "))
      ) -> \(result) {
      \(arrays.joined(separator: "\n"))
        var \(arenaSpan) = arena.mutableBytes
      \(call)
        return \(results)
      }
      """
  }

  private var call: String {
    guard threads > 1 else { return call(with: []).indented(by: 2) }
    return """
      if let workers {
      \(call(with: ["workers: workers"]).indented(by: 2))
      } else {
      \(call(with: []).indented(by: 2))
      }
      """.indented(by: 2)
  }

  private func call(with workers: [String]) -> String {
    let arguments =
      inputs.map { "\($0.name): \($0.local).span" } + zip(outputs, spans).map { "\($0.name): &\($1)" }
      + ["arena: &\(arenaSpan)"] + workers
    return "\(name).predict(\n\(arguments.wrapped(indent: "  ")))"
  }
}
