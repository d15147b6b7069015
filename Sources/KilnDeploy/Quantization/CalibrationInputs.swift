import Foundation
import KilnGraph

/// The inputs on which a network is calibrated: what it will be used for.
package struct CalibrationInputs: Sendable {
  /// A tensor for each of the network's inputs, for each time it is run.
  package let samples: [[Tensor]]
  /// Whether they were made, and so say nothing about accuracy.
  package let isRandom: Bool

  /// The word in a folder's place for made inputs.
  package static let random = "random"
  /// As many made inputs as that makes.
  private static let randomCount = 8

  /// Reads a folder of inputs.
  ///
  /// A network of one input has a sample in each `.npy` file, or several one after the other along the first axis; one of several inputs
  /// a folder for each sample with files `NAME.npy`.
  ///
  /// - Throws: `FileError` for a folder that isn't there or holds none, and for files that don't fit.
  package init(folder: String, for interface: NetworkInterface) throws {
    if folder == Self.random {
      samples = (1...Self.randomCount).map { RandomInputs.tensors(for: interface.inputs.map(\.type), seed: UInt64($0)) }
      isRandom = true
      return
    }
    isRandom = false
    guard let entries = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
      throw FileError(.missing, "\(folder): there is no such folder of calibration inputs")
    }
    var samples: [[Tensor]] = []
    if interface.inputs.count == 1 {
      for name in entries.sorted() where name.hasSuffix(".npy") {
        samples += try Self.samples(of: "\(folder)/\(name)", interface.inputs[0].type)
      }
    } else {
      for name in entries.sorted()
      where (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(name)")) != nil {
        samples.append(
          try interface.inputs.map { input in
            let path = "\(folder)/\(name)/\(input.name).npy"
            let tensor = try Npy.read(path)
            guard tensor.type == input.type else { throw Self.mismatch(path, tensor.type, input.type) }
            return tensor
          })
      }
    }
    guard !samples.isEmpty else {
      let wanted = interface.inputs.count == 1 ? ".npy files" : "folders with a NAME.npy for each input"
      throw FileError(
        .malformed,
        "\(folder): no calibration inputs here; put \(wanted) of \(interface.inputs[0].type) there, 32 or more")
    }
    self.samples = samples
  }

  /// The samples of a file: one, or several along the first axis.
  private static func samples(of path: String, _ type: TensorType) throws -> [[Tensor]] {
    let tensor = try Npy.read(path)
    if tensor.type == type { return [[tensor]] }
    guard let batch = type.shape.first, batch > 0, let count = tensor.shape.first, tensor.scalar == type.scalar,
      tensor.shape.dropFirst() == type.shape.dropFirst(), count % batch == 0, count > 0
    else { throw mismatch(path, tensor.type, type) }
    let size = type.elementCount * type.scalar.byteCount
    return (0..<count / batch).map { index in
      let storage = ByteStorage(count: size) { memory in
        memory.copyMemory(
          from: UnsafeRawBufferPointer(rebasing: tensor.storage.bytes[index * size..<(index + 1) * size]))
      }
      return [Tensor(type: type, storage: storage)]
    }
  }

  private static func mismatch(_ path: String, _ type: TensorType, _ wanted: TensorType) -> FileError {
    FileError(.malformed, "\(path): this is \(type), the input is \(wanted)")
  }
}
