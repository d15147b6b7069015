/// Mean and variance of some numbers, in Float64 and two passes.
struct Statistics {
  /// The sum over the count.
  let mean: Double
  /// The mean of the squared distances from the mean.
  let variance: Double

  init(_ elements: ArraySlice<Double>) {
    let count = Double(elements.count)
    let mean = elements.reduce(0, +) / count
    self.mean = mean
    variance = elements.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
  }
}
