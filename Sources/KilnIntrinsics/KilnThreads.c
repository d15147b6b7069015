#define _DEFAULT_SOURCE

#include "KilnThreads.h"

#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

// A number that some threads wait for, spinning at first and then asleep.
struct signal {
  _Alignas(64) atomic_uint value;
  // Those that wait asleep, or are about to.
  atomic_uint sleepers;
};

struct threads;

// A thread, and the share of each step that is its own.
struct thread {
  // The last step whose share has been taken.
  _Alignas(64) atomic_uint taken;
  pthread_t id;
  struct threads *all;
  long worker;
};

struct threads {
  // Counts by two with each task; odd while the task is written. A thread that copies the task reads it before and after:
  // where the two are the same and even, the copy is whole.
  struct signal generation;
  // Shares done since the start.
  struct signal done;
  _Alignas(64) unsigned count;
  long contextByteCount;
  // The last step of the last task, which only the caller knows of.
  unsigned last;
  // The task, and its first step. Its context follows the members.
  kiln_threads_task task;
  unsigned first;
  struct thread members[];
};

// The context of the current task, and a copy for each thread.
static long context_step(long byteCount) { return (byteCount + 63) / 64 * 64; }

static char *context(struct threads *all, long index) {
  return (char *)(all->members + all->count) + index * context_step(all->contextByteCount);
}

long kiln_threads_byte_count(long count, long contextByteCount) {
  return (long)(sizeof(struct threads) + count * sizeof(struct thread)) + (count + 1) * context_step(contextByteCount);
}

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

// Waits until a signal has come to a value; it may have gone beyond.
static void wait_for(struct signal *signal, unsigned wanted) {
  uint64_t start = ticks();
  do {
    for (int turn = 0; turn < 32; turn++) {
      if ((int)(atomic_load_explicit(&signal->value, memory_order_acquire) - wanted) >= 0) return;
      relax();
    }
  } while (ticks() - start < patience());
  // Announced before the value is looked at again, in one order with the steps of whoever changes it: either this thread
  // sees the new value, or the other sees a sleeper.
  atomic_fetch_add(&signal->sleepers, 1);
  unsigned value;
  while ((int)((value = atomic_load(&signal->value)) - wanted) < 0) {
    syscall(SYS_futex, &signal->value, FUTEX_WAIT_PRIVATE, value, NULL, NULL, 0);
  }
  atomic_fetch_sub(&signal->sleepers, 1);
}

// After a change of a signal's value that others may have waited for.
static void wake(struct signal *signal) {
  if (atomic_load(&signal->sleepers) > 0) {
    syscall(SYS_futex, &signal->value, FUTEX_WAKE_PRIVATE, INT32_MAX, NULL, NULL, 0);
  }
}

// Whether nobody has taken a share of a step before.
static bool take(struct thread *share, unsigned step) {
  unsigned before = step - 1;
  return atomic_load_explicit(&share->taken, memory_order_relaxed) == before
    && atomic_compare_exchange_strong_explicit(
      &share->taken, &before, step, memory_order_acq_rel, memory_order_relaxed);
}

bool kiln_threads_next(struct kiln_threads_turn *turn) {
  struct threads *all = turn->threads;
  unsigned end = turn->step * all->count;
  if (turn->share >= 0 && atomic_fetch_add(&all->done.value, 1) + 1 == end) wake(&all->done);
  for (long distance = 0; distance < all->count; distance++) {
    long share = (turn->worker + distance) % all->count;
    if (take(&all->members[share], turn->step)) {
      turn->share = share;
      return true;
    }
  }
  turn->share = -1;
  wait_for(&all->done, end);
  turn->step++;
  return false;
}

static void *work(void *argument) {
  struct thread *thread = argument;
  struct threads *all = thread->all;
  char *copy = context(all, 1 + thread->worker);
  unsigned seen = 0;
  while (1) {
    wait_for(&all->generation, seen + 2);
    unsigned generation = atomic_load_explicit(&all->generation.value, memory_order_acquire);
    memcpy(copy, context(all, 0), (size_t)all->contextByteCount);
    kiln_threads_task task = all->task;
    struct kiln_threads_turn turn = {all, thread->worker, -1, all->first};
    // What was copied is of one task unless the caller, whom the other threads have served meanwhile, has begun the next.
    atomic_thread_fence(memory_order_acquire);
    if (generation % 2 != 0 || generation != atomic_load_explicit(&all->generation.value, memory_order_relaxed)) continue;
    if (!task) return NULL;
    task(copy, &turn);
    seen = generation;
  }
}

// Lets the threads see a task. There is none for threads that are to end.
static void begin(struct threads *all, kiln_threads_task task, const void *bytes) {
  unsigned generation = atomic_load_explicit(&all->generation.value, memory_order_relaxed);
  atomic_store_explicit(&all->generation.value, generation + 1, memory_order_relaxed);
  atomic_thread_fence(memory_order_release);
  all->task = task;
  all->first = all->last + 1;
  if (task) memcpy(context(all, 0), bytes, (size_t)all->contextByteCount);
  atomic_store(&all->generation.value, generation + 2);
  wake(&all->generation);
}

// Ends the threads of members 1 to `last`.
static void end_threads(struct threads *all, long last) {
  begin(all, NULL, NULL);
  for (long worker = 1; worker <= last; worker++) pthread_join(all->members[worker].id, NULL);
}

int kiln_threads_start(void *memory, long count, long contextByteCount) {
  struct threads *all = memory;
  memset(all, 0, sizeof *all);
  all->count = (unsigned)count;
  all->contextByteCount = contextByteCount;
  sigset_t every, before;
  sigfillset(&every);
  pthread_sigmask(SIG_SETMASK, &every, &before);
  int error = 0;
  long last = 0;
  for (long worker = 0; worker < count; worker++) {
    struct thread *thread = &all->members[worker];
    atomic_init(&thread->taken, 0);
    thread->all = all;
    thread->worker = worker;
  }
  while (last + 1 < count && error == 0) {
    struct thread *thread = &all->members[last + 1];
    error = pthread_create(&thread->id, NULL, work, thread);
    if (error == 0) last++;
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (error != 0) end_threads(all, last);
  return error;
}

void kiln_threads_run(void *memory, kiln_threads_task task, const void *bytes) {
  struct threads *all = memory;
  begin(all, task, bytes);
  struct kiln_threads_turn turn = {all, 0, -1, all->first};
  task(bytes, &turn);
  all->last = turn.step - 1;
}

void kiln_threads_stop(void *memory) {
  struct threads *all = memory;
  end_threads(all, (long)all->count - 1);
}
