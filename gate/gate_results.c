/* gate/gate_results.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <string.h>

#include <lindbound/file_read.h>
#include <lindbound/gate_names.h>
#include <lindbound/gate_results.h>
#include <lindbound/json_file.h>
#include <lindbound/text.h>

void
lb_gate_results_init(lb_gate_results_t r)
{
    memset(r, 0, sizeof(*r));
}

void
lb_gate_results_clear(lb_gate_results_t r)
{
    for (slong k = 0; r->vectors != NULL && k < r->vectors->n_vectors; k++)
    {
        json_decref(r->values[k]);
        flint_free(r->cutoffs[k]);
    }
    flint_free(r->values);
    flint_free(r->cutoffs);
    flint_free(r->candidate);
    flint_free(r->version);
}

/* The place of the vector @p id, which must have no value yet; -1 otherwise. */
static slong
take_id(const lb_gate_results_t r, const char * id, lb_error * err)
{
    slong k = lb_vectors_find(r->vectors, id);

    if (k < 0)
    {
        lb_gate_refuse_vector(r->vectors, id, err);
        return -1;
    }
    if (r->values[k] == NULL)
        return k;
    lb_error_set(err, LB_EPARSE, "'%.100s' is there twice", id);
    return -1;
}

/* --- CSV ----------------------------------------------------------------- */

enum
{
    FIELD_ID,
    FIELD_VALUE,
    FIELD_ERROR,
    FIELD_CUTOFF,
    MAX_FIELDS
};

static const char * const field_names[] = { "id", "value", "error", "cutoff" };

/* Where the reader is; the text is cut into fields in place. */
typedef struct
{
    char * next;
    long line; /* of next */
    int n;     /* fields of the record */
    char * fields[MAX_FIELDS];
} csv;

/* Blanks around a field that is not quoted are not part of it. */
static char *
trim(char * text)
{
    size_t n;

    text += strspn(text, " \t");
    n = strlen(text);
    while (n > 0 && (text[n - 1] == ' ' || text[n - 1] == '\t'))
        text[--n] = '\0';
    return text;
}

/* A field that begins behind a quote: "" is a quote, line ends are text. */
static lb_status
read_quoted(csv * c, char ** field, lb_error * err)
{
    char * to = c->next;

    *field = to;
    for (;; c->next++)
    {
        if (*c->next == '\0')
            return lb_error_set(err, LB_EPARSE, "a '\"' is not closed");
        if (*c->next == '\n')
            c->line++;
        if (*c->next == '"' && *++c->next != '"')
            break;
        *to++ = *c->next;
    }
    c->next += strspn(c->next, " \t");
    if (strchr(",\r\n", *c->next) == NULL)
        return lb_error_set(err, LB_EPARSE,
                            "a quoted field ends at its '\"'; a quote in it is "
                            "written \"\"");
    *to = '\0'; /* before *next, for a quote was skipped */
    return LB_OK;
}

static lb_status
read_field(csv * c, int * last, lb_error * err)
{
    lb_status status;
    char *field, *start = c->next + strspn(c->next, " \t"), end;

    if (c->n == MAX_FIELDS)
        return lb_error_set(err, LB_EPARSE, "more than %d fields", MAX_FIELDS);
    if (*start == '"')
    {
        c->next = start + 1;
        status = read_quoted(c, &field, err);
        if (status != LB_OK)
            return status;
    }
    else
    {
        field = start;
        c->next += strcspn(c->next, ",\r\n");
    }
    end = *c->next;
    *last = end != ',';
    if (end == '\r' && c->next[1] == '\n')
        *c->next++ = '\0';
    if (end != '\0')
        *c->next++ = '\0';
    if (*last && end != '\0')
        c->line++;
    c->fields[c->n++] = *start == '"' ? field : trim(field);
    return LB_OK;
}

/* The next record; none: n = 0.  Lines that are empty or begin with '#' are
   none.  *line is where it begins. */
static lb_status
read_record(csv * c, long * line, lb_error * err)
{
    lb_status status = LB_OK;
    int last = 0;

    c->n = 0;
    for (;;)
    {
        size_t n = strcspn(c->next, "\r\n");

        if (c->next[0] != '#' && strspn(c->next, " \t") < n)
            break;
        c->next += n;
        if (*c->next == '\0')
            return LB_OK;
        c->next += c->next[0] == '\r' && c->next[1] == '\n' ? 2 : 1;
        c->line++;
    }
    *line = c->line;
    while (status == LB_OK && !last)
        status = read_field(c, &last, err);
    return status;
}

/* The header: how many fields a record may have. */
static lb_status
check_header(const csv * c, lb_error * err)
{
    int good = c->n >= 2;

    for (int k = 0; k < c->n; k++)
        good &= strcmp(c->fields[k], field_names[k]) == 0;
    if (good)
        return LB_OK;
    return lb_error_set(err, LB_EPARSE,
                        "results are CSV that begins with the line 'id,value', "
                        "'id,value,error' or 'id,value,error,cutoff', or JSON");
}

static const char *
field(const csv * c, int which)
{
    return which < c->n ? c->fields[which] : "";
}

/* A record as the value that JSON results would hold. */
static json_t *
record_value(const csv * c)
{
    const char *value = field(c, FIELD_VALUE), *error = field(c, FIELD_ERROR);
    json_t * object;

    if (value[0] == '\0')
        return json_pack("{s:s}", "skipped", "no value");
    if (error[0] == '\0')
        return json_stringn_nocheck(value, strlen(value));
    object = json_object();
    json_object_set_new_nocheck(object, "value",
                                json_stringn_nocheck(value, strlen(value)));
    json_object_set_new_nocheck(object, "error",
                                json_stringn_nocheck(error, strlen(error)));
    return object;
}

static lb_status
take_record(lb_gate_results_t r, const csv * c, int columns, lb_error * err)
{
    slong k;

    if (c->n < 2 || c->n > columns)
        return lb_error_set(err, LB_EPARSE,
                            "the line has %d fields, the header %d", c->n,
                            columns);
    k = take_id(r, c->fields[FIELD_ID], err);
    if (k < 0)
        return err != NULL ? err->status : LB_EPARSE;
    r->values[k] = record_value(c);
    if (field(c, FIELD_CUTOFF)[0] != '\0')
        r->cutoffs[k] = lb_text_copy(c->fields[FIELD_CUTOFF]);
    return LB_OK;
}

static lb_status
read_csv(lb_gate_results_t r, char * text, lb_error * err)
{
    csv c = { .next = text, .line = 1 };
    lb_status status;
    long line = 1;
    int columns;

    status = read_record(&c, &line, err);
    if (status == LB_OK)
        status = check_header(&c, err);
    columns = c.n;
    while (status == LB_OK)
    {
        status = read_record(&c, &line, err);
        if (status != LB_OK || c.n == 0)
            break;
        status = take_record(r, &c, columns, err);
    }
    if (status != LB_OK && err != NULL)
        err->line = line;
    return status;
}

/* --- JSON ---------------------------------------------------------------- */

static void
at_member(lb_error * err, const char * pointer)
{
    if (err != NULL && err->pointer[0] == '\0')
        snprintf(err->pointer, sizeof(err->pointer), "%s", pointer);
}

static lb_status
take_values(lb_gate_results_t r, const json_t * results, lb_error * err)
{
    const char * id;
    json_t * value;

    json_object_foreach((json_t *) results, id, value)
    {
        slong k = take_id(r, id, err);

        if (k < 0)
        {
            at_member(err, "/results");
            return err != NULL ? err->status : LB_ENAME;
        }
        r->values[k] = json_incref(value);
    }
    return LB_OK;
}

static lb_status
take_cutoff(lb_gate_results_t r, const char * id, const json_t * cutoff,
            lb_error * err)
{
    slong p = lb_gate_find_problem(r->vectors, id);
    const lb_vector_problem * problem = r->vectors->problems + p;
    char * text;

    if (p < 0)
        return lb_gate_refuse_problem(r->vectors, id, err);
    text = lb_answer_cutoff_text(cutoff);
    if (text == NULL)
        return lb_error_set(err, LB_EPARSE,
                            "the cutoff of '%.100s' is a text such as \"N<=5\" "
                            "or an object such as {\"a\": 4, \"b\": 4}",
                            id);
    for (slong k = problem->first; k < problem->first + problem->n; k++)
        r->cutoffs[k] = lb_text_copy(text);
    flint_free(text);
    return LB_OK;
}

static lb_status
take_cutoffs(lb_gate_results_t r, const json_t * cutoffs, lb_error * err)
{
    lb_status status = LB_OK;
    const char * id;
    json_t * cutoff;

    json_object_foreach((json_t *) cutoffs, id, cutoff)
    {
        status = take_cutoff(r, id, cutoff, err);
        if (status != LB_OK)
            break;
    }
    if (status != LB_OK)
        at_member(err, "/cutoffs");
    return status;
}

static lb_status
read_json(lb_gate_results_t r, const json_t * root, lb_error * err)
{
    static const char * const allowed[]
        = { "name", "version", "results", "cutoffs", NULL };
    const json_t * results = json_object_get(root, "results");
    const json_t * cutoffs = json_object_get(root, "cutoffs");
    const char *name, *version;
    lb_status status;

    status = lb_json_check_members(root, allowed, "", err);
    if (status == LB_OK)
        status = lb_json_get_string(&name, root, "name", 0, "", err);
    if (status == LB_OK)
        status = lb_json_get_string(&version, root, "version", 0, "", err);
    if (status != LB_OK)
        return status;
    r->candidate = lb_text_copy(name);
    r->version = lb_text_copy(version);
    if (!json_is_object(results))
    {
        lb_error_set(err, LB_EPARSE,
                     "\"results\" must be an object {ID: VALUE, ...}");
        at_member(err, "/results");
        return LB_EPARSE;
    }
    if (cutoffs != NULL && !json_is_object(cutoffs))
    {
        lb_error_set(err, LB_EPARSE,
                     "\"cutoffs\" must be an object {PROBLEM: CUTOFF, ...}");
        at_member(err, "/cutoffs");
        return LB_EPARSE;
    }
    status = take_values(r, results, err);
    return status == LB_OK ? take_cutoffs(r, cutoffs, err) : status;
}

/* --- the file ------------------------------------------------------------ */

static lb_status
read_text(lb_gate_results_t r, char * text, size_t size, const char * path,
          lb_error * err)
{
    char * start = strncmp(text, "\xef\xbb\xbf", 3) == 0 ? text + 3 : text;
    lb_status status;
    json_t * root;

    if (start[strspn(start, " \t\r\n")] != '{')
        return memchr(text, '\0', size) == NULL
                   ? read_csv(r, start, err)
                   : lb_error_set(err, LB_EPARSE, "is no text");
    root = lb_json_read(path, err);
    if (root == NULL)
        return err != NULL ? err->status : LB_EPARSE;
    status = read_json(r, root, err);
    json_decref(root);
    return status;
}

lb_status
lb_gate_results_read(lb_gate_results_t r, const lb_vectors_t vectors,
                     const char * path, lb_error * err)
{
    size_t n = (size_t) vectors->n_vectors + 1, size;
    lb_status status;
    char * text;

    status = lb_file_read(&text, &size, path, err);
    if (status != LB_OK)
        return status;
    r->vectors = vectors;
    r->values = flint_calloc(n, sizeof(json_t *));
    r->cutoffs = flint_calloc(n, sizeof(char *));
    status = read_text(r, text, size, path, err);
    flint_free(text);
    if (status != LB_OK)
    {
        lb_error_in(err, path, NULL);
        lb_gate_results_clear(r);
        lb_gate_results_init(r);
    }
    return status;
}

void
lb_gate_results_solve(lb_answer_struct * answers,
                      const lb_gate_request * request, int job, void * results)
{
    const lb_gate_results_struct * r = results;

    (void) job;
    for (slong k = 0; k < request->n; k++)
    {
        slong which = (slong) (request->vectors[k] - r->vectors->vectors);

        if (r->values[which] != NULL)
            lb_answer_read_json(answers + k, r->values[which]);
        if (r->cutoffs[which] != NULL)
            lb_answer_set_cutoff(answers + k, r->cutoffs[which]);
    }
}
