/* gate/gate_child.h -- a command that is talked to line by line (not installed).
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Neither side can block the other: both directions are served at once, and
 * everything has a deadline.  The command and what it starts are one process
 * group, which is killed as a whole; a guard, a small shell, kills it if this
 * process ends without having done so, whatever ended it. */
#ifndef LB_GATE_CHILD_H
#define LB_GATE_CHILD_H

#include <stddef.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes of a line, at most. */
#define LB_CHILD_LINE_LIMIT ((size_t) 4 << 20)

typedef enum
{
    LB_CHILD_LINE,          /* a line has come                            */
    LB_CHILD_TIMEOUT,
    LB_CHILD_ENDED,         /* how: `how`                                 */
    LB_CHILD_FLOOD,         /* more bytes than a line may have            */
    LB_CHILD_CLOSED_INPUT,  /* it runs, but will not read all of the text */
    LB_CHILD_CLOSED_OUTPUT, /* it runs, but will say no more              */
    LB_CHILD_STOPPED        /* by `stop`                                  */
} lb_child_event;

typedef struct
{
    pid_t pid;   /* of the command, which leads its group; 0: there is none */
    pid_t guard;
    int in, out; /* our ends of its standard input and output; -1: closed  */
    int guard_in;
    char * text; /* what it wrote and was not taken: `length` bytes        */
    size_t length, size, searched;
    char how[96]; /* "exit status 127 (command not found)" */
    /* Ends every wait when it is nonzero; NULL: never. */
    int (*stop)(void * context);
    void * stop_context;
} lb_gate_child;

void lb_gate_child_init(lb_gate_child * c);
/** Kills the command, if there is one. */
void lb_gate_child_clear(lb_gate_child * c);

/** Starts @p command by /bin/sh: 0, or an errno. */
int lb_gate_child_start(lb_gate_child * c, const char * command);

/** Writes @p text and waits until all of it is read and there is a line.
 *  @p deadline is a time of lb_clock_seconds. */
lb_child_event lb_gate_child_ask(lb_gate_child * c, const char * text,
                                 double deadline);

/** Writes what of @p text fits at once, and closes the standard input. */
void lb_gate_child_dismiss(lb_gate_child * c, const char * text);

/** The length of the first line that has come, without its newline; 0 also if
 *  there is none.  It begins at c->text. */
size_t lb_gate_child_line(const lb_gate_child * c);
/** Forgets that line, and takes what is there without waiting: c->length bytes.
 *  The end of its output makes c->out -1. */
void lb_gate_child_next(lb_gate_child * c);

/** Kills the command with all of its group, and waits until it is gone. */
void lb_gate_child_kill(lb_gate_child * c);

#ifdef __cplusplus
}
#endif

#endif /* LB_GATE_CHILD_H */
