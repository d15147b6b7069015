// How many floating-point operations the cores do in a second when they do nothing but vector fused multiply-adds.
//
// Usage: peak THREADS. The protocol is that of worker.py; `ready` is followed by the operations of one pass.

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#if defined(__AVX512F__)
enum { lanes = 16 };
#elif defined(__AVX__)
enum { lanes = 8 };
#else
enum { lanes = 4 };
#endif
typedef float Vector __attribute__((vector_size(lanes * 4)));

// Two units with a latency of four or five cycles need ten sums at once; twelve fit the registers of every target.
enum { sums = 12, steps = 500000, limit = 64 };

static void *multiply_and_add(void *result) {
  Vector sum[sums];
  Vector factor, addend;
  for (int lane = 0; lane < lanes; lane++) factor[lane] = 0.999f, addend[lane] = 0.001f;
  for (int index = 0; index < sums; index++) sum[index] = addend * (float)index;
  for (int step = 0; step < steps; step++) {
#pragma GCC unroll 12
    for (int index = 0; index < sums; index++) sum[index] = sum[index] * factor + addend;
  }
  Vector total = sum[0];
  for (int index = 1; index < sums; index++) total += sum[index];
  *(Vector *)result = total;
  return NULL;
}

static long long nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static long long pass(int threads) {
  static Vector results[limit];
  pthread_t workers[limit];
  long long start = nanoseconds();
  for (int thread = 1; thread < threads; thread++) {
    if (pthread_create(&workers[thread], NULL, multiply_and_add, &results[thread]) != 0) exit(71);
  }
  multiply_and_add(&results[0]);
  for (int thread = 1; thread < threads; thread++) pthread_join(workers[thread], NULL);
  return nanoseconds() - start;
}

int main(int count, char **arguments) {
  int threads = count == 2 ? atoi(arguments[1]) : 0;
  if (threads < 1 || threads > limit) {
    fprintf(stderr, "usage: peak THREADS (1 to %d)\n", limit);
    return 64;
  }
  pass(threads);
  printf("ready %lld\n", 2LL * lanes * sums * steps * threads);
  fflush(stdout);
  int passes;
  while (scanf("%d", &passes) == 1) {
    for (int index = 0; index < passes; index++) printf(index ? " %lld" : "%lld", pass(threads));
    printf("\n");
    fflush(stdout);
  }
  return 0;
}
