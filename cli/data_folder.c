/* cli/data_folder.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <lindbound/json_file.h>
#include <lindbound/model_file.h>
#include <lindbound/text.h>

#include "cli.h"

/* the folder beside the program: BIN/../share/lindbound */
static char *
beside_program(void)
{
    char program[4096];
    ssize_t n = readlink("/proc/self/exe", program, sizeof(program) - 1);
    char *slash, *folder;

    if (n <= 0)
        return NULL;
    program[n] = '\0';
    slash = strrchr(program, '/');
    if (slash == NULL)
        return NULL;
    *slash = '\0';
    folder = lb_text_print("%s/../share/lindbound", program);
    if (access(folder, R_OK | X_OK) != 0)
    {
        flint_free(folder);
        return NULL;
    }
    return folder;
}

char *
lb_data_path(const char * folder, const char * name)
{
    const char * stated = getenv("LINDBOUND_DATA");
    char *found = NULL, *path;

    if (stated == NULL || stated[0] == '\0')
    {
        found = beside_program();
        stated = found != NULL ? found : LB_INSTALLED_DATA;
    }
    path = lb_text_print("%s/%s%s%s", stated, folder, name[0] ? "/" : "", name);
    flint_free(found);
    return path;
}

char *
lb_data_file(const char * folder, const char * name)
{
    char * file = lb_text_print("%s.json", name);
    char * path = lb_data_path(folder, file);

    flint_free(file);
    return path;
}

char *
lb_data_forms(const char * model)
{
    return lb_data_file("forms", model);
}

static int
compare_names(const void * a, const void * b)
{
    return strcmp(*(char * const *) a, *(char * const *) b);
}

char **
lb_folder_list(const char * path, int * count)
{
    DIR * directory = opendir(path);
    struct dirent * entry;
    char ** names;

    *count = 0;
    if (directory == NULL)
        return NULL;
    names = flint_calloc(1, sizeof(char *));
    while ((entry = readdir(directory)) != NULL)
    {
        size_t n = strlen(entry->d_name);

        if (n <= 5 || strcmp(entry->d_name + n - 5, ".json") != 0)
            continue;
        names = flint_realloc(names, (size_t) (*count + 2) * sizeof(char *));
        names[(*count)++] = lb_text_print("%.*s", (int) n - 5, entry->d_name);
    }
    closedir(directory);
    qsort(names, (size_t) *count, sizeof(char *), compare_names);
    return names;
}

char **
lb_data_list(const char * folder, int * count)
{
    char * path = lb_data_path(folder, "");
    char ** names = lb_folder_list(path, count);

    if (names == NULL)
        lb_cli_fail("%s: cannot read the built-in data: %s; set "
                    "LINDBOUND_DATA to the data folder",
                    path, strerror(errno));
    flint_free(path);
    return names;
}

void
lb_data_list_free(char ** names, int count)
{
    for (int k = 0; k < count; k++)
        flint_free(names[k]);
    flint_free(names);
}

/* Path of a built-in model or network; NULL if there is none. */
static char *
built_in_path(const char * name)
{
    static const char * const folders[] = { "models", "networks" };
    char * path = NULL;

    for (int k = 0; k < 2 && path == NULL; k++)
    {
        path = lb_data_file(folders[k], name);
        if (access(path, F_OK) != 0)
        {
            flint_free(path);
            path = NULL;
        }
    }
    return path;
}

int
lb_data_is_path(const char * name)
{
    size_t n = strlen(name);

    return strchr(name, '/') != NULL
           || (n > 5 && strcmp(name + n - 5, ".json") == 0);
}

static lb_status
no_such_model(const char * name, lb_error * err)
{
    return lb_error_set(err, LB_ENAME,
                        "no built-in model is called '%.60s'; 'lindbound list' "
                        "shows them, a file of your own needs a '/' or '.json' "
                        "in its name",
                        name);
}

lb_status
lb_data_find_model(json_t ** json, char ** path, const char * name,
                   lb_error * err)
{
    *json = NULL;
    *path = built_in_path(name);
    if (*path == NULL)
        return no_such_model(name, err);
    *json = lb_json_read(*path, err);
    if (*json != NULL)
        return LB_OK;
    flint_free(*path);
    *path = NULL;
    return err->status;
}

lb_status
lb_data_read_model(lb_model_t m, const char * name, lb_error * err)
{
    char * path
        = lb_data_is_path(name) ? lb_text_copy(name) : built_in_path(name);
    lb_status status;

    if (path == NULL)
        return no_such_model(name, err);
    status = lb_model_read(m, path, err);
    flint_free(path);
    return status;
}

int
lb_cli_read_model(lb_model_t m, const char * name)
{
    lb_error err;

    lb_error_clear(&err);
    if (lb_data_read_model(m, name, &err) == LB_OK)
        return 0;
    lb_cli_error(&err);
    return -1;
}
