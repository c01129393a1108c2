/* gate/gate_child.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <lindbound/clock.h>
#include <lindbound/flint_compat.h>
#include <lindbound/gate_child.h>
#include <lindbound/text.h>

extern char ** environ;

/* Between two looks at `stop` and at whether the command still runs. */
#define SLICE_MS 100
/* What an end of its output or input may come before its exit. */
#define GRACE 0.2

/* Reads a line when the group is gone and its number may be used again; the end
   of the file means that the process at the other end was killed. */
static const char GUARD[] = "trap '' HUP INT TERM\n"
                            "read -r gone && exit\n"
                            "kill -s KILL -- \"-$0\"\n";

void
lb_gate_child_init(lb_gate_child * c)
{
    memset(c, 0, sizeof(*c));
    c->in = c->out = c->guard_in = -1;
}

void
lb_gate_child_clear(lb_gate_child * c)
{
    lb_gate_child_kill(c);
    flint_free(c->text);
    lb_gate_child_init(c);
}

static void
close_end(int * end)
{
    if (*end >= 0)
        close(*end);
    *end = -1;
}

/* --- start --------------------------------------------------------------- */

/* Neither end is inherited, nor one of the three standard descriptors. */
static int
make_pipe(int ends[2])
{
    int low[2], error = 0;

    ends[0] = ends[1] = -1;
    if (pipe(low) != 0)
        return errno;
    for (int k = 0; k < 2; k++)
    {
        ends[k] = fcntl(low[k], F_DUPFD_CLOEXEC, 3);
        if (ends[k] < 0)
            error = errno;
        close(low[k]);
    }
    return error;
}

/* A shell in a process group of its own, with these as its standard input and
   output; -1: nothing, and no standard error either. */
static int
spawn_shell(pid_t * pid, const char * script, const char * argument, int in,
            int out)
{
    const char * argv[] = { "sh", "-c", script, argument, NULL };
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, defaults;
    int error;

    sigemptyset(&none);
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP
                                              | POSIX_SPAWN_SETSIGDEF
                                              | POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawn_file_actions_adddup2(&actions, in, 0);
    if (out >= 0)
        posix_spawn_file_actions_adddup2(&actions, out, 1);
    else
        for (int k = 1; k <= 2; k++)
            posix_spawn_file_actions_addopen(&actions, k, "/dev/null", O_WRONLY,
                                             0);
    error = posix_spawn(pid, "/bin/sh", &actions, &attributes,
                        (char * const *) argv, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

/* Whatever of it fails, the descriptors that are kept are in c. */
static int
start_both(lb_gate_child * c, const char * command)
{
    int in[2] = { -1, -1 }, out[2] = { -1, -1 }, guard[2] = { -1, -1 };
    int error;
    pid_t pid;
    char group[32];

    error = make_pipe(in);
    if (error == 0)
        error = make_pipe(out);
    if (error == 0)
        error = make_pipe(guard);
    if (error == 0)
        error = spawn_shell(&pid, command, NULL, in[0], out[1]);
    if (error == 0)
    {
        c->pid = pid;
        snprintf(group, sizeof(group), "%ld", (long) pid);
        error = spawn_shell(&pid, GUARD, group, guard[0], -1);
    }
    if (error == 0)
        c->guard = pid;
    close_end(&in[0]);
    close_end(&out[1]);
    close_end(&guard[0]);
    c->in = in[1];
    c->out = out[0];
    c->guard_in = guard[1];
    return error;
}

int
lb_gate_child_start(lb_gate_child * c, const char * command)
{
    int error;

    c->how[0] = '\0';
    /* no other command may inherit a pipe that is just being made */
#pragma omp critical(lb_gate_child)
    error = start_both(c, command);
    if (error == 0
        && (fcntl(c->in, F_SETFL, O_NONBLOCK) != 0
            || fcntl(c->out, F_SETFL, O_NONBLOCK) != 0))
        error = errno;
    if (error != 0)
        lb_gate_child_kill(c);
    return error;
}

/* --- end ----------------------------------------------------------------- */

static void
describe_status(lb_gate_child * c, int status)
{
    const char * what = status == 127   ? "command not found"
                        : status == 126 ? "command cannot be run"
                        : status > 128 && status <= 128 + 64
                            ? strsignal(status - 128)
                            : NULL;

    snprintf(c->how, sizeof(c->how), "exit status %d", status);
    if (what != NULL)
        lb_text_append(c->how, sizeof(c->how), " (%s)", what);
}

/* Whether the command has ended, and how.  It stays a zombie, so that the
   number of its group belongs to it until the group is killed. */
static int
has_ended(lb_gate_child * c)
{
    siginfo_t info;

    memset(&info, 0, sizeof(info));
    if (waitid(P_PID, (id_t) c->pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0)
    {
        if (errno == EINTR)
            return 0;
        snprintf(c->how, sizeof(c->how), "exit status unknown");
        return 1;
    }
    if (info.si_pid == 0)
        return 0;
    if (info.si_code == CLD_EXITED)
        describe_status(c, info.si_status);
    else
        snprintf(c->how, sizeof(c->how), "signal %d (%s)", info.si_status,
                 strsignal(info.si_status));
    return 1;
}

static void
reap(pid_t pid)
{
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
}

static ssize_t quiet_write(int fd, const char * text, size_t length);

void
lb_gate_child_kill(lb_gate_child * c)
{
    if (c->pid > 0)
        kill(-c->pid, SIGKILL);
    /* the guard goes before the number of the group may be used again */
    if (c->guard > 0)
    {
        (void) quiet_write(c->guard_in, "\n", 1);
        reap(c->guard);
    }
    if (c->pid > 0)
        reap(c->pid);
    close_end(&c->guard_in);
    close_end(&c->in);
    close_end(&c->out);
    c->pid = c->guard = 0;
    c->length = c->searched = 0;
}

/* --- lines --------------------------------------------------------------- */

/* write, without the SIGPIPE of a reader that is gone: the signal is the whole
   program's, and this is a library. */
static ssize_t
quiet_write(int fd, const char * text, size_t length)
{
    sigset_t pipe_signal, before, pending;
    int was_pending, error;
    ssize_t written;

    sigemptyset(&pipe_signal);
    sigaddset(&pipe_signal, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
    sigpending(&pending);
    was_pending = sigismember(&pending, SIGPIPE);
    written = write(fd, text, length);
    error = errno;
    if (written < 0 && error == EPIPE && !was_pending)
    {
        int number;

        sigpending(&pending);
        if (sigismember(&pending, SIGPIPE))
            sigwait(&pipe_signal, &number);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = error;
    return written;
}

/* Writes what fits at once, from *sent on. */
static void
send_some(lb_gate_child * c, const char * text, size_t length, size_t * sent)
{
    ssize_t n = quiet_write(c->in, text + *sent, length - *sent);

    if (n > 0)
        *sent += (size_t) n;
    else if (n < 0 && errno != EAGAIN && errno != EINTR)
        close_end(&c->in);
}

/* Takes what is there, a piece of it. */
static void
receive_some(lb_gate_child * c)
{
    ssize_t n;

    if (c->length == c->size)
    {
        c->size = c->size == 0 ? 1 << 16 : 2 * c->size;
        if (c->size > LB_CHILD_LINE_LIMIT + 1)
            c->size = LB_CHILD_LINE_LIMIT + 1;
        c->text = flint_realloc(c->text, c->size);
    }
    n = read(c->out, c->text + c->length, c->size - c->length);
    if (n > 0)
        c->length += (size_t) n;
    else if (n == 0 || (errno != EAGAIN && errno != EINTR))
        close_end(&c->out);
}

static int
is_full(const lb_gate_child * c)
{
    return c->length > LB_CHILD_LINE_LIMIT;
}

/* No byte is looked at twice. */
static int
has_line(lb_gate_child * c)
{
    const char * end
        = c->length == c->searched
              ? NULL
              : memchr(c->text + c->searched, '\n', c->length - c->searched);

    c->searched = end == NULL ? c->length : (size_t) (end - c->text);
    return end != NULL;
}

size_t
lb_gate_child_line(const lb_gate_child * c)
{
    const char * end = c->length == 0 ? NULL : memchr(c->text, '\n', c->length);

    return end == NULL ? 0 : (size_t) (end - c->text);
}

void
lb_gate_child_next(lb_gate_child * c)
{
    const char * end = c->length == 0 ? NULL : memchr(c->text, '\n', c->length);

    if (end != NULL)
    {
        c->length -= (size_t) (end + 1 - c->text);
        memmove(c->text, end + 1, c->length);
    }
    c->searched = 0;
    if (c->out >= 0 && !is_full(c))
        receive_some(c);
}

/* It will say no more: has it ended? */
static lb_child_event
await_end(lb_gate_child * c)
{
    const struct timespec pause = { 0, 2000000 };
    double deadline = lb_clock_seconds() + GRACE;

    while (!has_ended(c))
    {
        if (lb_clock_seconds() > deadline)
            return LB_CHILD_CLOSED_OUTPUT;
        nanosleep(&pause, NULL);
    }
    return LB_CHILD_ENDED;
}

/* Waits for something to do, and does it; 0: nothing has happened. */
static int
serve(lb_gate_child * c, const char * text, size_t length, size_t * sent,
      double seconds)
{
    struct pollfd fds[2] = { { c->out, POLLIN, 0 }, { -1, POLLOUT, 0 } };
    int ms = seconds * 1000 < SLICE_MS ? (int) (seconds * 1000) + 1 : SLICE_MS;
    int n;

    if (*sent < length)
        fds[1].fd = c->in;
    n = poll(fds, 2, ms);
    if (n > 0 && fds[0].revents != 0)
        receive_some(c);
    if (n > 0 && fds[1].revents != 0)
        send_some(c, text, length, sent);
    return n != 0;
}

/* Takes all that a command wrote that has ended, though what it started may
   hold its output open; whether there is a line. */
static int
last_words(lb_gate_child * c)
{
    size_t before;

    do
    {
        before = c->length;
        if (c->out >= 0 && !is_full(c))
            receive_some(c);
    } while (c->length > before);
    return has_line(c);
}

lb_child_event
lb_gate_child_ask(lb_gate_child * c, const char * text, double deadline)
{
    size_t length = strlen(text), sent = 0;
    int was_closed = 0, idle = 0;

    for (;;)
    {
        int closed = c->in < 0 && sent < length;
        double now = lb_clock_seconds();

        if (sent == length && has_line(c))
            return LB_CHILD_LINE;
        if (c->out < 0)
            return await_end(c);
        if (is_full(c))
            return LB_CHILD_FLOOD;
        if (c->stop != NULL && c->stop(c->stop_context))
            return LB_CHILD_STOPPED;
        if ((idle || now > deadline) && has_ended(c))
            return last_words(c) && sent == length ? LB_CHILD_LINE
                                                   : LB_CHILD_ENDED;
        if (now > deadline)
            return closed ? LB_CHILD_CLOSED_INPUT : LB_CHILD_TIMEOUT;
        if (closed && !was_closed && deadline > now + GRACE)
            deadline = now + GRACE;
        was_closed = closed;
        idle = !serve(c, text, length, &sent, deadline - now);
    }
}

void
lb_gate_child_dismiss(lb_gate_child * c, const char * text)
{
    size_t sent = 0;

    if (c->in >= 0)
        send_some(c, text, strlen(text), &sent);
    close_end(&c->in);
}
