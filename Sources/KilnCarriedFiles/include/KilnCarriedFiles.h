#pragma once

#include <stddef.h>

/// A file that `kiln` carries inside itself.
typedef struct {
  /// Its folder and name, for instance `KilnRuntime/Vector.swift`.
  const char *name;
  /// Its text in UTF-8, of `count` bytes without a zero after them.
  const unsigned char *bytes;
  size_t count;
} KilnCarriedFile;

/// The file `index`, from 0 on; NULL after the last.
const KilnCarriedFile *kiln_carried_file(size_t index);
