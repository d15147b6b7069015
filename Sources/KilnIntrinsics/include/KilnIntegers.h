// What kernels of quantised numbers need of a machine's integer arithmetic. As in KilnIntrinsics.h everything is inlined and
// written on vector types; what a machine lacks becomes the portable fallback, which gives the same results.
#pragma once

#include <stdbool.h>

#include "KilnIntrinsics.h"
#if defined(__aarch64__)
#include <arm_neon.h>
#endif

// Everything here is inlined, so how vectors wider than the machine's would be passed doesn't matter.
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wpsabi"
#pragma clang assume_nonnull begin

typedef signed char kiln_i8x8 __attribute__((ext_vector_type(8)));
typedef signed char kiln_i8x16 __attribute__((ext_vector_type(16)));
typedef signed char kiln_i8x32 __attribute__((ext_vector_type(32)));
typedef unsigned char kiln_u8x8 __attribute__((ext_vector_type(8)));
typedef unsigned char kiln_u8x16 __attribute__((ext_vector_type(16)));
typedef unsigned char kiln_u8x32 __attribute__((ext_vector_type(32)));
typedef short kiln_i16x4 __attribute__((ext_vector_type(4)));
typedef short kiln_i16x8 __attribute__((ext_vector_type(8)));
typedef short kiln_i16x16 __attribute__((ext_vector_type(16)));
typedef short kiln_i16x32 __attribute__((ext_vector_type(32)));
typedef short kiln_i16x64 __attribute__((ext_vector_type(64)));
typedef int kiln_i32x4 __attribute__((ext_vector_type(4)));
typedef int kiln_i32x8 __attribute__((ext_vector_type(8)));
typedef int kiln_i32x16 __attribute__((ext_vector_type(16)));

// Dot products of four bytes in each lane of 32 bits: those of w are signed, those of x are signed on Arm and unsigned elsewhere,
// as the machines' instructions have it.
#if defined(__aarch64__)
#define KILN_DOT_BYTE(x, shift) ((x) << (24 - (shift)) >> 24)
#else
#define KILN_DOT_BYTE(x, shift) ((x) >> (shift) & 255)
#endif
#define KILN_DEFINE_PORTABLE_DOT(LANES)                                                                                \
  KILN_INLINE kiln_i32x##LANES kiln_dot_i32x##LANES(                                                                   \
      kiln_i32x##LANES sums, kiln_i32x##LANES x, kiln_i32x##LANES w) {                                                 \
    for (int shift = 0; shift < 32; shift += 8) sums += KILN_DOT_BYTE(x, shift) * (w << (24 - shift) >> 24);           \
    return sums;                                                                                                       \
  }

#if defined(__ARM_FEATURE_DOTPROD)
KILN_INLINE kiln_i32x4 kiln_dot_i32x4(kiln_i32x4 sums, kiln_i32x4 x, kiln_i32x4 w) {
  return (kiln_i32x4)vdotq_s32((int32x4_t)sums, (int8x16_t)w, (int8x16_t)x);
}
KILN_INLINE kiln_i32x8 kiln_dot_i32x8(kiln_i32x8 sums, kiln_i32x8 x, kiln_i32x8 w) {
  sums.lo = kiln_dot_i32x4(sums.lo, x.lo, w.lo);
  sums.hi = kiln_dot_i32x4(sums.hi, x.hi, w.hi);
  return sums;
}
KILN_INLINE kiln_i32x16 kiln_dot_i32x16(kiln_i32x16 sums, kiln_i32x16 x, kiln_i32x16 w) {
  sums.lo = kiln_dot_i32x8(sums.lo, x.lo, w.lo);
  sums.hi = kiln_dot_i32x8(sums.hi, x.hi, w.hi);
  return sums;
}
#elif defined(__AVX512VNNI__) && defined(__AVX512VL__)
#define kiln_dot_i32x8(sums, x, w) ((kiln_i32x8)__builtin_ia32_vpdpbusd256((sums), (x), (w)))
KILN_INLINE kiln_i32x16 kiln_dot_i32x16(kiln_i32x16 sums, kiln_i32x16 x, kiln_i32x16 w) {
  return (kiln_i32x16)__builtin_ia32_vpdpbusd512(sums, x, w);
}
#else
KILN_DEFINE_PORTABLE_DOT(8)
KILN_DEFINE_PORTABLE_DOT(16)
#endif

// Bytes of x of the other sign are brought to it by turning the highest bit; whoever packs the weights puts what that adds into the
// sums' first values.
#if defined(__aarch64__)
#define KILN_DOT_FLIP(isUnsigned) ((isUnsigned) ? (int)0x80808080 : 0)
#else
#define KILN_DOT_FLIP(isUnsigned) ((isUnsigned) ? 0 : (int)0x80808080)
#endif

// Four bytes as they lie in memory; and what is left of four, 1 to 3, the others 0: memory after them isn't touched.
KILN_INLINE int kiln_load_quad(const void *x) {
  int quad;
  __builtin_memcpy(&quad, x, sizeof quad);
  return quad;
}
KILN_INLINE int kiln_load_rest(const void *x, long count) {
  const unsigned char *byte = x;
  int rest = byte[0];
  if (count > 1) rest |= byte[1] << 8;
  if (count > 2) rest |= byte[2] << 16;
  return rest;
}

// The same address, in a register of its own: see kiln_own_register.
KILN_INLINE const void *kiln_own_address(const void *address) { return kiln_own_register(address); }

// sums + the products of x[0], x[1], x[2], x[3] with a unit of weights, which has the four bytes of each lane together.
#define KILN_DEFINE_QUADS(LANES)                                                                                       \
  KILN_INLINE kiln_i32x##LANES kiln_quads_i32x##LANES(                                                                 \
      kiln_i32x##LANES sums, int quad, const void *weights, bool isUnsigned) {                                         \
    kiln_i32x##LANES w;                                                                                                \
    __builtin_memcpy(&w, weights, sizeof w);                                                                           \
    return kiln_dot_i32x##LANES(sums, (kiln_i32x##LANES)quad ^ KILN_DOT_FLIP(isUnsigned), w);                          \
  }
KILN_DEFINE_QUADS(8)
KILN_DEFINE_QUADS(16)

// The same, two products being added in 16 bits, with saturation: for weights of which no two are too large.
KILN_INLINE kiln_i32x8 kiln_narrow_pairs_i32x8(kiln_i32x8 sums, int quad, const void *weights, bool isUnsigned) {
#if defined(__AVX2__)
  // Loaded into all lanes and flipped there: the compiler would flip four bytes and then move them, which takes a tenth longer.
  kiln_i32x8 x = (kiln_i32x8)quad, products;
  __asm__("" : "+x"(x));
  x ^= KILN_DOT_FLIP(isUnsigned);
  // Weights stay in memory: with sums, factors of one and four numbers of a pixel there are no registers for them.
  __asm__("vpmaddubsw %3, %2, %1\n\tvpmaddwd %4, %1, %1\n\tvpaddd %1, %0, %0"
          : "+x"(sums), "=&x"(products)
          : "x"(x), "m"(*(const kiln_i32x8 *)weights), "x"((kiln_i16x16)1));
  return sums;
#else
  return kiln_quads_i32x8(sums, quad, weights, isUnsigned);
#endif
}

// Four times four bytes of x, of the sign that dot products take, and the products of those in one lane.
KILN_INLINE kiln_i32x4 kiln_load_quads(const void *x, bool isUnsigned) {
  kiln_i32x4 quads;
  __builtin_memcpy(&quads, x, sizeof quads);
  return quads ^ KILN_DOT_FLIP(isUnsigned);
}
KILN_INLINE kiln_i32x4 kiln_load_quads_of_8(const void *x, bool isUnsigned) {
  kiln_i32x4 quads = 0;
  __builtin_memcpy(&quads, x, 8);
  return quads ^ KILN_DOT_FLIP(isUnsigned);
}
KILN_INLINE kiln_i32x4 kiln_load_quads_of_4(const void *x, bool isUnsigned) {
  kiln_i32x4 quads = 0;
  __builtin_memcpy(&quads, x, 4);
  return quads ^ KILN_DOT_FLIP(isUnsigned);
}
KILN_INLINE kiln_i32x8 kiln_quads_in_lane_i32x8(kiln_i32x8 sums, kiln_i32x4 quads, long lane, const void *weights) {
  kiln_i32x8 w;
  __builtin_memcpy(&w, weights, sizeof w);
  return kiln_dot_i32x8(sums, (kiln_i32x8)quads[lane], w);
}

// Eight bytes of x as numbers with a sign, two in each lane, and two of them in all lanes.
KILN_INLINE kiln_i16x4 kiln_load_pairs_i16x4(const void *x, bool isUnsigned) {
  kiln_i8x8 bytes;
  __builtin_memcpy(&bytes, x, sizeof bytes);
  return (kiln_i16x4)(isUnsigned ? bytes ^ -128 : bytes);
}
KILN_INLINE kiln_i16x8 kiln_pair_in_lane_i16x8(kiln_i16x4 pairs, long lane) { return (kiln_i16x8)pairs[lane]; }

// Sums and the products of two pairs of numbers with a unit of pairs, of one pixel and of two. What ends with `next` has loaded the unit
// at an address after that: in halves, as joined loads of float32 are, for cores in order.
typedef struct {
  kiln_i32x4 low, high, low1, high1;
  kiln_i8x16 w0, w1;
} kiln_pair_sums;
#if defined(__aarch64__)
// Two products are added in 16 bits, which is too little only where both weights are -128: `wide` adds each by itself. The order is fixed:
// the compiler would make all products of a turn before it adds the first, for which there are no registers. Of two pixels no
// instruction waits for the one before.
#define KILN_PAIRS(FIRST, SECOND, SUM) FIRST("smull") SECOND("smlal") SUM
#define KILN_PAIRS_WIDE(FIRST, SECOND, SUM) FIRST("smull") SUM SECOND("smull") SUM
#define KILN_HALVES(operation, low, high, w, x)                                                                        \
  operation " %[" low "].8h, %[" w "].8b, %[" x "].8b\n\t" operation "2 %[" high "].8h, %[" w "].16b, %[" x "].16b\n\t"
#define KILN_FIRST_1(operation) KILN_HALVES(operation, "a", "b", "w0", "x0")
#define KILN_SECOND_1(operation) KILN_HALVES(operation, "a", "b", "w1", "x1")
#define KILN_SUM_1 "sadalp %[low].4s, %[a].8h\n\tsadalp %[high].4s, %[b].8h\n\t"
#define KILN_FIRST_2(operation) KILN_FIRST_1(operation) KILN_HALVES(operation, "c", "d", "w0", "y0")
#define KILN_SECOND_2(operation) KILN_SECOND_1(operation) KILN_HALVES(operation, "c", "d", "w1", "y1")
#define KILN_SUM_2 KILN_SUM_1 "sadalp %[low1].4s, %[c].8h\n\tsadalp %[high1].4s, %[d].8h\n\t"
#define KILN_NEXT_UPPER "ldr %[upper0], [%[next], #8]\n\tldr %[upper1], [%[next], #24]\n\t"
#define KILN_NEXT_LOWER "ldr %d[w0], [%[next]]\n\t"
#define KILN_NEXT_JOINED "ldr %d[w1], [%[next], #16]\n\tins %[w0].d[1], %[upper0]\n\t"
#define KILN_NEXT_LAST "ins %[w1].d[1], %[upper1]\n\t"
#define KILN_FIRST_NEXT_1(operation) KILN_NEXT_UPPER KILN_FIRST_1(operation) KILN_NEXT_LOWER
#define KILN_SECOND_NEXT_1(operation) KILN_SECOND_1(operation) KILN_NEXT_JOINED
#define KILN_FIRST_NEXT_2(operation) KILN_NEXT_UPPER KILN_FIRST_2(operation) KILN_NEXT_LOWER
#define KILN_SECOND_NEXT_2(operation) KILN_SECOND_2(operation) KILN_NEXT_JOINED

#define KILN_DEFINE_PAIRS_IN_LANES(NAME, PAIRS)                                                                        \
  KILN_INLINE kiln_pair_sums kiln_##NAME##_i32x8(                                                                      \
      kiln_i32x8 sums, kiln_i16x8 x0, kiln_i16x8 x1, kiln_i8x16 w0, kiln_i8x16 w1) {                                   \
    kiln_pair_sums s = {.low = sums.lo, .high = sums.hi};                                                              \
    kiln_i16x8 a, b;                                                                                                   \
    __asm__(PAIRS(KILN_FIRST_1, KILN_SECOND_1, KILN_SUM_1)                                                             \
            : [low] "+w"(s.low), [high] "+w"(s.high), [a] "=&w"(a), [b] "=&w"(b)                                       \
            : [x0] "w"(x0), [x1] "w"(x1), [w0] "w"(w0), [w1] "w"(w1));                                                 \
    return s;                                                                                                          \
  }                                                                                                                    \
  KILN_INLINE kiln_pair_sums kiln_##NAME##_next_i32x8(                                                                 \
      kiln_i32x8 sums, kiln_i16x8 x0, kiln_i16x8 x1, kiln_i8x16 w0, kiln_i8x16 w1, const void *next) {                 \
    kiln_pair_sums s = {.low = sums.lo, .high = sums.hi, .w0 = w0, .w1 = w1};                                          \
    kiln_i16x8 a, b;                                                                                                   \
    unsigned long long upper0, upper1;                                                                                 \
    __asm__(PAIRS(KILN_FIRST_NEXT_1, KILN_SECOND_NEXT_1, KILN_SUM_1) KILN_NEXT_LAST                                    \
            : [low] "+w"(s.low), [high] "+w"(s.high), [a] "=&w"(a), [b] "=&w"(b), [w0] "+&w"(s.w0), [w1] "+&w"(s.w1),  \
              [upper0] "=&r"(upper0), [upper1] "=&r"(upper1)                                                           \
            : [x0] "w"(x0), [x1] "w"(x1), [next] "r"(next), "Q"(*(const kiln_i8x32 *)next));                           \
    return s;                                                                                                          \
  }                                                                                                                    \
  KILN_INLINE kiln_pair_sums kiln_##NAME##_of_2_i32x8(                                                                 \
      kiln_i32x8 sums, kiln_i32x8 others, kiln_i16x8 x0, kiln_i16x8 x1, kiln_i16x8 y0, kiln_i16x8 y1, kiln_i8x16 w0,   \
      kiln_i8x16 w1) {                                                                                                 \
    kiln_pair_sums s = {.low = sums.lo, .high = sums.hi, .low1 = others.lo, .high1 = others.hi};                       \
    kiln_i16x8 a, b, c, d;                                                                                             \
    __asm__(PAIRS(KILN_FIRST_2, KILN_SECOND_2, KILN_SUM_2)                                                             \
            : [low] "+w"(s.low), [high] "+w"(s.high), [low1] "+w"(s.low1), [high1] "+w"(s.high1), [a] "=&w"(a),        \
              [b] "=&w"(b), [c] "=&w"(c), [d] "=&w"(d)                                                                 \
            : [x0] "w"(x0), [x1] "w"(x1), [y0] "w"(y0), [y1] "w"(y1), [w0] "w"(w0), [w1] "w"(w1));                     \
    return s;                                                                                                          \
  }                                                                                                                    \
  KILN_INLINE kiln_pair_sums kiln_##NAME##_of_2_next_i32x8(                                                            \
      kiln_i32x8 sums, kiln_i32x8 others, kiln_i16x8 x0, kiln_i16x8 x1, kiln_i16x8 y0, kiln_i16x8 y1, kiln_i8x16 w0,   \
      kiln_i8x16 w1, const void *next) {                                                                               \
    kiln_pair_sums s = {sums.lo, sums.hi, others.lo, others.hi, w0, w1};                                               \
    kiln_i16x8 a, b, c, d;                                                                                             \
    unsigned long long upper0, upper1;                                                                                 \
    __asm__(PAIRS(KILN_FIRST_NEXT_2, KILN_SECOND_NEXT_2, KILN_SUM_2) KILN_NEXT_LAST                                    \
            : [low] "+w"(s.low), [high] "+w"(s.high), [low1] "+w"(s.low1), [high1] "+w"(s.high1), [a] "=&w"(a),        \
              [b] "=&w"(b), [c] "=&w"(c), [d] "=&w"(d), [w0] "+&w"(s.w0), [w1] "+&w"(s.w1), [upper0] "=&r"(upper0),    \
              [upper1] "=&r"(upper1)                                                                                   \
            : [x0] "w"(x0), [x1] "w"(x1), [y0] "w"(y0), [y1] "w"(y1), [next] "r"(next),                                \
              "Q"(*(const kiln_i8x32 *)next));                                                                         \
    return s;                                                                                                          \
  }
KILN_DEFINE_PAIRS_IN_LANES(pairs_in_lanes, KILN_PAIRS)
KILN_DEFINE_PAIRS_IN_LANES(wide_pairs_in_lanes, KILN_PAIRS_WIDE)
#else
KILN_INLINE kiln_i32x8 kiln_added_pair_i32x8(kiln_i32x8 sums, kiln_i16x8 x, kiln_i8x16 w) {
  kiln_i16x16 products = __builtin_convertvector((kiln_i8x16)x, kiln_i16x16) * __builtin_convertvector(w, kiln_i16x16);
  return sums + __builtin_convertvector(products.even, kiln_i32x8) + __builtin_convertvector(products.odd, kiln_i32x8);
}
#define KILN_DEFINE_PAIRS_IN_LANES(NAME)                                                                               \
  KILN_INLINE kiln_pair_sums kiln_##NAME##_of_2_i32x8(                                                                 \
      kiln_i32x8 sums, kiln_i32x8 others, kiln_i16x8 x0, kiln_i16x8 x1, kiln_i16x8 y0, kiln_i16x8 y1, kiln_i8x16 w0,   \
      kiln_i8x16 w1) {                                                                                                 \
    sums = kiln_added_pair_i32x8(kiln_added_pair_i32x8(sums, x0, w0), x1, w1);                                         \
    others = kiln_added_pair_i32x8(kiln_added_pair_i32x8(others, y0, w0), y1, w1);                                     \
    return (kiln_pair_sums){sums.lo, sums.hi, others.lo, others.hi, w0, w1};                                           \
  }                                                                                                                    \
  KILN_INLINE kiln_pair_sums kiln_##NAME##_i32x8(                                                                      \
      kiln_i32x8 sums, kiln_i16x8 x0, kiln_i16x8 x1, kiln_i8x16 w0, kiln_i8x16 w1) {                                   \
    return kiln_##NAME##_of_2_i32x8(sums, sums, x0, x1, x0, x1, w0, w1);                                               \
  }                                                                                                                    \
  KILN_INLINE kiln_pair_sums kiln_##NAME##_of_2_next_i32x8(                                                            \
      kiln_i32x8 sums, kiln_i32x8 others, kiln_i16x8 x0, kiln_i16x8 x1, kiln_i16x8 y0, kiln_i16x8 y1, kiln_i8x16 w0,   \
      kiln_i8x16 w1, const void *next) {                                                                               \
    kiln_pair_sums s = kiln_##NAME##_of_2_i32x8(sums, others, x0, x1, y0, y1, w0, w1);                                 \
    __builtin_memcpy(&s.w0, next, 2 * sizeof s.w0);                                                                    \
    return s;                                                                                                          \
  }                                                                                                                    \
  KILN_INLINE kiln_pair_sums kiln_##NAME##_next_i32x8(                                                                 \
      kiln_i32x8 sums, kiln_i16x8 x0, kiln_i16x8 x1, kiln_i8x16 w0, kiln_i8x16 w1, const void *next) {                 \
    return kiln_##NAME##_of_2_next_i32x8(sums, sums, x0, x1, x0, x1, w0, w1, next);                                    \
  }
KILN_DEFINE_PAIRS_IN_LANES(pairs_in_lanes)
KILN_DEFINE_PAIRS_IN_LANES(wide_pairs_in_lanes)
#endif

#if defined(__x86_64__)
// Sums of the products of neighbouring 16-bit integers: one instruction of the machine's width, exact.
KILN_INLINE kiln_i32x4 kiln_neighbours_i32x4(kiln_i16x8 a, kiln_i16x8 b) {
  return (kiln_i32x4)__builtin_ia32_pmaddwd128(a, b);
}
KILN_INLINE kiln_i32x8 kiln_neighbours_i32x8(kiln_i16x16 a, kiln_i16x16 b) {
#if defined(__AVX2__)
  return (kiln_i32x8)__builtin_ia32_pmaddwd256(a, b);
#else
  kiln_i32x8 sums;
  sums.lo = kiln_neighbours_i32x4(a.lo, b.lo);
  sums.hi = kiln_neighbours_i32x4(a.hi, b.hi);
  return sums;
#endif
}
KILN_INLINE kiln_i32x16 kiln_neighbours_i32x16(kiln_i16x32 a, kiln_i16x32 b) {
#if defined(__AVX512BW__)
  return (kiln_i32x16)__builtin_ia32_pmaddwd512(a, b);
#else
  kiln_i32x16 sums;
  sums.lo = kiln_neighbours_i32x8(a.lo, b.lo);
  sums.hi = kiln_neighbours_i32x8(a.hi, b.hi);
  return sums;
#endif
}
#else
#define KILN_DEFINE_NEIGHBOURS(LANES, PAIRS)                                                                           \
  KILN_INLINE kiln_i32x##LANES kiln_neighbours_i32x##LANES(kiln_i16x##PAIRS a, kiln_i16x##PAIRS b) {                   \
    return __builtin_convertvector(a.even, kiln_i32x##LANES) * __builtin_convertvector(b.even, kiln_i32x##LANES) +     \
           __builtin_convertvector(a.odd, kiln_i32x##LANES) * __builtin_convertvector(b.odd, kiln_i32x##LANES);        \
  }
KILN_DEFINE_NEIGHBOURS(8, 16)
KILN_DEFINE_NEIGHBOURS(16, 32)
#endif

// sums + the products of x[0], x[1], x[2], x[3] with a unit of weights, which has the bytes for x[0] and x[1] of each lane, then those
// for x[2] and x[3].
#define KILN_DEFINE_PAIRS(LANES, BYTES, PAIRS)                                                                         \
  KILN_INLINE kiln_i32x##LANES kiln_pairs_i32x##LANES(                                                                 \
      kiln_i32x##LANES sums, short first, short second, const void *weights, bool isUnsigned) {                        \
    for (int pair = 0; pair < 2; pair++) {                                                                             \
      kiln_i8x##BYTES w;                                                                                               \
      __builtin_memcpy(&w, (const char *)weights + sizeof w * pair, sizeof w);                                         \
      kiln_i16x##LANES copies = pair == 0 ? first : second;                                                            \
      kiln_i16x##PAIRS wide = isUnsigned ? __builtin_convertvector((kiln_u8x##BYTES)copies, kiln_i16x##PAIRS)          \
                                         : __builtin_convertvector((kiln_i8x##BYTES)copies, kiln_i16x##PAIRS);         \
      sums += kiln_neighbours_i32x##LANES(wide, __builtin_convertvector(w, kiln_i16x##PAIRS));                         \
    }                                                                                                                  \
    return sums;                                                                                                       \
  }
KILN_DEFINE_PAIRS(8, 16, 16)
KILN_DEFINE_PAIRS(16, 32, 32)

// The same address, of which the compiler doesn't know that it is: what is written to one and read from the other goes through memory.
KILN_INLINE const void *kiln_hidden_address(const void *address) {
  __asm__("" : "+r"(address));
  return address;
}

// Sixteen numbers widened to 16 bits, and sums + the products of two of them with the weights of eight channels.
KILN_INLINE void kiln_widen_i16x16(const void *x, void *wide, bool isUnsigned) {
  kiln_i8x16 bytes;
  __builtin_memcpy(&bytes, x, sizeof bytes);
  kiln_i16x16 numbers = isUnsigned ? __builtin_convertvector((kiln_u8x16)bytes, kiln_i16x16)
                                   : __builtin_convertvector(bytes, kiln_i16x16);
  __builtin_memcpy(wide, &numbers, sizeof numbers);
}
KILN_INLINE kiln_i16x16 kiln_load_pairs_i16x16(const void *weights) {
  kiln_i8x16 w;
  __builtin_memcpy(&w, weights, sizeof w);
  return __builtin_convertvector(w, kiln_i16x16);
}
KILN_INLINE kiln_i32x8 kiln_pair_i32x8(kiln_i32x8 sums, int pair, kiln_i16x16 weights) {
  kiln_i16x16 x = (kiln_i16x16)(kiln_i32x8)pair;
#if defined(__AVX2__)
  // Twelve sums, two weights, a pair and a product are all registers that there are: the compiler would make several products first.
  kiln_i32x8 product;
  __asm__("vpmaddwd %3, %2, %1\n\tvpaddd %1, %0, %0" : "+x"(sums), "=&x"(product) : "x"(x), "x"(weights));
  return sums;
#else
  return sums + kiln_neighbours_i32x8(x, weights);
#endif
}

// Sixteen numbers widened to 16 bits, those of no sign less 128.
KILN_INLINE kiln_i16x16 kiln_signed_i16x16(kiln_i8x16 x, bool isUnsigned) {
  return __builtin_convertvector(isUnsigned ? x ^ -128 : x, kiln_i16x16);
}

// sums + the products of weights with one number of eight.
KILN_INLINE kiln_i32x8 kiln_lane_i32x8(kiln_i32x8 sums, kiln_i16x8 weights, kiln_i16x8 x, long lane) {
  return sums + __builtin_convertvector(weights, kiln_i32x8) * (int)x[lane];
}

#if defined(__aarch64__)
// sums + numbers of 16 bits, lane by lane.
KILN_INLINE kiln_i32x16 kiln_widened_i32x16(kiln_i32x16 sums, int16x8_t low, int16x8_t high) {
  sums.lo.lo = (kiln_i32x4)vaddw_s16((int32x4_t)sums.lo.lo, vget_low_s16(low));
  sums.lo.hi = (kiln_i32x4)vaddw_high_s16((int32x4_t)sums.lo.hi, low);
  sums.hi.lo = (kiln_i32x4)vaddw_s16((int32x4_t)sums.hi.lo, vget_low_s16(high));
  sums.hi.hi = (kiln_i32x4)vaddw_high_s16((int32x4_t)sums.hi.hi, high);
  return sums;
}
#endif

// sums + x[0] * w[0] + x[1] * w[1], lane by lane.
KILN_INLINE kiln_i32x16 kiln_taps_i32x16(
    kiln_i32x16 sums, kiln_i8x16 x0, kiln_i8x16 x1, kiln_i8x32 w, bool isUnsigned, bool isWide) {
#if defined(__aarch64__)
  // w[0] of all lanes, then w[1]. Both products are added in 16 bits: see above.
  int8x16_t flip = vdupq_n_s8(isUnsigned ? -128 : 0), w0 = w.lo, w1 = w.hi;
  x0 = veorq_s8(x0, flip);
  x1 = veorq_s8(x1, flip);
  int16x8_t low = vmull_s8(vget_low_s8(w0), vget_low_s8(x0)), high = vmull_high_s8(w0, x0);
  if (isWide) {
    sums = kiln_widened_i32x16(sums, low, high);
    low = vmull_s8(vget_low_s8(w1), vget_low_s8(x1));
    high = vmull_high_s8(w1, x1);
  } else {
    low = vmlal_s8(low, vget_low_s8(w1), vget_low_s8(x1));
    high = vmlal_high_s8(high, w1, x1);
  }
  return kiln_widened_i32x16(sums, low, high);
#else
  // w[0] and w[1] of each lane side by side.
  kiln_i8x32 x = __builtin_shufflevector(
      x0, x1, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14,
      30, 15, 31);
  kiln_i16x32 wide = isUnsigned ? __builtin_convertvector((kiln_u8x32)x, kiln_i16x32) : __builtin_convertvector(x, kiln_i16x32);
  return sums + kiln_neighbours_i32x16(wide, __builtin_convertvector(w, kiln_i16x32));
#endif
}

// Four rows of sixteen channels with the four bytes of a channel in one lane, of the sign that dot products take.
KILN_INLINE kiln_i32x16 kiln_column_i32x16(
    kiln_i8x16 row0, kiln_i8x16 row1, kiln_i8x16 row2, kiln_i8x16 row3, bool isUnsigned) {
  kiln_i16x16 upper = (kiln_i16x16)__builtin_shufflevector(
      row0, row1, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29,
      14, 30, 15, 31);
  kiln_i16x16 lower = (kiln_i16x16)__builtin_shufflevector(
      row2, row3, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29,
      14, 30, 15, 31);
  kiln_i32x16 column = (kiln_i32x16)__builtin_shufflevector(
      upper, lower, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29,
      14, 30, 15, 31);
  return column ^ KILN_DOT_FLIP(isUnsigned);
}

// The same widened to 16 bits, with those of two rows side by side: all of the first two, then of the last two. And sums + the products of
// a column with its weights, which lie so.
KILN_INLINE kiln_i16x64 kiln_row_pairs_i16x64(
    kiln_i8x16 row0, kiln_i8x16 row1, kiln_i8x16 row2, kiln_i8x16 row3, bool isUnsigned) {
  kiln_i8x16 quarters[] = {
      __builtin_shufflevector(row0, row1, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23),
      __builtin_shufflevector(row0, row1, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31),
      __builtin_shufflevector(row2, row3, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23),
      __builtin_shufflevector(row2, row3, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31),
  };
  kiln_i16x16 wide[4];
  for (int quarter = 0; quarter < 4; quarter++) {
    wide[quarter] = isUnsigned ? __builtin_convertvector((kiln_u8x16)quarters[quarter], kiln_i16x16)
                               : __builtin_convertvector(quarters[quarter], kiln_i16x16);
  }
  kiln_i16x64 pairs;
  pairs.lo.lo = wide[0];
  pairs.lo.hi = wide[1];
  pairs.hi.lo = wide[2];
  pairs.hi.hi = wide[3];
  return pairs;
}
KILN_INLINE kiln_i32x16 kiln_row_products_i32x16(kiln_i32x16 sums, kiln_i16x64 column, const void *weights) {
  kiln_i16x64 w;
  __builtin_memcpy(&w, weights, sizeof w);
  return sums + kiln_neighbours_i32x16(column.lo, w.lo) + kiln_neighbours_i32x16(column.hi, w.hi);
}

// The integers nearest to numbers, ties to even; the numbers lie in the range of int32.
#if defined(__aarch64__)
KILN_INLINE kiln_i32x8 kiln_nearest_i32x8(kiln_f32x8 x) {
  kiln_i32x8 nearest;
  nearest.lo = (kiln_i32x4)vcvtnq_s32_f32((float32x4_t)x.lo);
  nearest.hi = (kiln_i32x4)vcvtnq_s32_f32((float32x4_t)x.hi);
  return nearest;
}
#elif defined(__AVX__)
KILN_INLINE kiln_i32x8 kiln_nearest_i32x8(kiln_f32x8 x) { return (kiln_i32x8)__builtin_ia32_cvtps2dq256(x); }
#else
KILN_INLINE kiln_i32x8 kiln_nearest_i32x8(kiln_f32x8 x) {
  kiln_i32x8 nearest;
  nearest.lo = (kiln_i32x4)__builtin_ia32_cvtps2dq(x.lo);
  nearest.hi = (kiln_i32x4)__builtin_ia32_cvtps2dq(x.hi);
  return nearest;
}
#endif
#if defined(__AVX512F__)
KILN_INLINE kiln_i32x16 kiln_nearest_i32x16(kiln_f32x16 x) {
  return (kiln_i32x16)__builtin_ia32_cvtps2dq512_mask(x, (kiln_i32x16)0, 0xffff, 4);
}
#else
KILN_INLINE kiln_i32x16 kiln_nearest_i32x16(kiln_f32x16 x) {
  kiln_i32x16 nearest;
  nearest.lo = kiln_nearest_i32x8(x.lo);
  nearest.hi = kiln_nearest_i32x8(x.hi);
  return nearest;
}
#endif

// Numbers that the machine converts to what their limits of 65536 are converted to, and NaN to 0: Arm does so by itself.
#if defined(__aarch64__)
#define KILN_CONVERTIBLE(T, x) (x)
#else
#define KILN_CONVERTIBLE(T, x) KILN_LIMITED(T, (x) == (x) ? (x) : 0, -65536.0f, 65536.0f)
#endif

#define KILN_LIMITED(T, v, least, most) __builtin_elementwise_min(__builtin_elementwise_max((v), (T)(least)), (T)(most))

#define KILN_DEFINE_QUANTIZATION(LANES)                                                                                \
  /* Integers with a zero point added, limited to 16 bits: exact where the result is then limited to 8. */             \
  KILN_INLINE kiln_i16x##LANES kiln_shifted_i16x##LANES(kiln_i32x##LANES integers, short zero) {                       \
    kiln_i32x##LANES limited = KILN_LIMITED(kiln_i32x##LANES, integers, -32768, 32767);                                \
    return __builtin_elementwise_add_sat(__builtin_convertvector(limited, kiln_i16x##LANES), (kiln_i16x##LANES)zero);  \
  }                                                                                                                    \
  /* round(sums * multiplier) + zero, ties to even, limited to 16 bits; the products lie in the range of int32. */     \
  KILN_INLINE kiln_i16x##LANES kiln_requantize_i32x##LANES(                                                            \
      kiln_i32x##LANES sums, kiln_f32x##LANES multiplier, short zero) {                                                \
    return kiln_shifted_i16x##LANES(                                                                                   \
        kiln_nearest_i32x##LANES(__builtin_convertvector(sums, kiln_f32x##LANES) * multiplier), zero);                 \
  }                                                                                                                    \
  /* The same of sums that began at 0x4b400000, less than 2^22 on either side of it, with a product that fits 16 bits: */ \
  /* those are the bits of 1.5 * 2^23 + sum. Adding `shift`, 1.5 * 2^23 again, rounds the product to an integer, which  */ \
  /* the last bits then are; with an even zero point in it, ties still go to even ones.                                */ \
  KILN_INLINE kiln_i16x##LANES kiln_requantize_shifted_i32x##LANES(                                                    \
      kiln_i32x##LANES sums, kiln_f32x##LANES multiplier, float shift) {                                               \
    _Pragma("clang fp contract(off)")                                                                                  \
    kiln_f32x##LANES product = ((kiln_f32x##LANES)sums - 12582912.0f) * multiplier;                                    \
    kiln_f32x##LANES shifted = product + shift;                                                                        \
    return __builtin_convertvector((kiln_i32x##LANES)shifted, kiln_i16x##LANES);                                       \
  }                                                                                                                    \
  /* sums * multiplier, rounded to float32. */                                                                         \
  KILN_INLINE kiln_f32x##LANES kiln_reals_i32x##LANES(kiln_i32x##LANES sums, kiln_f32x##LANES multiplier) {            \
    return __builtin_convertvector(sums, kiln_f32x##LANES) * multiplier;                                               \
  }                                                                                                                    \
  KILN_INLINE kiln_i16x##LANES kiln_with_zero_i16x##LANES(kiln_i16x##LANES v, short zero) {                            \
    return __builtin_elementwise_add_sat(v, (kiln_i16x##LANES)zero);                                                   \
  }                                                                                                                    \
  /* round(x) + zero, ties to even, limited to 16 bits; NaN is 0 before zero is added. */                              \
  KILN_INLINE kiln_i16x##LANES kiln_rounded_i16x##LANES(kiln_f32x##LANES x, short zero) {                              \
    return kiln_shifted_i16x##LANES(kiln_nearest_i32x##LANES(KILN_CONVERTIBLE(kiln_f32x##LANES, x)), zero);            \
  }                                                                                                                    \
  KILN_INLINE kiln_i16x##LANES kiln_limited_i16x##LANES(kiln_i16x##LANES v, short least, short most) {                 \
    return KILN_LIMITED(kiln_i16x##LANES, v, least, most);                                                             \
  }                                                                                                                    \
  KILN_INLINE kiln_i8x##LANES kiln_narrowed_i8x##LANES(kiln_i16x##LANES v) {                                           \
    return __builtin_convertvector(KILN_LIMITED(kiln_i16x##LANES, v, -128, 127), kiln_i8x##LANES);                     \
  }                                                                                                                    \
  KILN_INLINE kiln_u8x##LANES kiln_narrowed_u8x##LANES(kiln_i16x##LANES v) {                                           \
    return __builtin_convertvector(KILN_LIMITED(kiln_i16x##LANES, v, 0, 255), kiln_u8x##LANES);                        \
  }

KILN_DEFINE_QUANTIZATION(8)
KILN_DEFINE_QUANTIZATION(16)

// The larger of each two numbers of 8 bits, with a sign or without.
KILN_INLINE kiln_i8x16 kiln_maximum_i8x16(kiln_i8x16 a, kiln_i8x16 b) { return __builtin_elementwise_max(a, b); }
KILN_INLINE kiln_i8x16 kiln_maximum_u8x16(kiln_i8x16 a, kiln_i8x16 b) {
  return (kiln_i8x16)__builtin_elementwise_max((kiln_u8x16)a, (kiln_u8x16)b);
}

// What numbers of 8 bits are more than a zero point.
KILN_INLINE kiln_f32x16 kiln_distances_i8x16(kiln_i8x16 v, short zero) {
  return __builtin_convertvector(__builtin_convertvector(v, kiln_i16x16) - zero, kiln_f32x16);
}
KILN_INLINE kiln_f32x16 kiln_distances_u8x16(kiln_i8x16 v, short zero) {
  return __builtin_convertvector(__builtin_convertvector((kiln_u8x16)v, kiln_i16x16) - zero, kiln_f32x16);
}

// The first `count` bytes to and from unaligned memory, 0 <= count <= the vector's; memory after them is not touched, and the other
// lanes of a load are 0. A constant count costs no branch.
KILN_INLINE void kiln_store_bytes_8(kiln_i8x8 v, void *p, long count) {
  char *byte = p;
  if (count >= 8) {
    __builtin_memcpy(byte, &v, 8);
    return;
  }
  long long bits;
  __builtin_memcpy(&bits, &v, sizeof bits);
  if (count & 4) {
    int four = (int)bits;
    __builtin_memcpy(byte, &four, 4);
    bits >>= 32;
    byte += 4;
  }
  if (count & 2) {
    short two = (short)bits;
    __builtin_memcpy(byte, &two, 2);
    bits >>= 16;
    byte += 2;
  }
  if (count & 1) *byte = (char)bits;
}
KILN_INLINE void kiln_store_bytes_16(kiln_i8x16 v, void *p, long count) {
  if (count >= 16) {
    __builtin_memcpy(p, &v, 16);
  } else if (count >= 8) {
    kiln_i8x8 low = v.lo;
    __builtin_memcpy(p, &low, 8);
    kiln_store_bytes_8(v.hi, (char *)p + 8, count - 8);
  } else {
    kiln_store_bytes_8(v.lo, p, count);
  }
}
KILN_INLINE kiln_i8x16 kiln_load_bytes_16(const void *p, long count) {
  kiln_i8x16 v = 0;
  const signed char *byte = p;
  if (count >= 16) {
    __builtin_memcpy(&v, p, 16);
    return v;
  }
  for (long i = 0; i < count; i++) v[i] = byte[i];
  return v;
}

#pragma clang assume_nonnull end
#pragma clang diagnostic pop
