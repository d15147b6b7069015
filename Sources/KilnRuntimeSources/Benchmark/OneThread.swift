import NetworkModule

/// The calling thread alone: nothing to start.
struct Workers {
  /// The threads that compute.
  static var threadCount: Int { 1 }
  /// Bytes that they need.
  static var byteCount: Int { 0 }

  init?(storage: UnsafeMutableRawPointer) {}
}

extension Memory {
  /// One inference.
  func predict() { Network.predict(inputs: inputs, outputs: outputs, arena: arena) }

  /// One layer of it: a switch over all, which is in the program once.
  @inline(never)
  func runLayer(_ index: Int) { Network.runLayer(index, inputs: inputs, outputs: outputs, arena: arena) }
}
