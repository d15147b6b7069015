// What Kiln needs of the operating system that Swift's own modules don't show.

#ifndef KILN_SYSTEM_H
#define KILN_SYSTEM_H

/// Gives the file or folder `a` the name `b` and the other way round, in one step. Returns 0, or -1 and sets `errno`:
/// `EINVAL`, `ENOSYS` or `ENOTSUP` where the file system can't do that.
int kiln_exchange(const char *_Nonnull a, const char *_Nonnull b);

/// Makes a pipe whose ends no program that is started inherits: `ends[0]` to read, `ends[1]` to write. Returns 0, or -1 and
/// sets `errno`.
int kiln_private_pipe(int *_Nonnull ends);

/// Holds back the signals that ask this program to stop, SIGINT, SIGTERM and SIGHUP, until `kiln_release_signals` was
/// called as often as this. From any thread.
void kiln_hold_signals(void);

/// Makes what asks this program to stop, or has asked it since they are held back, send SIGTERM to a child, the leader of
/// a process group. Returns a number for `kiln_forget_child`.
int kiln_pass_signals_to(int child);

/// Ends that: the child is gone.
void kiln_forget_child(int number);

/// Lets the signals act as they did before. Returns the first that came meanwhile, or 0.
int kiln_release_signals(void);

#endif
