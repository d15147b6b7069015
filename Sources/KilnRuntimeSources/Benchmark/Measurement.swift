import BenchmarkSystem

/// What `bench` is asked for.
private struct MeasurementOptions {
  /// Inferences to time; `nil` for as many as take a second, at least 5.
  var runs: Int?
  /// Inferences before that.
  var warmUp = 3
  /// Whether to time each layer too.
  var layers = false
  /// The index of the first argument that is an input file.
  var firstInput = 2

  /// Reads the options; `nil` when they make no sense.
  init?(_ arguments: Arguments) {
    while firstInput < arguments.count {
      if arguments.matches(firstInput, "--layers") {
        layers = true
        firstInput += 1
      } else if arguments.matches(firstInput, "--runs") {
        guard let number = arguments.number(firstInput + 1), number > 0 else { return nil }
        runs = number
        firstInput += 2
      } else if arguments.matches(firstInput, "--warm-up") {
        guard let number = arguments.number(firstInput + 1) else { return nil }
        warmUp = number
        firstInput += 2
      } else {
        break
      }
    }
    guard firstInput == arguments.count || firstInput + Network.inputCount == arguments.count else { return nil }
  }
}

/// `bench [--runs N] [--warm-up N] [--layers] [IN…]`: times inferences and prints `name value` lines.
func measure(_ arguments: Arguments) -> ExitStatus {
  guard let options = MeasurementOptions(arguments) else { return usage() }
  let largestRunCount = options.runs ?? 100_000
  let roundCount = min(largestRunCount, 1000)
  // Memory that is never touched costs nothing, so there is room for the most that may be needed.
  let sampleCount = largestRunCount + (options.layers ? roundCount * Network.layerCount : 0)
  guard let memory = Memory(extraByteCount: sampleCount * MemoryLayout<Int64>.stride) else { return .memory }
  memory.fillInputs()
  if options.firstInput < arguments.count {
    let status = readInputs(arguments, from: options.firstInput, into: memory)
    guard status == .success else { return status }
  }

  var fastest = Int64.max
  var count = 0
  while count < options.warmUp || (count == 0 && options.runs == nil) {
    benchmark_mark()
    fastest = min(fastest, timedInference(memory))
    benchmark_mark()
    count += 1
  }
  let runs = options.runs ?? max(5, min(largestRunCount, Int(1_000_000_000 / max(fastest, 1))))

  let samples = Samples(memory.extra, count: runs)
  var total = 0
  var run = 0
  while run < runs {
    let time = timedInference(memory)
    samples[run] = time
    total += Int(time)
    run += 1
  }
  samples.sort()

  printCount("runs", runs)
  printThousandths("minimum_us", samples.quantile(percent: 0))
  printThousandths("median_us", samples.quantile(percent: 50))
  printThousandths("p90_us", samples.quantile(percent: 90))
  printThousandths("p99_us", samples.quantile(percent: 99))
  printCount("threads", Workers.threadCount)
  printCount("arena_bytes", Network.arenaByteCount)
  printCount("memory_bytes", Int(benchmark_peak_memory()))
  printThousandths("peak_gflops", Int64(benchmark_peak_arithmetic() * 1000))
  if options.layers { measureLayers(memory, rounds: min(runs, roundCount)) }
  printSummary(total: total, runs: runs)
  return .success
}

/// One inference.
///
/// Returns the nanoseconds it took.
@inline(never)
func timedInference(_ memory: Memory) -> Int64 {
  let start = benchmark_nanoseconds()
  memory.predict()
  return benchmark_nanoseconds() - start
}

/// Runs all layers in turn, `rounds` times, and prints `layer INDEX MEDIAN_US MINIMUM_US NAME` for each.
private func measureLayers(_ memory: Memory, rounds: Int) {
  let samples = memory.extra.assumingMemoryBound(to: Int64.self)
  var round = 0
  while round < rounds {
    var layer = 0
    while layer < Network.layerCount {
      let start = benchmark_nanoseconds()
      memory.runLayer(layer)
      samples[layer * rounds + round] = benchmark_nanoseconds() - start
      layer += 1
    }
    round += 1
  }
  var layer = 0
  while layer < Network.layerCount {
    let times = Samples(samples + layer * rounds, count: rounds)
    times.sort()
    var line = Line(.output)
    line.append("layer ")
    line.append(layer)
    line.append(" ")
    line.append(Int(times.quantile(percent: 50)), decimals: 3)
    line.append(" ")
    line.append(Int(times.quantile(percent: 0)), decimals: 3)
    line.append(" ")
    line.append(Network.layerName(layer))
    line.write()
    layer += 1
  }
}

private func printCount(_ name: StaticString, _ value: Int) {
  var line = Line(.output)
  line.append(name)
  line.append(" ")
  line.append(value)
  line.write()
}

/// Prints a number of thousandths, for instance nanoseconds as microseconds.
private func printThousandths(_ name: StaticString, _ value: Int64) {
  var line = Line(.output)
  line.append(name)
  line.append(" ")
  line.append(Int(value), decimals: 3)
  line.write()
}

/// The two figures that people compare: the mean, and its inverse.
private func printSummary(total: Int, runs: Int) {
  var line = Line(.output)
  line.append("Microseconds per iter: ")
  line.append(total / runs / 100, decimals: 1)
  line.append(" Iterations per second: ")
  line.append(Int(Double(runs) * 1e10 / Double(max(total, 1))), decimals: 1)
  line.write()
}
