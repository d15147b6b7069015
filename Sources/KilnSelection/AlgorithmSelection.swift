import KilnGraph
import KilnMachine

/// The algorithm of each convolution, which is chosen before anything is placed in memory: what is computed in strips depends on
/// it.
package struct AlgorithmSelection: Sendable {
  private let isExact: Bool
  private let scheduled: [String: ConvolutionAlgorithm]
  /// What the cost model chooses, by the convolution's result, where that isn't the direct form.
  private var chosen: [ValueID: ConvolutionAlgorithm] = [:]
  /// Convolutions of numbers of 8 bits that Winograd's method in integers computes.
  private var ofBytes: [ValueID: ByteWinogradSchedule] = [:]

  /// Chooses.
  ///
  /// - Parameters:
  ///   - isExact: whether every sum must be taken product by product.
  ///   - schedule: what overrides the cost model.
  ///   - costs: what the cost model chooses by, where it matters to the bits of the result.
  ///   - target: the machine.
  package init(_ graph: Graph, isExact: Bool, schedule: Schedule?, costs: WinogradCosts, target: Target) {
    self.isExact = isExact
    scheduled = schedule?.algorithmsByName ?? [:]
    for id in graph.nodeIDs {
      let node = graph[id]
      if let schedule = ByteWinogradSchedule(node, graph, target) { ofBytes[node.outputs[0]] = schedule }
      // Winograd's weights are float32: from integers of 8 bits they would be sixteen times as large.
      guard let work = winogradWork(of: node, in: graph), let tiles = Winograd(for: work, costs: costs),
        graph.constant(node.inputs[LinearOperand.weight])?.narrow(along: 0)?.scalar.isFloatingPoint != false
      else { continue }
      chosen[node.outputs[0]] = tiles.algorithm
    }
  }

  /// What the cost model chooses for a convolution.
  package func modelAlgorithm(of node: Node) -> ConvolutionAlgorithm { chosen[node.outputs[0]] ?? .direct }

  /// How Winograd's method in integers computes a convolution of numbers of 8 bits, if it does.
  package func byteWinograd(of node: Node) -> ByteWinogradSchedule? { ofBytes[node.outputs[0]] }

  /// Whether a convolution's rows may be computed in strips with its neighbours' rows: Winograd's tiles have rows of their
  /// own, and one that a schedule takes from them was measured whole.
  package func allowsStrips(_ node: Node) -> Bool {
    ofBytes[node.outputs[0]] == nil && modelAlgorithm(of: node) == .direct && scheduled[node.name] ?? .direct == .direct
  }

  /// The shape of a convolution that Winograd's tiles apply to; `nil` for others.
  package func winogradWork(of node: Node, in graph: Graph) -> WinogradWork? {
    guard !isExact, let convolution = node.operation as? Convolution, convolution.layout == .channelsLast,
      graph.type(of: node.outputs[0]).scalar.isFloatingPoint, convolution.groups == 1,
      convolution.window.isThreeByThreeOfSteps1, let weight = node.inputs[LinearOperand.weight]
    else { return nil }
    let (output, weights) = (graph.type(of: node.outputs[0]).shape, graph.type(of: weight).shape)
    return WinogradWork(
      images: output[0], rows: output[1], columns: output[2], inputChannels: weights[1], outputChannels: weights[0])
  }
}

extension Window {
  /// Whether Winograd's tiles apply to it.
  var isThreeByThreeOfSteps1: Bool { kernel == [3, 3] && strides == [1, 1] && dilations == [1, 1] }
}
