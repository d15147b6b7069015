import NetworkModule

/// The threads that share an inference.
typealias Workers = Network.Workers

extension Network.Workers {
  /// The threads that compute.
  static var threadCount: Int { Network.threadCount }
}

extension Memory {
  /// One inference.
  func predict() { Network.predict(inputs: inputs, outputs: outputs, arena: arena, workers: workers) }

  /// One layer of it: a switch over all, which is in the program once.
  @inline(never)
  func runLayer(_ index: Int) {
    Network.runLayer(index, inputs: inputs, outputs: outputs, arena: arena, workers: workers)
  }
}
