import KilnGraph

/// Rounds the weights of convolutions and of linear layers to float16, as which they are then stored.
///
/// Weights that float16 doesn't hold stay, and so do those that the model stores in fewer bytes already. |error| <= 2^-11 |w| for each
/// weight.
package struct StoreHalves: Pass {
  package let name = "store-halves"

  /// Makes the pass.
  package init() {}

  package func run(on graph: inout Graph) throws(PassError) {
    var rounded: [ValueID: ValueID] = [:]
    for id in graph.nodeIDs {
      let node = graph[id]
      guard node.operation is Convolution || node.operation is TransposedConvolution || node.operation is Linear,
        let value = node.inputs[LinearOperand.weight], let weight = graph.constant(value)
      else { continue }
      var inputs = node.inputs
      if let known = rounded[value] {
        inputs[LinearOperand.weight] = known
      } else {
        guard weight.scalar == .float32, weight.narrow == nil, let halves = weight.halves else { continue }
        let result = graph.addConstant("\(graph[value].name).float16", halves.widened)
        rounded[value] = result
        inputs[LinearOperand.weight] = result
      }
      graph.replace(id, with: node.operation, inputs: inputs)
    }
  }
}
