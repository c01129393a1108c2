/* cli/cmd_list.c -- lindbound list
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <unistd.h>

#include <lindbound/form.h>

#include "cli.h"

static const char help[] = "Usage: lindbound list [--format text|json]\n\n"
                           "Lists the built-in systems, with the number of "
                           "printed forms about each.\n";

/* -1 after a message */
static int
count_forms(slong * count, const lb_model_t m, const char * name)
{
    char * path = lb_data_forms(name);
    lb_forms_t forms;
    lb_error err;
    int bad = 0;

    *count = 0;
    if (access(path, F_OK) == 0)
    {
        lb_error_clear(&err);
        lb_forms_init(forms);
        if (lb_forms_read(forms, path, m, &err) != LB_OK)
        {
            lb_cli_error(&err);
            bad = -1;
        }
        *count = forms->length;
        lb_forms_clear(forms);
    }
    flint_free(path);
    return bad;
}

/* of the column of names */
#define NAME_WIDTH 26

static int
list_model(lb_output * out, json_t * results, const char * name)
{
    lb_model_t m;
    slong forms;
    int bad;

    lb_model_init(m);
    bad = lb_cli_read_model(m, name) != 0 || count_forms(&forms, m, name) != 0;
    if (!bad && results != NULL)
        json_array_append_new(results,
                              json_pack("{s:s,s:s,s:s,s:I}", "model", name,
                                        "title", m->title, "source", m->source,
                                        "forms", (json_int_t) forms));
    else if (!bad)
        fprintf(out->stream, "%-*s %s (%ld forms)\n", NAME_WIDTH, name,
                m->title, (long) forms);
    lb_model_clear(m);
    return bad;
}

/* The files of one folder. */
static int
list_folder(lb_output * out, json_t * results, const char * folder)
{
    int count, bad = 0;
    char ** names = lb_data_list(folder, &count);

    if (names == NULL)
        return 1;
    for (int k = 0; k < count && !bad; k++)
        bad = list_model(out, results, names[k]);
    lb_data_list_free(names, count);
    return bad;
}

static int
run(const lb_options * options)
{
    json_t * results = options->format == LB_FORMAT_JSON ? json_array() : NULL;
    lb_output out;
    int bad;

    if (options->n_arguments != 0)
        return lb_cli_fail("list takes no arguments");
    if (lb_output_open(&out) != 0)
        return LB_EXIT_USAGE;
    bad = list_folder(&out, results, "models")
          || list_folder(&out, results, "networks");
    if (results != NULL)
        lb_output_json(&out, json_pack("{s:s,s:o}", "command", "list",
                                       "results", results));
    return bad ? lb_output_discard(&out, LB_EXIT_USAGE)
               : lb_output_deliver(&out, options->output, LB_EXIT_GOOD);
}

int
lb_cmd_list(int argc, char ** argv)
{
    return lb_cli_command(argc, argv, "list", "FO", help, run);
}
