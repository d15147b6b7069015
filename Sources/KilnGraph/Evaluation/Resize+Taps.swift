import Foundation

extension Resize {
  /// An input element and its weight in an output element.
  package struct Tap: Hashable, Sendable {
    /// The index along the axis, inside the input.
    package var index: Int
    /// The factor; the weights of one output element sum to 1.
    package var weight: Double
  }

  /// The input elements along an axis that make each output element: the same number for each, some perhaps with
  /// weight 0; `nil` for an element outside the region that `tf_crop_and_resize` extrapolates.
  ///
  /// Resampling is separable: axes are done one after the other. Source: ONNX Resize 19 and its reference
  /// implementation. Where the text leaves it open, the length of the resized axis is the integer one.
  package func taps(along axis: Int, inputExtent: Int) -> [[Tap]?] {
    (0..<shape[axis]).map { position in
      guard let x = coordinate(of: position, along: axis, inputExtent: inputExtent) else { return nil }
      // Nothing is to be filtered where an antialiased axis keeps its length.
      if interpolation.isAntialiased && shape[axis] == inputExtent { return [Tap(index: position, weight: 1)] }
      return taps(at: Double(x), scale: Double(scales[axis]), inputExtent: inputExtent)
    }
  }

  /// Where an output element lies in the input; `nil` when it is to be extrapolated.
  ///
  /// ONNX doesn't say with which precision this is computed, and it matters: 6 / 1.2 is 5 in float32, and 4.9999998 when
  /// the float32 scale is divided by in Float64. Every step is what ONNX Runtime's CPU kernel does, in its precision.
  private func coordinate(of position: Int, along axis: Int, inputExtent: Int) -> Float? {
    let x = Float(position)
    let input = Float(inputExtent)
    let output = Float(shape[axis])
    let scale = scales[axis]
    if scale == 1 { return x }
    switch coordinates {
    case .halfPixel: return (x + 0.5) / scale - 0.5
    case .halfPixelSymmetric:
      let adjustment = output / (scale * input)
      let offset = input / 2 * (1 - adjustment)
      return Float(Double(offset) + (Double(x) + 0.5) / Double(scale) - 0.5)
    case .pytorchHalfPixel: return output > 1 ? (x + 0.5) / scale - 0.5 : 0
    case .alignCorners: return output > 1 ? x * (input - 1) / (output - 1) : 0
    case .asymmetric: return x / scale
    case .tensorFlowHalfPixel: return (x + 0.5) / scale
    case .crop(let start, let end, _):
      let last = input - 1
      let result =
        output > 1
        ? start[axis] * last + (x * (end[axis] - start[axis]) * last) / (output - 1)
        : Float(0.5 * Double(start[axis] + end[axis]) * Double(last))
      return (0...last).contains(result) ? result : nil
    }
  }

  private func taps(at x: Double, scale: Double, inputExtent: Int) -> [Tap] {
    switch interpolation {
    case .nearest(let rounding):
      return [Tap(index: limit(rounding.round(x, reduces: scale < 1), inputExtent), weight: 1)]
    case .linear(let antialias):
      return taps(at: x, reach: 1, scale: antialias ? min(scale, 1) : 1, inputExtent, excludesOutside: false) {
        max(0, 1 - abs($0))
      }
    case .linearExcludingOutside(let antialias):
      return taps(at: x, reach: 1, scale: antialias ? min(scale, 1) : 1, inputExtent, excludesOutside: true) {
        max(0, 1 - abs($0))
      }
    case .cubic(let a, let excludesOutside, let antialias):
      return taps(at: x, reach: 2, scale: antialias ? min(scale, 1) : 1, inputExtent, excludesOutside: excludesOutside)
      {
        Self.cubic($0, a)
      }
    }
  }

  /// The taps within `reach / scale` of `x`, weighted by `kernel(scale * distance)` and normalised; an element outside
  /// is the outermost one, or left out.
  private func taps(
    at x: Double, reach: Double, scale: Double, _ inputExtent: Int, excludesOutside: Bool,
    kernel: (Double) -> Double
  ) -> [Tap] {
    // The tap on the left of x; x itself when it is an integer is the one on the right.
    let left = x.rounded(.up) - 1
    let first = (-reach / scale).rounded(.down) + 1
    let range = Int(saturating: left + first)..<Int(saturating: left + 2 - first)
    var taps = range.map { index in
      let isOutside = index < 0 || index >= inputExtent
      return Tap(
        index: limit(Double(index), inputExtent),
        weight: excludesOutside && isOutside ? 0 : kernel(scale * (Double(index) - x)))
    }
    let sum = taps.reduce(0) { $0 + $1.weight }
    // Where every tap was left out, nothing is there to be weighed.
    if sum != 0 { for index in taps.indices { taps[index].weight /= sum } }
    return taps
  }

  /// Keys' kernel.
  ///
  /// Source: R. Keys, "Cubic convolution interpolation for digital image processing", 1981.
  private static func cubic(_ distance: Double, _ a: Double) -> Double {
    let x = abs(distance)
    if x <= 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
    if x < 2 { return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a }
    return 0
  }

  private func limit(_ index: Double, _ extent: Int) -> Int { Int(min(max(index, 0), Double(extent - 1))) }
}

extension Resize.Rounding {
  /// The integer for a coordinate.
  ///
  /// What is within 1e-6 of a half is one, as in ONNX Runtime: 1 / (2 / 7) is 3.4999998 in float32.
  func round(_ x: Double, reduces: Bool) -> Double {
    let isHalf = abs(x - x.rounded(.down) - 0.5) <= 1e-6
    return switch self {
    case .preferFloor: isHalf ? x.rounded(.down) : x.rounded()
    case .preferCeiling: isHalf ? x.rounded(.up) : x.rounded()
    case .floor: x.rounded(.down)
    case .ceiling: x.rounded(.up)
    case .byDirection: x.rounded(reduces ? .up : .down)
    }
  }
}
