import Foundation
import KilnGraph
import KilnPasses

/// A plan as text that people read and edit: a line for each tensor with its scale, its zero point and its name.
///
/// A tensor without a line stays float32, and so do the layers that would read or write it in integers.
extension QuantizationPlan {
  private static let heading = "# scale zero-point tensor (int8; a tensor without a line stays float32)"

  /// The lines of a file.
  package var fileText: String { "\(Self.heading)\n\(text)" }

  /// Reads a file.
  ///
  /// - Parameter names: the tensors that may have a line.
  /// - Throws: `FileError` for a file that can't be read, and for the first line that isn't one of a plan.
  package init(path: String, names: [String]) throws(FileError) {
    let file = try Files.read(path)
    let text = withExtendedLifetime(file) { String(decoding: file.bytes, as: UTF8.self) }
    try self.init(text: text, path: path, names: names)
  }

  /// Reads the lines of a file.
  package init(text: String, path: String, names: [String]) throws(FileError) {
    self.init()
    let known = Set(names)
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let line = line.hasSuffix("\r") ? line.dropLast() : line
      if line.hasPrefix("#") || line.allSatisfy(\.isWhitespace) { continue }
      func refuse(_ reason: String) -> FileError { FileError(.malformed, "\(path):\(index + 1): \(reason)") }
      let fields = line.split(separator: " ", maxSplits: 2)
      guard fields.count == 3 else { throw refuse("a line has a scale, a zero point and a tensor's name") }
      guard let scale = Float(fields[0]), scale.isNormal, scale > 0 else {
        throw refuse("the scale '\(fields[0])' is no positive number")
      }
      guard let zeroPoint = Int(fields[1]), (-128...127).contains(zeroPoint) else {
        throw refuse("the zero point '\(fields[1])' is no integer from -128 to 127")
      }
      let name = String(fields[2])
      guard known.contains(name) else { throw refuse("the network has no tensor '\(name)' that could have 8 bits") }
      let quantization = TensorQuantization(scale: scale, zeroPoint: zeroPoint)
      guard tensors.updateValue(quantization, forKey: name) == nil else {
        throw refuse("'\(name)' has a line already")
      }
    }
  }
}
