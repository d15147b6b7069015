// What plain Swift can't say well, for every kernel of KilnRuntime: vector operations that must keep their place in the
// source order or be one instruction. Everything is static, inlined, and written on SIMD vector types, so that it
// compiles for any machine; what a machine lacks becomes the portable fallback.
#pragma once

// Everything here is inlined, so how vectors wider than the machine's would be passed doesn't matter.
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wpsabi"
#pragma clang assume_nonnull begin

#define KILN_INLINE static inline __attribute__((always_inline, unused))

typedef float kiln_f32x2 __attribute__((ext_vector_type(2)));
typedef float kiln_f32x4 __attribute__((ext_vector_type(4)));
typedef float kiln_f32x8 __attribute__((ext_vector_type(8)));
typedef float kiln_f32x16 __attribute__((ext_vector_type(16)));

// accumulator + a * b, rounded once. x86-64 below version 3 has no such instruction: there the product is rounded too.
#if defined(__x86_64__) && !defined(__FMA__)
#define KILN_FMA(accumulator, a, b) ((accumulator) + (a) * (b))
#else
#define KILN_FMA(accumulator, a, b) __builtin_elementwise_fma((a), (b), (accumulator))
#endif

// The larger and the smaller, NaN where either is: one instruction of Arm, for which +0 is larger than -0; elsewhere, of
// equal numbers the first. Where a NaN in b needn't stay, that is one instruction too.
//
// The positive part is the larger of a number and +0, NaN where it is, and +0 of both zeros, on every machine.
#if defined(__aarch64__)
#define KILN_MAXIMUM_OR_NAN(a, b) __builtin_elementwise_maximum((a), (b))
#define KILN_MINIMUM_OR_NAN(a, b) __builtin_elementwise_minimum((a), (b))
#define KILN_MAXIMUM(a, b) KILN_MAXIMUM_OR_NAN(a, b)
#define KILN_MINIMUM(a, b) KILN_MINIMUM_OR_NAN(a, b)
#define KILN_POSITIVE_PART(V, a) __builtin_elementwise_maximum((a), (kiln_##V)0)
#else
#define KILN_MAXIMUM_OR_NAN(a, b) ((b) == (b) ? ((a) < (b) ? (b) : (a)) : (b))
#define KILN_MINIMUM_OR_NAN(a, b) ((b) == (b) ? ((a) > (b) ? (b) : (a)) : (b))
#define KILN_MAXIMUM(a, b) ((a) < (b) ? (b) : (a))
#define KILN_MINIMUM(a, b) ((a) > (b) ? (b) : (a))
#define KILN_POSITIVE_PART(V, a) ((a) <= 0 ? (kiln_##V)0 : (a))
#endif

#define KILN_DEFINE_ARITHMETIC(V)                                                                                      \
  KILN_INLINE kiln_##V kiln_sum_##V(kiln_##V a, kiln_##V b) { return a + b; }                                          \
  KILN_INLINE kiln_##V kiln_difference_##V(kiln_##V a, kiln_##V b) { return a - b; }                                   \
  KILN_INLINE kiln_##V kiln_product_##V(kiln_##V a, kiln_##V b) { return a * b; }                                      \
  KILN_INLINE kiln_##V kiln_quotient_##V(kiln_##V a, kiln_##V b) { return a / b; }                                     \
  KILN_INLINE kiln_##V kiln_fma_##V(kiln_##V accumulator, kiln_##V a, kiln_##V b) {                                    \
    return KILN_FMA(accumulator, a, b);                                                                                \
  }                                                                                                                    \
  KILN_INLINE kiln_##V kiln_maximum_##V(kiln_##V a, kiln_##V b) { return KILN_MAXIMUM(a, b); }                         \
  KILN_INLINE kiln_##V kiln_minimum_##V(kiln_##V a, kiln_##V b) { return KILN_MINIMUM(a, b); }                         \
  KILN_INLINE kiln_##V kiln_positive_part_##V(kiln_##V a) { return KILN_POSITIVE_PART(V, a); }                         \
  KILN_INLINE kiln_##V kiln_maximum_or_nan_##V(kiln_##V a, kiln_##V b) { return KILN_MAXIMUM_OR_NAN(a, b); }           \
  KILN_INLINE kiln_##V kiln_minimum_or_nan_##V(kiln_##V a, kiln_##V b) { return KILN_MINIMUM_OR_NAN(a, b); }           \
  KILN_INLINE kiln_##V kiln_choose_negative_##V(kiln_##V condition, kiln_##V a, kiln_##V b) {                          \
    return condition < 0 ? a : b;                                                                                      \
  }                                                                                                                    \
  KILN_INLINE kiln_##V kiln_square_root_##V(kiln_##V a) { return __builtin_elementwise_sqrt(a); }

// Rounding to integers. x86-64 version 1 has no instruction for it: there adding and subtracting 2^23 rounds.
#if defined(__x86_64__) && !defined(__SSE4_1__)
#define KILN_DEFINE_ROUNDING(V)                                                                                        \
  KILN_INLINE kiln_##V kiln_round_to_even_##V(kiln_##V a) {                                                            \
    kiln_##V magnitude = __builtin_elementwise_abs(a);                                                                 \
    kiln_##V rounded = __builtin_elementwise_copysign((magnitude + 0x1p23f) - 0x1p23f, a);                             \
    return magnitude < 0x1p23f ? rounded : a;                                                                          \
  }                                                                                                                    \
  KILN_INLINE kiln_##V kiln_floor_##V(kiln_##V a) {                                                                    \
    kiln_##V nearest = kiln_round_to_even_##V(a);                                                                      \
    return nearest > a ? nearest - 1 : nearest;                                                                        \
  }                                                                                                                    \
  KILN_INLINE kiln_##V kiln_ceiling_##V(kiln_##V a) { return -kiln_floor_##V(-a); }
#else
#define KILN_DEFINE_ROUNDING(V)                                                                                        \
  KILN_INLINE kiln_##V kiln_round_to_even_##V(kiln_##V a) { return __builtin_elementwise_roundeven(a); }               \
  KILN_INLINE kiln_##V kiln_floor_##V(kiln_##V a) { return __builtin_elementwise_floor(a); }                           \
  KILN_INLINE kiln_##V kiln_ceiling_##V(kiln_##V a) { return __builtin_elementwise_ceil(a); }
#endif

KILN_DEFINE_ARITHMETIC(f32x4)
KILN_DEFINE_ARITHMETIC(f32x8)
KILN_DEFINE_ARITHMETIC(f32x16)
KILN_DEFINE_ROUNDING(f32x4)
KILN_DEFINE_ROUNDING(f32x8)
KILN_DEFINE_ROUNDING(f32x16)

KILN_INLINE float kiln_fma_f32(float accumulator, float a, float b) {
#if defined(__x86_64__) && !defined(__FMA__)
  return accumulator + a * b;
#else
  return __builtin_fmaf(a, b, accumulator);
#endif
}

// The same address, of which the compiler doesn't know how far it is from others. It would make each of several addresses from
// the one before, anew for each load; on Arm, with a register for each, the loads move them on for nothing.
KILN_INLINE const float *kiln_own_register(const float *address) {
#if defined(__aarch64__)
  __asm__("" : "+r"(address));
#endif
  return address;
}

// A vector in two parts, for cores in order that issue an insertion from a general register together with a load of half a vector: the
// upper lanes go through such a register, and are inserted where the lower lanes of the next vector are loaded.
typedef struct {
  kiln_f32x4 whole, next;
} kiln_joined_f32x4;
typedef struct {
  char bytes[8];
} kiln_lanes_f32x2;
typedef unsigned long long kiln_u64x2 __attribute__((ext_vector_type(2)));

KILN_INLINE kiln_f32x4 kiln_load_lower_f32x4(const float *p) {
  kiln_u64x2 lanes = 0;
  __builtin_memcpy(&lanes, p, 8);
  return (kiln_f32x4)lanes;
}
KILN_INLINE unsigned long long kiln_load_upper_f32x4(const float *p) {
  unsigned long long lanes;
  __builtin_memcpy(&lanes, p + 2, sizeof lanes);
#if defined(__aarch64__)
  // The compiler would load the whole vector at once.
  __asm__("" : "+r"(lanes));
#endif
  return lanes;
}
KILN_INLINE kiln_f32x4 kiln_join_last_f32x4(kiln_f32x4 lower, unsigned long long upper) {
  kiln_u64x2 lanes = (kiln_u64x2)lower;
  lanes.y = upper;
  return (kiln_f32x4)lanes;
}
KILN_INLINE kiln_joined_f32x4 kiln_join_f32x4(kiln_f32x4 lower, unsigned long long upper, const float *next) {
#if defined(__aarch64__)
  // Nothing may come between the two.
  kiln_joined_f32x4 joined = {.whole = lower};
  __asm__("ldr %d1, %3\n\tins %0.d[1], %2"
          : "+w"(joined.whole), "=&w"(joined.next)
          : "r"(upper), "Q"(*(const kiln_lanes_f32x2 *)next));
#else
  kiln_joined_f32x4 joined = {.whole = kiln_join_last_f32x4(lower, upper), .next = kiln_load_lower_f32x4(next)};
#endif
  return joined;
}

// Asks for the cache line at `address`; never faults.
KILN_INLINE void kiln_prefetch(const void *address) { __builtin_prefetch(address, 0, 3); }

// The first `count` lanes to and from unaligned memory, 0 <= count <= lanes; memory after them is not touched, and the
// other lanes of a load are 0. A constant count costs no branch.
KILN_INLINE void kiln_store_first_f32x2(kiln_f32x2 v, float *p, long count) {
  if (count >= 1) p[0] = v.x;
  if (count >= 2) p[1] = v.y;
}

KILN_INLINE kiln_f32x2 kiln_load_first_f32x2(const float *p, long count) {
  kiln_f32x2 v = {count >= 1 ? p[0] : 0, count >= 2 ? p[1] : 0};
  return v;
}

#define KILN_DEFINE_FIRST(V, HALF, LANES)                                                                              \
  KILN_INLINE void kiln_store_first_##V(kiln_##V v, float *p, long count) {                                            \
    if (count >= LANES) {                                                                                              \
      __builtin_memcpy(p, &v, sizeof v);                                                                               \
    } else if (count >= LANES / 2) {                                                                                   \
      kiln_##HALF lower = v.lo;                                                                                        \
      __builtin_memcpy(p, &lower, sizeof lower);                                                                       \
      kiln_store_first_##HALF(v.hi, p + LANES / 2, count - LANES / 2);                                                 \
    } else {                                                                                                           \
      kiln_store_first_##HALF(v.lo, p, count);                                                                         \
    }                                                                                                                  \
  }                                                                                                                    \
  KILN_INLINE kiln_##V kiln_load_first_##V(const float *p, long count) {                                               \
    kiln_##V v = 0;                                                                                                    \
    if (count >= LANES) {                                                                                              \
      __builtin_memcpy(&v, p, sizeof v);                                                                               \
    } else if (count >= LANES / 2) {                                                                                   \
      kiln_##HALF lower;                                                                                               \
      __builtin_memcpy(&lower, p, sizeof lower);                                                                       \
      v.lo = lower;                                                                                                    \
      v.hi = kiln_load_first_##HALF(p + LANES / 2, count - LANES / 2);                                                 \
    } else {                                                                                                           \
      v.lo = kiln_load_first_##HALF(p, count);                                                                         \
    }                                                                                                                  \
    return v;                                                                                                          \
  }

KILN_DEFINE_FIRST(f32x4, f32x2, 4)
KILN_DEFINE_FIRST(f32x8, f32x4, 8)
#if defined(__AVX512F__)
KILN_INLINE void kiln_store_first_f32x16(kiln_f32x16 v, float *p, long count) {
  __builtin_ia32_storeups512_mask(p, v, (unsigned short)((1u << count) - 1));
}
KILN_INLINE kiln_f32x16 kiln_load_first_f32x16(const float *p, long count) {
  return __builtin_ia32_loadups512_mask(p, (kiln_f32x16)0, (unsigned short)((1u << count) - 1));
}
#else
KILN_DEFINE_FIRST(f32x16, f32x8, 16)
#endif

// Types of numbers that are stored in fewer bits than float32.
#define KILN_INT8 0
#define KILN_UINT8 1
#define KILN_INT16 2
#define KILN_UINT16 3
#define KILN_FLOAT16 4
#define KILN_BFLOAT16 5

// float16 to float32. Machines without an instruction for it move the fraction and the exponent to their places.
#if defined(__aarch64__) || defined(__F16C__)
#define KILN_DEFINE_WIDENING_FLOAT16(V, LANES)                                                                         \
  KILN_INLINE kiln_##V kiln_widen_float16_##V(const void *p) {                                                         \
    typedef _Float16 numbers __attribute__((ext_vector_type(LANES)));                                                  \
    numbers v;                                                                                                         \
    __builtin_memcpy(&v, p, sizeof v);                                                                                 \
    return __builtin_convertvector(v, kiln_##V);                                                                       \
  }
#else
#define KILN_DEFINE_WIDENING_FLOAT16(V, LANES)                                                                         \
  KILN_INLINE kiln_##V kiln_widen_float16_##V(const void *p) {                                                         \
    typedef unsigned short halves __attribute__((ext_vector_type(LANES)));                                             \
    typedef int words __attribute__((ext_vector_type(LANES)));                                                         \
    halves v;                                                                                                          \
    __builtin_memcpy(&v, p, sizeof v);                                                                                 \
    words half = __builtin_convertvector(v, words);                                                                    \
    words magnitude = (half & 0x7fff) << 13;                                                                           \
    kiln_##V small = __builtin_convertvector(half & 0x3ff, kiln_##V) * 0x1p-24f;                                       \
    words subnormal = (words)small;                                                                                    \
    words finite = (half & 0x7c00) == 0 ? subnormal : magnitude + (112 << 23);                                         \
    words bits = (half & 0x7c00) == 0x7c00 ? magnitude | 0x7f800000 : finite;                                          \
    return (kiln_##V)(bits | (half & 0x8000) << 16);                                                                   \
  }
#endif

#define KILN_WIDENED(V, LANES, TYPE)                                                                                   \
  {                                                                                                                    \
    typedef TYPE numbers __attribute__((ext_vector_type(LANES)));                                                      \
    numbers v;                                                                                                         \
    __builtin_memcpy(&v, p, sizeof v);                                                                                 \
    return __builtin_convertvector(v, kiln_##V);                                                                       \
  }

// Numbers of one of these types, from unaligned memory, exactly. A constant type costs no branch.
#define KILN_DEFINE_WIDENING(V, LANES)                                                                                 \
  KILN_DEFINE_WIDENING_FLOAT16(V, LANES)                                                                               \
  KILN_INLINE kiln_##V kiln_widen_bfloat16_##V(const void *p) {                                                        \
    typedef unsigned short halves __attribute__((ext_vector_type(LANES)));                                             \
    typedef int words __attribute__((ext_vector_type(LANES)));                                                         \
    halves v;                                                                                                          \
    __builtin_memcpy(&v, p, sizeof v);                                                                                 \
    return (kiln_##V)(__builtin_convertvector(v, words) << 16);                                                        \
  }                                                                                                                    \
  KILN_INLINE kiln_##V kiln_widen_##V(const void *p, int type) {                                                       \
    switch (type) {                                                                                                    \
      case KILN_INT8: KILN_WIDENED(V, LANES, signed char)                                                              \
      case KILN_UINT8: KILN_WIDENED(V, LANES, unsigned char)                                                           \
      case KILN_INT16: KILN_WIDENED(V, LANES, short)                                                                   \
      case KILN_UINT16: KILN_WIDENED(V, LANES, unsigned short)                                                         \
      case KILN_FLOAT16: return kiln_widen_float16_##V(p);                                                             \
      default: return kiln_widen_bfloat16_##V(p);                                                                      \
    }                                                                                                                  \
  }

KILN_DEFINE_WIDENING(f32x4, 4)
KILN_DEFINE_WIDENING(f32x8, 8)
KILN_DEFINE_WIDENING(f32x16, 16)

#pragma clang assume_nonnull end
#pragma clang diagnostic pop
