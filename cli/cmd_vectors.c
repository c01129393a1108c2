/* cli/cmd_vectors.c -- lindbound vectors SPEC
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <lindbound/clock.h>
#include <lindbound/file_write.h>
#include <lindbound/json_file.h>
#include <lindbound/text.h>
#include <lindbound/vector_check.h>
#include <lindbound/vector_manifest.h>

#include "cli.h"
#include "table.h"

static const char help[]
    = "Usage: lindbound vectors SPEC [-O FILE] [--threads N] [--quiet]\n"
      "       lindbound vectors [SPEC...] -O FOLDER/ [--threads N] [--quiet]\n"
      "       lindbound vectors --check [FILE...] [--threads N] [--quiet]\n"
      "       lindbound vectors --list\n\n"
      "Makes the vectors by which 'lindbound gate' judges other "
      "implementations:\n"
      "problems, observables and their values, each proved. SPEC is the name "
      "of "
      "a\n"
      "built-in spec or a file (docs/vectors.md); none: all built-in ones. "
      "The\n"
      "file goes to standard output, or to FILE; into a FOLDER/ goes NAME.json "
      "of\n"
      "each spec, and manifest.json, which lists all vector files that are "
      "there.\n"
      "The result is the same whatever the threads.\n\n"
      "  -O FILE        writes the vectors of one spec there\n"
      "  -O FOLDER/     writes those of all specs there, and manifest.json\n"
      "  --threads N    as many problems at once (as many as there are\n"
      "                 processors)\n"
      "  --quiet        no progress and no summary\n"
      "  --check        checks vector files, built-in names or paths; none: "
      "all\n"
      "                 built-in ones and their manifest. The spec, NAME.json, "
      "is\n"
      "                 in the folder specs/ beside the file or built in. "
      "Every\n"
      "                 value is proved again with more digits and must lie\n"
      "                 inside the recorded one\n"
      "  --list         the built-in specs\n\n"
      "Examples:\n"
      "  lindbound vectors kerr -O kerr_vectors.json\n"
      "  lindbound vectors ./my_spec.json -O vectors/\n"
      "  lindbound vectors --check kerr\n\n"
      "Exit status: 0; 1 if a check fails; 2 for bad input; 3 if a value is "
      "not\n"
      "proved to its digits: nothing is written then. After Ctrl-C the "
      "process\n"
      "ends by that signal.\n";

/* --- specs and files ----------------------------------------------------- */

static lb_table_spec_options
spec_options(void)
{
    lb_table_spec_options o = { .refine = 1, .find_model = lb_data_find_model };

    return o;
}

/* NAME, or FILE of a path; release with flint_free. */
static char *
path_of(const char * folder, const char * name)
{
    return lb_data_is_path(name) ? lb_text_copy(name)
                                 : lb_data_file(folder, name);
}

static int
read_spec(lb_vector_spec_t s, const char * name)
{
    lb_table_spec_options o = spec_options();
    char * path = path_of("vectors/specs", name);
    lb_error err;
    int bad = 0;

    lb_error_clear(&err);
    if (!lb_data_is_path(name) && access(path, F_OK) != 0)
        bad = lb_cli_fail("no built-in spec of vectors is called '%.60s'; "
                          "'lindbound vectors --list' shows them, a file of "
                          "your own needs a '/' or '.json' in its name",
                          name);
    else if (lb_vector_spec_read(s, path, &o, &err) != LB_OK)
        bad = lb_cli_error(&err);
    flint_free(path);
    return bad;
}

/* The folder of @p path, "." if it names none; release with flint_free. */
static char *
folder_of(const char * path)
{
    const char * slash = strrchr(path, '/');

    if (slash == NULL)
        return lb_text_copy(".");
    return lb_text_print("%.*s", slash > path ? (int) (slash - path) : 1, path);
}

/* --- making -------------------------------------------------------------- */

/* What is shown of a spec or file at work. */
typedef struct
{
    const char * name;
    int quiet;
} shown_work;

static void
show_progress(void * context, slong done, slong total)
{
    const shown_work * shown = context;

    if (!shown->quiet)
        lb_cli_progress("%s: %ld of %ld problems", shown->name, (long) done,
                        (long) total);
}

static lb_vector_make_options
make_options(const lb_options * options, shown_work * shown)
{
    lb_vector_make_options o = { .threads = lb_options_threads(options),
                                 .stop = lb_cli_is_stopped,
                                 .progress = show_progress,
                                 .context = shown };

    return o;
}

/* The text of the file, to be released with free, or NULL after a message. */
static char *
make_text(int * status, const lb_vector_spec_t s, const char * name,
          const lb_options * options)
{
    shown_work shown = { s->name, options->quiet };
    lb_vector_make_options o = make_options(options, &shown);
    char * command = lb_text_copy("lindbound vectors");
    char * text = NULL;
    json_t * root = NULL;
    lb_error err;

    lb_error_clear(&err);
    lb_cli_add_word(&command, name);
    if (lb_vectors_make(&root, s, command, LB_VERSION, &o, &err) != LB_OK)
    {
        lb_cli_progress_end();
        *status = lb_cli_error(&err);
    }
    else
    {
        lb_cli_progress_end();
        text = lb_vectors_text(root);
    }
    json_decref(root);
    flint_free(command);
    return text;
}

/* Writes the vectors of one spec; NULL: to standard output. */
static int
make_file(const char * name, const char * path, const char * folder,
          const lb_options * options)
{
    double start = lb_clock_seconds();
    lb_vector_spec_t s;
    char *text = NULL, *file = NULL;
    lb_error err;
    int status;

    lb_error_clear(&err);
    lb_vector_spec_init(s);
    status = read_spec(s, name);
    if (status == 0)
        text = make_text(&status, s, name, options);
    if (text != NULL && folder != NULL)
        file = lb_text_print("%s/%s.json", folder, s->name);
    else if (text != NULL && path != NULL)
        file = lb_text_copy(path);
    if (text != NULL && file == NULL)
        fputs(text, stdout);
    if (file != NULL && lb_file_write(file, text, strlen(text), &err) != LB_OK)
        status = lb_cli_error(&err);
    else if (file != NULL && !options->quiet)
        printf("%s: %ld problems, %ld vectors; in %.1f s\n", file,
               (long) s->n_problems, (long) lb_vector_spec_length(s),
               lb_clock_seconds() - start);
    flint_free(file);
    free(text);
    lb_vector_spec_clear(s);
    return status;
}

/* The text of the manifest of @p folder, to be released with free, or NULL
   after a message. */
static char *
manifest_text(const char * folder)
{
    int count;
    char ** names = lb_folder_list(folder, &count);
    json_t * manifest = NULL;
    char * text = NULL;
    lb_error err;

    lb_error_clear(&err);
    if (names == NULL)
        lb_cli_fail("%s: cannot read this folder", folder);
    else if (lb_vector_manifest_make(&manifest, folder, names, count, &err)
             != LB_OK)
        lb_cli_error(&err);
    else
        text = lb_vector_manifest_text(manifest);
    json_decref(manifest);
    if (names != NULL)
        lb_data_list_free(names, count);
    return text;
}

static int
write_manifest(const char * folder, int quiet)
{
    char * path = lb_text_print("%s/manifest.json", folder);
    char * text = manifest_text(folder);
    lb_error err;
    int status = LB_EXIT_GOOD;

    lb_error_clear(&err);
    if (text == NULL)
        status = LB_EXIT_USAGE;
    else if (lb_file_write(path, text, strlen(text), &err) != LB_OK)
        status = lb_cli_error(&err);
    else if (!quiet)
        puts(path);
    free(text);
    flint_free(path);
    return status;
}

/* -O names a folder: it ends in '/', or there is one. */
static char *
output_folder(const char * output)
{
    size_t n = output != NULL ? strlen(output) : 0;
    struct stat st;

    if (n == 0)
        return NULL;
    if (output[n - 1] == '/')
        return lb_text_print("%.*s", n > 1 ? (int) n - 1 : 1, output);
    return stat(output, &st) == 0 && S_ISDIR(st.st_mode) ? lb_text_copy(output)
                                                         : NULL;
}

static int
make_all(const lb_options * options, const char * const * names, int n,
         const char * folder)
{
    int status = LB_EXIT_GOOD;

    for (int k = 0; k < n && status == LB_EXIT_GOOD; k++)
        status = make_file(names[k], options->output, folder, options);
    if (status == LB_EXIT_GOOD && folder != NULL)
        status = write_manifest(folder, options->quiet);
    return status;
}

static int
make(const lb_options * options)
{
    char * folder = output_folder(options->output);
    char ** all = NULL;
    int status, count = options->n_arguments;

    if (folder == NULL && count != 1)
        return lb_cli_fail("vectors takes one SPEC, or -O FOLDER/ for several; "
                           "see 'lindbound vectors --help'");
    if (count == 0)
        all = lb_data_list("vectors/specs", &count);
    if (count == 0 || (all == NULL && options->n_arguments == 0))
        status = LB_EXIT_USAGE;
    else
        status = make_all(options,
                          all != NULL ? (const char * const *) all
                                      : options->arguments,
                          count, folder);
    if (all != NULL)
        lb_data_list_free(all, count);
    flint_free(folder);
    return status;
}

/* --- checking ------------------------------------------------------------ */

/* The member "name" of the file, to be released with flint_free, or NULL after
   a message. */
static char *
name_in(const char * path)
{
    const char * name = NULL;
    char * copy = NULL;
    json_t * root;
    lb_error err;

    lb_error_clear(&err);
    root = lb_json_read(path, &err);
    if (root == NULL)
        lb_cli_error(&err);
    else if (json_unpack(root, "{s:s}", "name", &name) != 0
             || !lb_name_is_valid(name))
        lb_cli_fail("%s: not a vector file: it has no name", path);
    else
        copy = lb_text_copy(name);
    json_decref(root);
    return copy;
}

/* Its spec, to be released with flint_free, or NULL after a message. */
static char *
spec_of(const char * path, const char * name)
{
    char * folder = folder_of(path);
    char * spec = lb_text_print("%s/specs/%s.json", folder, name);

    flint_free(folder);
    if (access(spec, F_OK) != 0)
    {
        flint_free(spec);
        spec = lb_data_file("vectors/specs", name);
    }
    if (access(spec, F_OK) == 0)
        return spec;
    lb_cli_fail("%s: there is no spec of these vectors: specs/%s.json beside "
                "the file, or a built-in one",
                path, name);
    flint_free(spec);
    return NULL;
}

static void
report_check(const char * path, const lb_vector_check_t r, double seconds,
             int quiet)
{
    fputs(r->messages, stdout);
    if (r->failures > LB_VECTOR_CHECK_MESSAGES)
        puts("...");
    if (!quiet || r->failures > 0)
        printf("%s: %ld vectors, %ld values, %ld proved again, %ld failures; "
               "%.1f s\n",
               path, (long) r->vectors, (long) r->values, (long) r->proved,
               (long) r->failures, seconds);
}

static int
check_path(const char * path, const lb_options * options)
{
    shown_work shown = { path, options->quiet };
    lb_vector_make_options make = make_options(options, &shown);
    lb_table_spec_options o = spec_options();
    double start = lb_clock_seconds();
    char *name = name_in(path), *spec = NULL;
    int status = LB_EXIT_GOOD;
    lb_vector_check_t r;
    lb_error err;

    if (name != NULL)
        spec = spec_of(path, name);
    if (spec == NULL)
    {
        flint_free(name);
        return LB_EXIT_USAGE;
    }
    lb_error_clear(&err);
    lb_vector_check_init(r);
    if (lb_vectors_check(r, path, spec, &o, &make, &err) != LB_OK)
    {
        lb_cli_progress_end();
        fputs(r->messages, stdout);
        status = lb_cli_error(&err);
    }
    else
    {
        lb_cli_progress_end();
        report_check(path, r, lb_clock_seconds() - start, options->quiet);
        status = r->failures > 0 ? LB_EXIT_DISAGREE : LB_EXIT_GOOD;
    }
    lb_vector_check_clear(r);
    flint_free(spec);
    flint_free(name);
    return status;
}

/* That of the built-in vectors says what is there. */
static int
check_manifest(void)
{
    char * folder = lb_data_path("vectors", "");
    char * path = lb_data_file("vectors", "manifest");
    char * text = manifest_text(folder);
    json_t *wanted = NULL, *there = NULL;
    int status = LB_EXIT_GOOD;
    lb_error err;

    lb_error_clear(&err);
    if (text != NULL)
        wanted = json_loads(text, 0, NULL);
    there = lb_json_read(path, &err);
    if (text == NULL)
        status = LB_EXIT_USAGE;
    else if (there == NULL)
        status = lb_cli_error(&err);
    else if (!json_equal(wanted, there))
    {
        printf("%s: not that of the files beside it; 'lindbound vectors -O "
               "FOLDER/' writes it\n",
               path);
        status = LB_EXIT_DISAGREE;
    }
    json_decref(wanted);
    json_decref(there);
    free(text);
    flint_free(path);
    flint_free(folder);
    return status;
}

/* A failure counts more than what cannot be read, and that more than nothing.
 */
static int
worse(int a, int b)
{
    return a == LB_EXIT_DISAGREE || b == LB_EXIT_GOOD ? a : b;
}

static int
check_names(const lb_options * options, const char * const * names, int n)
{
    int status = LB_EXIT_GOOD;

    for (int k = 0; k < n && !lb_cli_is_stopped(NULL); k++)
    {
        char * path = path_of("vectors", names[k]);

        status = worse(status, check_path(path, options));
        flint_free(path);
    }
    return status;
}

static int
check(const lb_options * options)
{
    char ** names;
    int count, n = 0, status;

    if (options->output != NULL)
        return lb_cli_fail("vectors: -O is for making vectors");
    if (options->n_arguments > 0)
        return check_names(options, options->arguments, options->n_arguments);
    names = lb_data_list("vectors", &count);
    if (names == NULL)
        return LB_EXIT_USAGE;
    for (int k = 0; k < count; k++)
        if (strcmp(names[k], "manifest") == 0)
            flint_free(names[k]);
        else
            names[n++] = names[k];
    status = check_names(options, (const char * const *) names, n);
    if (!lb_cli_is_stopped(NULL))
        status = worse(status, check_manifest());
    lb_data_list_free(names, n);
    return status;
}

/* --- the command --------------------------------------------------------- */

static int
list_specs(const lb_options * options)
{
    int count, bad = 0;
    char ** names;

    if (options->n_arguments > 0 || options->output != NULL || options->check)
        return lb_cli_fail("vectors: --list goes alone");
    names = lb_data_list("vectors/specs", &count);
    if (names == NULL)
        return LB_EXIT_USAGE;
    for (int k = 0; k < count && !bad; k++)
    {
        lb_vector_spec_t s;

        lb_vector_spec_init(s);
        bad = read_spec(s, names[k]);
        if (!bad)
            printf("%-26s %4ld problems, %4ld vectors  %s\n", names[k],
                   (long) s->n_problems, (long) lb_vector_spec_length(s),
                   s->title);
        lb_vector_spec_clear(s);
    }
    lb_data_list_free(names, count);
    return bad;
}

static int
run(const lb_options * options)
{
    int status;

    if (options->list)
        return list_specs(options);
    lb_cli_catch_signals();
    status = options->check ? check(options) : make(options);
    lb_cli_end_by_signal();
    return status;
}

int
lb_cmd_vectors(int argc, char ** argv)
{
    return lb_cli_command(argc, argv, "vectors", "OtqLk", help, run);
}
