// Ends the process by a signal at one of its calls that change files below a folder: KILL_FOLDER, KILL_AT (from 1), KILL_SIGNAL.
// Makes the file KILL_MARK before, since a process that handles the signal can end as if there was none. For LD_PRELOAD. If the call is a write, half of it is done before.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static int is_inside(const char *path) {
    const char *folder = getenv("KILL_FOLDER");
    return folder && path && strncmp(path, folder, strlen(folder)) == 0;
}

static int is_open_inside(int descriptor) {
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return is_inside(path);
}

// Whether this is the call at which the process ends.
static int is_last(void) {
    static int calls;
    const char *at = getenv("KILL_AT");
    return at && __atomic_add_fetch(&calls, 1, __ATOMIC_SEQ_CST) == atoi(at);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static void end(void) {
    const char *name = getenv("KILL_SIGNAL"), *mark = getenv("KILL_MARK");
    int descriptor = mark ? REAL(open)(mark, O_WRONLY | O_CREAT, 0600) : -1;
    if (descriptor >= 0) close(descriptor);
    kill(getpid(), name ? atoi(name) : SIGKILL);
}

static mode_t mode_of(int flags, va_list list) {
    return flags & (O_CREAT | O_TMPFILE) ? va_arg(list, mode_t) : 0;
}

#define OPEN(name)                                                                                                   \
    int name(const char *path, int flags, ...) {                                                                     \
        va_list list;                                                                                                \
        va_start(list, flags);                                                                                       \
        mode_t mode = mode_of(flags, list);                                                                          \
        va_end(list);                                                                                                \
        if (flags & (O_WRONLY | O_RDWR | O_CREAT) && is_inside(path) && is_last()) end();                            \
        return REAL(name)(path, flags, mode);                                                                        \
    }
OPEN(open)
OPEN(open64)

#define OPEN_AT(name)                                                                                                \
    int name(int folder, const char *path, int flags, ...) {                                                         \
        va_list list;                                                                                                \
        va_start(list, flags);                                                                                       \
        mode_t mode = mode_of(flags, list);                                                                          \
        va_end(list);                                                                                                \
        if (flags & (O_WRONLY | O_RDWR | O_CREAT) && is_inside(path) && is_last()) end();                            \
        return REAL(name)(folder, path, flags, mode);                                                                \
    }
OPEN_AT(openat)
OPEN_AT(openat64)

ssize_t write(int descriptor, const void *bytes, size_t count) {
    if (descriptor > 2 && is_open_inside(descriptor) && is_last()) {
        ssize_t half = REAL(write)(descriptor, bytes, count / 2);
        end();
        // A process that handles the signal goes on behind the half, as after a short write.
        if (count / 2 > 0) return half;
    }
    return REAL(write)(descriptor, bytes, count);
}

int fsync(int descriptor) {
    if (is_open_inside(descriptor) && is_last()) end();
    return REAL(fsync)(descriptor);
}

int fchmod(int descriptor, mode_t mode) {
    if (is_open_inside(descriptor) && is_last()) end();
    return REAL(fchmod)(descriptor, mode);
}

int flock(int descriptor, int operation) {
    if (is_open_inside(descriptor) && is_last()) end();
    return REAL(flock)(descriptor, operation);
}

int ftruncate(int descriptor, off_t length) {
    if (is_open_inside(descriptor) && is_last()) end();
    return REAL(ftruncate)(descriptor, length);
}

int rename(const char *from, const char *to) {
    if (is_inside(to) && is_last()) end();
    return REAL(rename)(from, to);
}

int unlink(const char *path) {
    if (is_inside(path) && is_last()) end();
    return REAL(unlink)(path);
}
