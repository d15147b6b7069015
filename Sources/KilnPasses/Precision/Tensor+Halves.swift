import KilnGraph

extension Tensor {
  /// The elements rounded to float16; `nil` where float16 doesn't hold one.
  var halves: Tensor? {
    let halves = Tensor(shape: shape, doubles: doubles(), as: .float16)
    return halves.doubles().allSatisfy(\.isFinite) ? halves : nil
  }

  /// A tensor of 16-bit floating point as one of float32 that is known to be stored narrowly.
  var widened: Tensor {
    (try? Cast(to: .float32).evaluate([self])[0]) ?? Tensor(shape: shape, floats: floats())
  }
}
