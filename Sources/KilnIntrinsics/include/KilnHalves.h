// What kernels of float16 need: conversions, and the arithmetic of machines that have it. As in KilnIntrinsics.h everything is inlined
// and written on vector types; what a machine lacks becomes the portable fallback, which gives the same bits.
#pragma once

#include "KilnIntegers.h"

// Everything here is inlined, so how vectors wider than the machine's would be passed doesn't matter.
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wpsabi"
#pragma clang assume_nonnull begin

typedef _Float16 kiln_f16x4 __attribute__((ext_vector_type(4)));
typedef _Float16 kiln_f16x8 __attribute__((ext_vector_type(8)));
typedef _Float16 kiln_f16x16 __attribute__((ext_vector_type(16)));
typedef double kiln_f64x8 __attribute__((ext_vector_type(8)));
typedef long kiln_i64x8 __attribute__((ext_vector_type(8)));

// float32 to the nearest float16, ties to even. Machines without an instruction for it round the bits of the number, or, where
// that is subnormal, let an addition round it.
#if defined(__aarch64__) || defined(__F16C__)
#define KILN_DEFINE_NARROWING(LANES)                                                                                   \
  KILN_INLINE kiln_f16x##LANES kiln_narrow_f32x##LANES(kiln_f32x##LANES x) {                                           \
    return __builtin_convertvector(x, kiln_f16x##LANES);                                                               \
  }
#else
#define KILN_DEFINE_NARROWING(LANES)                                                                                   \
  KILN_INLINE kiln_f16x##LANES kiln_narrow_f32x##LANES(kiln_f32x##LANES x) {                                           \
    typedef int words __attribute__((ext_vector_type(LANES)));                                                         \
    typedef short halves __attribute__((ext_vector_type(LANES)));                                                      \
    words sign = (words)x >> 16 & 0x8000;                                                                              \
    words magnitude = (words)x & 0x7fffffff;                                                                           \
    words normal = (magnitude + 0xfff + (magnitude >> 13 & 1) - (112 << 23)) >> 13;                                    \
    words subnormal = (words)((kiln_f32x##LANES)magnitude + 0.5f) - 0x3f000000;                                        \
    words finite = magnitude < 0x38800000 ? subnormal : normal;                                                        \
    words overflow = magnitude > 0x7f800000 ? (words)0x7e00 : (words)0x7c00;                                           \
    words bits = magnitude >= 0x47800000 ? overflow : finite;                                                          \
    return (kiln_f16x##LANES)__builtin_convertvector(bits | sign, halves);                                             \
  }
#endif

KILN_DEFINE_NARROWING(4)
KILN_DEFINE_NARROWING(8)
KILN_DEFINE_NARROWING(16)

// The first `count` numbers to and from unaligned memory, 0 <= count <= lanes; memory after them is not touched, and the other lanes
// of a load are 0.
KILN_INLINE kiln_f16x8 kiln_load_first_f16x8(const void *p, long count) {
  return (kiln_f16x8)kiln_load_bytes_16(p, 2 * count);
}
KILN_INLINE void kiln_store_first_f16x8(kiln_f16x8 x, void *p, long count) {
  kiln_store_bytes_16((kiln_i8x16)x, p, 2 * count);
}
KILN_INLINE kiln_f16x4 kiln_load_first_f16x4(const void *p, long count) { return kiln_load_first_f16x8(p, count).lo; }
KILN_INLINE void kiln_store_first_f16x4(kiln_f16x4 x, void *p, long count) {
  kiln_store_bytes_8((kiln_i8x8)x, p, 2 * count);
}
KILN_INLINE kiln_f16x16 kiln_load_first_f16x16(const void *p, long count) {
  kiln_f16x16 x;
  x.lo = kiln_load_first_f16x8(p, count < 8 ? count : 8);
  x.hi = kiln_load_first_f16x8((const char *)p + 16, count > 8 ? count - 8 : 0);
  return x;
}
KILN_INLINE void kiln_store_first_f16x16(kiln_f16x16 x, void *p, long count) {
  kiln_store_first_f16x8(x.lo, p, count < 8 ? count : 8);
  if (count > 8) kiln_store_first_f16x8(x.hi, (char *)p + 16, count - 8);
}

// float32 of float16, exactly, and float16 of float32, from and to unaligned memory: all lanes, or the first of them.
#define KILN_DEFINE_HALF_MEMORY(LANES)                                                                                 \
  KILN_INLINE kiln_f32x##LANES kiln_widen_f16x##LANES(kiln_f16x##LANES x) {                                            \
    return kiln_widen_float16_f32x##LANES(&x);                                                                         \
  }                                                                                                                    \
  KILN_INLINE kiln_f32x##LANES kiln_load_halves_f32x##LANES(const void *p) {                                           \
    return kiln_widen_float16_f32x##LANES(p);                                                                          \
  }                                                                                                                    \
  KILN_INLINE void kiln_store_halves_f32x##LANES(kiln_f32x##LANES x, void *p) {                                        \
    kiln_f16x##LANES narrow = kiln_narrow_f32x##LANES(x);                                                              \
    __builtin_memcpy(p, &narrow, sizeof narrow);                                                                       \
  }                                                                                                                    \
  KILN_INLINE kiln_f32x##LANES kiln_load_first_halves_f32x##LANES(const void *p, long count) {                         \
    return kiln_widen_f16x##LANES(kiln_load_first_f16x##LANES(p, count));                                              \
  }                                                                                                                    \
  KILN_INLINE void kiln_store_first_halves_f32x##LANES(kiln_f32x##LANES x, void *p, long count) {                      \
    kiln_store_first_f16x##LANES(kiln_narrow_f32x##LANES(x), p, count);                                                \
  }

KILN_DEFINE_HALF_MEMORY(4)
KILN_DEFINE_HALF_MEMORY(8)
KILN_DEFINE_HALF_MEMORY(16)

// accumulator + a * b, a + b, a - b, a * b, the larger and the smaller, rounded once to float16.
//
// Elsewhere a product is exact in float64, and so nearly is the sum; float32 rounded to odd remembers in its last bit that something
// was cut off, so that float16 is rounded to only once. The larger and the smaller of two numbers are exact in float32, and float32
// has more than twice the digits that the sum of two numbers of float16 needs to be rounded twice for nothing; a product of two
// has all of its digits in float32.
#if defined(__ARM_FEATURE_FP16_VECTOR_ARITHMETIC)
KILN_INLINE kiln_f16x8 kiln_fma_f16x8(kiln_f16x8 accumulator, kiln_f16x8 a, kiln_f16x8 b) {
  return __builtin_elementwise_fma(a, b, accumulator);
}
KILN_INLINE kiln_f16x8 kiln_add_f16x8(kiln_f16x8 a, kiln_f16x8 b) { return a + b; }
KILN_INLINE kiln_f16x8 kiln_subtract_f16x8(kiln_f16x8 a, kiln_f16x8 b) { return a - b; }
KILN_INLINE kiln_f16x8 kiln_multiply_f16x8(kiln_f16x8 a, kiln_f16x8 b) { return a * b; }
KILN_INLINE kiln_f16x8 kiln_maximum_f16x8(kiln_f16x8 a, kiln_f16x8 b) { return __builtin_elementwise_maximum(a, b); }
KILN_INLINE kiln_f16x8 kiln_minimum_f16x8(kiln_f16x8 a, kiln_f16x8 b) { return __builtin_elementwise_minimum(a, b); }
#else
KILN_INLINE kiln_f16x8 kiln_fma_f16x8(kiln_f16x8 accumulator, kiln_f16x8 a, kiln_f16x8 b) {
  kiln_f64x8 left = __builtin_convertvector(kiln_widen_f16x8(a), kiln_f64x8);
  kiln_f64x8 right = __builtin_convertvector(kiln_widen_f16x8(b), kiln_f64x8);
  kiln_f64x8 sum = left * right + __builtin_convertvector(kiln_widen_f16x8(accumulator), kiln_f64x8);
  kiln_f32x8 nearest = __builtin_convertvector(sum, kiln_f32x8);
  kiln_f64x8 magnitude = __builtin_elementwise_abs(__builtin_convertvector(nearest, kiln_f64x8));
  kiln_i64x8 isTooLarge = magnitude > __builtin_elementwise_abs(sum);
  kiln_i64x8 isInexact = magnitude != __builtin_elementwise_abs(sum);
  kiln_i32x8 bits = (kiln_i32x8)nearest + __builtin_convertvector(isTooLarge, kiln_i32x8);
  bits |= __builtin_convertvector(isInexact, kiln_i32x8) & 1;
  return kiln_narrow_f32x8(nearest == nearest ? (kiln_f32x8)bits : nearest);
}
KILN_INLINE kiln_f16x8 kiln_add_f16x8(kiln_f16x8 a, kiln_f16x8 b) {
  return kiln_narrow_f32x8(kiln_widen_f16x8(a) + kiln_widen_f16x8(b));
}
KILN_INLINE kiln_f16x8 kiln_subtract_f16x8(kiln_f16x8 a, kiln_f16x8 b) {
  return kiln_narrow_f32x8(kiln_widen_f16x8(a) - kiln_widen_f16x8(b));
}
KILN_INLINE kiln_f16x8 kiln_multiply_f16x8(kiln_f16x8 a, kiln_f16x8 b) {
  return kiln_narrow_f32x8(kiln_widen_f16x8(a) * kiln_widen_f16x8(b));
}
KILN_INLINE kiln_f16x8 kiln_maximum_f16x8(kiln_f16x8 a, kiln_f16x8 b) {
  return kiln_narrow_f32x8(KILN_MAXIMUM(kiln_widen_f16x8(a), kiln_widen_f16x8(b)));
}
KILN_INLINE kiln_f16x8 kiln_minimum_f16x8(kiln_f16x8 a, kiln_f16x8 b) {
  return kiln_narrow_f32x8(KILN_MINIMUM(kiln_widen_f16x8(a), kiln_widen_f16x8(b)));
}
#endif

// The larger of each lane and 0; NaN stays, and both zeros become +0.
KILN_INLINE kiln_f16x8 kiln_positive_part_f16x8(kiln_f16x8 a) {
#if defined(__aarch64__) && defined(__ARM_FEATURE_FP16_VECTOR_ARITHMETIC)
  return __builtin_elementwise_maximum(a, (kiln_f16x8)(_Float16)0);
#else
  return kiln_narrow_f32x8(kiln_positive_part_f32x8(kiln_widen_f16x8(a)));
#endif
}

#pragma clang assume_nonnull end
#pragma clang diagnostic pop
