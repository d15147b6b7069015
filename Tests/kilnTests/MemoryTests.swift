import Foundation
import KilnDeploy
import Testing

/// A model's weights are packed from where they lie, one panel after another.
struct MemoryTests {
  @Test func `compiling holds little beside the model`() throws {
    let (layers, width) = (3, 4096)
    try withTemporaryFolder { folder in
      try ModelBytes.products(layers: layers, width: width).write(to: URL(filePath: "\(folder)/m.onnx"))
      // Zeros that take no place on the disk, but for a number that tells the matrices apart.
      try Files.write("", to: "\(folder)/weights")
      let weights = try FileHandle(forUpdating: URL(filePath: "\(folder)/weights"))
      try weights.truncate(atOffset: UInt64(layers * width * width * 4))
      for layer in 0..<layers {
        try weights.seek(toOffset: UInt64(layer * width * width * 4))
        try weights.write(contentsOf: Data([UInt8(layer)]))
      }
      try weights.close()
      // What may be written, threads' stacks included, is limited to a third of the model.
      let limit = layers * width * width * 4 / 3 / 1024
      let result = try Subprocess(
        "/bin/sh",
        [
          "-c", "ulimit -d \(limit); exec \"$0\" compile \"$1/m.onnx\" --no-fold --output \"$1/M\"", Program.path,
          folder,
        ]
      ).run()
      #expect(result.status == 0, "\(result.errors)")
      let packed = try Files.read("\(folder)/M/Sources/MWeights/MWeights.bin")
      // Each layer has at most two tables, of which each begins at a cache line.
      let least = layers * (width + 1) * width * 4
      #expect((least..<least + 2 * layers * 64).contains(packed.bytes.count))
    }
  }
}
