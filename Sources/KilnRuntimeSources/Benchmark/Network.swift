import BenchmarkSystem

/// The network that this program runs.
enum Network {
  static var inputCount: Int { benchmark_network_input_count() }
  static var outputCount: Int { benchmark_network_output_count() }
  static var layerCount: Int { benchmark_network_layer_count() }
  static var arenaByteCount: Int { benchmark_network_arena_byte_count() }
  static func inputByteCount(_ index: Int) -> Int { benchmark_network_input_byte_count(index) }
  static func outputByteCount(_ index: Int) -> Int { benchmark_network_output_byte_count(index) }

  /// A layer's name in the model, in UTF-8.
  static func layerName(_ index: Int) -> UnsafeBufferPointer<UInt8> {
    var byteCount = 0
    let start = benchmark_network_layer_name(index, &byteCount)
    return UnsafeBufferPointer(start: start, count: byteCount)
  }

  /// The bytes that a layer writes: in output number `output`, or in the arena when that is -1.
  static func layerOutput(_ index: Int) -> (output: Int, offset: Int, byteCount: Int) {
    var (output, offset) = (0, 0)
    let byteCount = benchmark_network_layer_output(index, &output, &offset)
    return (output, offset, byteCount)
  }
}

/// The threads that compute.
struct Workers {
  /// How many they are, the caller's among them.
  static var threadCount: Int { benchmark_network_thread_count() }
  /// Bytes that they need.
  static var byteCount: Int { benchmark_network_workers_byte_count() }

  fileprivate let storage: UnsafeMutableRawPointer

  /// Starts them.
  ///
  /// Returns `nil` when the system refuses one.
  init?(storage: UnsafeMutableRawPointer) {
    guard benchmark_network_start_workers(storage) == 0 else { return nil }
    self.storage = storage
  }
}

extension Memory {
  /// One inference.
  func predict() { benchmark_network_predict(inputs, outputs, arena, workers.storage) }

  /// One layer of it.
  func runLayer(_ index: Int) { benchmark_network_run_layer(index, inputs, outputs, arena, workers.storage) }
}
