// The files that are copied into emitted packages, as bytes inside the `kiln` program: KilnRuntime, KilnIntrinsics.h and
// the benchmark program; the descriptions of the machines it knows; and the script of its proof. A new file gets three lines
// here; a test compares the list with the folders.

#include "KilnRuntimeSources.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const struct KilnRuntimeSource sources[] = {
  {"KilnIntrinsics/KilnIntrinsics.h", (const unsigned char[]){
#embed "../KilnIntrinsics/include/KilnIntrinsics.h" suffix(, 0)
  }},
  {"KilnIntrinsics/KilnThreads.h", (const unsigned char[]){
#embed "../KilnIntrinsics/include/KilnThreads.h" suffix(, 0)
  }},
  {"KilnIntrinsics/KilnThreads.c", (const unsigned char[]){
#embed "../KilnIntrinsics/KilnThreads.c" suffix(, 0)
  }},
  {"KilnRuntime/Activations.swift", (const unsigned char[]){
#embed "../KilnRuntime/Activations.swift" suffix(, 0)
  }},
  {"KilnRuntime/Border.swift", (const unsigned char[]){
#embed "../KilnRuntime/Border.swift" suffix(, 0)
  }},
  {"KilnRuntime/ChannelAffine.swift", (const unsigned char[]){
#embed "../KilnRuntime/ChannelAffine.swift" suffix(, 0)
  }},
  {"KilnRuntime/Copy.swift", (const unsigned char[]){
#embed "../KilnRuntime/Copy.swift" suffix(, 0)
  }},
  {"KilnRuntime/CopyScalars.swift", (const unsigned char[]){
#embed "../KilnRuntime/CopyScalars.swift" suffix(, 0)
  }},
  {"KilnRuntime/DepthwiseConvolution.swift", (const unsigned char[]){
#embed "../KilnRuntime/DepthwiseConvolution.swift" suffix(, 0)
  }},
  {"KilnRuntime/DirectConvolution.swift", (const unsigned char[]){
#embed "../KilnRuntime/DirectConvolution.swift" suffix(, 0)
  }},
  {"KilnRuntime/Elementwise.swift", (const unsigned char[]){
#embed "../KilnRuntime/Elementwise.swift" suffix(, 0)
  }},
  {"KilnRuntime/Exponential.swift", (const unsigned char[]){
#embed "../KilnRuntime/Exponential.swift" suffix(, 0)
  }},
  {"KilnRuntime/Gather.swift", (const unsigned char[]){
#embed "../KilnRuntime/Gather.swift" suffix(, 0)
  }},
  {"KilnRuntime/LocalResponse.swift", (const unsigned char[]){
#embed "../KilnRuntime/LocalResponse.swift" suffix(, 0)
  }},
  {"KilnRuntime/MatrixProduct.swift", (const unsigned char[]){
#embed "../KilnRuntime/MatrixProduct.swift" suffix(, 0)
  }},
  {"KilnRuntime/NarrowConvolution.swift", (const unsigned char[]){
#embed "../KilnRuntime/NarrowConvolution.swift" suffix(, 0)
  }},
  {"KilnRuntime/NarrowWeights.swift", (const unsigned char[]){
#embed "../KilnRuntime/NarrowWeights.swift" suffix(, 0)
  }},
  {"KilnRuntime/Normalization.swift", (const unsigned char[]){
#embed "../KilnRuntime/Normalization.swift" suffix(, 0)
  }},
  {"KilnRuntime/Numbers.swift", (const unsigned char[]){
#embed "../KilnRuntime/Numbers.swift" suffix(, 0)
  }},
  {"KilnRuntime/PlanarConvolution.swift", (const unsigned char[]){
#embed "../KilnRuntime/PlanarConvolution.swift" suffix(, 0)
  }},
  {"KilnRuntime/Pool.swift", (const unsigned char[]){
#embed "../KilnRuntime/Pool.swift" suffix(, 0)
  }},
  {"KilnRuntime/Reduction.swift", (const unsigned char[]){
#embed "../KilnRuntime/Reduction.swift" suffix(, 0)
  }},
  {"KilnRuntime/Resample.swift", (const unsigned char[]){
#embed "../KilnRuntime/Resample.swift" suffix(, 0)
  }},
  {"KilnRuntime/ScalarPool.swift", (const unsigned char[]){
#embed "../KilnRuntime/ScalarPool.swift" suffix(, 0)
  }},
  {"KilnRuntime/ScalarProduct.swift", (const unsigned char[]){
#embed "../KilnRuntime/ScalarProduct.swift" suffix(, 0)
  }},
  {"KilnRuntime/ScalarReduction.swift", (const unsigned char[]){
#embed "../KilnRuntime/ScalarReduction.swift" suffix(, 0)
  }},
  {"KilnRuntime/Scalars.swift", (const unsigned char[]){
#embed "../KilnRuntime/Scalars.swift" suffix(, 0)
  }},
  {"KilnRuntime/Softmax.swift", (const unsigned char[]){
#embed "../KilnRuntime/Softmax.swift" suffix(, 0)
  }},
  {"KilnRuntime/Strided.swift", (const unsigned char[]){
#embed "../KilnRuntime/Strided.swift" suffix(, 0)
  }},
  {"KilnRuntime/Strips.swift", (const unsigned char[]){
#embed "../KilnRuntime/Strips.swift" suffix(, 0)
  }},
  {"KilnRuntime/Vector.swift", (const unsigned char[]){
#embed "../KilnRuntime/Vector.swift" suffix(, 0)
  }},
  {"KilnRuntime/WinogradConvolution.swift", (const unsigned char[]){
#embed "../KilnRuntime/WinogradConvolution.swift" suffix(, 0)
  }},
  {"KilnRuntime/WinogradTransform2.swift", (const unsigned char[]){
#embed "../KilnRuntime/WinogradTransform2.swift" suffix(, 0)
  }},
  {"KilnRuntime/WinogradTransform4.swift", (const unsigned char[]){
#embed "../KilnRuntime/WinogradTransform4.swift" suffix(, 0)
  }},
  {"Benchmark/Arguments.swift", (const unsigned char[]){
#embed "Benchmark/Arguments.swift" suffix(, 0)
  }},
  {"Benchmark/Benchmark.swift", (const unsigned char[]){
#embed "Benchmark/Benchmark.swift" suffix(, 0)
  }},
  {"Benchmark/BenchmarkSystem.c", (const unsigned char[]){
#embed "Benchmark/BenchmarkSystem.c" suffix(, 0)
  }},
  {"Benchmark/BenchmarkSystem.h", (const unsigned char[]){
#embed "Benchmark/BenchmarkSystem.h" suffix(, 0)
  }},
  {"Benchmark/Entry.swift", (const unsigned char[]){
#embed "Benchmark/Entry.swift" suffix(, 0)
  }},
  {"Benchmark/Inference.swift", (const unsigned char[]){
#embed "Benchmark/Inference.swift" suffix(, 0)
  }},
  {"Benchmark/Line.swift", (const unsigned char[]){
#embed "Benchmark/Line.swift" suffix(, 0)
  }},
  {"Benchmark/Measurement.swift", (const unsigned char[]){
#embed "Benchmark/Measurement.swift" suffix(, 0)
  }},
  {"Benchmark/Memory.swift", (const unsigned char[]){
#embed "Benchmark/Memory.swift" suffix(, 0)
  }},
  {"Benchmark/Network.swift", (const unsigned char[]){
#embed "Benchmark/Network.swift" suffix(, 0)
  }},
  {"Benchmark/OneThread.swift", (const unsigned char[]){
#embed "Benchmark/OneThread.swift" suffix(, 0)
  }},
  {"Benchmark/PeakArithmetic.c", (const unsigned char[]){
#embed "Benchmark/PeakArithmetic.c" suffix(, 0)
  }},
  {"Benchmark/Samples.swift", (const unsigned char[]){
#embed "Benchmark/Samples.swift" suffix(, 0)
  }},
  {"Benchmark/Service.swift", (const unsigned char[]){
#embed "Benchmark/Service.swift" suffix(, 0)
  }},
  {"Benchmark/Threads.swift", (const unsigned char[]){
#embed "Benchmark/Threads.swift" suffix(, 0)
  }},
  {"Targets/generic-aarch64.json", (const unsigned char[]){
#embed "../../Targets/generic-aarch64.json" suffix(, 0)
  }},
  {"Targets/raspberry-pi-3.json", (const unsigned char[]){
#embed "../../Targets/raspberry-pi-3.json" suffix(, 0)
  }},
  {"Targets/raspberry-pi-4.json", (const unsigned char[]){
#embed "../../Targets/raspberry-pi-4.json" suffix(, 0)
  }},
  {"Targets/raspberry-pi-5.json", (const unsigned char[]){
#embed "../../Targets/raspberry-pi-5.json" suffix(, 0)
  }},
  {"Targets/raspberry-pi-zero-2-w.json", (const unsigned char[]){
#embed "../../Targets/raspberry-pi-zero-2-w.json" suffix(, 0)
  }},
  {"Targets/x86-64-v2.json", (const unsigned char[]){
#embed "../../Targets/x86-64-v2.json" suffix(, 0)
  }},
  {"Targets/x86-64-v3.json", (const unsigned char[]){
#embed "../../Targets/x86-64-v3.json" suffix(, 0)
  }},
  {"Targets/x86-64-v4-vnni.json", (const unsigned char[]){
#embed "../../Targets/x86-64-v4-vnni.json" suffix(, 0)
  }},
  {"Targets/x86-64-v4.json", (const unsigned char[]){
#embed "../../Targets/x86-64-v4.json" suffix(, 0)
  }},
  {"toolchain/common.bash", (const unsigned char[]){
#embed "../../toolchain/common.bash" suffix(, 0)
  }},
  {"toolchain/prove-no-allocation", (const unsigned char[]){
#embed "../../toolchain/prove-no-allocation" suffix(, 0)
  }},
};

long kiln_runtime_source_count(void) { return sizeof(sources) / sizeof(sources[0]); }

struct KilnRuntimeSource kiln_runtime_source(long index) { return sources[index]; }
