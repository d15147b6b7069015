/// The order in which a list of nodes can be computed.
enum NodeOrder {
  /// The nodes' indices, each after those whose results it reads: the file's own order where that is one, as ONNX
  /// demands, else the first such order found.
  ///
  /// Names that no node in the list defines impose nothing.
  ///
  /// - Throws: `.malformed` when a name is defined twice or nodes wait for each other. Complexity: O(names).
  static func topological(_ nodes: [NodeProto]) throws(ImportFailure) -> [Int] {
    var producers: [String: Int] = [:]
    for (index, node) in nodes.enumerated() {
      for output in node.outputs where !output.isEmpty {
        guard producers.updateValue(index, forKey: output) == nil else {
          throw .malformed("'\(output)' is the result of two nodes")
        }
      }
    }
    var waiting = [Int](repeating: 0, count: nodes.count)
    var followers = [[Int]](repeating: [], count: nodes.count)
    var isSorted = true
    for (index, node) in nodes.enumerated() {
      for input in node.inputs {
        guard let producer = producers[input] else { continue }
        waiting[index] += 1
        followers[producer].append(index)
        isSorted = isSorted && producer < index
      }
    }
    if isSorted { return Array(nodes.indices) }
    var order = nodes.indices.filter { waiting[$0] == 0 }
    var next = 0
    while next < order.count {
      for follower in followers[order[next]] {
        waiting[follower] -= 1
        if waiting[follower] == 0 { order.append(follower) }
      }
      next += 1
    }
    guard order.count == nodes.count else {
      let names = nodes.indices.filter { waiting[$0] > 0 }.prefix(3).map { "'\(nodes[$0].outputs.first ?? "")'" }
      throw .malformed("the nodes that compute \(names.joined(separator: ", ")) wait for each other in a cycle")
    }
    return order
  }
}
