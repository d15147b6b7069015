// Classes of A64 instructions.
#include <stdint.h>

#define CLASSES(X) \
  X(fma_f32x4) X(fma_f32x2) X(fma_f64x2) X(fma_f16x8) X(fma_f16x4) X(fma_int_128) X(fma_int_64) X(dot_128) X(dot_64) \
  X(vector) X(load) X(store) X(branch) X(other)

#define CONSTANT(name) class_##name,
enum { CLASSES(CONSTANT) class_count };
#undef CONSTANT

// The class of an instruction's word.
int classify(uint32_t word);
