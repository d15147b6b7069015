// What the benchmark program asks of the network that it runs. NetworkFunctions.swift answers, for one network; the rest of
// the program is the same for all, and can be compiled once.

#ifndef BENCHMARK_NETWORK_H
#define BENCHMARK_NETWORK_H

#include <stdint.h>

/// How many inputs, outputs and layers there are.
intptr_t benchmark_network_input_count(void);
intptr_t benchmark_network_output_count(void);
intptr_t benchmark_network_layer_count(void);

/// Bytes of an input, of an output, and of the arena.
intptr_t benchmark_network_input_byte_count(intptr_t index);
intptr_t benchmark_network_output_byte_count(intptr_t index);
intptr_t benchmark_network_arena_byte_count(void);

/// A layer's name in the model, `byteCount` bytes of UTF-8.
const uint8_t *_Nonnull benchmark_network_layer_name(intptr_t index, intptr_t *_Nonnull byteCount);

/// Where the bytes that a layer writes begin, in output number `output` or, when that is -1, in the arena. Returns their
/// count.
intptr_t benchmark_network_layer_output(intptr_t index, intptr_t *_Nonnull output, intptr_t *_Nonnull offset);

/// How many threads share an inference, the caller's among them, and bytes of the memory that they need.
intptr_t benchmark_network_thread_count(void);
intptr_t benchmark_network_workers_byte_count(void);

/// Starts the threads in that memory, which is aligned to 64 bytes. Returns 0, or -1 when the system refuses one.
int32_t benchmark_network_start_workers(void *_Nonnull workers);

/// Computes the outputs from the inputs.
void benchmark_network_predict(
    const void *_Nonnull const *_Nonnull inputs, void *_Nonnull const *_Nonnull outputs, void *_Nonnull arena,
    void *_Nonnull workers);

/// Computes one layer.
void benchmark_network_run_layer(
    intptr_t index, const void *_Nonnull const *_Nonnull inputs, void *_Nonnull const *_Nonnull outputs,
    void *_Nonnull arena, void *_Nonnull workers);

#endif
