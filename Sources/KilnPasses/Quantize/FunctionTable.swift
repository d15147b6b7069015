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
    var numbers = ByteTable.numbers(of: graph.type(of: input).scalar)
    for node in [first] + functions + [id] {
      do throws(OperatorError) {
        let parameters = graph[node].inputs.dropFirst().map { graph.constant($0) }
        numbers = try graph[node].operation.evaluate([numbers] + parameters)[0]
      } catch {
        throw PassError(.defect, "'\(graph[node].name)': \(error)")
      }
    }
    self.input = input
    entries = numbers
    self.functions = functions
  }
}
