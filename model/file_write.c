/* model/file_write.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <lindbound/file_write.h>
#include <lindbound/flint_compat.h>
#include <lindbound/text.h>

static lb_status
cannot_write(const char * path, int error, lb_error * err)
{
    lb_status status
        = lb_error_set(err, LB_EIO, "cannot write: %s; choose a writable place",
                       strerror(error));

    lb_error_in(err, path, NULL);
    return status;
}

void
lb_file_sync_folder(const char * path)
{
    const char * slash = strrchr(path, '/');
    char * folder = slash == NULL
                        ? lb_text_copy(".")
                        : lb_text_print("%.*s/", (int) (slash - path), path);
    int descriptor = open(folder, O_RDONLY | O_DIRECTORY);

    if (descriptor >= 0)
    {
        fsync(descriptor);
        close(descriptor);
    }
    flint_free(folder);
}

lb_status
lb_file_begin(lb_file_t file, const char * path, int alone, lb_error * err)
{
    struct stat st;
    int descriptor = -1, error = 0;

    file->stream = NULL;
    file->temporary = lb_text_print(alone ? "%s.part" : "%s.XXXXXX", path);
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        error = EISDIR;
    else if ((descriptor = alone ? open(file->temporary,
                                        O_WRONLY | O_CREAT | O_TRUNC, 0644)
                                 : mkstemp(file->temporary))
             < 0)
        error = errno;
    else if (fchmod(descriptor, 0644) != 0
             || (file->stream = fdopen(descriptor, "w")) == NULL)
    {
        error = errno;
        close(descriptor);
        unlink(file->temporary);
    }
    if (error != 0)
    {
        flint_free(file->temporary);
        return cannot_write(path, error, err);
    }
    file->path = lb_text_copy(path);
    errno = 0;
    return LB_OK;
}

lb_status
lb_file_sync(lb_file_t file, lb_error * err)
{
    /* a write that failed long ago has left its mark, perhaps its errno */
    if (fflush(file->stream) != 0 || ferror(file->stream))
        return cannot_write(file->path, errno != 0 ? errno : EIO, err);
    if (fsync(fileno(file->stream)) != 0)
        return cannot_write(file->path, errno, err);
    return LB_OK;
}

lb_status
lb_file_finish(lb_file_t file, lb_error * err)
{
    lb_status status = lb_file_sync(file, err);

    if (fclose(file->stream) != 0 && status == LB_OK)
        status = cannot_write(file->path, errno, err);
    if (status == LB_OK && rename(file->temporary, file->path) != 0)
        status = cannot_write(file->path, errno, err);
    if (status != LB_OK)
        unlink(file->temporary);
    else
        lb_file_sync_folder(file->path);
    flint_free(file->path);
    flint_free(file->temporary);
    return status;
}

void
lb_file_drop(lb_file_t file)
{
    fclose(file->stream);
    unlink(file->temporary);
    flint_free(file->path);
    flint_free(file->temporary);
}

lb_status
lb_file_write(const char * path, const char * bytes, size_t size,
              lb_error * err)
{
    lb_file_t file;
    lb_status status = lb_file_begin(file, path, 0, err);

    if (status != LB_OK)
        return status;
    fwrite(bytes, 1, size, file->stream);
    return lb_file_finish(file, err);
}
