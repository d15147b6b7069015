import KilnGraph
import KilnKernels
import KilnMachine
import KilnSelection

/// The rows that a layer computes in one strip of a group.
package struct StripExtent: Hashable, Sendable {
  /// The most rows that any strip has.
  package var most: Int
  /// The layer's number in the group.
  package var member: Int

  /// Makes the rows.
  package init(most: Int, member: Int) {
    self.most = most
    self.member = member
  }
}

/// What a lowering may ask and give while it makes calls: the graph, each value's view, the target, and the tables of
/// constants.
package struct LoweringContext {
  /// The final graph.
  package let graph: Graph
  /// The machine.
  package let target: Target
  /// The convolutions' algorithms.
  package let algorithms: AlgorithmSelection
  /// How threads share the work of the layer: not at all in strips, of which each thread computes its own.
  package var sharing: WorkSharing { strip == nil ? layerSharing : WorkSharing(threads: 1) }
  private let layerSharing: WorkSharing
  /// How convolutions are computed, once that is chosen: for all of `Lowering.sites`.
  package var selection = ConvolutionSelection()
  /// The rows that the layer computes at a time, where that is less than its whole result.
  package var strip: StripExtent?
  /// Floats of workspace that the layers of the strips have so far: all of them keep theirs from strip to strip.
  package var stripWorkspaceCount = 0
  private let views: [ValueID: View]
  /// The tables made so far.
  package private(set) var tables: [WeightTable] = []
  // `bytes` is what all tables together are called.
  private var tableNames: Set<String> = ["bytes"]
  private var constantTables: [ValueID: TableID] = [:]
  private var packedTables: [WeightPacking: TableID] = [:]
  private var tensorTables = TensorIndex<TableID>()

  /// Makes a context.
  package init(
    graph: Graph, target: Target, views: [ValueID: View], algorithms: AlgorithmSelection,
    sharing: WorkSharing = WorkSharing(threads: 1)
  ) {
    self.graph = graph
    self.target = target
    self.algorithms = algorithms
    layerSharing = sharing
    self.views = views
  }

  /// Where a computed value or a model input lies.
  ///
  /// Precondition: the value isn't constant.
  package func view(_ value: ValueID) -> View {
    guard let view = views[value] else { preconditionFailure("\(graph[value].name) has no storage") }
    return view
  }

  /// `count` floats of the layer's workspace.
  package mutating func workspace(_ count: Int) -> Operand {
    if strip == nil { return Operand(.workspace(count: count)) }
    defer { stripWorkspaceCount += count }
    return Operand(.workspace(count: count), offset: stripWorkspaceCount)
  }

  /// Adds a table under a unique identifier made from `name`, or finds one that holds the same.
  package mutating func addTable(
    _ name: String, shape: [Int], packing: String, elements: [Float]
  ) -> TableID {
    precondition(shape.elementCount == elements.count, "\(name) does not fill \(shape)")
    return addTable(name, packing: packing, Tensor(shape: shape, floats: elements))
  }

  /// Adds a table of elements that are packed when the program is written, or finds the one of that packing:
  /// layers that share their weights share the table.
  mutating func addTable(_ name: String, packing: String, _ packed: PackedWeights) -> TableID {
    if let table = packedTables[packed.packing] { return table }
    let table = addTable(name, packing: packing, packed.type, packed.bytes)
    packedTables[packed.packing] = table
    return table
  }

  /// Adds a table of any elements under a unique identifier made from `name`, or finds one that holds the same.
  package mutating func addTable(_ name: String, packing: String, _ tensor: Tensor) -> TableID {
    if let table = tensorTables.name(of: tensor) { return table }
    let table = addTable(name, packing: packing, tensor.type, DeferredBytes(tensor.storage))
    tensorTables.add(tensor, table)
    return table
  }

  /// Adds a table of elements that are packed when the program is written.
  mutating func addTable(_ name: String, packing: String, _ type: TensorType, _ bytes: DeferredBytes) -> TableID {
    let identifier = name.uniqueIdentifier(in: &tableNames, prefix: "table")
    tables.append(WeightTable(name: identifier, packing: packing, type: type, bytes: bytes))
    return TableID(index: tables.count - 1)
  }

  /// The table of a constant value as it is, row-major and of its own type; made once however often it is asked for.
  package mutating func table(ofConstant value: ValueID) -> TableID {
    if let table = constantTables[value] { return table }
    guard let tensor = graph.constant(value) else { preconditionFailure("\(graph[value].name) is not constant") }
    let table = addTable(graph[value].name, packing: "row-major constant", tensor)
    constantTables[value] = table
    return table
  }

  /// An operand that a kernel reads: in a constant's table, or a value's memory.
  package mutating func source(_ value: ValueID, offset: Int = 0) -> Operand {
    Operand(graph.constant(value) == nil ? .value(value) : .table(table(ofConstant: value)), offset: offset)
  }

  /// An operand that a kernel writes.
  package func destination(_ value: ValueID, offset: Int = 0) -> Operand { Operand(.value(value), offset: offset) }
}
