// The functions of BenchmarkNetwork.h for several threads.
//
// Their memory begins with the network's own `Workers`, and what that works in comes 64 bytes later.

// Names are the header's, which also says what they do.
// swift-format-ignore-file: AlwaysUseLowerCamelCase, AllPublicDeclarationsHaveDocumentation

import BenchmarkSystem
import NetworkModule

@c @implementation
public func benchmark_network_thread_count() -> Int { NetworkModule.threadCount }

@c @implementation
public func benchmark_network_workers_byte_count() -> Int { 64 + NetworkModule.Workers.byteCount }

@c @implementation
public func benchmark_network_start_workers(_ workers: UnsafeMutableRawPointer) -> Int32 {
  guard let started = NetworkModule.Workers(storage: workers + 64) else { return -1 }
  workers.initializeMemory(as: NetworkModule.Workers.self, to: started)
  return 0
}

@c @implementation
public func benchmark_network_predict(
  _ inputs: UnsafePointer<UnsafeRawPointer>, _ outputs: UnsafePointer<UnsafeMutableRawPointer>,
  _ arena: UnsafeMutableRawPointer, _ workers: UnsafeMutableRawPointer
) {
  NetworkModule.predict(
    inputs: inputs, outputs: outputs, arena: arena, workers: workers.load(as: NetworkModule.Workers.self))
}

@c @implementation
public func benchmark_network_run_layer(
  _ index: Int, _ inputs: UnsafePointer<UnsafeRawPointer>, _ outputs: UnsafePointer<UnsafeMutableRawPointer>,
  _ arena: UnsafeMutableRawPointer, _ workers: UnsafeMutableRawPointer
) {
  NetworkModule.runLayer(
    index, inputs: inputs, outputs: outputs, arena: arena, workers: workers.load(as: NetworkModule.Workers.self))
}
