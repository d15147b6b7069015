/// Deterministic numbers between -4 and 4 that float32 holds exactly and that differ from their neighbours.
func testNumbers(_ count: Int, seed: Int = 1) -> [Float] {
  (0..<count).map { Float(($0 * 7919 + seed * 104_729) % 4093 - 2046) / 512 }
}

/// The memory that a kernel leaves behind, given what was there before and what it reads.
func memory(_ before: [Float], after kernel: (UnsafeMutablePointer<Float>) -> Void) -> [Float] {
  var memory = before
  memory.withUnsafeMutableBufferPointer { buffer in
    if let base = buffer.baseAddress { kernel(base) }
  }
  return memory
}

/// What lies in memory that no kernel may touch.
let untouched: Float = 12345
