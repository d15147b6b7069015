import KilnGraph

/// A graph whose nodes are being rewritten for other layouts, and the values that exist in another layout.
///
/// Nodes are visited once, in topological order. A rewritten node computes its result in another layout (the twin), and
/// a transposition after it, under the value's own name, gives everybody else the original; a later node that wants
/// the twin reads it directly. What nobody reads is removed at the end, so that pairs of transpositions vanish.
struct LayoutRewriter {
  /// The graph.
  var graph: Graph
  /// Where each value of another layout comes from.
  private(set) var origins: [ValueID: LayoutOrigin] = [:]
  /// The layout in which each value is computed, where it isn't its own.
  private var twins: [ValueID: PermutedValue] = [:]
  /// Values in layouts that somebody asked for.
  private var copies: [PermutedValue: ValueID] = [:]

  /// Values that somebody after them wants channels-last.
  private let wanted: Set<ValueID>

  init(_ graph: Graph) {
    self.graph = graph
    wanted = graph.valuesWantedChannelsLast
  }

  /// Whether an operator on images reads the value, directly or through operators that don't care.
  func isWantedChannelsLast(_ value: ValueID) -> Bool { wanted.contains(value) }

  /// Whether the value exists in a layout already.
  func isAtHand(_ value: ValueID, _ permutation: [Int]) -> Bool {
    twins[value]?.permutation == permutation
      || copies[PermutedValue(value: value, permutation: permutation)] != nil
  }

  /// The value in the layout in which it is computed; `nil` when that is its own.
  func twin(of value: ValueID?) -> PermutedValue? { value.flatMap { twins[$0] } }

  /// Says that `twin` holds what `value` does.
  mutating func setTwin(of value: ValueID, to twin: PermutedValue) { twins[value] = twin }

  /// Says in which layout `value` holds what the value `name` of the original network does.
  mutating func setOrigin(of value: ValueID, name: String, permutation: [Int]) {
    guard !permutation.isIdentityPermutation else { return }
    origins[value] = LayoutOrigin(name: name, permutation: permutation)
  }

  /// A value with permuted axes: a constant, one that exists, or one that is computed before `node`.
  mutating func permuted(
    _ value: ValueID, by permutation: [Int], before node: NodeID
  ) throws(PassError) -> ValueID {
    guard !permutation.isIdentityPermutation else { return value }
    let twin = twins[value] ?? PermutedValue(value: value, permutation: Array(permutation.indices))
    if twin.permutation == permutation { return twin.value }
    let key = PermutedValue(value: value, permutation: permutation)
    if let copy = copies[key] { return copy }
    let name = graph[value].name
    let result: ValueID
    if let constant = graph.constant(value) {
      result = graph.addConstant(name + permutation.layoutSuffix, try constant.permuted(by: permutation))
    } else {
      // Axis i of the result is axis permutation[i] of the value, which the twin has elsewhere.
      let inverse = twin.permutation.inversePermutation
      result = try transpose(
        twin.value, by: permutation.map { inverse[$0] }, name: name + permutation.layoutSuffix, before: node)
      setOrigin(of: result, name: name, permutation: permutation)
    }
    copies[key] = result
    return result
  }

  /// A value with permuted axes, computed before `node`: by a reshape where only axes of extent 1 move.
  mutating func transpose(
    _ value: ValueID, by permutation: [Int], name: String, before node: NodeID
  ) throws(PassError) -> ValueID {
    guard !permutation.isIdentityPermutation else { return value }
    let shape = graph.type(of: value).shape
    let operation: any Operator =
      permutation.keepsOrder(of: shape)
      ? Reshape(to: shape.permuted(by: permutation)) : Transpose(permutation)
    return try graph.add(operation, name: name, inputs: [value], before: node)
  }

  /// A value with other dimensions: a constant, or one that is computed before `node`.
  mutating func reshape(
    _ value: ValueID, to shape: [Int], name: String, before node: NodeID
  ) throws(PassError) -> ValueID {
    if graph.type(of: value).shape == shape { return value }
    if let constant = graph.constant(value) { return graph.addConstant(name, constant.reshaped(to: shape)) }
    return try graph.add(Reshape(to: shape), name: name, inputs: [value], before: node)
  }

  /// The name for the result of `node` in another layout.
  func name(of node: NodeID, permutation: [Int]) -> String {
    let name = graph[graph[node].outputs[0]].name
    return permutation.isIdentityPermutation ? name : name + permutation.layoutSuffix
  }

  /// Removes a node whose result `value` holds with permuted axes, and lets everybody read the result from there.
  mutating func replace(_ node: NodeID, byTwin value: ValueID, permutation: [Int]) throws(PassError) {
    let output = graph[node].outputs[0]
    let name = graph[output].name
    let original = try transpose(value, by: permutation.inversePermutation, name: name, before: node)
    graph.replaceUses(of: output, with: original)
    graph.remove(node)
    guard original != value else { return }
    setOrigin(of: value, name: name, permutation: permutation)
    setTwin(of: original, to: PermutedValue(value: value, permutation: permutation))
  }
}

/// Where a value whose axes were permuted comes from.
package struct LayoutOrigin: Hashable, Sendable {
  /// The name of the original network's value.
  package let name: String
  /// Axis `i` of the value is axis `permutation[i]` of the original.
  package let permutation: [Int]
}

extension Tensor {
  /// The tensor with permuted axes.
  ///
  /// Complexity: O(elements).
  func permuted(by permutation: [Int]) throws(PassError) -> Tensor {
    do {
      return try Transpose(permutation).evaluate([self])[0]
    } catch {
      throw PassError(.defect, "a constant \(type) can't be transposed: \(error)")
    }
  }
}
