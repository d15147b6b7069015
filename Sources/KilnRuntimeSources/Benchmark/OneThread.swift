// The functions of BenchmarkNetwork.h for the caller's thread alone: nothing to start.

// Names are the header's, which also says what they do.
// swift-format-ignore-file: AlwaysUseLowerCamelCase, AllPublicDeclarationsHaveDocumentation

import BenchmarkSystem
import NetworkModule

@c @implementation
public func benchmark_network_thread_count() -> Int { 1 }

@c @implementation
public func benchmark_network_workers_byte_count() -> Int { 0 }

@c @implementation
public func benchmark_network_start_workers(_ workers: UnsafeMutableRawPointer) -> Int32 { 0 }

@c @implementation
public func benchmark_network_predict(
  _ inputs: UnsafePointer<UnsafeRawPointer>, _ outputs: UnsafePointer<UnsafeMutableRawPointer>,
  _ arena: UnsafeMutableRawPointer, _ workers: UnsafeMutableRawPointer
) {
  NetworkModule.predict(inputs: inputs, outputs: outputs, arena: arena)
}

@c @implementation
public func benchmark_network_run_layer(
  _ index: Int, _ inputs: UnsafePointer<UnsafeRawPointer>, _ outputs: UnsafePointer<UnsafeMutableRawPointer>,
  _ arena: UnsafeMutableRawPointer, _ workers: UnsafeMutableRawPointer
) {
  NetworkModule.runLayer(index, inputs: inputs, outputs: outputs, arena: arena)
}
