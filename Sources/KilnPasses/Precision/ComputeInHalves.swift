import KilnGraph

/// Makes tensors of float32 ones of float16 where layers compute with them: convolutions and fully connected layers, and what is computed
/// of their results element by element, pooled or only moved.
///
/// What else there is stays float32, with conversions where the two meet; so do the network's inputs and results. Layers keep float32
/// whose weights float16 doesn't hold.
///
/// Runs on folded graphs, so that weights are rounded once.
package struct ComputeInHalves: Pass {
  package let name = "compute-in-halves"

  /// The layers that are made float16, by name; `nil` for all.
  private let layers: Set<String>?

  /// Makes the pass, for all layers or for those with these names.
  package init(layers: Set<String>? = nil) { self.layers = layers }

  package func run(on graph: inout Graph) throws(PassError) {
    var conversion = Conversion(graph, layers: layers)
    for id in graph.nodeIDs { try conversion.convert(id) }
    try conversion.convertOutputs()
    graph = conversion.graph
  }
}

/// A graph on the way to float16, node by node.
private struct Conversion {
  private(set) var graph: Graph
  /// A value of float32 as one of float16, and the other way round, where somebody asked for it.
  private var converted: [ValueID: ValueID] = [:]

  private let layers: Set<String>?

  init(_ graph: Graph, layers: Set<String>?) {
    self.graph = graph
    self.layers = layers
  }

  /// Lets a node compute with float16 if it should, and gives it operands of what it computes with.
  mutating func convert(_ id: NodeID) throws(PassError) {
    let node = graph[id]
    if let cast = node.operation as? Cast, cast.scalar == .float16, let input = node.data,
      graph.type(of: input).scalar == .float16
    {
      graph.replaceUses(of: node.outputs[0], with: input)
      return
    }
    let isHalf = graph.isLayerOfHalves(id) && (layers?.contains(node.name) ?? true) || graph.followsHalves(id)
    var inputs = node.inputs
    for (index, input) in node.inputs.enumerated() {
      guard let input else { continue }
      let scalar = graph.type(of: input).scalar
      guard scalar == (isHalf ? .float32 : .float16) else { continue }
      inputs[index] = try converted(input, to: isHalf ? .float16 : .float32, before: id)
    }
    if inputs != node.inputs { graph.replace(id, with: node.operation, inputs: inputs) }
    guard isHalf else { return }
    for output in node.outputs where graph.type(of: output).scalar == .float32 {
      graph.setType(of: output, to: TensorType(.float16, graph.type(of: output).shape))
    }
  }

  /// Gives the network the results that it had.
  mutating func convertOutputs() throws(PassError) {
    for (port, output) in graph.outputs.enumerated() where graph.type(of: output.value).scalar == .float16 {
      graph.setOutput(port, to: try converted(output.value, to: .float32, before: nil))
    }
  }

  private mutating func converted(
    _ value: ValueID, to scalar: ScalarType, before id: NodeID?
  ) throws(PassError) -> ValueID {
    if let known = converted[value] { return known }
    // What the model has as float16 itself.
    if let cast = graph.producer(of: value), graph[cast].operation is Cast, let source = graph[cast].data,
      graph.type(of: source).scalar == scalar
    {
      return source
    }
    let name = "\(graph[value].name).\(scalar.rawValue)"
    let result: ValueID
    if let constant = graph.constant(value) {
      result = graph.addConstant(name, Tensor(shape: constant.shape, doubles: constant.doubles(), as: scalar))
    } else {
      result = try graph.add(Cast(to: scalar), name: name, inputs: [value], before: id)
    }
    converted[value] = result
    return result
  }
}

extension Graph {
  /// Whether a node is a convolution or a fully connected layer of float32 that tiles of float16 compute.
  fileprivate func isLayerOfHalves(_ id: NodeID) -> Bool {
    let node = self[id]
    switch node.operation {
    case let convolution as Convolution:
      guard convolution.window.rank == 2, convolution.window.kernel.reduce(1, *) <= 81 else { return false }
    case is Linear: break
    default: return false
    }
    let parameters = [LinearOperand.weight, LinearOperand.bias, LinearOperand.slope]
    for operand in parameters where node.inputs.indices.contains(operand) {
      guard let value = node.inputs[operand] else { continue }
      guard let constant = constant(value), constant.scalar == .float32, constant.halves != nil else { return false }
    }
    return node.inputs.compactMap(\.self).allSatisfy { [.float32, .float16].contains(type(of: $0).scalar) }
  }

  /// Whether a node computes element by element, or moves, what is float16 already.
  fileprivate func followsHalves(_ id: NodeID) -> Bool {
    let node = self[id]
    let computed = node.inputs.compactMap(\.self).filter { constant($0) == nil }
    let constants = node.inputs.compactMap { constant($0) }
    switch node.operation {
    case let unary as Unary where unary.function.isActivation: break
    case let binary as Binary where [.add, .subtract, .multiply, .divide, .minimum, .maximum].contains(binary.function):
      break
    case let pool as Pool where pool.isMaximumOrAverage && pool.window.rank <= 2: break
    case let reduction as Reduction where reduction.kind == .mean || reduction.kind == .maximum: break
    case is Transpose, is Reshape, is Concat, is Slice, is DepthToSpace, is SpaceToDepth: break
    default: return false
    }
    return !computed.isEmpty && computed.allSatisfy { type(of: $0).scalar == .float16 }
      && constants.allSatisfy { $0.scalar == .float32 && $0.halves != nil }
  }
}

extension Pool {
  fileprivate var isMaximumOrAverage: Bool {
    switch kind {
    case .maximum, .average: true
    case .maximumWithIndices, .norm: false
    }
  }
}
