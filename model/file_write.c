/* model/file_write.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <lindbound/file_write.h>
#include <lindbound/flint_compat.h>
#include <lindbound/text.h>

/* 0 or errno */
static int
write_all(int descriptor, const char * bytes, size_t size)
{
    while (size > 0)
    {
        ssize_t n = write(descriptor, bytes, size);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno;
        bytes += n;
        size -= (size_t) n;
    }
    return fchmod(descriptor, 0644) != 0 || fsync(descriptor) != 0 ? errno : 0;
}

lb_status
lb_file_write(const char * path, const char * bytes, size_t size,
              lb_error * err)
{
    char * temporary = lb_text_print("%s.XXXXXX", path);
    int descriptor = -1, error;
    lb_status status = LB_OK;
    struct stat st;

    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        error = EISDIR;
    else
    {
        descriptor = mkstemp(temporary);
        error = descriptor < 0 ? errno : write_all(descriptor, bytes, size);
    }

    if (descriptor >= 0 && close(descriptor) != 0 && error == 0)
        error = errno;
    if (error == 0 && rename(temporary, path) != 0)
        error = errno;
    if (error != 0)
    {
        if (descriptor >= 0)
            unlink(temporary);
        status = lb_error_set(err, LB_EIO,
                              "cannot write: %s; choose a writable place",
                              strerror(error));
        lb_error_in(err, path, NULL);
    }
    flint_free(temporary);
    return status;
}
