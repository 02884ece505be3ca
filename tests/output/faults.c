/* Calls of the system that write, rename or unlink below one place, each of which can be made to fail.

   Loaded before the C library (LD_PRELOAD). fault_at(place, at, kind, number) arms it: the at-th such call
   fails with an error, writes half and then finds the disk full, or meets a signal before or after it. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { COUNT, ERROR, HALF, BEFORE, AFTER };

static char place[PATH_MAX];
static int at, kind, number, seen, half;

int fault_at(const char *where, int when, int how, int what) {
  snprintf(place, sizeof place, "%s", where);
  at = when, kind = how, number = what, seen = 0, half = 0;
  return 0;
}

int faults_seen(void) { return seen; }

static int below(const char *path) { return place[0] && strncmp(path, place, strlen(place)) == 0; }

static int fd_below(int fd) {
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t n = readlink(link, path, sizeof path - 1);
  if (n < 0) return 0;
  path[n] = 0;
  return below(path);
}

static int path_below(int dir, const char *path) {
  char cwd[PATH_MAX];
  if (path[0] == '/') return below(path);
  if (dir != AT_FDCWD) return fd_below(dir);
  return getcwd(cwd, sizeof cwd) && below(cwd);
}

/* What is to happen instead of a call: 1 where it is to fail. */
static int faulty(int here, int *after) {
  int saved = errno;
  *after = 0;
  if (!place[0] || !here) return 0;
  if (half) { errno = ENOSPC; half = 0; return 1; }
  if (++seen != at) { errno = saved; return 0; }
  if (kind == ERROR) { errno = number; return 1; }
  if (kind == BEFORE) raise(number);
  if (kind == AFTER) *after = 1;
  errno = saved;
  return 0;
}

#define REAL(name) static __typeof__(&name) real; if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)
#define CALL(name, here, ...)                                                                                \
  do {                                                                                                       \
    int after;                                                                                               \
    REAL(name);                                                                                              \
    if (faulty(here, &after)) return -1;                                                                     \
    __typeof__(real(__VA_ARGS__)) result = real(__VA_ARGS__);                                                \
    if (after) { int saved = errno; raise(number); errno = saved; }                                          \
    return result;                                                                                           \
  } while (0)

ssize_t write(int fd, const void *bytes, size_t n) {
  int after;
  REAL(write);
  if (place[0] && fd_below(fd)) {
    if (faulty(1, &after)) return -1;
    if (kind == HALF && seen == at && n > 1) {
      half = 1;
      return real(fd, bytes, n / 2);
    }
    ssize_t result = real(fd, bytes, n);
    if (after) raise(number);
    return result;
  }
  return real(fd, bytes, n);
}
ssize_t writev(int fd, const struct iovec *v, int n) { CALL(writev, fd_below(fd), fd, v, n); }
ssize_t pwrite(int fd, const void *b, size_t n, off_t o) { CALL(pwrite, fd_below(fd), fd, b, n, o); }
ssize_t pwrite64(int fd, const void *b, size_t n, off64_t o) { CALL(pwrite64, fd_below(fd), fd, b, n, o); }
ssize_t copy_file_range(int a, off64_t *i, int b, off64_t *o, size_t n, unsigned f) {
  CALL(copy_file_range, fd_below(b), a, i, b, o, n, f);
}
ssize_t sendfile(int out, int in, off_t *o, size_t n);
ssize_t sendfile(int out, int in, off_t *o, size_t n) { CALL(sendfile, fd_below(out), out, in, o, n); }
ssize_t sendfile64(int out, int in, off64_t *o, size_t n);
ssize_t sendfile64(int out, int in, off64_t *o, size_t n) { CALL(sendfile64, fd_below(out), out, in, o, n); }
int ftruncate(int fd, off_t n) { CALL(ftruncate, fd_below(fd), fd, n); }
int ftruncate64(int fd, off64_t n) { CALL(ftruncate64, fd_below(fd), fd, n); }
int truncate(const char *p, off_t n) { CALL(truncate, path_below(AT_FDCWD, p), p, n); }
int fsync(int fd) { CALL(fsync, fd_below(fd), fd); }
int fdatasync(int fd) { CALL(fdatasync, fd_below(fd), fd); }
int fchmod(int fd, mode_t m) { CALL(fchmod, fd_below(fd), fd, m); }
int chmod(const char *p, mode_t m) { CALL(chmod, path_below(AT_FDCWD, p), p, m); }
int fchmodat(int d, const char *p, mode_t m, int f) { CALL(fchmodat, path_below(d, p), d, p, m, f); }
int rename(const char *a, const char *b) { CALL(rename, path_below(AT_FDCWD, b), a, b); }
int renameat(int c, const char *a, int d, const char *b) { CALL(renameat, path_below(d, b), c, a, d, b); }
int renameat2(int c, const char *a, int d, const char *b, unsigned f) {
  CALL(renameat2, path_below(d, b), c, a, d, b, f);
}
int link(const char *a, const char *b) { CALL(link, path_below(AT_FDCWD, b), a, b); }
int linkat(int c, const char *a, int d, const char *b, int f) { CALL(linkat, path_below(d, b), c, a, d, b, f); }
int symlink(const char *a, const char *b) { CALL(symlink, path_below(AT_FDCWD, b), a, b); }
int unlink(const char *p) { CALL(unlink, path_below(AT_FDCWD, p), p); }
int unlinkat(int d, const char *p, int f) { CALL(unlinkat, path_below(d, p), d, p, f); }
int rmdir(const char *p) { CALL(rmdir, path_below(AT_FDCWD, p), p); }
int mkdir(const char *p, mode_t m) { CALL(mkdir, path_below(AT_FDCWD, p), p, m); }
int mkdirat(int d, const char *p, mode_t m) { CALL(mkdirat, path_below(d, p), d, p, m); }

#define MAKES(flags) ((flags) & (O_CREAT | O_TRUNC))
#define MODE                                                                                                 \
  mode_t mode = 0;                                                                                           \
  if (MAKES(flags)) { va_list more; va_start(more, flags); mode = va_arg(more, mode_t); va_end(more); }
int open(const char *p, int flags, ...) { MODE CALL(open, MAKES(flags) && path_below(AT_FDCWD, p), p, flags, mode); }
int open64(const char *p, int flags, ...) {
  MODE CALL(open64, MAKES(flags) && path_below(AT_FDCWD, p), p, flags, mode);
}
int openat(int d, const char *p, int flags, ...) { MODE CALL(openat, MAKES(flags) && path_below(d, p), d, p, flags, mode); }
int openat64(int d, const char *p, int flags, ...) {
  MODE CALL(openat64, MAKES(flags) && path_below(d, p), d, p, flags, mode);
}
