/// The sums of a convolution, in Float64: for each position, the products of a weight with the elements its taps see.
///
/// One matrix product for each group: the rows are the patches that the window sees, taps outside and channels inside.
struct WindowSums {
  /// Which elements the window sees.
  let taps: TapTable
  /// Input channels, in all groups.
  let inputChannels: Int
  /// Output channels, in all groups.
  let outputChannels: Int
  /// The number of independent groups.
  let groups: Int

  /// - Parameters:
  ///   - input: `[N, elements, inputChannels]`; elements outside count as 0.
  ///   - weight: the weight for tap, input channel of its group, and output channel.
  /// - Returns: `[N, positions, outputChannels]`.
  func evaluate(
    _ input: [Double], batch: Int, weight: (_ tap: Int, _ inputChannel: Int, _ outputChannel: Int) -> Double
  ) -> [Double] {
    let channels = inputChannels / groups
    let results = outputChannels / groups
    let depth = taps.tapCount * channels
    let matrices = (0..<groups).map { group in
      PackedMatrix(depth: depth, columns: results) { k, column in
        weight(k / channels, k % channels, group * results + column)
      }
    }
    var sums = [Double](repeating: 0, count: batch * taps.positionCount * outputChannels)
    guard depth > 0, !sums.isEmpty else { return sums }
    // Some positions at a time, so that their patches stay in the cache while the whole weight passes by.
    let chunk = 32
    var patches = [Double](repeating: 0, count: chunk * depth)
    sums.withUnsafeMutableBufferPointer { sums in
      guard let firstSum = sums.baseAddress else { return }
      for start in stride(from: 0, to: taps.positionCount, by: chunk) {
        let positions = start..<min(start + chunk, taps.positionCount)
        let elements = positions.map { taps.elements(at: $0) }
        for image in 0..<batch {
          for group in 0..<groups {
            fill(&patches, with: elements, of: input, image: image, group: group)
            let offset = (image * taps.positionCount + start) * outputChannels + group * results
            matrices[group].multiply(
              patches, count: positions.count, into: firstSum + offset, stride: outputChannels)
          }
        }
      }
    }
    return sums
  }

  /// Copies what each tap sees in one group's channels of one image, zeros for padding.
  private func fill(
    _ patches: inout [Double], with elements: [[Int?]], of input: [Double], image: Int, group: Int
  ) {
    let channels = inputChannels / groups
    patches.withUnsafeMutableBufferPointer { patches in
      input.withUnsafeBufferPointer { input in
        var next = 0
        for element in elements.joined() {
          if let element {
            let first = (image * taps.inputCount + element) * inputChannels + group * channels
            for channel in 0..<channels { patches[next + channel] = input[first + channel] }
          } else {
            for channel in 0..<channels { patches[next + channel] = 0 }
          }
          next += channels
        }
      }
    }
  }
}
