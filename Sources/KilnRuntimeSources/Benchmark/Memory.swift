import BenchmarkSystem

/// All memory of the program, from one mapping: the arena, the inputs and the outputs.
struct Memory {
  /// The network's arena.
  let arena: UnsafeMutableRawPointer
  /// The first byte of each input, as the network takes them.
  let inputs: UnsafePointer<UnsafeRawPointer>
  /// The first byte of each output.
  let outputs: UnsafePointer<UnsafeMutableRawPointer>
  /// The threads that compute.
  let workers: Workers
  /// What the caller asked for besides.
  let extra: UnsafeMutableRawPointer

  /// Maps the memory, zeroed, and `extraByteCount` bytes for the caller.
  ///
  /// Returns `nil`, and says so, when the system does not have it.
  init?(extraByteCount: Int = 0) {
    let pointerByteCount = MemoryLayout<UnsafeRawPointer>.stride
    var total = Memory.rounded(Network.arenaByteCount)
    total += Memory.rounded((Network.inputCount + Network.outputCount) * pointerByteCount)
    total += Memory.rounded(Workers.byteCount)
    total += Memory.rounded(extraByteCount)
    var index = 0
    while index < Network.inputCount {
      total += Memory.rounded(Network.inputByteCount(index))
      index += 1
    }
    index = 0
    while index < Network.outputCount {
      total += Memory.rounded(Network.outputByteCount(index))
      index += 1
    }
    guard let start = benchmark_map(Int64(total)) else {
      var line = Line(.error)
      line.append("the system has no ")
      line.append(total)
      line.append(" bytes of memory left")
      line.write()
      return nil
    }

    arena = start
    var next = start + Memory.rounded(Network.arenaByteCount)
    guard let workers = Workers(storage: next) else {
      report("the system does not start another thread")
      return nil
    }
    self.workers = workers
    next += Memory.rounded(Workers.byteCount)
    extra = next
    next += Memory.rounded(extraByteCount)
    let inputs = next.bindMemory(to: UnsafeRawPointer.self, capacity: Network.inputCount)
    let outputs = (next + Network.inputCount * pointerByteCount).bindMemory(
      to: UnsafeMutableRawPointer.self, capacity: Network.outputCount)
    next += Memory.rounded((Network.inputCount + Network.outputCount) * pointerByteCount)
    index = 0
    while index < Network.inputCount {
      (inputs + index).initialize(to: UnsafeRawPointer(next))
      next += Memory.rounded(Network.inputByteCount(index))
      index += 1
    }
    index = 0
    while index < Network.outputCount {
      (outputs + index).initialize(to: next)
      next += Memory.rounded(Network.outputByteCount(index))
      index += 1
    }
    self.inputs = UnsafePointer(inputs)
    self.outputs = UnsafePointer(outputs)
  }

  /// Puts a repeatable pattern of numbers from 0 to 1 into every input.
  func fillInputs() {
    var state: UInt32 = 0x2545_F491
    var index = 0
    while index < Network.inputCount {
      let input = UnsafeMutableRawPointer(mutating: inputs[index])
      var offset = 0
      while offset + 4 <= Network.inputByteCount(index) {
        // xorshift32: Marsaglia, "Xorshift RNGs", Journal of Statistical Software 8 (2003).
        state ^= state << 13
        state ^= state >> 17
        state ^= state << 5
        input.storeBytes(of: Float(state >> 8) * 0x1p-24, toByteOffset: offset, as: Float.self)
        offset += 4
      }
      index += 1
    }
  }

  private static func rounded(_ byteCount: Int) -> Int { (byteCount + 63) & ~63 }
}
