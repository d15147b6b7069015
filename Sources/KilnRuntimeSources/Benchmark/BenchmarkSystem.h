// What the benchmark program needs of the operating system.

#ifndef BENCHMARK_SYSTEM_H
#define BENCHMARK_SYSTEM_H

#include <stdint.h>

/// The number of words on the command line, the program's name included.
int32_t benchmark_argument_count(void);

/// The words of the command line.
const char *_Nullable const *_Nonnull benchmark_arguments(void);

/// Opens a file for reading and puts its size into `byteCount`. Returns a descriptor, or an error number negated.
int32_t benchmark_open_input(const char *_Nonnull path, int64_t *_Nonnull byteCount);

/// Creates or empties a file for writing. Returns a descriptor, or an error number negated.
int32_t benchmark_open_output(const char *_Nonnull path);

/// Reads exactly `count` bytes. Returns 0 or an error number.
int32_t benchmark_read(int32_t descriptor, void *_Nonnull bytes, int64_t count);

/// Writes all of `count` bytes. Returns 0 or an error number.
int32_t benchmark_write(int32_t descriptor, const void *_Nonnull bytes, int64_t count);

/// Closes a descriptor. Returns 0 or an error number.
int32_t benchmark_close(int32_t descriptor);

/// What an error number means.
const char *_Nonnull benchmark_error_text(int32_t error);

/// Maps `byteCount` zeroed bytes, aligned to a page. Returns null when the system has no more.
void *_Nullable benchmark_map(int64_t byteCount);

/// Does nothing, by a system call that a trace shows: a write of no bytes to descriptor -1. One stands before and one after
/// each warm-up inference, so that what an inference asks of the system can be seen between them.
void benchmark_mark(void);

/// Nanoseconds since some fixed moment, on a clock that never goes back.
int64_t benchmark_nanoseconds(void);

/// The most memory that the process has held at once, in bytes; 0 where the system doesn't say.
int64_t benchmark_peak_memory(void);

/// Floating-point operations a nanosecond of this core at its best: the fastest of many short loops of independent vector
/// multiply-adds in registers, as wide as the program is compiled for. Takes about a twentieth of a second.
double benchmark_peak_arithmetic(void);

/// Ends the process.
_Noreturn void benchmark_exit(int32_t status);

#endif
