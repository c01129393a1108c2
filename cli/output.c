/* cli/output.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <lindbound/file_write.h>

#include "cli.h"

int
lb_output_open(lb_output * out)
{
    out->text = NULL;
    out->size = 0;
    out->stream = open_memstream(&out->text, &out->size);
    if (out->stream == NULL)
        return lb_cli_fail("out of memory");
    return 0;
}

int
lb_output_discard(lb_output * out, int status)
{
    fclose(out->stream);
    free(out->text);
    return status;
}

/* 0 or errno */
static int
write_stdout(const lb_output * out)
{
    errno = 0;
    if (fwrite(out->text, 1, out->size, stdout) != out->size
        || fflush(stdout) != 0)
        return errno != 0 ? errno : EIO;
    return 0;
}

int
lb_output_deliver(lb_output * out, const char * path, int status)
{
    lb_error err;
    int error;

    lb_error_clear(&err);
    if (fclose(out->stream) != 0)
        status = lb_cli_fail("out of memory");
    else if (path == NULL)
    {
        error = write_stdout(out);
        if (error != 0)
            status = lb_cli_fail("standard output: cannot write: %s",
                                 strerror(error));
    }
    else if (lb_file_write(path, out->text, out->size, &err) != LB_OK)
        status = lb_cli_error(&err);
    free(out->text);
    return status;
}

void
lb_output_json(lb_output * out, json_t * root)
{
    json_dumpf(root, out->stream, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
    fputc('\n', out->stream);
    json_decref(root);
}

int
lb_cli_error(const lb_error * err)
{
    char message[1200];

    lb_error_format(message, sizeof(message), err);
    lb_cli_fail("%s", message);
    return err->status == LB_ENOCONV ? LB_EXIT_UNDECIDED : LB_EXIT_USAGE;
}

int
lb_cli_fail(const char * format, ...)
{
    va_list ap;

    lb_cli_progress_end();
    fputs("lindbound: ", stderr);
    va_start(ap, format);
    vfprintf(stderr, format, ap);
    va_end(ap);
    fputc('\n', stderr);
    return LB_EXIT_USAGE;
}

static int progress_shown;

void
lb_cli_progress(const char * format, ...)
{
    va_list ap;

    if (!isatty(STDERR_FILENO))
        return;
    fputs("\r\033[K", stderr);
    va_start(ap, format);
    vfprintf(stderr, format, ap);
    va_end(ap);
    fflush(stderr);
    progress_shown = 1;
}

void
lb_cli_progress_end(void)
{
    if (progress_shown)
        fputs("\r\033[K", stderr);
    progress_shown = 0;
}
