#include "BenchmarkSystem.h"

// As many sums as hide the latency of a multiply-add on every core we know (7 cycles, two per cycle), and fit in registers.
#if defined(__AVX512F__)
enum { lanes = 16, sum_count = 24 };
#elif defined(__AVX__)
enum { lanes = 8, sum_count = 12 };
#elif defined(__aarch64__)
enum { lanes = 4, sum_count = 24 };
#else
enum { lanes = 4, sum_count = 12 };
#endif

typedef float vector __attribute__((ext_vector_type(lanes)));

// A multiplication and an addition that the next ones with this sum wait for: in one instruction where there is one, of the
// form that needs no copy.
static inline vector multiply_add(vector sum, vector a, vector b) {
#if defined(__x86_64__) && !defined(__FMA__)
  return sum * a + b;
#else
  return __builtin_elementwise_fma(a, b, sum);
#endif
}

// `volatile`: the compiler must take the numbers as they come, and keep what becomes of them.
static volatile float first_value = 0.5f, second_value = 1.0f, result;

double benchmark_peak_arithmetic(void) {
  enum { repetitions = 4096 };
  vector a = first_value, b = second_value, sums[sum_count];
  for (int index = 0; index < sum_count; index++) sums[index] = (float)index;

  int64_t begin = benchmark_nanoseconds(), fastest = INT64_MAX;
  for (int round = 0; round < 3 || benchmark_nanoseconds() - begin < 50000000; round++) {
    int64_t start = benchmark_nanoseconds();
    for (int repetition = 0; repetition < repetitions; repetition++) {
#pragma clang loop unroll(full)
      for (int index = 0; index < sum_count; index++) sums[index] = multiply_add(sums[index], a, b);
    }
    int64_t time = benchmark_nanoseconds() - start;
    if (time > 0 && time < fastest) fastest = time;
  }

  vector total = sums[0];
  for (int index = 1; index < sum_count; index++) total += sums[index];
  result = total[0];
  return 2.0 * lanes * sum_count * repetitions / (double)fastest;
}
