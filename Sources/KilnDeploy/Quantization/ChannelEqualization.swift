import Foundation
import KilnGraph
import KilnPasses

/// The powers of two by which the channels between two layers are divided, so that one scale suits all of them.
///
/// A channel of small numbers is a few steps of a scale that the largest channel needs. What is divided in one layer is multiplied in
/// the next, whose weights have a scale for each output channel: those of a depthwise convolution lose nothing by it. Those of others do,
/// where the channel's weights were small already; there the factors are the square root of what each side asks for.
///
/// Source: Nagel et al., 2019, section 4.1; Xiao et al., "SmoothQuant", 2023, section 4.
enum ChannelEqualization {
  /// Factors beyond 2^24 would bring nothing: 8 bits and float32's significand are used up.
  private static let limit = 24

  /// One exponent for each output channel of the layer `id`; `nil` where nothing would be gained.
  ///
  /// - Parameter magnitudes: the largest of each channel between the layers.
  static func exponents(of id: NodeID, in graph: Graph, magnitudes: [Double]) -> [Int]? {
    guard let pair = graph.equalizablePair(from: id), magnitudes.count == graph.outputChannels(of: id),
      let weight = graph.constant(graph[pair.reader].inputs[LinearOperand.weight])
    else { return nil }
    let reader = graph[pair.reader]
    let groups = (reader.operation as? Convolution)?.groups ?? 1
    let isDepthwise = groups == magnitudes.count && groups > 1
    // Each row reads other channels, and weighs them by itself.
    guard isDepthwise || groups == 1 else { return nil }
    let asked: [Double]
    if isDepthwise {
      asked = magnitudes
    } else {
      let columns = columns(of: weight, axis: (reader.operation as? Linear)?.arrangement == .inputFirst ? 0 : 1)
      guard columns.count == magnitudes.count else { return nil }
      asked = zip(magnitudes, columns).map { $1 > 0 ? ($0 / $1).squareRoot() : 0 }
    }
    guard let largest = asked.max(), largest > 0, largest.isFinite else { return nil }
    let exponents = asked.map { number in
      number > 0 ? max(-limit, Int(log2(number / largest).rounded())) : 0
    }
    guard exponents.contains(where: { $0 != 0 }) else { return nil }
    if isDepthwise { return exponents }
    let axis = (reader.operation as? Linear)?.arrangement == .inputFirst ? 0 : 1
    let noises = [nil, exponents].map { noise(weight, axis: axis, magnitudes, $0) }
    return noises[1] < noises[0] ? exponents : nil
  }

  /// The largest magnitude of the weights of each input channel.
  private static func columns(of weight: Tensor, axis: Int) -> [Double] {
    var result = [Double](repeating: 0, count: weight.shape[axis])
    let inner = weight.shape[(axis + 1)...].reduce(1, *)
    for (index, element) in weight.floats().enumerated() {
      let channel = index / inner % result.count
      result[channel] = max(result[channel], Double(abs(element)))
    }
    return result
  }

  /// What rounding activations and weights adds to a layer's results, up to a factor: the squared steps of one times the squares of the
  /// other.
  private static func noise(_ weight: Tensor, axis: Int, _ magnitudes: [Double], _ exponents: [Int]?) -> Double {
    let factors = magnitudes.indices.map { pow(2, Double(exponents?[$0] ?? 0)) }
    let scaled = zip(magnitudes, factors).map { $0 / $1 }
    let inner = weight.shape[(axis + 1)...].reduce(1, *)
    let rows = weight.shape[1 - axis]
    var largest = [Double](repeating: 0, count: rows)
    var squares = 0.0
    for (index, element) in weight.floats().enumerated() {
      let number = Double(abs(element)) * factors[index / inner % weight.shape[axis]]
      let row = axis == 1 ? index / (inner * weight.shape[1]) : index % rows
      largest[row] = max(largest[row], number)
      squares += number * number
    }
    let step = scaled.max() ?? 0
    let activations = scaled.reduce(0) { $0 + $1 * $1 } * Double(axis == 1 ? inner : 1)
    return step * step * squares + largest.reduce(0) { $0 + $1 * $1 } * activations
  }
}
