import KilnMachine
import KilnPlanning
import KilnRuntimeSources

/// What programs use that know the network only by its numbers: the benchmark, and `kiln verify`.
extension NetworkSource {
  var tables: String {
    let graph = program.graph
    let parameters = """
      inputs: UnsafePointer<UnsafeRawPointer>, outputs: UnsafePointer<UnsafeMutableRawPointer>,
          arena: UnsafeMutableRawPointer
      """
    return """
      extension \(name) {
        /// How many inputs the network has.
        public static var inputCount: Int { \(graph.inputs.count) }

        /// How many outputs it has.
        public static var outputCount: Int { \(graph.outputs.count) }

        /// How many layers it has.
        public static var layerCount: Int { \(program.layers.count) }

        /// Bytes of an input.
        public static func inputByteCount(_ index: Int) -> Int {
      \(cases(graph.inputs.map { "return \(graph.byteCount(of: $0))" }, otherwise: "return 0"))
        }

        /// Bytes of an output.
        public static func outputByteCount(_ index: Int) -> Int {
      \(cases(graph.outputs.map { "return \(graph.byteCount(of: $0.value))" }, otherwise: "return 0"))
        }

        /// A layer's name in the model.
        public static func layerName(_ index: Int) -> StaticString {
      \(cases(program.layers.map { "return \"\($0.node.name.escaped)\"" }, otherwise: "return \"\""))
        }

        /// The bytes that a layer writes: in output number `output`, or in the arena when that is -1, from its first multiple
        /// of \(MemoryPlan.alignment) on. They hold the layer's result as it is used inside, which may be strided and have a border.
        public static func layerOutput(_ index: Int) -> (output: Int, offset: Int, byteCount: Int) {
      \(cases(program.layers.indices.map(layerOutput), otherwise: "return (-1, 0, 0)"))
        }

        /// Computes the outputs from the inputs, given by number.
        public static func predict(
          \(parameters)
        ) {
          predict(
      \((numberedPorts + ["arena: arena"]).wrapped(indent: "      ")))
        }

        /// Computes one layer. Calling it for every index in order is `predict`.
        public static func runLayer(
          _ index: Int, \(parameters)
        ) {
          let memory = Memory(
      \(numberedMemory.wrapped(indent: "      ")))
      \(cases(layerNames.indices.map(call(ofLayer:)), otherwise: "break"))
        }
      }
      """
  }

  /// The arguments of `Memory` when the inputs and outputs are given by number.
  var numberedMemory: [String] { numberedPorts + ["arena: \(Self.alignedArena)"] }

  /// The inputs and outputs, given by number.
  private var numberedPorts: [String] {
    let inputs = inputTypes.enumerated().map { "inputs[\($0)].assumingMemoryBound(to: \($1).self)" }
    let outputs = outputTypes.enumerated().map { "outputs[\($0)].assumingMemoryBound(to: \($1).self)" }
    return zip(inputNames, inputs).map { "\($0): \($1)" } + zip(outputNames, outputs).map { "\($0): \($1)" }
  }

  /// A switch over `index`.
  ///
  /// Each case is a statement: a switch that is an expression takes the type checker seconds for some hundred cases,
  /// because it looks at all of them at once.
  func cases(_ results: [String], otherwise: String) -> String {
    let lines = results.enumerated().map { "    case \($0): \($1)\n" }.joined()
    return "    switch index {\n\(lines)    default: \(otherwise)\n    }"
  }

  /// The statement of `layerOutput` for a layer.
  private func layerOutput(_ index: Int) -> String {
    let memory = program.memory(ofLayer: index)
    return "return (\(memory.output ?? -1), \(memory.offset), \(memory.byteCount))"
  }
}
