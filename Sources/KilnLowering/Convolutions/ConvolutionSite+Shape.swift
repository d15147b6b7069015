import KilnGraph
import KilnKernels
import KilnSelection

extension ConvolutionSite {
  /// A convolution's shape in words, for instance `3x3/2x2 64->64 at 1x56x56 ReLU`.
  ///
  /// - Parameters:
  ///   - kernel: rows and columns.
  ///   - steps: strides and dilations, where they aren't 1.
  ///   - channels: what becomes of how many channels.
  ///   - extents: images, output rows of an image, output pixels of a row.
  ///   - type: what tiles compute with, or the weights are, where that isn't float32.
  static func shape(
    kernel: [Int], steps: String, _ channels: String, _ extents: [Int], _ epilogue: Epilogue, type: String? = nil
  ) -> String {
    func product(_ extents: [Int]) -> String { extents.map(String.init).joined(separator: "x") }
    let parts = [product(kernel) + steps, channels, "at " + product(extents), epilogue.nameSuffix, type ?? ""]
    return parts.filter { !$0.isEmpty }.joined(separator: " ")
  }
}
