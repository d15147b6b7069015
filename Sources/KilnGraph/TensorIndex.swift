import Foundation

/// Tensors by what they hold, each under a name: finds one that equals another byte for byte.
///
/// Only tensors that agree in some of their bytes are compared, so that those of a large model are hardly read.
package struct TensorIndex<Name> {
  private var known: [Fingerprint: [(tensor: Tensor, name: Name)]] = [:]

  /// Makes an empty index.
  package init() {}

  /// The name of a tensor of the same type and bytes; `nil` when there is none.
  package func name(of tensor: Tensor) -> Name? {
    known[Fingerprint(tensor)]?.first { $0.tensor.hasSameBytes(as: tensor) }?.name
  }

  /// Adds a tensor.
  package mutating func add(_ tensor: Tensor, _ name: Name) {
    known[Fingerprint(tensor), default: []].append((tensor, name))
  }

  /// What equal tensors have in common: their type, and some of their bytes.
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

extension TensorIndex: Sendable where Name: Sendable {}

extension Tensor {
  fileprivate func hasSameBytes(as other: Tensor) -> Bool {
    let (left, right) = (storage.bytes, other.storage.bytes)
    guard left.count == right.count, left.baseAddress != right.baseAddress else { return left.count == right.count }
    guard let first = left.baseAddress, let second = right.baseAddress else { return left.isEmpty }
    return memcmp(first, second, left.count) == 0
  }
}
