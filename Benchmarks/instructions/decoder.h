// Classes of A64 instructions.
#include <stdint.h>

#define CLASSES(X) \
  X(fma_f32x4) X(fma_f32x2) X(fma_f64x2) X(fma_f16x8) X(fma_f16x4) X(fma_int_128) X(fma_int_64) X(dot_128) X(dot_64) \
  X(vector) X(load) X(store) X(branch) X(other)

// What instructions of these classes do beside it: the registers of vectors that are loaded or stored, by width (a lane and a
// scalar count as 64 bits), and the insertions of a general register into a vector, which some cores issue with a load.
#define DETAILS(X) X(load_128) X(load_64) X(store_128) X(store_64) X(insert)

#define CONSTANT(name) class_##name,
enum { CLASSES(CONSTANT) class_count };
#undef CONSTANT
#define CONSTANT(name) detail_##name,
enum { DETAILS(CONSTANT) detail_count };
#undef CONSTANT

// The class of an instruction's word.
int classify(uint32_t word);

// Sets each of `counts` to how often an instruction's word does it.
void detail(uint32_t word, int counts[detail_count]);
