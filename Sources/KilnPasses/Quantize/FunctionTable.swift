import KilnGraph

/// Functions of one quantised tensor, one after the other, and what quantises their result.
struct FunctionTable {
  /// The quantised tensor.
  let input: ValueID
  /// The entries, from the operators' own evaluation.
  let entries: Tensor
  /// The functions.
  let functions: [NodeID]

  /// What the node `id`, which quantises a whole tensor, makes of a quantised tensor through functions that nobody else reads;
  /// `nil` where it is anything else.
  ///
  /// - Throws: `PassError` for a defect: operators that reject what they have accepted.
  init?(endingAt id: NodeID, in graph: Graph) throws(PassError) {
    guard graph.tensorQuantization(by: id) != nil else { return nil }
    var functions: [NodeID] = []
    var value = graph[id].data
    while let real = value, let node = graph.producer(of: real), graph[node].operation is Unary,
      graph.soleUser(of: real) != nil
    {
      functions.insert(node, at: 0)
      value = graph[node].data
    }
    guard !functions.isEmpty, let real = value, let first = graph.producer(of: real),
      graph[first].operation is DequantizeLinear, graph.tensorQuantization(by: first) != nil,
      let input = graph[first].data, graph.constant(input) == nil
    else { return nil }
    self.input = input
    entries = try graph.byteTable(of: [first] + functions + [id], for: graph.type(of: input).scalar)
    self.functions = functions
  }
}

extension Graph {
  /// What nodes, one after the other, make of each number of 8 bits, from the operators' own evaluation.
  ///
  /// - Throws: `PassError` for a defect: operators that reject what they have accepted.
  func byteTable(of nodes: [NodeID], for scalar: ScalarType) throws(PassError) -> Tensor {
    var numbers = ByteTable.numbers(of: scalar)
    for node in nodes { numbers = try evaluated(node, on: numbers) }
    return numbers
  }

  /// What a node whose other operands are constants makes of a tensor.
  ///
  /// - Throws: `PassError` for a defect, as `byteTable(of:for:)` does.
  func evaluated(_ id: NodeID, on tensor: Tensor) throws(PassError) -> Tensor {
    do throws(OperatorError) {
      return try self[id].operation.evaluate([tensor] + self[id].inputs.dropFirst().map { constant($0) })[0]
    } catch {
      throw PassError(.defect, "'\(self[id].name)': \(error)")
    }
  }
}
