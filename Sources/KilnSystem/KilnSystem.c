#define _GNU_SOURCE

#include "KilnSystem.h"

#include <fcntl.h>
#include <stdio.h>

int kiln_exchange(const char *a, const char *b) {
#ifdef __APPLE__
  return renamex_np(a, b, RENAME_SWAP);
#else
  return renameat2(AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE);
#endif
}
