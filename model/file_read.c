/* model/file_read.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <lindbound/file_read.h>
#include <lindbound/flint_compat.h>

#define MAX_FILE_BYTES ((size_t) 64 << 20)
#define PIECE 65536

/* Reads to the end; NULL, or what is wrong. */
static const char *
read_all(char ** text, size_t * size, FILE * stream)
{
    struct stat st;
    size_t got;

    if (fstat(fileno(stream), &st) == 0 && S_ISDIR(st.st_mode))
        return "it is a folder";
    do
    {
        *text = flint_realloc(*text, *size + PIECE + 1);
        got = fread(*text + *size, 1, PIECE, stream);
        *size += got;
        if (*size > MAX_FILE_BYTES)
            return "it is larger than 64 MiB";
    } while (got == PIECE);
    (*text)[*size] = '\0';
    return ferror(stream) ? strerror(errno) : NULL;
}

lb_status
lb_file_read(char ** text, size_t * size, const char * path, lb_error * err)
{
    FILE * stream = fopen(path, "rb");
    const char * wrong;

    *text = NULL;
    *size = 0;
    wrong = stream == NULL ? strerror(errno) : read_all(text, size, stream);
    if (stream != NULL)
        fclose(stream);
    if (wrong == NULL)
        return LB_OK;
    flint_free(*text);
    *text = NULL;
    lb_error_set(err, LB_EIO, "cannot read: %s", wrong);
    lb_error_in(err, path, NULL);
    return LB_EIO;
}
