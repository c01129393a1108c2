/* gate/vector_make.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lindbound/blas_threads.h>
#include <lindbound/vector_make.h>
#include <lindbound/vector_prove.h>

#define SCHEMA "lindbound-vectors/1"

/* --- all problems -------------------------------------------------------- */

/* What the threads share. */
typedef struct
{
    const lb_vector_spec_struct * spec;
    const lb_vector_make_options * options;
    json_t ** problems;
    slong done;
    slong failed; /* the first problem that failed, n_problems: none */
    lb_status status;
    lb_error error;
} shared_work;

static int
must_stop(shared_work * w)
{
    const lb_vector_make_options * o = w->options;
    slong failed;

#pragma omp atomic read
    failed = w->failed;
    return failed < w->spec->n_problems
           || (o->stop != NULL && o->stop(o->context));
}

/* Of several errors that of the first problem is kept. */
static void
settle(shared_work * w, slong k, lb_status status, const lb_error * err)
{
    const lb_vector_make_options * o = w->options;

#pragma omp critical(lb_vectors_make)
    {
        w->done++;
        if (status != LB_OK && k < w->failed)
        {
            w->status = status;
            w->error = *err;
#pragma omp atomic write
            w->failed = k;
        }
        if (o->progress != NULL)
            o->progress(o->context, w->done, w->spec->n_problems);
    }
}

static void
make_problem(shared_work * w, slong k)
{
    lb_status status;
    lb_error err;

    lb_error_clear(&err);
    status
        = lb_vector_problem_make(w->problems + k, w->spec,
                                 w->spec->problems + k, w->options->more, &err);
    settle(w, k, status, &err);
}

static lb_status
make_problems(json_t * list, const lb_vector_spec_t s,
              const lb_vector_make_options * o, lb_error * err)
{
    slong n = s->n_problems;
    shared_work w = { .spec = s, .options = o, .failed = n };

    w.problems = flint_calloc((size_t) n, sizeof(json_t *));
    lb_error_clear(&w.error);
    lb_blas_set_threads(1);
#pragma omp parallel num_threads(o->threads)
    {
#pragma omp for schedule(dynamic, 1)
        for (slong k = 0; k < n; k++)
            if (!must_stop(&w))
                make_problem(&w, k);
        /* what FLINT keeps for a thread is lost if the thread ends */
        if (omp_get_thread_num() != 0)
            flint_cleanup();
    }
    if (w.status == LB_OK && w.done < n)
        w.status = lb_error_set(&w.error, LB_ENOCONV,
                                "stopped with %ld of %ld problems",
                                (long) w.done, (long) n);
    for (slong k = 0; k < n; k++)
        if (w.status == LB_OK)
            json_array_append_new(list, w.problems[k]);
        else
            json_decref(w.problems[k]);
    flint_free(w.problems);
    if (w.status != LB_OK && err != NULL)
        *err = w.error;
    return w.status;
}

/* --- the file ------------------------------------------------------------ */

static json_t *
conventions_json(const lb_model_struct * m)
{
    json_t * list = json_array();

    for (slong k = 0; k < m->n_conventions; k++)
        json_array_append_new(list, json_string(m->conventions[k]));
    return list;
}

lb_status
lb_vectors_make(json_t ** root, const lb_vector_spec_t s, const char * command,
                const char * version, const lb_vector_make_options * o,
                lb_error * err)
{
    json_t * problems = json_array();
    lb_status status = make_problems(problems, s, o, err);

    *root = NULL;
    if (status == LB_OK)
        *root = json_pack(
            "{s:s,s:s,s:s,s:s,s:s,s:o,s:{s:s,s:s,s:s,s:s,s:s,s:s},s:O,s:O}",
            "schema", SCHEMA, "name", s->name, "version", s->version, "title",
            s->title, "source", s->model->source, "conventions",
            conventions_json(s->model), "provenance", "command", command,
            "lindbound", version, "flint", flint_version, "arb", lb_arb_version,
            "spec_hash", s->spec_hash, "model_hash", s->model_hash, "model",
            s->model_json, "problems", problems);
    json_decref(problems);
    return status;
}

/* --- its text ------------------------------------------------------------ */

static void
write_json(FILE * stream, const json_t * value, size_t flags)
{
    json_dumpf(value, stream, flags | JSON_PRESERVE_ORDER | JSON_ENCODE_ANY);
}

/* The members of @p object but for @p last ones, on one line, without the brace
   that ends it. */
static void
write_open(FILE * stream, const json_t * object, const char * const * last)
{
    json_t * rest = json_copy((json_t *) object);
    char * text;

    for (; *last != NULL; last++)
        json_object_del(rest, *last);
    text = json_dumps(rest, JSON_PRESERVE_ORDER);
    fwrite(text, 1, strlen(text) - 1, stream);
    free(text);
    json_decref(rest);
}

/* ",\nINDENT"NAME": " and the value, if it is there. */
static void
write_member(FILE * stream, const json_t * object, const char * name,
             const char * indent)
{
    const json_t * value = json_object_get(object, name);

    if (value == NULL)
        return;
    fprintf(stream, ",\n%s\"%s\": ", indent, name);
    write_json(stream, value, 0);
}

/* The elements of the list @p name of @p object, one below the other. */
static void
write_list(FILE * stream, const json_t * object, const char * name,
           const char * indent,
           void (*write)(FILE * stream, const json_t * element))
{
    const json_t * list = json_object_get(object, name);
    size_t n = json_array_size(list);

    if (list == NULL)
        return;
    fprintf(stream, ",\n%s\"%s\": [", indent, name);
    for (size_t k = 0; k < n; k++)
    {
        fprintf(stream, "%s\n%s ", k > 0 ? "," : "", indent);
        write(stream, json_array_get(list, k));
    }
    fputs("]", stream);
}

static void
write_truncation(FILE * stream, const json_t * truncation)
{
    write_json(stream, truncation, 0);
}

static void
write_vector(FILE * stream, const json_t * vector)
{
    static const char * const below[]
        = { "value", "rounded", "truncated", NULL };

    write_open(stream, vector, below);
    write_member(stream, vector, "value", "      ");
    write_member(stream, vector, "rounded", "      ");
    write_list(stream, vector, "truncated", "      ", write_truncation);
    fputs("}", stream);
}

static void
write_problem(FILE * stream, const json_t * problem)
{
    static const char * const below[] = { "expanded", "vectors", NULL };

    write_open(stream, problem, below);
    write_member(stream, problem, "expanded", "    ");
    write_list(stream, problem, "vectors", "    ", write_vector);
    fputs("}", stream);
}

char *
lb_vectors_text(const json_t * root)
{
    json_t * head = json_copy((json_t *) root);
    char *text = NULL, *first;
    size_t size;
    FILE * stream = open_memstream(&text, &size);

    if (stream == NULL)
        flint_abort();
    json_object_del(head, "problems");
    first = json_dumps(head, JSON_PRESERVE_ORDER | JSON_INDENT(2));
    /* without the brace that ends it */
    fwrite(first, 1, strlen(first) - strlen("\n}"), stream);
    free(first);
    json_decref(head);
    write_list(stream, root, "problems", "  ", write_problem);
    fputs("\n}\n", stream);
    fclose(stream);
    return text;
}
