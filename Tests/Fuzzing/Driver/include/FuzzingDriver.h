// What the fuzzing program calls of libFuzzer. Source: LLVM's FuzzerInterface.h.

#ifndef KILN_FUZZING_DRIVER_H
#define KILN_FUZZING_DRIVER_H

#include <stddef.h>
#include <stdint.h>

/// Changes the `size` bytes of `data` in place, to at most `maximum`; returns how many there are then.
size_t LLVMFuzzerMutate(uint8_t *_Nonnull data, size_t size, size_t maximum);

#endif
