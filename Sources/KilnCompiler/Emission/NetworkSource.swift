import KilnGraph

/// The Swift source of a network: its API and its layers.
struct NetworkSource {
  let name: String
  let origin: String
  let program: Program
  let weights: WeightsModule
  private let inputNames: [String]
  private let outputNames: [String]
  private let layerNames: [String]

  init(name: String, origin: String, program: Program, weights: WeightsModule) {
    self.name = name
    self.origin = origin
    self.program = program
    self.weights = weights
    // Names that the emitted code uses itself.
    var ports: Set<String> = ["arena", "memory", "index", "inputs", "outputs"]
    ports.formUnion(Self.keywords)
    inputNames = program.graph.inputs.map { program.graph[$0].name.uniqueIdentifier(in: &ports) }
    outputNames = program.graph.outputs.map { $0.name.uniqueIdentifier(in: &ports) }
    var members: Set<String> = [
      "predict", "runLayer", "layerName", "layerOutput", "layerCount", "inputCount", "outputCount", "arenaByteCount",
      "inputByteCount", "outputByteCount", "Memory",
    ]
    members.formUnion(Self.keywords)
    members.formUnion(program.layers.flatMap { $0.calls.map(\.function) })
    layerNames = program.layers.map { $0.node.name.uniqueIdentifier(in: &members) }
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

    \(tables)

    """
  }

  // MARK: API

  private var header: String {
    let macs = program.layers.reduce(0) { $0 + program.graph.multiplyAccumulates(of: $1.node) }
    return """
      // \(name): \(origin), compiled by Kiln for \(program.target.name).
      //
      // \(program.layers.count) layers, \(macs) multiply-accumulates, \(weights.byteCount) bytes of weights, \
      \(program.arenaByteCount) bytes of arena.
      """
  }

  private var api: String {
    let graph = program.graph
    var constants: [String] = []
    let ports =
      zip(inputNames, graph.inputs).map { ($0, $1, "Input") }
      + zip(outputNames, graph.outputs.map(\.value)).map { ($0, $1, "Output") }
    for (port, value, role) in ports {
      let shape = graph.type(of: value).shape
      constants.append(
        """
          /// \(role) `\(port)`: the dimensions of a row-major float32 tensor.
          public static var \(port)Shape: InlineArray<\(shape.count), Int> { \(shape) }
        """)
    }
    let spans =
      inputNames.map { "\($0): Span<Float>" } + outputNames.map { "\($0): inout MutableSpan<Float>" }
      + ["arena: inout MutableRawSpan"]
    let pointers =
      inputNames.map { "\($0): UnsafePointer<Float>" } + outputNames.map { "\($0): UnsafeMutablePointer<Float>" }
      + ["arena: UnsafeMutableRawPointer"]
    let checks =
      zip(inputNames, graph.inputs).map { check($0, $1) } + zip(outputNames, graph.outputs).map { check($0, $1.value) }
    return """
      /// The network. It allocates nothing, keeps nothing between calls, and may run in several threads at once, each with
      /// an arena of its own.
      public enum \(name) {
        /// Bytes of the memory that `predict` works in. It must be aligned to 64 bytes; its contents need not be kept.
        public static var arenaByteCount: Int { \(program.arenaByteCount) }

      \(constants.joined(separator: "\n\n"))

        /// Computes the outputs from the inputs.
        ///
        /// Precondition: every span has as many elements as its shape, and `arena` at least `arenaByteCount` bytes.
        public static func predict(
          \(spans.joined(separator: ", "))
        ) {
      \(checks.joined(separator: "\n"))
          precondition(arena.byteCount >= arenaByteCount, "the arena is too small")
      \(nestedSpans)
        }

        /// Computes the outputs from the inputs. Precondition: every pointer has the memory that its shape, or
        /// `arenaByteCount`, asks for.
        public static func predict(
          \(pointers.joined(separator: ", "))
        ) {
          let memory = Memory(\((inputNames + outputNames).map { "\($0): \($0)" }.joined(separator: ", "))\(inputNames.isEmpty && outputNames.isEmpty ? "" : ", ")arena: arena.assumingMemoryBound(to: Float.self))
      \(layerNames.map { "    \($0)(memory)" }.joined(separator: "\n"))
        }

        /// Where a call of `predict` reads and writes.
        struct Memory {
      \(inputNames.map { "    let \($0): UnsafePointer<Float>" }.joined(separator: "\n"))
      \(outputNames.map { "    let \($0): UnsafeMutablePointer<Float>" }.joined(separator: "\n"))
          let arena: UnsafeMutablePointer<Float>
        }
      }
      """
  }

  private func check(_ port: String, _ value: ValueID) -> String {
    let count = program.graph.type(of: value).elementCount
    return "    precondition(\(port).count == \(count), \"\(port) must have \(count) elements\")"
  }

  /// The span form's call of the pointer form, inside one closure a span.
  private var nestedSpans: String {
    var lines: [String] = []
    var indent = "    "
    for input in inputNames {
      lines.append("\(indent)\(input).withUnsafeBufferPointer { \(input) in")
      indent += "  "
    }
    for output in outputNames {
      lines.append("\(indent)\(output).withUnsafeMutableBufferPointer { \(output) in")
      indent += "  "
    }
    lines.append("\(indent)arena.withUnsafeMutableBytes { arena in")
    let bases = (inputNames + outputNames + ["arena"]).map { "let \($0) = \($0).baseAddress" }.joined(separator: ", ")
    lines.append("\(indent)  guard \(bases) else { return }")
    let arguments = (inputNames + outputNames + ["arena"]).map { "\($0): \($0)" }.joined(separator: ", ")
    lines.append("\(indent)  predict(\(arguments))")
    for depth in stride(from: indent.count, through: 4, by: -2) {
      lines.append(String(repeating: " ", count: depth) + "}")
    }
    return lines.joined(separator: "\n")
  }

  // MARK: Layers

  private var layers: String {
    zip(layerNames, program.layers).map { layerName, layer in
      """
        /// \(description(of: layer.node))
        static func \(layerName)(_ memory: Memory) {
      \(layer.calls.map { print($0) }.joined(separator: "\n"))
        }
      """
    }.joined(separator: "\n\n")
  }

  private func description(of node: Node) -> String {
    let graph = program.graph
    let inputs = node.inputs.compactMap(\.self).filter { graph.constant($0) == nil }
    let shapes = inputs.map { "\(graph.type(of: $0).shape)" }.joined(separator: ", ")
    let details = node.operation.details.isEmpty ? "" : " \(node.operation.details)"
    var text = "\(node.operation.name)\(details), \(shapes) -> \(graph.type(of: node.outputs[0]).shape)."
    if !node.folded.isEmpty {
      text += " Folded: " + node.folded.map { "\($0.operation) `\($0.node)`" }.joined(separator: ", ") + "."
    }
    return text
  }

  private func print(_ call: KernelCall) -> String {
    let arguments = call.arguments.map { argument in
      (argument.label.map { "\($0): " } ?? "") + print(argument.value)
    }
    let line = "    \(call.function)(\(arguments.joined(separator: ", ")))"
    if line.count <= 120 { return line }
    return "    \(call.function)(\n" + wrapped(arguments, indent: "      ") + ")"
  }

  private func wrapped(_ items: [String], indent: String) -> String {
    var lines: [String] = []
    var line = indent
    for (index, item) in items.enumerated() {
      let piece = index + 1 < items.count ? item + "," : item
      if line.count > indent.count, line.count + 1 + piece.count > 118 {
        lines.append(line)
        line = indent
      }
      line += (line.count > indent.count ? " " : "") + piece
    }
    return (lines + [line]).joined(separator: "\n")
  }

  private func print(_ value: KernelCall.Value) -> String {
    switch value {
    case .source(let id, let offset), .destination(let id, let offset): pointer(to: id, offset: offset)
    case .table(let table): "\(weights.function(table))()"
    case .integer(let integer): "\(integer)"
    case .float(let float): float.swiftLiteral
    case .code(let code): code
    }
  }

  private func pointer(to value: ValueID, offset: Int) -> String {
    guard let view = program.views[value] else { preconditionFailure("\(program.graph[value].name) has no storage") }
    let (base, start) =
      switch program.buffer(view.buffer).owner {
      case .arena:
        ("memory.arena", (program.arenaOffsets[view.buffer] ?? 0) / MemoryLayout<Float>.stride)
      case .input(let index): ("memory.\(inputNames[index])", 0)
      case .output(let index): ("memory.\(outputNames[index])", 0)
      }
    let element = start + view.offset + offset
    return element == 0 ? base : element > 0 ? "\(base) + \(element)" : "\(base) - \(-element)"
  }

  // MARK: By number

  /// What programs use that know the network only by its numbers: the benchmark, and `kiln verify`.
  private var tables: String {
    let graph = program.graph
    let inputs = inputNames.indices.map { "inputs[\($0)].assumingMemoryBound(to: Float.self)" }
    let outputs = outputNames.indices.map { "outputs[\($0)].assumingMemoryBound(to: Float.self)" }
    let memory =
      (zip(inputNames, inputs).map { "\($0): \($1)" } + zip(outputNames, outputs).map { "\($0): \($1)" }
        + ["arena: arena.assumingMemoryBound(to: Float.self)"])
    let parameters = """
      inputs: UnsafePointer<UnsafeRawPointer>, outputs: UnsafePointer<UnsafeMutableRawPointer>,
          arena: UnsafeMutableRawPointer
      """
    return """
      // MARK: By number

      extension \(name) {
        /// How many inputs the network has.
        public static var inputCount: Int { \(graph.inputs.count) }

        /// How many outputs it has.
        public static var outputCount: Int { \(graph.outputs.count) }

        /// How many layers it has.
        public static var layerCount: Int { \(program.layers.count) }

        /// Bytes of an input.
        public static func inputByteCount(_ index: Int) -> Int {
      \(cases(graph.inputs.map { "\(graph.byteCount(of: $0))" }, otherwise: "0"))
        }

        /// Bytes of an output.
        public static func outputByteCount(_ index: Int) -> Int {
      \(cases(graph.outputs.map { "\(graph.byteCount(of: $0.value))" }, otherwise: "0"))
        }

        /// A layer's name in the model.
        public static func layerName(_ index: Int) -> StaticString {
      \(cases(program.layers.map { "\"\($0.node.name.escaped)\"" }, otherwise: "\"\""))
        }

        /// The bytes that a layer writes: in output number `output`, or in the arena when that is -1. They hold the layer's
        /// result as it is used inside, which may be strided and have a border.
        public static func layerOutput(_ index: Int) -> (output: Int, offset: Int, byteCount: Int) {
      \(cases(program.layers.map { range(of: $0.node.outputs[0]) }, otherwise: "(-1, 0, 0)"))
        }

        /// Computes the outputs from the inputs, given by number.
        public static func predict(
          \(parameters)
        ) {
          predict(
      \(wrapped(memory.map { $0.replacing("arena.assumingMemoryBound(to: Float.self)", with: "arena") }, indent: "      ")))
        }

        /// Computes one layer. Calling it for every index in order is `predict`.
        public static func runLayer(
          _ index: Int, \(parameters)
        ) {
          let memory = Memory(
      \(wrapped(memory, indent: "      ")))
      \(cases(layerNames.map { "\($0)(memory)" }, otherwise: "break"))
        }
      }
      """
  }

  private func cases(_ results: [String], otherwise: String) -> String {
    let lines = results.enumerated().map { "    case \($0): \($1)\n" }.joined()
    return "    switch index {\n\(lines)    default: \(otherwise)\n    }"
  }

  /// The bytes between the first and the last element of a value.
  private func range(of value: ValueID) -> String {
    guard let view = program.views[value] else { preconditionFailure("\(program.graph[value].name) has no storage") }
    let count = view.shape.contains(0) ? 0 : zip(view.shape, view.strides).reduce(1) { $0 + ($1.0 - 1) * $1.1 }
    let size = MemoryLayout<Float>.stride
    return switch program.buffer(view.buffer).owner {
    case .arena: "(-1, \((program.arenaOffsets[view.buffer] ?? 0) + view.offset * size), \(count * size))"
    case .input: "(-1, 0, 0)"
    case .output(let index): "(\(index), \(view.offset * size), \(count * size))"
    }
  }

  private static let keywords: Set<String> = [
    "as", "break", "case", "catch", "class", "continue", "default", "defer", "do", "else", "enum", "extension",
    "fallthrough", "false", "fileprivate", "for", "func", "guard", "if", "import", "in", "init", "inout", "internal",
    "is", "let", "nil", "operator", "precedencegroup", "private", "protocol", "public", "repeat", "rethrows", "return",
    "self", "static", "struct", "subscript", "super", "switch", "throw", "throws", "true", "try", "typealias", "var",
    "where", "while",
  ]
}

extension Graph {
  /// Multiply-accumulates of one evaluation of a node.
  func multiplyAccumulates(of node: Node) -> Int {
    node.operation.multiplyAccumulates(
      inputs: node.inputs.map { $0.map { type(of: $0) } }, outputs: node.outputs.map { type(of: $0) })
  }

  /// Bytes of a dense value.
  func byteCount(of value: ValueID) -> Int { type(of: value).elementCount * type(of: value).scalar.byteCount }
}

extension String {
  /// The contents of a Swift string literal for this string.
  var escaped: String {
    replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").filter { !$0.isNewline }
  }
}
