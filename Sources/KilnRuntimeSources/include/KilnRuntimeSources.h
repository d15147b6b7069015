#ifndef KILN_RUNTIME_SOURCES_H
#define KILN_RUNTIME_SOURCES_H

/// A source file that is copied into emitted packages.
struct KilnRuntimeSource {
  /// Its room and its name, for instance `KilnRuntime/Vector.swift`.
  const char *_Nonnull name;
  /// Its text in UTF-8, ended by a zero byte.
  const unsigned char *_Nonnull text;
};

/// The number of files.
long kiln_runtime_source_count(void);

/// One file. Precondition: 0 <= index < kiln_runtime_source_count().
struct KilnRuntimeSource kiln_runtime_source(long index);

#endif
