#define _DEFAULT_SOURCE

#include "BenchmarkSystem.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static int argument_count;
static char **arguments;

// glibc calls constructors with the arguments of `main`.
__attribute__((constructor)) static void keep_arguments(int count, char **values) {
  argument_count = count;
  arguments = values;
}

int32_t benchmark_argument_count(void) { return argument_count; }

const char *const *benchmark_arguments(void) { return (const char *const *)arguments; }

int32_t benchmark_open_input(const char *path, int64_t *byteCount) {
  int descriptor = open(path, O_RDONLY | O_CLOEXEC);
  struct stat status;
  if (descriptor < 0 || fstat(descriptor, &status) != 0) return -errno;
  *byteCount = status.st_size;
  return descriptor;
}

int32_t benchmark_open_output(const char *path) {
  int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  return descriptor < 0 ? -errno : descriptor;
}

int32_t benchmark_read(int32_t descriptor, void *bytes, int64_t count) {
  char *next = bytes;
  while (count > 0) {
    ssize_t done = read(descriptor, next, (size_t)count);
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return errno;
    if (done == 0) return EIO;
    next += done;
    count -= done;
  }
  return 0;
}

int32_t benchmark_write(int32_t descriptor, const void *bytes, int64_t count) {
  const char *next = bytes;
  while (count > 0) {
    ssize_t done = write(descriptor, next, (size_t)count);
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return errno;
    next += done;
    count -= done;
  }
  return 0;
}

int32_t benchmark_close(int32_t descriptor) { return close(descriptor) == 0 ? 0 : errno; }

const char *benchmark_error_text(int32_t error) { return strerror(error); }

void *benchmark_map(int64_t byteCount) {
  void *memory = mmap(NULL, (size_t)byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return memory == MAP_FAILED ? NULL : memory;
}

void benchmark_mark(void) {
  ssize_t failure = write(-1, NULL, 0);
  (void)failure;
}

void benchmark_exit(int32_t status) { _exit(status); }

int64_t benchmark_nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

// The number of kibibytes after `name` in a file of /proc; 0 where there is none. It is within the first 4096 bytes.
static int64_t kibibytes(const char *path, const char *name) {
  char text[4096];
  int descriptor = open(path, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return 0;
  ssize_t count = read(descriptor, text, sizeof text - 1);
  close(descriptor);
  if (count <= 0) return 0;
  text[count] = 0;
  const char *digit = strstr(text, name);
  if (!digit) return 0;
  int64_t number = 0;
  for (digit += strlen(name); *digit == ' ' || *digit == '\t'; digit++) {
  }
  for (; *digit >= '0' && *digit <= '9'; digit++) number = number * 10 + (*digit - '0');
  return number;
}

int64_t benchmark_peak_memory(void) {
  // Before Linux 6.2 the counters that VmHWM is of may miss 64 pages a thread, which is all that a small network has. The
  // program gives no memory back, so what the page tables say now is the most that there has been.
  int64_t counted = kibibytes("/proc/self/status", "VmHWM:");
  int64_t mapped = kibibytes("/proc/self/smaps_rollup", "Rss:");
  return (counted > mapped ? counted : mapped) * 1024;
}
