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

  /// Takes samples as they are.
  package init(samples: [[Tensor]], isRandom: Bool = false) {
    self.samples = samples
    self.isRandom = isRandom
  }

  /// Reads a folder of inputs.
  ///
  /// A network of one input has a sample in each `.npy` file, or several one after the other along the first axis, and in each picture;
  /// one of several inputs a folder for each sample with files `NAME.npy`, or pictures.
  ///
  /// - Parameter pictures: how pictures become inputs.
  /// - Throws: `FileError` for a folder that isn't there or holds none, and for files that don't fit; `ToolError` where pictures
  ///   need a program that isn't there; `Interruption`.
  package init(folder: String, for interface: NetworkInterface, pictures: PictureInput = PictureInput()) throws {
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
      for name in entries.sorted() {
        let path = "\(folder)/\(name)"
        if name.hasSuffix(".npy") {
          samples += try Self.samples(of: path, interface.inputs[0].type)
        } else if PictureFile.isNamed(name) {
          samples.append([try InputFile.tensor(path, for: interface.inputs[0], pictures: pictures)])
        }
      }
    } else {
      for name in entries.sorted()
      where (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(name)")) != nil {
        samples.append(
          try interface.inputs.map { input in
            let paths = InputFile.extensions.map { "\(folder)/\(name)/\(input.name).\($0)" }
            let path = paths.first { FileManager.default.fileExists(atPath: $0) } ?? paths[0]
            return try InputFile.tensor(path, for: input, pictures: pictures)
          })
      }
    }
    guard !samples.isEmpty else {
      let wanted =
        interface.inputs.count == 1 ? ".npy files or pictures" : "folders with a .npy file or a picture for each input"
      throw FileError(
        .malformed,
        "\(folder): no calibration inputs here; put \(wanted) of \(interface.inputs[0].type) there, 32 or more")
    }
    self.samples = samples
  }

  /// At most `count` of the samples, spread over all.
  package func spread(_ count: Int) -> [[Tensor]] {
    let chosen = min(count, samples.count)
    return (0..<chosen).map { samples[$0 * samples.count / chosen] }
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
