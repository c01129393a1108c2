/* tests/test_vectors.c -- vector files are read as they are, and refused at the
 * right place if anything in them is wrong.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>
#include <unistd.h>

#include <lindbound/ball_text.h>
#include <lindbound/file_read.h>
#include <lindbound/judge.h>
#include <lindbound/text.h>

#include "lb_test.h"

/* --- making files -------------------------------------------------------- */

static json_t *
parse(const char * text)
{
    json_error_t where;
    json_t * json = json_loads(text, JSON_DECODE_ANY, &where);

    if (json == NULL)
        printf("\n%s: %s\n", text, where.text);
    CU_ASSERT_FATAL(json != NULL);
    return json;
}

/* The ball of @p x as an entry of a table. */
static json_t *
value_json(const arb_t x, const char * level, const char * cutoff)
{
    json_t * value;
    acb_t z;

    acb_init(z);
    acb_set_arb(z, x);
    value = lb_ball_json(z, 12, level);
    json_object_del(value, "value");
    json_object_set_new(value, "precision", json_integer(128));
    if (cutoff != NULL)
        json_object_set_new(value, "cutoff", json_string(cutoff));
    acb_clear(z);
    return value;
}

/* p/q, to 60 bits unless that is exact. */
static json_t *
fraction_json(slong p, slong q, const char * level, const char * cutoff)
{
    json_t * value;
    arb_t x;

    arb_init(x);
    arb_set_si(x, p);
    arb_div_si(x, x, q, 60);
    value = value_json(x, level, cutoff);
    arb_clear(x);
    return value;
}

static json_t *
truncation_json(slong p, slong q, const char * cutoff)
{
    return json_pack("{s:s,s:o}", "cutoff", cutoff, "value",
                     fraction_json(p, q, "truncated", cutoff));
}

static json_t *
vector_json(const char * id, const char * observable, const char * flags,
            const char * absolute)
{
    return json_pack("{s:s,s:s,s:s,s:o,s:s,s:s,s:s}", "id", id, "observable",
                     observable, "expression", "n(a)", "flags", parse(flags),
                     "difficulty", "average", "relative", "1e-6", "absolute",
                     absolute);
}

static json_t *
problem_json(const char * id, const char * level, json_t * vectors)
{
    json_t * expanded
        = parse("{\"subsystems\": [{\"name\": \"a\", \"kind\": \"mode\"}],"
                " \"hamiltonian\": [[0.5, 0, [[0, 1, 0]]], "
                "[0.5, 0, [[0, 0, 1]]], [20, 0, [[0, 2, 2]]]],"
                " \"dissipators\": [{\"rate\": 1, \"operator\": "
                "[[1, 0, [[0, 0, 1]]]]}],"
                " \"observables\": {\"n\": [\"mean\", [[1, 0, [[0, 1, 1]]]]], "
                "\"zero\": [\"mean\", [[1, 0, [[0, 3, 0]]]]]}}");

    return json_pack("{s:s,s:{s:s},s:s,s:o,s:o}", "id", id, "parameters", "F",
                     "1/2", "level", level, "expanded", expanded, "vectors",
                     vectors);
}

/* Three problems: proved, truncated, to be refused. */
static json_t *
file_json(const char * name)
{
    json_t *root, *problems = json_array(), *vector, *vectors, *problem;
    char *full = lb_text_print("%s/full", name),
         *cut = lb_text_print("%s/cut", name),
         *bad = lb_text_print("%s/bad", name), *id;

    vectors = json_array();
    id = lb_text_print("%s/n", full);
    vector = vector_json(id, "n", "[\"weak-drive\", \"rounded\"]", "0");
    flint_free(id);
    json_object_set_new(vector, "value", fraction_json(1, 3, "full", "N<=9"));
    json_object_set_new(vector, "rounded",
                        fraction_json(333, 1000, "full", "N<=9"));
    json_object_set_new(vector, "truncated",
                        json_pack("[o,o]", truncation_json(1, 4, "N<=2"),
                                  truncation_json(1, 3, "N<=6")));
    json_array_append_new(vectors, vector);
    id = lb_text_print("%s/zero", full);
    vector = vector_json(id, "zero", "[\"exact-zero\"]", "1e-10");
    flint_free(id);
    json_object_set_new(vector, "value", fraction_json(0, 1, "full", NULL));
    json_array_append_new(vectors, vector);
    json_array_append_new(problems, problem_json(full, "full", vectors));

    id = lb_text_print("%s/n", cut);
    vector = vector_json(id, "n", "[]", "0");
    flint_free(id);
    json_object_set_new(vector, "value",
                        fraction_json(-1, 7, "truncated", "N<=3"));
    problem = problem_json(cut, "truncated", json_pack("[o]", vector));
    json_object_set_new(problem, "cutoff", json_string("3"));
    json_array_append_new(problems, problem);

    id = lb_text_print("%s/n", bad);
    problem = problem_json(
        bad, "full",
        json_pack("[o]", vector_json(id, "n", "[\"non-unique\"]", "0")));
    flint_free(id);
    json_object_set_new(problem, "refuse", json_string("two steady states"));
    json_array_append_new(problems, problem);

    root = json_pack("{s:s,s:s,s:s,s:s,s:s,s:[s],s:o,s:o,s:o}", "schema",
                     "lindbound-vectors/1", "name", name, "version", "1.2.3",
                     "title", "A test", "source", "-", "conventions", "c",
                     "provenance",
                     parse("{\"command\": \"-\", \"lindbound\": \"-\", "
                           "\"flint\": \"-\", \"arb\": \"-\", "
                           "\"spec_hash\": \"-\", \"model_hash\": \"-\"}"),
                     "model", parse("{\"schema\": \"lindbound-model/1\"}"),
                     "problems", problems);
    flint_free(full);
    flint_free(cut);
    flint_free(bad);
    return root;
}

static lb_status
read_json(lb_vectors_t v, const json_t * root, lb_error * err)
{
    char path[] = "vectors_XXXXXX";
    int descriptor = mkstemp(path);
    FILE * f = fdopen(descriptor, "wb");
    lb_status status;

    json_dumpf(root, f, 0);
    fclose(f);
    lb_error_clear(err);
    status = lb_vectors_read(v, path, err);
    CU_ASSERT(status == err->status);
    CU_ASSERT(status == LB_OK || strcmp(err->file, path) == 0);
    unlink(path);
    return status;
}

/* --- reading them -------------------------------------------------------- */

/* What a candidate gets says nothing of values. */
static void
check_problem_json(const lb_vector_problem * problem, int has_cutoff)
{
    static const char * const hidden[]
        = { "vectors", "refuse", "ball", "arb", "1e-6", "steady states" };
    char * text = json_dumps(problem->json, 0);

    for (size_t k = 0; k < sizeof(hidden) / sizeof(hidden[0]); k++)
        CU_ASSERT(strstr(text, hidden[k]) == NULL);
    CU_ASSERT(json_object_size(problem->json) == 5 + (size_t) has_cutoff);
    CU_ASSERT(strcmp(json_string_value(json_object_get(problem->json, "id")),
                     problem->id)
              == 0);
    CU_ASSERT(json_object_get(json_object_get(problem->json, "model"), "schema")
              != NULL);
    CU_ASSERT(json_object_get(json_object_get(problem->json, "parameters"), "F")
              != NULL);
    CU_ASSERT(json_object_get(json_object_get(problem->json, "expanded"),
                              "hamiltonian")
              != NULL);
    CU_ASSERT((json_object_get(problem->json, "cutoff") != NULL) == has_cutoff);
    free(text);
}

static void
check_contains(const arb_t x, slong p, ulong q)
{
    fmpq_t y;

    fmpq_init(y);
    fmpq_set_si(y, p, q);
    CU_ASSERT(arb_contains_fmpq(x, y));
    CU_ASSERT(arb_rel_accuracy_bits(x) >= 55);
    fmpq_clear(y);
}

static void
test_read(void)
{
    json_t * root = file_json("kerr");
    const lb_vector * vector;
    lb_vectors_t v;
    lb_error err;
    fmpq_t x;

    fmpq_init(x);
    lb_vectors_init(v);
    if (read_json(v, root, &err) != LB_OK)
        printf("\n%s: %s\n", err.pointer, err.text);
    CU_ASSERT_FATAL(err.status == LB_OK);
    CU_ASSERT_FATAL(v->n_sets == 1 && v->n_problems == 3 && v->n_vectors == 4);
    CU_ASSERT(strcmp(v->sets[0].name, "kerr") == 0);
    CU_ASSERT(strcmp(v->sets[0].version, "1.2.3") == 0);
    CU_ASSERT(strcmp(v->sets[0].title, "A test") == 0);
    CU_ASSERT(json_object_size(v->sets[0].provenance) == 6);
    CU_ASSERT(strncmp(v->sets[0].file, "vectors_", 8) == 0);

    CU_ASSERT(v->problems[0].first == 0 && v->problems[0].n == 2);
    CU_ASSERT(v->problems[1].first == 2 && v->problems[1].n == 1);
    CU_ASSERT(v->problems[0].cutoff == NULL && v->problems[0].refuse == NULL);
    CU_ASSERT(strcmp(v->problems[1].cutoff, "3") == 0);
    CU_ASSERT(strcmp(v->problems[2].refuse, "two steady states") == 0);
    CU_ASSERT(v->problems[2].expanded->n_observables == 2);
    for (slong k = 0; k < 3; k++)
        check_problem_json(v->problems + k, k == 1);

    vector = v->vectors;
    CU_ASSERT(strcmp(vector->id, "kerr/full/n") == 0 && vector->problem == 0);
    CU_ASSERT(strcmp(vector->observable, "n") == 0);
    CU_ASSERT(strcmp(vector->expression, "n(a)") == 0);
    CU_ASSERT(lb_vector_has_flag(vector, "weak-drive")
              && lb_vector_has_flag(vector, "rounded")
              && !lb_vector_has_flag(vector, "thermal"));
    CU_ASSERT(vector->difficulty == LB_AVERAGE);
    fmpq_set_si(x, 1, 1000000);
    CU_ASSERT(fmpq_equal(vector->relative, x)
              && fmpq_is_zero(vector->absolute));
    CU_ASSERT(vector->value.known && vector->rounded.known);
    check_contains(vector->value.ball, 1, 3);
    check_contains(vector->rounded.ball, 333, 1000);
    CU_ASSERT_FATAL(vector->n_truncations == 2);
    CU_ASSERT(strcmp(vector->truncations[1].cutoff, "N<=6") == 0);
    check_contains(vector->truncations[0].value.ball, 1, 4);
    CU_ASSERT(!v->vectors[1].rounded.known && v->vectors[1].value.known);
    CU_ASSERT(arb_is_zero(v->vectors[1].value.ball));
    CU_ASSERT(!v->vectors[3].value.known && v->vectors[3].problem == 2);
    CU_ASSERT(v->vectors[3].n_truncations == 0);

    CU_ASSERT(lb_vectors_find(v, "kerr/cut/n") == 2);
    CU_ASSERT(lb_vectors_find(v, "kerr/cut/m") == -1);
    lb_vectors_clear(v);
    CU_ASSERT(v->n_vectors == 0 && v->vectors == NULL);
    json_decref(root);
    fmpq_clear(x);
}

/* What is read judges. */
static void
test_judged(void)
{
    json_t * root = file_json("kerr");
    lb_gate_result_t r;
    lb_answer_t answer;
    lb_vectors_t v;
    lb_error err;

    lb_vectors_init(v);
    lb_answer_init(answer);
    lb_gate_result_init(r);
    CU_ASSERT_FATAL(read_json(v, root, &err) == LB_OK);
    for (int k = 0; k < 3; k++)
    {
        arf_get_fmpq(answer->value, arb_midref(v->vectors[k].value.ball));
        answer->kind = LB_ANSWER_VALUE;
        lb_gate_judge(r, v->vectors + k, v->problems + v->vectors[k].problem,
                      answer, NULL);
        CU_ASSERT(r->verdict == LB_GATE_INSIDE);
    }
    lb_answer_set_text(answer, "0.333");
    lb_gate_judge(r, v->vectors, v->problems, answer, NULL);
    CU_ASSERT(r->verdict == LB_GATE_INSIDE && r->rounded);
    lb_answer_set_text(answer, "0.25");
    lb_answer_set_cutoff(answer, "a=2"); /* of the only mode */
    lb_gate_judge(r, v->vectors, v->problems, answer, NULL);
    CU_ASSERT(r->verdict == LB_GATE_CUTOFF);
    lb_answer_set_cutoff(answer, "b=2");
    lb_gate_judge(r, v->vectors, v->problems, answer, NULL);
    CU_ASSERT(r->verdict == LB_GATE_FAIL);
    lb_gate_judge(r, v->vectors + 3, v->problems + 2, answer, NULL);
    CU_ASSERT(r->verdict == LB_GATE_FAIL
              && strstr(r->note, "two steady states") != NULL);
    lb_gate_result_clear(r);
    lb_answer_clear(answer);
    lb_vectors_clear(v);
    json_decref(root);
}

static void
test_several_files(void)
{
    json_t *kerr = file_json("kerr"), *ring = file_json("ring.2-b");
    lb_vectors_t v;
    lb_error err;

    lb_vectors_init(v);
    CU_ASSERT_FATAL(read_json(v, kerr, &err) == LB_OK);
    CU_ASSERT_FATAL(read_json(v, ring, &err) == LB_OK);
    CU_ASSERT(v->n_sets == 2 && v->n_problems == 6 && v->n_vectors == 8);
    CU_ASSERT(v->problems[3].set == 1 && v->problems[4].first == 6);
    CU_ASSERT(v->vectors[7].problem == 5);
    CU_ASSERT(lb_vectors_find(v, "ring.2-b/cut/n") == 6);
    /* the same once more, and broken at the end: nothing is added */
    CU_ASSERT(read_json(v, kerr, &err) == LB_EPARSE);
    CU_ASSERT(strcmp(err.pointer, "/problems/0/id") == 0);
    json_object_set_new(ring, "name", json_string("other"));
    CU_ASSERT(read_json(v, ring, &err) == LB_EPARSE);
    CU_ASSERT(v->n_sets == 2 && v->n_problems == 6 && v->n_vectors == 8);
    CU_ASSERT(lb_vectors_read(v, "no_such_file.json", &err) == LB_EIO);
    CU_ASSERT(lb_vectors_read(v, "no_such_file.json", NULL) == LB_EIO);
    CU_ASSERT(v->n_sets == 2);
    lb_vectors_clear(v);
    json_decref(kerr);
    json_decref(ring);
}

/* A ball that just fits in the tolerance, 1 +/- 0.998e-6. */
static void
test_narrow(void)
{
    json_t * root = file_json("kerr");
    json_t * vectors = json_object_get(
        json_array_get(json_object_get(root, "problems"), 0), "vectors");
    lb_vectors_t v;
    lb_error err;
    arb_t x;

    arb_init(x);
    arb_one(x);
    mag_set_ui_2exp_si(arb_radref(x), 67, -26);
    lb_vectors_init(v);
    json_object_set_new(json_array_get(vectors, 0), "value",
                        value_json(x, "full", NULL));
    CU_ASSERT(read_json(v, root, &err) == LB_OK);
    lb_vectors_clear(v);
    arb_clear(x);
    json_decref(root);
}

/* --- damages ------------------------------------------------------------- */

/* The object at "problems/0/vectors", ... */
static json_t *
find(json_t * root, const char * path)
{
    json_t * at = root;

    while (*path != '\0')
    {
        char name[40];
        size_t n = strcspn(path, "/");

        snprintf(name, sizeof(name), "%.*s", (int) n, path);
        at = json_is_array(at) ? json_array_get(at, (size_t) atoi(name))
                               : json_object_get(at, name);
        CU_ASSERT_FATAL(at != NULL);
        path += n + (path[n] == '/');
    }
    return at;
}

/* With member @p key of the object at @p path replaced by @p text (NULL: taken
   away) the file must be refused at @p pointer, with @p message. */
static void
check_refused(const char * path, const char * key, const char * text,
              const char * pointer, const char * message)
{
    json_t *root = file_json("kerr"), *object = find(root, path);
    lb_vectors_t v;
    lb_error err;

    if (text == NULL)
        CU_ASSERT(json_object_del(object, key) == 0);
    if (text != NULL)
        json_object_set_new(object, key, parse(text));
    lb_vectors_init(v);
    if (read_json(v, root, &err) != LB_EPARSE
        || strcmp(err.pointer, pointer) != 0
        || strstr(err.text, message) == NULL)
    {
        printf("\n%s/%s: %s: status %d at '%s': %s\n", path, key,
               text != NULL ? text : "-", (int) err.status, err.pointer,
               err.text);
        CU_FAIL("not refused, or not there");
    }
    CU_ASSERT(v->n_sets == 0 && v->n_problems == 0 && v->n_vectors == 0);
    lb_vectors_clear(v);
    json_decref(root);
}

/* The same with a value, 1/3 unless said otherwise. */
static void
check_value_refused(const char * path, const char * key, json_t * value,
                    const char * pointer, const char * message)
{
    char * text = json_dumps(value, 0);

    check_refused(path, key, text, pointer, message);
    free(text);
    json_decref(value);
}

static void
test_damaged_heads(void)
{
    check_refused("", "schema", "\"lindbound-vectors/2\"", "/schema",
                  "not known");
    check_refused("", "schema", NULL, "", "'schema' is missing");
    check_refused("", "extra", "1", "", "unknown member 'extra'");
    check_refused("", "name", "\"a b\"", "/name", "letters");
    check_refused("", "name", "\"\"", "/name", "letters");
    check_refused("", "name", NULL, "", "'name' is missing");
    check_refused("", "version", "\"1.0\"", "/version", "not a version");
    check_refused("", "title", "5", "/title", "a string");
    check_refused("", "source", "5", "/source", "a string");
    check_refused("", "conventions", "[5]", "/conventions", "list of texts");
    check_refused("", "conventions", "\"c\"", "/conventions", "list of texts");
    check_refused("provenance", "arb", NULL, "/provenance", "'arb' is missing");
    check_refused("provenance", "x", "1", "/provenance", "unknown member 'x'");
    check_refused("", "provenance", NULL, "", "'provenance' is missing");
    check_refused("", "model", "[]", "/model", "an object");
    check_refused("", "problems", "[]", "/problems", "without problems");
    check_refused("", "problems", "{}", "/problems", "a list");
}

static void
test_damaged_problems(void)
{
    static const char p[] = "problems/1";

    check_refused(p, "id", "\"ring/cut\"", "/problems/1/id",
                  "name of the file");
    check_refused(p, "id", "\"kerr/cut/x\"", "/problems/1/id", "'kerr/cut/x'");
    check_refused(p, "id", "\"kerr/c t\"", "/problems/1/id", "'kerr/c t'");
    check_refused(p, "id", "\"kerr/\"", "/problems/1/id", "'kerr/'");
    check_refused(p, "id", "\"kerr/full\"", "/problems/1/id", "already");
    check_refused(p, "id", NULL, "/problems/1", "'id' is missing");
    check_refused(p, "vector", "[]", "/problems/1", "unknown member 'vector'");
    check_refused(p, "parameters", "{\"F\": 0.5}", "/problems/1/parameters/F",
                  "\"0.5\"");
    check_refused(p, "parameters", NULL, "/problems/1", "'parameters'");
    check_refused(p, "level", "\"full\"", "/problems/1/level", "cutoff");
    check_refused("problems/0", "level", "\"truncated\"", "/problems/0/level",
                  "cutoff");
    check_refused("problems/0", "level", "\"weak-drive\"", "/problems/0/level",
                  "'weak-drive'");
    check_refused(p, "cutoff", "3", "/problems/1/cutoff", "a string");
    check_refused(p, "cutoff", "\"4\"", "/problems/1/vectors/0/value",
                  "not that at 4");
    check_refused(p, "expanded", NULL, "/problems/1", "'expanded' is missing");
    check_refused(p, "vectors", "[]", "/problems/1/vectors", "without vectors");
    check_refused("problems/1/expanded", "dissipators", NULL,
                  "/problems/1/expanded/dissipators", "an array");
    check_refused("problems/2", "refuse", NULL, "/problems/2/vectors/0/flags",
                  "'non-unique'");
    check_refused("problems/2", "refuse", "[]", "/problems/2/refuse",
                  "a string");
}

static void
test_damaged_vectors(void)
{
    static const char n[] = "problems/0/vectors/0",
                      zero[] = "problems/0/vectors/1";

    check_refused(n, "id", "\"kerr/full\"", "/problems/0/vectors/0/id",
                  "'kerr/full'");
    check_refused(n, "id", "\"kerr/cut/n\"", "/problems/0/vectors/0/id",
                  "'kerr/cut/n'");
    check_refused(n, "id", "\"kerr/full/n,m\"", "/problems/0/vectors/0/id",
                  "'kerr/full/n,m'");
    check_refused(zero, "id", "\"kerr/full/n\"", "/problems/0/vectors/1/id",
                  "already");
    check_refused(zero, "observable", "\"n\"",
                  "/problems/0/vectors/1/observable", "another vector");
    check_refused(n, "observable", "\"m\"", "/problems/0/vectors/0/observable",
                  "not in the expanded");
    check_refused(n, "expression", NULL, "/problems/0/vectors/0",
                  "'expression' is missing");
    check_refused(n, "note", "1", "/problems/0/vectors/0",
                  "unknown member 'note'");
    check_refused(n, "flags", NULL, "/problems/0/vectors/0", "'flags'");
    check_refused(n, "flags", "[\"rounded\", \"weak\"]",
                  "/problems/0/vectors/0/flags", "'weak' is no flag");
    check_refused(n, "flags", "[\"rounded\", 5]", "/problems/0/vectors/0/flags",
                  "no flag");
    check_refused(n, "flags", "[\"rounded\", \"thermal\", \"rounded\"]",
                  "/problems/0/vectors/0/flags", "twice");
    check_refused(n, "flags", "[\"rounded\", \"unstable\"]",
                  "/problems/0/vectors/0/flags", "'refuse'");
    check_refused(n, "flags", "[]", "/problems/0/vectors/0/rounded", "flag");
    check_refused(n, "flags", "[\"rounded\", \"exact-zero\"]",
                  "/problems/0/vectors/0/flags", "not zero");
    check_refused(zero, "flags", "[]", "/problems/0/vectors/1/flags",
                  "'exact-zero'");
    check_refused(n, "rounded", NULL, "/problems/0/vectors/0",
                  "'rounded' is missing");
    check_refused(zero, "absolute", "\"0\"", "/problems/0/vectors/1/absolute",
                  "absolute tolerance");
    check_refused(n, "absolute", "\"-1e-9\"", "/problems/0/vectors/0/absolute",
                  "'-1e-9'");
    check_refused(n, "relative", "\"1/3\"", "/problems/0/vectors/0/relative",
                  "'1/3'");
    check_refused(n, "relative", "1e-6", "/problems/0/vectors/0/relative",
                  "a string");
    check_refused(n, "relative", "\"small\"", "/problems/0/vectors/0/relative",
                  "'small'");
    check_refused(n, "relative", "\"1e-18\"", "/problems/0/vectors/0/value",
                  "wider than the tolerance");
    check_refused(n, "difficulty", "\"hard\"",
                  "/problems/0/vectors/0/difficulty", "'hard'");
    check_refused(n, "value", NULL, "/problems/0/vectors/0",
                  "'value' is missing");
    check_refused("problems/2/vectors/0", "truncated", "[]",
                  "/problems/2/vectors/0/truncated", "no value");
    check_value_refused("problems/2/vectors/0", "value",
                        fraction_json(1, 3, "full", NULL),
                        "/problems/2/vectors/0/value", "no value");
}

static void
test_damaged_values(void)
{
    static const char n[] = "problems/0/vectors/0",
                      t[] = "problems/0/vectors/0/truncated/1",
                      none[] = "{\"ball\": \"[0 +/- inf]\", \"lo\": \"-inf\", "
                               "\"hi\": \"inf\", \"digits\": 0, \"level\": "
                               "\"full\", \"precision\": 0, \"undecided\": "
                               "\"why\"}",
                      bound[] = "{\"ball\": \"<= -312.4\", \"lo\": \"-inf\", "
                                "\"hi\": \"-0x1.38866666666p+8\", \"digits\": "
                                "0, \"level\": \"full\", \"precision\": 64}";
    json_t * value = fraction_json(1, 3, "full", NULL);
    arb_t wide;

    check_refused("problems/0/vectors/0/value", "lo", "\"0x1p-2\"",
                  "/problems/0/vectors/0/value/lo", "lower bound");
    check_refused("problems/0/vectors/0/value", "value", "0.3",
                  "/problems/0/vectors/0/value", "unknown member 'value'");
    check_refused("problems/0/vectors/0/value", "digits", "19",
                  "/problems/0/vectors/0/value/ball", "fewer digits");
    check_refused("problems/0/vectors/0/rounded", "arb", "\"1 0 0 0 0\"",
                  "/problems/0/vectors/0/rounded/arb", "dump");
    json_object_set_new(value, "undecided", json_string("why"));
    check_value_refused(n, "value", value,
                        "/problems/0/vectors/0/value/undecided", "undecided");
    check_refused(n, "value", none, "/problems/0/vectors/0/value/undecided",
                  "undecided");
    check_refused(n, "value", bound, "/problems/0/vectors/0/value/ball",
                  "a number");
    check_value_refused(n, "value", fraction_json(1, 3, "truncated", "N<=9"),
                        "/problems/0/vectors/0/value/level", "'full'");
    check_value_refused(n, "rounded", fraction_json(1, 3, "truncated", "N<=9"),
                        "/problems/0/vectors/0/rounded/level", "'full'");
    check_value_refused("problems/1/vectors/0", "value",
                        fraction_json(1, 3, "truncated", NULL),
                        "/problems/1/vectors/0/value", "not that at 3");

    /* 1 +/- 1.013e-6; test_narrow has what is not wider */
    arb_init(wide);
    arb_one(wide);
    mag_set_ui_2exp_si(arb_radref(wide), 68, -26);
    check_value_refused(n, "value", value_json(wide, "full", NULL),
                        "/problems/0/vectors/0/value", "wider");
    check_value_refused(n, "rounded", value_json(wide, "full", NULL),
                        "/problems/0/vectors/0/rounded", "wider");
    arb_clear(wide);

    check_refused(n, "truncated", "{}", "/problems/0/vectors/0/truncated",
                  "a list");
    check_refused(t, "cutoff", "\"N<=5\"",
                  "/problems/0/vectors/0/truncated/1/cutoff", "not the cutoff");
    check_refused(t, "extra", "1", "/problems/0/vectors/0/truncated/1",
                  "unknown member");
    check_refused(t, "value", none,
                  "/problems/0/vectors/0/truncated/1/value/undecided",
                  "undecided");
    check_value_refused(t, "value", fraction_json(1, 3, "full", "N<=6"),
                        "/problems/0/vectors/0/truncated/1/value/level",
                        "'truncated'");
    {
        json_t * list = json_pack("[o,o]", truncation_json(1, 4, "N<=2"),
                                  truncation_json(1, 4, "2"));

        check_value_refused(n, "truncated", list,
                            "/problems/0/vectors/0/truncated/1/cutoff",
                            "twice");
    }
}

/* --- words --------------------------------------------------------------- */

/* The flags are those of the table in docs/vectors.md. */
static void
test_flags(void)
{
    char * path
        = lb_text_print("%s/../docs/vectors.md", getenv("LINDBOUND_DATA"));
    char *text, *at, flag[60];
    size_t size;
    int found = 0;

    CU_ASSERT_FATAL(lb_file_read(&text, &size, path, NULL) == LB_OK);
    at = strstr(text, "| flag |");
    CU_ASSERT_FATAL(at != NULL);
    for (at = strchr(at, '\n') + 1; *at == '|'; at = strchr(at, '\n') + 1)
        for (char *tick = strchr(at + 1, '|'), *c = strchr(at, '`');
             c != NULL && c < tick; c = strchr(c, '`'))
        {
            size_t n = strcspn(c + 1, "`");

            snprintf(flag, sizeof(flag), "%.*s", (int) n, c + 1);
            if (!lb_vector_flag_is_known(flag))
                printf("\n%s\n", flag);
            CU_ASSERT(lb_vector_flag_is_known(flag));
            found++;
            c += n + 2;
        }
    CU_ASSERT(found == 20);
    CU_ASSERT(!lb_vector_flag_is_known("weak"));
    CU_ASSERT(!lb_vector_flag_is_known(""));
    flint_free(text);
    flint_free(path);
}

static void
test_difficulties(void)
{
    for (int k = 0; k < 3; k++)
        CU_ASSERT(lb_difficulty_find(lb_difficulty_str((lb_difficulty) k))
                  == k);
    CU_ASSERT(lb_difficulty_find("hard") == -1);
    CU_ASSERT(strcmp(lb_difficulty_str(LB_HIGHER), "higher") == 0);
}

int
main(void)
{
    static const lb_test_case cases[] = {
        { "read", test_read },
        { "judged", test_judged },
        { "several files", test_several_files },
        { "narrow", test_narrow },
        { "damaged heads", test_damaged_heads },
        { "damaged problems", test_damaged_problems },
        { "damaged vectors", test_damaged_vectors },
        { "damaged values", test_damaged_values },
        { "flags", test_flags },
        { "difficulties", test_difficulties },
    };

    return lb_test_main("vectors", cases, sizeof(cases) / sizeof(cases[0]));
}
