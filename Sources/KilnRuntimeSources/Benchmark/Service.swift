import BenchmarkSystem

/// `serve IN… OUT…`: one inference, whose outputs go to the files; then a line `ready`, and for each line `N` on
/// standard input N more inferences and a line with their times in nanoseconds.
///
/// Ends with its input.
///
/// A benchmark that compares programs keeps each in such a process and lets them take turns.
func serve(_ arguments: Arguments) -> ExitStatus {
  guard arguments.count == 2 + Network.inputCount + Network.outputCount else { return usage() }
  guard let memory = Memory() else { return .memory }
  var status = readInputs(arguments, from: 2, into: memory)
  guard status == .success else { return status }
  memory.predict()
  status = writeOutputs(arguments, from: 2 + Network.inputCount, of: memory)
  guard status == .success else { return status }

  var ready = Line(.output)
  ready.append("ready")
  ready.write()
  while let runs = requestedRuns() {
    var line = Line(.output)
    var run = 0
    while run < runs {
      if run > 0 { line.append(" ") }
      line.append(Int(timedInference(memory)))
      run += 1
    }
    line.write()
  }
  return .success
}

/// The number on the next line of standard input, which has at most six digits; `nil` when there is none.
private func requestedRuns() -> Int? {
  var runs = 0
  var digits = 0
  while true {
    var byte: UInt8 = 0
    guard benchmark_read(0, &byte, 1) == 0 else { return nil }
    if byte == 10 { return digits > 0 ? runs : nil }
    guard byte >= 48, byte <= 57, digits < 6 else { return nil }
    runs = runs * 10 + Int(byte - 48)
    digits += 1
  }
}
