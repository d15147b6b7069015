/// What a benchmark program measured.
package struct BenchmarkReport: Equatable, Encodable, Sendable {
  /// A layer's time.
  package struct Layer: Equatable, Encodable, Sendable {
    /// The layer's name.
    package let name: String
    /// Microseconds.
    package let median: Double
    /// Microseconds.
    package let minimum: Double
  }

  /// The inferences that were timed.
  package let runs: Int
  /// Microseconds of the fastest inference.
  package let minimum: Double
  /// Microseconds that half of the inferences didn't exceed.
  package let median: Double
  /// Microseconds that 90 % of them didn't exceed.
  package let percentile90: Double
  /// Microseconds that 99 % of them didn't exceed.
  package let percentile99: Double
  /// Microseconds on average.
  package let mean: Double
  /// Bytes of the arena.
  package let arenaByteCount: Int
  /// The most memory that the process held at once, in bytes; 0 where the system doesn't say.
  package let memoryByteCount: Int
  /// Billions of floating-point operations per second that the core does at its best, two per multiply-add.
  package let peakGigaflops: Double
  /// The layers, when they were asked for.
  package let layers: [Layer]

  /// Reads the lines that the program prints; `nil` when one is missing.
  package init?(_ text: String) {
    var values: [Substring: Substring] = [:]
    var layers: [Layer] = []
    var mean: Double?
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ", maxSplits: 4, omittingEmptySubsequences: false)
      if words.count == 5, words[0] == "layer", let median = Double(words[2]), let minimum = Double(words[3]) {
        layers.append(Layer(name: String(words[4]), median: median, minimum: minimum))
      } else if words.count == 5, line.hasPrefix("Microseconds per iter:") {
        mean = Double(words[3])
      } else if words.count == 2 {
        values[words[0]] = words[1]
      }
    }
    func number(_ name: Substring) -> Double? { values[name].flatMap { Double($0) } }
    guard let runs = values["runs"].flatMap({ Int($0) }), let minimum = number("minimum_us"),
      let median = number("median_us"), let percentile90 = number("p90_us"), let percentile99 = number("p99_us"),
      let arena = values["arena_bytes"].flatMap({ Int($0) }), let memory = values["memory_bytes"].flatMap({ Int($0) }),
      let peak = number("peak_gflops"), let mean
    else { return nil }
    self.runs = runs
    self.minimum = minimum
    self.median = median
    self.percentile90 = percentile90
    self.percentile99 = percentile99
    self.mean = mean
    arenaByteCount = arena
    memoryByteCount = memory
    peakGigaflops = peak
    self.layers = layers
  }
}
