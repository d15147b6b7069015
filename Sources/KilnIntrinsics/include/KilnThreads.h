// The threads that share a network's inferences. Linux only.
//
// An inference is a sequence of steps, each of as many shares as there are threads. A thread takes its own share of a step
// first, and then those that nobody has taken: of a thread that the system lets wait, others do the work. No step begins
// before every share of the one before is done.

#ifndef KILN_THREADS_H
#define KILN_THREADS_H

#include <stdbool.h>

/// How far a thread is in an inference.
struct kiln_threads_turn {
  /// What `kiln_threads_start` was given.
  void *_Nonnull threads;
  /// The thread: 0 is the caller's.
  long worker;
  /// The share that the thread is to do.
  long share;
  /// The step, counted from the start of the threads.
  unsigned step;
};

/// What a thread does in an inference: for each step it calls `kiln_threads_next` until that returns `false`. `context` is a
/// copy, and good until the task returns.
typedef void (*kiln_threads_task)(const void *_Nonnull context, struct kiln_threads_turn *_Nonnull turn);

/// Bytes of memory, aligned to 64, for `count` threads, the caller's among them, whose tasks have contexts of at most
/// `contextByteCount` bytes.
long kiln_threads_byte_count(long count, long contextByteCount);

/// Starts `count - 1` threads that wait for work; signals go to the process's other threads. Returns 0, or an error number
/// when the system refuses one: then none is left.
///
/// Precondition: nothing else touches the memory until `kiln_threads_stop` returns.
int kiln_threads_start(void *_Nonnull memory, long count, long contextByteCount);

/// Lets the threads do a task, the caller's too, and returns when all shares of all its steps are done. One call at a time.
///
/// Precondition: `context` has the bytes that `kiln_threads_start` was told of; they are copied.
void kiln_threads_run(void *_Nonnull memory, kiln_threads_task _Nonnull task, const void *_Nonnull context);

/// Within a task: whether there is a share of the step left, which `turn->share` then is. When there is none it returns as
/// soon as all are done, and the next call is for the next step.
bool kiln_threads_next(struct kiln_threads_turn *_Nonnull turn);

/// Ends the threads.
void kiln_threads_stop(void *_Nonnull memory);

#endif
