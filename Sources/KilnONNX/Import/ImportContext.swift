import KilnGraph

/// What an operator's importer works with: the node at hand, and the network that is being built.
struct ImportContext {
  /// The name of the model file, for errors.
  let fileName: String
  /// The network so far.
  var graph: Graph
  /// The node being imported.
  var node: NodeDescription
  /// What the rest of the model may cost.
  var limits: ImportLimits
  /// Reads the tensors of the file.
  var decoder: TensorDecoder
  /// Everything found so far that is not supported.
  var unsupported: [UnsupportedError.Item] = []
  /// The names known in the graph, subgraph or function body at hand, the innermost last.
  var scopes: [Scope] = []
  /// The functions of the model by domain and name.
  var functions: [FunctionKey: FunctionProto] = [:]
  /// The names of nodes in use, and how many were there before.
  var nodePositions: [String: Int] = [:]
  /// The nodes that read what unsupported ones compute.
  var unreached: [PartialModel.UnreachedNode] = []
  /// The types in the file of values that have a wider one here.
  var narrowTypes: [ValueID: NarrowElementType] = [:]
  /// The tensors of each sequence.
  var sequences: [ValueID: [ValueID]] = [:]
  /// The computed values that nodes read which are not imported.
  var openEnds: Set<ValueID> = []
  /// How many rows results may have whose number depends on the data.
  var capacities = RowCapacities()
  /// The names of those that such nodes have had.
  var usedCapacities: Set<String> = []
  /// The results for which there are none, by node.
  var openCapacities: [String: String] = [:]
  /// The results that may have more rows than there is room for, by their counts, but for those whose counts are outputs.
  var shortRooms: [ValueID: PartialModel.RowRoom] = [:]
  /// The values of which only the first rows are real.
  var countedRows: [ValueID: CountedRows] = [:]
  /// What constants would be that follow from a number of rows, if there were room for one less.
  var shorterConstants: [ValueID: ShorterConstant] = [:]
  /// Which rows are real, where somebody asked.
  var rowMasks: [RowMask: ValueID] = [:]
  /// The places of real rows of what was put together.
  var rowOrders: [[RowPart]: RowOrder] = [:]

  // MARK: Operands

  /// The type of a value.
  func type(_ value: ValueID) -> TensorType { graph.type(of: value) }

  /// The dimensions of a value.
  func shape(_ value: ValueID) -> [Int] { graph.type(of: value).shape }

  /// The elements of a value that is known now.
  func constant(_ value: ValueID?) -> Tensor? { graph.constant(value) }

  /// The operand `index`; `nil` when it is left out.
  func optionalInput(_ index: Int) -> ValueID? {
    node.inputs.indices.contains(index) ? node.inputs[index] : nil
  }

  /// The operand `index`, which must be there.
  func input(_ index: Int) throws(ImportFailure) -> ValueID {
    let input = try anyInput(index)
    try requireTensors([input])
    return input
  }

  /// The elements of operand `index`, which must be known now; `nil` when it is left out.
  ///
  /// - Parameter role: what the operand is, as the importer declares it and the error calls it.
  func optionalConstant(_ index: Int, _ role: String) throws(ImportFailure) -> Tensor? {
    node.wantsConstant(role)
    guard let input = optionalInput(index) else { return nil }
    guard let tensor = constant(input) else {
      throw .unsupported(
        "its \(role) '\(graph[input].name)' is computed at run time\(origin(of: input)); export the model with fixed shapes "
          + "and constants")
    }
    return tensor
  }

  /// What computes a value, and from which of the network's inputs, for an error; empty for an input.
  private func origin(of value: ValueID) -> String {
    guard let producer = graph.producer(of: value) else { return "" }
    let inputs = Set(graph.inputs)
    var (pending, seen, from) = ([value], Set<ValueID>(), Set<ValueID>())
    // Far enough for what people write, and no walk through all of a hostile file for each of its nodes.
    while let next = pending.popLast(), seen.count < 1000 {
      guard seen.insert(next).inserted else { continue }
      if inputs.contains(next) { from.insert(next) }
      if let node = graph.producer(of: next) { pending += graph[node].inputs.compactMap(\.self) }
    }
    let names = graph.inputs.filter(from.contains).map { "'\(graph[$0].name)'" }.joined(separator: ", ")
    let origin = names.isEmpty ? "" : " from \(names)"
    return " by \(graph[producer].operation.name) '\(graph[producer].name)'\(origin)"
  }

  /// The elements of operand `index`, which must be there and known now.
  func constant(_ index: Int, _ role: String) throws(ImportFailure) -> Tensor {
    guard let tensor = try optionalConstant(index, role) else {
      throw .malformed("its \(role) (input \(index)) is missing")
    }
    return tensor
  }

  /// The integers of operand `index`, which must be an integer tensor with one axis at most; `nil` when left out.
  func optionalIntegers(_ index: Int, _ role: String) throws(ImportFailure) -> [Int]? {
    guard let tensor = try optionalConstant(index, role) else { return nil }
    guard !tensor.scalar.isFloatingPoint, tensor.type.rank <= 1 else {
      throw .malformed("its \(role) is \(tensor.type), not a list of integers")
    }
    return tensor.integers()
  }

  /// The integers of operand `index`, which must be there.
  func integers(_ index: Int, _ role: String) throws(ImportFailure) -> [Int] {
    guard let integers = try optionalIntegers(index, role) else {
      throw .malformed("its \(role) (input \(index)) is missing")
    }
    return integers
  }

  /// The one number of operand `index`; `nil` when left out.
  func optionalScalar(_ index: Int, _ role: String) throws(ImportFailure) -> Double? {
    guard let tensor = try optionalConstant(index, role) else { return nil }
    return try scalar(tensor, role)
  }

  /// The one number of a tensor.
  ///
  /// - Parameter role: what it is, for the error.
  func scalar(_ tensor: Tensor, _ role: String) throws(ImportFailure) -> Double {
    guard tensor.elementCount == 1 else { throw .malformed("its \(role) is \(tensor.type), not one number") }
    return tensor.doubles()[0]
  }

  /// `axis` counted from the front of a tensor of `rank` axes.
  func normalized(_ axis: Int, rank: Int) throws(ImportFailure) -> Int {
    let index = axis < 0 ? axis &+ rank : axis
    guard (0..<rank).contains(index) else {
      throw .malformed("its axis \(axis) is outside a tensor of \(rank) \(rank == 1 ? "axis" : "axes")")
    }
    return index
  }

  /// `axes` counted from the front, ascending.
  ///
  /// Each may be there once.
  func normalized(_ axes: [Int], rank: Int) throws(ImportFailure) -> [Int] {
    guard axes.count <= rank else { throw .malformed("it names \(axes.count) axes of a tensor of \(rank)") }
    var result: [Int] = []
    for axis in axes { result.append(try normalized(axis, rank: rank)) }
    guard Set(result).count == result.count else { throw .malformed("its axes \(axes) name one twice") }
    return result.sorted()
  }
}
