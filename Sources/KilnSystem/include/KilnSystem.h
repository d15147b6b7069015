// What Kiln needs of the operating system that Swift's own modules don't show.

#ifndef KILN_SYSTEM_H
#define KILN_SYSTEM_H

/// Gives the file or folder `a` the name `b` and the other way round, in one step. Returns 0, or -1 and sets `errno`:
/// `EINVAL`, `ENOSYS` or `ENOTSUP` where the file system can't do that.
int kiln_exchange(const char *_Nonnull a, const char *_Nonnull b);

#endif
