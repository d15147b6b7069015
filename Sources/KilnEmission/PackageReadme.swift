import KilnGraph
import KilnKernels
import KilnPlanning

/// What an emitted package says of itself to whoever finds it.
struct PackageReadme {
  let network: PackageEmitter.Network
  let benchmarkName: String

  private var program: Program { network.program }

  var text: String {
    """
    # \(network.name)

    \(network.origin.inComment) as Swift, written by Kiln for \(program.target.name.inComment) (\(program.target.summary.inComment)).
    Inferences allocate nothing, and it needs no other package. Don't edit it: compile the model again.

    | | |
    | --- | --- |
    \(rows.map { "| \($0) | \($1) |" }.joined(separator: "\n"))

    ## Calling it

    With arrays, and memory that `\(OwnedNetworkSource.typeName)` owns:

    ```swift
    import \(network.name)

    var network = \(network.name).\(OwnedNetworkSource.typeName)()
    \(OwnedNetworkSource(network).example)
    ```

    Without an allocator, the caller owns all memory:

    ```swift
    \(call)
    ```

    The arena's memory may begin anywhere. A third form of `predict` takes pointers; there each has the memory that its
    shape asks for.

    ## Building it

    ```sh
    swift build -c release
    .build/release/\(benchmarkName) bench
    ```
    \(crossBuilding)
    In another package, `.package(path: "…")` and the product `\(network.name)`.
    \(folded)
    """
  }

  private var crossBuilding: String {
    guard program.target.triple.hasPrefix("aarch64") else { return "" }
    return """

      That is on a board with Swift. On another machine, `swift build -c release --swift-sdk aarch64-embedded-linux` builds it where
      Kiln's `toolchain/setup` has been run; or have `kiln bench MODEL --target NAME --on USER@HOST` do all of it.

      """
  }

  private var rows: [(String, String)] {
    let graph = program.graph
    let names = NetworkSource.portNames(program)
    func port(_ name: String, _ value: ValueID) -> String {
      "`\(name)` \(graph.type(of: value).scalar.rawValue)\(graph.type(of: value).shape)"
    }
    return zip(names.inputs, graph.inputs).map { ("input", port($0, $1)) }
      + zip(names.outputs, graph.outputs).map { ("output", port($0, $1.value)) }
      + [
        ("layers", "\(program.layers.count)"), ("multiply-accumulates", "\(program.multiplyAccumulates)"),
        ("weights", "\(program.weightByteCount) bytes"), ("arena", "\(program.arenaMemoryByteCount) bytes"),
        ("threads", "\(program.threads)"),
      ]
  }

  private var call: String {
    let source = NetworkSource.portNames(program)
    let arguments = source.inputs.map { "\($0): \($0)" } + source.outputs.map { "\($0): &\($0)" } + ["arena: &arena"]
    let line = "\(network.name).predict(\(arguments.joined(separator: ", ")))"
    return """
      // Spans of the inputs, mutable spans of the outputs, and \(network.name).arenaByteCount bytes.
      \(line.count <= 120 ? line : "\(network.name).predict(\n\(arguments.wrapped(indent: "  ")))")
      """
  }

  private var folded: String {
    let operations = program.layers.flatMap(\.nodes).flatMap(\.folded).map(\.operation)
    let counts = Dictionary(grouping: operations) { $0 }.mapValues(\.count).sorted { $0.key < $1.key }
    if counts.isEmpty { return "" }
    return """

      ## Folded into other layers

      \(counts.map { "- \($1) \($0)" }.joined(separator: "\n"))

      Each layer's comment in `Sources/\(network.name)/\(network.name).swift` says what was folded into it.

      """
  }
}
