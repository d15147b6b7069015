import BenchmarkSystem

/// `run IN… OUT…`: one inference on raw little-endian tensors.
func run(_ arguments: Arguments) -> ExitStatus {
  guard arguments.count == 2 + Network.inputCount + Network.outputCount else { return usage() }
  guard let memory = Memory() else { return .memory }
  let status = readInputs(arguments, from: 2, into: memory)
  guard status == .success else { return status }
  memory.predict()
  return writeOutputs(arguments, from: 2 + Network.inputCount, of: memory)
}

/// `layers IN… OUT… DUMP`: one inference, layer by layer, and what each layer wrote, one after the other.
func runLayers(_ arguments: Arguments) -> ExitStatus {
  let dumpIndex = 2 + Network.inputCount + Network.outputCount
  guard arguments.count == dumpIndex + 1, let path = arguments[dumpIndex] else { return usage() }
  guard let memory = Memory() else { return .memory }
  let status = readInputs(arguments, from: 2, into: memory)
  guard status == .success else { return status }

  let descriptor = benchmark_open_output(path)
  var error = descriptor < 0 ? -descriptor : 0
  var layer = 0
  while layer < Network.layerCount, error == 0 {
    memory.runLayer(layer)
    let (output, offset, byteCount) = Network.layerOutput(layer)
    let owner = output < 0 ? memory.arena : memory.outputs[output]
    error = benchmark_write(descriptor, owner + offset, Int64(byteCount))
    layer += 1
  }
  if error == 0 { error = benchmark_close(descriptor) }
  guard error == 0 else {
    report(path, benchmark_error_text(error))
    return .missing
  }
  return writeOutputs(arguments, from: 2 + Network.inputCount, of: memory)
}

/// `state COUNT IN… OUT… ARENA`: the first COUNT layers of an inference, and all memory as they leave it.
func runState(_ arguments: Arguments) -> ExitStatus {
  let arenaIndex = 3 + Network.inputCount + Network.outputCount
  guard arguments.count == arenaIndex + 1, let path = arguments[arenaIndex], let count = arguments.number(2),
    count <= Network.layerCount
  else { return usage() }
  guard let memory = Memory() else { return .memory }
  let status = readInputs(arguments, from: 3, into: memory)
  guard status == .success else { return status }
  var layer = 0
  while layer < count {
    memory.runLayer(layer)
    layer += 1
  }
  let descriptor = benchmark_open_output(path)
  var error = descriptor < 0 ? -descriptor : 0
  if error == 0 { error = benchmark_write(descriptor, memory.arena, Int64(Network.arenaByteCount)) }
  if error == 0 { error = benchmark_close(descriptor) }
  guard error == 0 else {
    report(path, benchmark_error_text(error))
    return .missing
  }
  return writeOutputs(arguments, from: 3 + Network.inputCount, of: memory)
}

/// Reads one file an input, the first of which is the argument `first`.
func readInputs(_ arguments: Arguments, from first: Int, into memory: Memory) -> ExitStatus {
  var index = 0
  while index < Network.inputCount {
    guard let path = arguments[first + index] else { return usage() }
    var byteCount: Int64 = 0
    let descriptor = benchmark_open_input(path, &byteCount)
    guard descriptor >= 0 else {
      report(path, benchmark_error_text(-descriptor))
      return .missing
    }
    guard byteCount == Int64(Network.inputByteCount(index)) else {
      reportSize(path, byteCount: Int(byteCount), input: index)
      return .malformed
    }
    let error = benchmark_read(descriptor, UnsafeMutableRawPointer(mutating: memory.inputs[index]), byteCount)
    guard error == 0 else {
      report(path, benchmark_error_text(error))
      return .missing
    }
    _ = benchmark_close(descriptor)
    index += 1
  }
  return .success
}

/// Writes one file an output, the first of which is the argument `first`.
func writeOutputs(_ arguments: Arguments, from first: Int, of memory: Memory) -> ExitStatus {
  var index = 0
  while index < Network.outputCount {
    guard let path = arguments[first + index] else { return usage() }
    let descriptor = benchmark_open_output(path)
    var error = descriptor < 0 ? -descriptor : 0
    if error == 0 { error = benchmark_write(descriptor, memory.outputs[index], Int64(Network.outputByteCount(index))) }
    if error == 0 { error = benchmark_close(descriptor) }
    guard error == 0 else {
      report(path, benchmark_error_text(error))
      return .missing
    }
    index += 1
  }
  return .success
}

private func reportSize(_ path: UnsafePointer<CChar>, byteCount: Int, input: Int) {
  var line = Line(.error)
  line.append(cString: path)
  line.append(": has ")
  line.append(byteCount)
  line.append(" bytes, input ")
  line.append(input)
  line.append(" takes ")
  line.append(Network.inputByteCount(input))
  line.write()
}
