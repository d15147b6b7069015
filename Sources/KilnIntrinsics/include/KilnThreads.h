// The threads that share a network's inferences. Linux only.

#ifndef KILN_THREADS_H
#define KILN_THREADS_H

/// What a thread does: worker 0 is the caller's thread, the others follow.
typedef void (*kiln_threads_task)(const void *_Nonnull context, long worker);

/// Bytes of memory, aligned to 64, for `count` threads, the caller's among them.
long kiln_threads_byte_count(long count);

/// Starts `count - 1` threads that wait for work; signals go to the process's other threads. Returns 0, or an error number
/// when the system refuses one: then none is left.
///
/// Precondition: nothing else touches the memory until `kiln_threads_stop` returns.
int kiln_threads_start(void *_Nonnull memory, long count);

/// Lets every thread do the task, the caller's too, and returns when all are done. One call at a time.
void kiln_threads_run(void *_Nonnull memory, kiln_threads_task _Nonnull task, const void *_Nonnull context);

/// Within a task: returns when every thread has come here, and has written what it wrote before.
void kiln_threads_meet(void *_Nonnull memory);

/// Ends the threads.
void kiln_threads_stop(void *_Nonnull memory);

#endif
