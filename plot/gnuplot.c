/* plot/gnuplot.c
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Script, picture and messages go through temporary files, not pipes: so
 * nothing waits for anything, whatever gnuplot reads or writes first. */
#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <lindbound/flint_compat.h>
#include <lindbound/gnuplot.h>
#include <lindbound/text.h>

enum
{
    SCRIPT,
    PICTURE,
    MESSAGES,
    N_FILES
};

/* All of @p stream from its start; release with flint_free. */
static char *
read_all(FILE * stream)
{
    size_t size = 0, room = 1 << 16, n;
    char * text = flint_malloc(room);

    rewind(stream);
    while ((n = fread(text + size, 1, room - size - 1, stream)) > 0)
    {
        size += n;
        if (room - size < 2)
            text = flint_realloc(text, room *= 2);
    }
    text[size] = '\0';
    return text;
}

/* Runs gnuplot on the files; 0 or errno, and its exit status. */
static int
spawn(int * result, FILE ** files)
{
    char * path = lb_text_print(
        "PATH=%s", getenv("PATH") != NULL ? getenv("PATH")
                                          : "/usr/local/bin:/usr/bin:/bin");
    char name[] = "gnuplot", no_settings[] = "-d", locale[] = "LC_ALL=C.UTF-8";
    char * arguments[] = { name, no_settings, NULL };
    char * environment[] = { path, locale, NULL };
    posix_spawn_file_actions_t actions;
    pid_t child;
    int error;

    posix_spawn_file_actions_init(&actions);
    for (int k = 0; k < N_FILES; k++)
        posix_spawn_file_actions_adddup2(&actions, fileno(files[k]), k);
    error = posix_spawnp(&child, name, &actions, NULL, arguments, environment);
    posix_spawn_file_actions_destroy(&actions);
    flint_free(path);
    if (error != 0)
        return error;
    while (waitpid(child, result, 0) < 0)
        if (errno != EINTR)
            return errno;
    return 0;
}

/* What gnuplot said is wrong: "line 12: ..." after the command itself, or else
   the first line. */
static const char *
first_message(char * messages)
{
    char * line = strstr(messages, "line ");

    if (line == NULL)
        line = messages + strspn(messages, " \t\n");
    line[strcspn(line, "\n")] = '\0';
    return line[0] != '\0' ? line : "it says nothing";
}

/* 1: the picture is whole. */
static int
is_whole(const char * picture)
{
    const char * end = strstr(picture, "</svg>");

    return end != NULL && end[6 + strspn(end + 6, " \n")] == '\0';
}

/* What became of a run that took place. */
static lb_status
judge(int result, const char * picture, char * messages, lb_error * err)
{
    if (WIFEXITED(result) && WEXITSTATUS(result) == 0 && is_whole(picture))
        return LB_OK;
    return lb_error_set(err, LB_EIO,
                        "gnuplot failed: %.300s; the table is complete without "
                        "the picture",
                        first_message(messages));
}

static lb_status
run(char ** svg, FILE ** files, lb_error * err)
{
    int result, error = spawn(&result, files);
    lb_status status;
    char * messages;

    /* exit status 127: a C library that notices it only in the child */
    if (error == ENOENT
        || (error == 0 && WIFEXITED(result) && WEXITSTATUS(result) == 127))
        return lb_error_set(err, LB_EIO,
                            "gnuplot is not installed; the table is complete "
                            "without the picture");
    if (error != 0)
        return lb_error_set(err, LB_EIO, "cannot run gnuplot: %s",
                            strerror(error));
    *svg = read_all(files[PICTURE]);
    messages = read_all(files[MESSAGES]);
    status = judge(result, *svg, messages, err);
    flint_free(messages);
    if (status != LB_OK)
    {
        flint_free(*svg);
        *svg = NULL;
    }
    return status;
}

lb_status
lb_gnuplot_run(char ** svg, const char * script, lb_error * err)
{
    FILE * files[N_FILES];
    lb_status status = LB_OK;

    *svg = NULL;
    for (int k = 0; k < N_FILES; k++)
        files[k] = tmpfile();
    if (files[SCRIPT] == NULL || files[PICTURE] == NULL
        || files[MESSAGES] == NULL || fputs(script, files[SCRIPT]) == EOF
        || fflush(files[SCRIPT]) != 0 || fseek(files[SCRIPT], 0, SEEK_SET) != 0)
        status = lb_error_set(err, LB_EIO,
                              "cannot write a temporary file for gnuplot: %s",
                              strerror(errno));
    else
        status = run(svg, files, err);
    for (int k = 0; k < N_FILES; k++)
        if (files[k] != NULL)
            fclose(files[k]);
    return status;
}
