import Foundation
import KilnGraph

/// Makes nodes whose constants are equal, byte for byte, read the same one.
///
/// Models repeat scalars and tied weights; each table is then in the binary once.
package struct ShareConstants: Pass {
  package let name = "share-constants"

  /// Makes the pass.
  package init() {}

  package func run(on graph: inout Graph) throws(PassError) {
    var known: [Fingerprint: [ValueID]] = [:]
    var visited: Set<ValueID> = []
    for id in graph.nodeIDs {
      for value in graph[id].inputs.compactMap(\.self) {
        guard let constant = graph.constant(value), visited.insert(value).inserted else { continue }
        let fingerprint = Fingerprint(constant)
        if let same = known[fingerprint]?.first(where: { graph.constant($0)?.hasSameBytes(as: constant) == true }) {
          graph.replaceUses(of: value, with: same)
        } else {
          known[fingerprint, default: []].append(value)
        }
      }
    }
  }

  /// What equal constants have in common: their type, and some of their bytes.
  private struct Fingerprint: Hashable {
    let type: TensorType
    let sample: [UInt8]

    init(_ tensor: Tensor) {
      type = tensor.type
      let bytes = tensor.storage.bytes
      sample = stride(from: 0, to: bytes.count, by: max(bytes.count / 61, 1)).map { bytes[$0] }
    }
  }
}

extension Tensor {
  fileprivate func hasSameBytes(as other: Tensor) -> Bool {
    let (left, right) = (storage.bytes, other.storage.bytes)
    guard left.count == right.count, left.baseAddress != right.baseAddress else { return left.count == right.count }
    guard let first = left.baseAddress, let second = right.baseAddress else { return left.isEmpty }
    return memcmp(first, second, left.count) == 0
  }
}
