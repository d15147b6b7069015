#define _DEFAULT_SOURCE

#include "KilnThreads.h"

#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

struct threads;

struct thread {
  pthread_t id;
  struct threads *all;
  long worker;
};

// A barrier that turns over and over: whoever comes last begins the next generation, the others wait for that. Between
// inferences the threads wait at it too.
struct threads {
  // Read by all who wait, written once a turn: a cache line of its own.
  _Alignas(64) atomic_uint generation;
  // Those that wait asleep, or are about to.
  atomic_uint sleepers;
  // Those that have come in this turn.
  _Alignas(64) atomic_uint arrived;
  // What changes between turns only.
  _Alignas(64) atomic_uint count;
  kiln_threads_task task;
  const void *context;
  struct thread others[];
};

long kiln_threads_byte_count(long count) { return (long)(sizeof(struct threads) + count * sizeof(struct thread)); }

// Ticks of a clock that is read without a system call, and how many make about 200 microseconds: much longer than workers
// wait for each other within an inference, and shorter than anybody notices between two.
#if defined(__x86_64__)
static inline uint64_t ticks(void) { return __builtin_ia32_rdtsc(); }
static inline uint64_t patience(void) { return 500000; }
static inline void relax(void) { __builtin_ia32_pause(); }
#elif defined(__aarch64__)
static inline uint64_t ticks(void) {
  uint64_t value;
  __asm__ volatile("mrs %0, cntvct_el0" : "=r"(value));
  return value;
}
static inline uint64_t patience(void) {
  uint64_t frequency;
  __asm__ volatile("mrs %0, cntfrq_el0" : "=r"(frequency));
  return frequency / 5000;
}
static inline void relax(void) { __asm__ volatile("isb" ::: "memory"); }
#else
#error "Kiln's threads know x86-64 and aarch64"
#endif

static void sleep_in(struct threads *all, unsigned generation) {
  // Announced before the generation is looked at again, in one order with the last comer's steps: either this thread sees
  // the new generation, or the last comer sees a sleeper.
  atomic_fetch_add(&all->sleepers, 1);
  while (atomic_load(&all->generation) == generation) {
    syscall(SYS_futex, &all->generation, FUTEX_WAIT_PRIVATE, generation, NULL, NULL, 0);
  }
  atomic_fetch_sub(&all->sleepers, 1);
}

void kiln_threads_meet(void *memory) {
  struct threads *all = memory;
  unsigned generation = atomic_load_explicit(&all->generation, memory_order_acquire);
  unsigned before = atomic_fetch_add_explicit(&all->arrived, 1, memory_order_acq_rel);
  // Read after the addition, which makes visible what `start` wrote when it failed.
  if (before + 1 == atomic_load_explicit(&all->count, memory_order_relaxed)) {
    atomic_store_explicit(&all->arrived, 0, memory_order_relaxed);
    atomic_store(&all->generation, generation + 1);
    if (atomic_load(&all->sleepers) > 0) {
      syscall(SYS_futex, &all->generation, FUTEX_WAKE_PRIVATE, INT32_MAX, NULL, NULL, 0);
    }
    return;
  }
  uint64_t start = ticks();
  do {
    for (int turn = 0; turn < 32; turn++) {
      if (atomic_load_explicit(&all->generation, memory_order_acquire) != generation) return;
      relax();
    }
  } while (ticks() - start < patience());
  sleep_in(all, generation);
}

static void *work(void *argument) {
  struct thread *thread = argument;
  struct threads *all = thread->all;
  while (1) {
    kiln_threads_meet(all);
    if (!all->task) return NULL;
    all->task(all->context, thread->worker);
    kiln_threads_meet(all);
  }
}

// Ends the first `started` threads, with which the caller's makes `started + 1`.
static void end_threads(struct threads *all, long started) {
  atomic_store_explicit(&all->count, (unsigned)started + 1, memory_order_relaxed);
  all->task = NULL;
  kiln_threads_meet(all);
  for (long index = 0; index < started; index++) pthread_join(all->others[index].id, NULL);
}

int kiln_threads_start(void *memory, long count) {
  struct threads *all = memory;
  atomic_init(&all->generation, 0);
  atomic_init(&all->sleepers, 0);
  atomic_init(&all->arrived, 0);
  atomic_init(&all->count, (unsigned)count);
  all->task = NULL;
  sigset_t every, before;
  sigfillset(&every);
  pthread_sigmask(SIG_SETMASK, &every, &before);
  int error = 0;
  long started = 0;
  while (started < count - 1 && error == 0) {
    struct thread *thread = &all->others[started];
    thread->all = all;
    thread->worker = started + 1;
    error = pthread_create(&thread->id, NULL, work, thread);
    if (error == 0) started++;
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (error != 0) end_threads(all, started);
  return error;
}

void kiln_threads_run(void *memory, kiln_threads_task task, const void *context) {
  struct threads *all = memory;
  all->task = task;
  all->context = context;
  kiln_threads_meet(all);
  task(context, 0);
  kiln_threads_meet(all);
}

void kiln_threads_stop(void *memory) {
  struct threads *all = memory;
  end_threads(all, (long)atomic_load_explicit(&all->count, memory_order_relaxed) - 1);
}
