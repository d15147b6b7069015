import Foundation
import KilnGraph
import KilnPasses

/// Which layers go back from integers so that a network loses no more than is asked for.
///
/// The noise at the outputs is taken for the sum of what each tensor's and each layer's rounding makes alone, which is what independent
/// errors add up to. A step takes back one layer, or all layers around one tensor, whichever gains most decibels for each predicted
/// microsecond that it costs.
package struct PrecisionSearch: Sendable {
  /// Noise that each tensor's rounding makes alone.
  private let tensorNoise: [Double]
  /// Noise that each layer's weights make alone.
  private let layerNoise: [Double]
  /// Microseconds that each layer takes longer when it isn't computed in integers.
  private let costs: [Double]
  private let layersOfTensor: [[Int]]
  private let tensorsOfLayer: [[Int]]
  /// The layers that are computed in integers.
  package private(set) var integerLayers: Set<Int>
  /// The tensors that have 8 bits.
  private var tensors: Set<Int>

  /// Begins with all layers in integers.
  ///
  /// - Parameters:
  ///   - tensorNoise, layerNoise: squared differences at the outputs, at least 0.
  ///   - costs: microseconds, above 0.
  package init(tensorNoise: [Double], layerNoise: [Double], costs: [Double], layersOfTensor: [[Int]]) {
    self.tensorNoise = tensorNoise
    self.layerNoise = layerNoise
    self.costs = costs
    self.layersOfTensor = layersOfTensor
    var tensorsOfLayer = [[Int]](repeating: [], count: layerNoise.count)
    for (tensor, layers) in layersOfTensor.enumerated() {
      for layer in layers { tensorsOfLayer[layer].append(tensor) }
    }
    self.tensorsOfLayer = tensorsOfLayer
    integerLayers = Set(layerNoise.indices)
    tensors = Set(tensorNoise.indices)
  }

  /// The noise that is left.
  package var noise: Double {
    tensors.sorted().reduce(0) { $0 + tensorNoise[$1] } + integerLayers.sorted().reduce(0) { $0 + layerNoise[$1] }
  }

  /// Takes the next layers back.
  ///
  /// - Returns: false where none is left.
  ///
  /// Complexity: O(tensors * layers of a tensor).
  package mutating func takeBack() -> Bool {
    guard !integerLayers.isEmpty else { return false }
    let all = noise
    var best: (worth: Double, layers: [Int])?
    let candidates = integerLayers.sorted().map { [$0] } + tensors.sorted().map { layersOfTensor[$0] }
    for candidate in candidates {
      let layers = candidate.filter(integerLayers.contains)
      guard !layers.isEmpty else { continue }
      let left = integerLayers.subtracting(layers)
      let freed = Set(layers.flatMap { tensorsOfLayer[$0] }).filter { tensor in
        tensors.contains(tensor) && !layersOfTensor[tensor].contains(where: left.contains)
      }
      let less = layers.reduce(0) { $0 + layerNoise[$1] } + freed.sorted().reduce(0) { $0 + tensorNoise[$1] }
      let decibels = 10 * log10(all / max(all - less, all * 1e-12))
      let cost = layers.reduce(0) { $0 + costs[$1] }
      let worth = decibels.isFinite ? decibels / cost : 0
      if worth > best?.worth ?? -1 { best = (worth, layers) }
    }
    integerLayers.subtract(best?.layers ?? Array(integerLayers))
    tensors = tensors.filter { layersOfTensor[$0].contains(where: integerLayers.contains) }
    return true
  }
}
