#define _GNU_SOURCE

#include "KilnSystem.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/types.h>
#include <unistd.h>

int kiln_exchange(const char *a, const char *b) {
#ifdef __APPLE__
  return renamex_np(a, b, RENAME_SWAP);
#else
  return renameat2(AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE);
#endif
}

int kiln_private_pipe(int *ends) {
#ifdef __APPLE__
  if (pipe(ends) != 0) return -1;
  fcntl(ends[0], F_SETFD, FD_CLOEXEC);
  fcntl(ends[1], F_SETFD, FD_CLOEXEC);
  return 0;
#else
  return pipe2(ends, O_CLOEXEC);
#endif
}

static const int held_signals[] = {SIGINT, SIGTERM, SIGHUP};
enum { held_signal_count = sizeof held_signals / sizeof held_signals[0], child_limit = 256 };

// What the handler reads: the children, 0 where there is none.
static volatile sig_atomic_t received_signal, children[child_limit];

// What only threads use, one at a time.
static pthread_mutex_t signals_mutex = PTHREAD_MUTEX_INITIALIZER;
static struct sigaction former_actions[held_signal_count];
static int hold_count;

// The group of a child, to which what it starts belongs.
static void end_child(int slot) {
  pid_t child = (pid_t)children[slot];
  if (kill(-child, SIGTERM) != 0) kill(child, SIGTERM);
}

static void pass_on(int number) {
  int error = errno;
  if (!received_signal) received_signal = number;
  for (int slot = 0; slot < child_limit; slot++) {
    if (children[slot]) end_child(slot);
  }
  errno = error;
}

void kiln_hold_signals(void) {
  pthread_mutex_lock(&signals_mutex);
  if (hold_count++ == 0) {
    received_signal = 0;
    struct sigaction action = {.sa_handler = pass_on, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    for (int index = 0; index < held_signal_count; index++) {
      sigaction(held_signals[index], NULL, &former_actions[index]);
      // What nohup starts is not to hear of it.
      int stays = held_signals[index] == SIGHUP && former_actions[index].sa_handler == SIG_IGN;
      if (!stays) sigaction(held_signals[index], &action, NULL);
    }
    // Whoever started this program may block them.
    sigset_t signals;
    sigemptyset(&signals);
    for (int index = 0; index < held_signal_count; index++) sigaddset(&signals, held_signals[index]);
    pthread_sigmask(SIG_UNBLOCK, &signals, NULL);
  }
  pthread_mutex_unlock(&signals_mutex);
}

int kiln_pass_signals_to(int child) {
  pthread_mutex_lock(&signals_mutex);
  int slot = 0;
  while (slot < child_limit && children[slot]) slot++;
  if (slot < child_limit) {
    children[slot] = child;
    if (received_signal) end_child(slot);
  }
  pthread_mutex_unlock(&signals_mutex);
  return slot < child_limit ? slot : -1;
}

void kiln_forget_child(int slot) {
  if (slot >= 0) children[slot] = 0;
}

int kiln_release_signals(void) {
  pthread_mutex_lock(&signals_mutex);
  if (--hold_count == 0) {
    for (int index = 0; index < held_signal_count; index++) {
      sigaction(held_signals[index], &former_actions[index], NULL);
    }
  }
  int received = received_signal;
  pthread_mutex_unlock(&signals_mutex);
  return received;
}
