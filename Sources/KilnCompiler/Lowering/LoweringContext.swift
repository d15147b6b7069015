import KilnGraph

/// The rows that a layer computes in one strip of a group.
struct StripExtent: Hashable, Sendable {
  /// At most so many.
  var most: Int
  /// Source that says how many.
  var count: String
}

/// What a lowering may ask and give while it makes calls: the graph, each value's view, the target, and the tables of
/// constants.
package struct LoweringContext {
  /// The final graph.
  package let graph: Graph
  /// The machine.
  package let target: Target
  /// Whether every sum must be taken product by product, as the model has it.
  package let isExact: Bool
  /// How threads share the work.
  let sharing: WorkSharing
  /// How convolutions are computed, by name, where the cost model isn't to choose.
  private let choices: [String: ConvolutionChoice]
  /// The convolutions so far of the layer that is being lowered.
  private var convolutions: [(site: ConvolutionSite, choice: ConvolutionChoice)] = []
  /// The rows that the layer computes at a time, where that is less than its whole result.
  var strip: StripExtent?
  private let views: [ValueID: View]
  /// The tables made so far.
  package private(set) var tables: [WeightTable] = []
  // `bytes` is what all tables together are called.
  private var tableNames: Set<String> = ["bytes"]
  private var constantTables: [ValueID: WeightTable.ID] = [:]

  /// Makes a context.
  init(
    graph: Graph, target: Target, views: [ValueID: View], isExact: Bool = false,
    sharing: WorkSharing = WorkSharing(threads: 1), choices: [String: ConvolutionChoice] = [:]
  ) {
    self.graph = graph
    self.target = target
    self.isExact = isExact
    self.sharing = sharing
    self.choices = choices
    self.views = views
  }

  /// Where a computed value or a model input lies. Precondition: the value isn't constant.
  package func view(_ value: ValueID) -> View {
    guard let view = views[value] else { preconditionFailure("\(graph[value].name) has no storage") }
    return view
  }

  /// How a convolution is computed: as the schedule says, or else as the cost model likes best.
  mutating func choice(for site: ConvolutionSite) -> ConvolutionChoice {
    let choice = choices[site.name] ?? site.modelChoice(target)
    convolutions.append((site, choice))
    return choice
  }

  /// The convolutions that were chosen for since this was called last.
  mutating func takeConvolutions() -> [(site: ConvolutionSite, choice: ConvolutionChoice)] {
    defer { convolutions = [] }
    return convolutions
  }

  /// Adds a table under a unique identifier made from `name`.
  package mutating func addTable(
    _ name: String, shape: [Int], layout: String, elements: [Float]
  ) -> WeightTable.ID {
    precondition(shape.elementCount == elements.count, "\(name) does not fill \(shape)")
    return addTable(name, layout: layout, Tensor(shape: shape, floats: elements))
  }

  /// Adds a table of float32 elements that are packed when the program is written.
  mutating func addTable(_ name: String, layout: String, _ packed: PackedWeights) -> WeightTable.ID {
    addTable(name, layout: layout, type: TensorType(.float32, packed.shape), packed.bytes)
  }

  /// Adds a table of any elements under a unique identifier made from `name`.
  package mutating func addTable(_ name: String, layout: String, _ tensor: Tensor) -> WeightTable.ID {
    addTable(name, layout: layout, type: tensor.type, DeferredBytes(tensor.storage))
  }

  private mutating func addTable(
    _ name: String, layout: String, type: TensorType, _ bytes: DeferredBytes
  ) -> WeightTable.ID {
    let identifier = name.uniqueIdentifier(in: &tableNames, prefix: "table")
    tables.append(WeightTable(name: identifier, layout: layout, type: type, bytes: bytes))
    return WeightTable.ID(index: tables.count - 1)
  }

  /// The table of a constant value as it is, row-major and of its own type; made once however often it is asked for.
  package mutating func table(ofConstant value: ValueID) -> WeightTable.ID {
    if let table = constantTables[value] { return table }
    guard let tensor = graph.constant(value) else { preconditionFailure("\(graph[value].name) is not constant") }
    let table = addTable(graph[value].name, layout: "row-major constant", tensor)
    constantTables[value] = table
    return table
  }

  /// A pointer argument for an operand that a kernel reads: into a constant's table, or a value's memory.
  package mutating func source(_ value: ValueID, offset: Int = 0) -> KernelCall.Value {
    graph.constant(value) == nil ? .source(value, offset: offset) : .table(table(ofConstant: value), offset: offset)
  }
}
