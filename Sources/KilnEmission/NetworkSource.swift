import KilnGraph
import KilnKernels
import KilnLowering
import KilnMachine
import KilnPlanning
import KilnRuntimeSources

/// The Swift source of a network: its API and its layers.
struct NetworkSource {
  let name: String
  let origin: String
  let program: Program
  let weights: WeightsModule
  let part: Int
  let inputNames: [String]
  let outputNames: [String]
  let layerNames: [String]
  /// The names of the arena's buffers.
  let bufferNames: [Buffer.ID: String]
  /// The functions for calls that occur more than once.
  let sharedCalls: SharedCalls

  init(name: String, origin: String, program: Program, weights: WeightsModule, part: Int) {
    self.name = name
    self.origin = origin
    self.program = program
    self.weights = weights
    self.part = part
    let reserved = ReservedNames.keywords.union(ReservedNames.ofNetworks)
    (inputNames, outputNames) = Self.portNames(program)
    var ports = reserved.union(inputNames + outputNames)
    ports.formUnion(["arena", "elements"])
    bufferNames = Self.bufferNames(program, in: &ports)
    var members = reserved
    members.formUnion((inputNames + outputNames).map { "\($0)Shape" })
    for call in program.layers.flatMap(\.allCalls) {
      members.formUnion(call.identifiers)
      let tables = (call.kernel.reads + call.kernel.writes).compactMap(\.table)
      members.formUnion(tables.map { weights.function($0, part: part) })
    }
    layerNames = program.layers.map { $0.node.name.uniqueIdentifier(in: &members, prefix: "layer") }
    sharedCalls = SharedCalls(of: program, unlike: &members)
  }

  /// What the emitted code calls a network's inputs and outputs.
  static func portNames(_ program: Program) -> (inputs: [String], outputs: [String]) {
    var taken = ReservedNames.keywords.union(ReservedNames.ofNetworks)
    let inputs = program.graph.inputs.map { program.graph[$0].name.uniqueIdentifier(in: &taken, prefix: "input") }
    return (inputs, program.graph.outputs.map { $0.name.uniqueIdentifier(in: &taken, prefix: "output") })
  }

  /// The file's text.
  var text: String {
    """
    \(header)

    import \(weights.name)

    \(api)

    // MARK: Layers

    extension \(name) {
    \(layers)
    }
    \(sharedCalls.source(network: name))
    \(tables)
    \(threads)
    """
  }

  // MARK: API

  private var header: String {
    return """
      // \(name): \(origin.inComment), compiled by Kiln for \(program.target.name.inComment).
      //
      // \(program.layers.count) layers, \(program.multiplyAccumulates) multiply-accumulates, \(program.weightByteCount) bytes of weights, \
      \(program.arenaMemoryByteCount) bytes of arena.

      // Names are the model's own.
      // swift-format-ignore-file: AlwaysUseLowerCamelCase
      """
  }

  private var api: String {
    let graph = program.graph
    var constants: [String] = []
    let ports =
      zip(inputNames, graph.inputs).map { ($0, $1, "Input") }
      + zip(outputNames, graph.outputs.map(\.value)).map { ($0, $1, "Output") }
    for (port, value, role) in ports {
      let (shape, scalar) = (graph.type(of: value).shape, graph.type(of: value).scalar.rawValue)
      constants.append(
        """
          /// \(role) `\(port)`: the dimensions of a row-major \(scalar) tensor.
          public static var \(port)Shape: InlineArray<\(shape.count), Int> { \(shape) }
        """)
    }
    let spans =
      zip(inputNames, inputTypes).map { "\($0): Span<\($1)>" }
      + zip(outputNames, outputTypes).map { "\($0): inout MutableSpan<\($1)>" } + ["arena: inout MutableRawSpan"]
    let pointers =
      zip(inputNames, inputTypes).map { "\($0): UnsafePointer<\($1)>" }
      + zip(outputNames, outputTypes).map { "\($0): UnsafeMutablePointer<\($1)>" } + ["arena: UnsafeMutableRawPointer"]
    return """
      /// The network. It allocates nothing, keeps nothing between calls, and may run in several threads at once, each with
      /// an arena of its own.
      \(threadsSummary)public enum \(name) {
        /// Bytes of the memory that `predict` works in. It may begin anywhere: what is used of it begins at a multiple of
        /// \(MemoryPlan.alignment), for which there is room. Its contents need not be kept.
        public static var arenaByteCount: Int { \(program.arenaMemoryByteCount) }

      \(constants.joined(separator: "\n\n"))

        /// Computes the outputs from the inputs.
        ///
        /// Precondition: every span has as many elements as its shape, and `arena` at least `arenaByteCount` bytes.
        public static func predict(
      \(spans.wrapped(indent: "    "))
        ) {
      \(checks.joined(separator: "\n"))
      \(nestedSpans((inputNames + outputNames + ["arena"]).map { "\($0): \($0)" }))
        }

        /// Computes the outputs from the inputs. Precondition: every pointer has the memory that its shape, or
        /// `arenaByteCount`, asks for.
        public static func predict(
      \(pointers.wrapped(indent: "    "))
        ) {
          let memory = Memory(
      \(memoryArguments.wrapped(indent: "      ")))
      \(layerNames.indices.map { "    Self.\(call(ofLayer: $0))" }.joined(separator: "\n"))
        }

        /// Where a call of `predict` reads and writes.
        struct Memory {
      \(zip(inputNames, inputTypes).map { "    let \($0): UnsafePointer<\($1)>" }.joined(separator: "\n"))
      \(zip(outputNames, outputTypes).map { "    let \($0): UnsafeMutablePointer<\($1)>" }.joined(separator: "\n"))
          let arena: UnsafeMutablePointer<Float>
      \(bufferComment)\(bufferProperties)\(arenaElements)  }
      }
      """
  }

  private var bufferComment: String {
    bufferNames.isEmpty
      ? ""
      : """

          // Parts of the arena, each with the name of the layer whose result it holds: of several, the largest one's. Parts
          // that aren't in use at the same time overlap.

      """
  }

  /// The checks of the span forms.
  var checks: [String] {
    let graph = program.graph
    return zip(inputNames, graph.inputs).map { check($0, $1) }
      + zip(outputNames, graph.outputs).map { check($0, $1.value) }
      + ["    precondition(arena.byteCount >= arenaByteCount, \"the arena is too small\")"]
  }

  /// The element types of the inputs in Swift.
  var inputTypes: [String] { program.graph.inputs.map { program.graph.type(of: $0).scalar.swiftName } }

  /// The element types of the outputs in Swift.
  var outputTypes: [String] { program.graph.outputs.map { program.graph.type(of: $0.value).scalar.swiftName } }

  /// How the arena is used for other elements than float32; empty when it isn't.
  private var arenaElements: String {
    guard program.arenaOffsets.keys.contains(where: { program.buffer($0).scalar != .float32 }) else { return "" }
    return """

          /// Elements of another type than float32, from a byte of the arena on.
          func elements<Element>(_: Element.Type, at byte: Int) -> UnsafeMutablePointer<Element> {
            UnsafeMutableRawPointer(arena).advanced(by: byte).assumingMemoryBound(to: Element.self)
          }

      """
  }

  var memoryArguments: [String] {
    (inputNames + outputNames).map { "\($0): \($0)" } + ["arena: \(Self.alignedArena)"]
  }

  /// The arena as the layers use it, from the memory that the caller gives.
  ///
  /// Vectors that don't cross cache lines are faster.
  static let alignedArena =
    "arena.alignedUp(toMultipleOf: \(MemoryPlan.alignment)).assumingMemoryBound(to: Float.self)"

  private func check(_ port: String, _ value: ValueID) -> String {
    let count = program.graph.type(of: value).elementCount
    return "    precondition(\(port).count == \(count), \"\(port) must have \(count) elements\")"
  }

  /// The span form's call of the pointer form, inside one closure per span.
  func nestedSpans(_ arguments: [String]) -> String {
    var lines: [String] = []
    var indent = "    "
    for (input, type) in zip(inputNames, inputTypes) {
      lines.append("\(indent)\(input).withUnsafeBufferPointer { (\(input): UnsafeBufferPointer<\(type)>) -> Void in")
      indent += "  "
    }
    for (output, type) in zip(outputNames, outputTypes) {
      lines.append(
        "\(indent)\(output).withUnsafeMutableBufferPointer { (\(output): UnsafeMutableBufferPointer<\(type)>) -> Void in"
      )
      indent += "  "
    }
    lines.append("\(indent)arena.withUnsafeMutableBytes { (arena: UnsafeMutableRawBufferPointer) -> Void in")
    lines += pointers(indent: indent + "  ")
    lines.append("\(indent)  predict(\n\(arguments.wrapped(indent: indent + "    ")))")
    for depth in stride(from: indent.count, through: 4, by: -2) {
      lines.append(String(repeating: " ", count: depth) + "}")
    }
    return lines.joined(separator: "\n")
  }

  /// Pointers to the spans' elements.
  ///
  /// A span without elements may have no memory: nothing of it is read or written, and the arena's stands for it.
  private func pointers(indent: String) -> [String] {
    let graph = program.graph
    let ports =
      zip(inputNames, inputTypes).map { ($0, "UnsafePointer", $1) }
      + zip(outputNames, outputTypes).map { ($0, "UnsafeMutablePointer", $1) }
    let isEmpty = (graph.inputs + graph.outputs.map(\.value)).map { graph.type(of: $0).elementCount == 0 }
    let full = ["arena"] + zip(ports, isEmpty).filter { !$1 }.map(\.0.0)
    let bases = full.map { "let \($0) = \($0).baseAddress" }.wrapped(indent: indent + "  ")
    let empty = zip(ports, isEmpty).filter(\.1).map { port, _ in
      "\(indent)let \(port.0) = \(port.0).baseAddress ?? \(port.1)(arena.assumingMemoryBound(to: \(port.2).self))"
    }
    return ["\(indent)guard\n\(bases)\n\(indent)else { preconditionFailure(\"a span has no memory\") }"] + empty
  }
}

extension KernelCall {
  /// Every name that the printed call uses, which a layer's own name would hide.
  fileprivate var identifiers: Set<String> {
    let sources = [kernel.name] + kernel.arguments.compactMap(\.value.source)
    return Set(sources.flatMap { $0.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map(String.init) })
  }
}
