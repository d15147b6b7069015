// The network's part of the program: the functions of BenchmarkNetwork.h.

// Names are the header's, which also says what they do.
// swift-format-ignore-file: AlwaysUseLowerCamelCase, AllPublicDeclarationsHaveDocumentation

import BenchmarkSystem
import NetworkModule

@c @implementation
public func benchmark_network_input_count() -> Int { NetworkModule.inputCount }

@c @implementation
public func benchmark_network_output_count() -> Int { NetworkModule.outputCount }

@c @implementation
public func benchmark_network_layer_count() -> Int { NetworkModule.layerCount }

@c @implementation
public func benchmark_network_input_byte_count(_ index: Int) -> Int { NetworkModule.inputByteCount(index) }

@c @implementation
public func benchmark_network_output_byte_count(_ index: Int) -> Int { NetworkModule.outputByteCount(index) }

@c @implementation
public func benchmark_network_arena_byte_count() -> Int { NetworkModule.arenaByteCount }

@c @implementation
public func benchmark_network_layer_name(
  _ index: Int, _ byteCount: UnsafeMutablePointer<Int>
) -> UnsafePointer<UInt8> {
  let name = NetworkModule.layerName(index)
  byteCount.pointee = name.utf8CodeUnitCount
  return name.utf8Start
}

@c @implementation
public func benchmark_network_layer_output(
  _ index: Int, _ output: UnsafeMutablePointer<Int>, _ offset: UnsafeMutablePointer<Int>
) -> Int {
  let place = NetworkModule.layerOutput(index)
  output.pointee = place.output
  offset.pointee = place.offset
  return place.byteCount
}
