import Foundation
import KilnGraph

/// What a person wants to see of a tensor in a terminal.
package enum TensorDisplay {
  /// A small image of one channel as a picture, scores of classes as the highest with bars, anything else as numbers
  /// about its elements.
  package static func text(_ tensor: Tensor, name: String) -> String {
    let title = "\(name) \(tensor.type)"
    if let picture = picture(tensor) { return "\(title)\n\(picture)" }
    if let scores = scores(tensor) { return "\(title)\n\(scores)" }
    return "\(title): \(summary(tensor))\n"
  }

  /// The elements' range and mean.
  package static func summary(_ tensor: Tensor) -> String {
    let values = tensor.doubles()
    guard let first = values.first else { return "no elements" }
    if values.count == 1 { return number(first) }
    let finite = values.filter(\.isFinite)
    let range = "min \(number(finite.min() ?? .nan)), max \(number(finite.max() ?? .nan))"
    let mean = "mean \(number(finite.reduce(0, +) / Double(finite.count)))"
    let rest = values.count - finite.count
    return [range, mean].joined(separator: ", ") + (rest == 0 ? "" : ", \(rest) not finite")
  }

  /// A picture of an image with one channel, at most 32 pixels wide and 64 high; `nil` for anything else.
  static func picture(_ tensor: Tensor) -> String? {
    var shape = tensor.shape
    while shape.count > 2, shape.first == 1 { shape.removeFirst() }
    while shape.count > 2, shape.last == 1 { shape.removeLast() }
    guard shape.count == 2, (4...64).contains(shape[0]), (4...32).contains(shape[1]) else { return nil }
    let values = tensor.doubles()
    guard let low = values.min(), let high = values.max(), low.isFinite, high.isFinite else { return nil }
    let shades = Array(" .:-=+*#%@")
    let scale = high > low ? Double(shades.count - 1) / (high - low) : 0
    let rows = (0..<shape[0]).map { row in
      (0..<shape[1]).map { column in
        let shade = shades[Int(((values[row * shape[1] + column] - low) * scale).rounded())]
        // Characters are about twice as high as wide.
        return String([shade, shade])
      }.joined()
    }
    let edge = "  +\(String(repeating: "-", count: 2 * shape[1]))+\n"
    return edge + rows.map { "  |\($0)|\n" }.joined() + edge
  }

  /// The five highest of at most 1000 scores; `nil` for a tensor that holds something else.
  static func scores(_ tensor: Tensor) -> String? {
    guard tensor.shape.last == tensor.elementCount, tensor.elementCount <= 1000 else { return nil }
    return Classification(tensor, count: 5)?.text
  }

  private static func number(_ value: Double) -> String { String(format: "%.4g", value) }
}
