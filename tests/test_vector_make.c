/* tests/test_vector_make.c -- vector files from specs: right, the same whoever
 * makes them, refused where they must be; and their check.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <lindbound/ball_text.h>
#include <lindbound/file_write.h>
#include <lindbound/table_entry.h>
#include <lindbound/vector_check.h>
#include <lindbound/vector_manifest.h>

#include "lb_test.h"
#include "lb_test_kerr.h"
#include "lb_test_vectors.h"

#define PREC 400

/* A small file: three drives, of which the weakest gives 1e-34; two cutoffs. */
#define SMALL                                                                  \
    "'problems': [{'name': 'weak', "                                           \
    "'for': {'xi': ['1/2', '1/1024', '1/67108864'], 'Delta': ['0', '1/4']}, "  \
    "'parameters': {'chi': '10'}, 'cutoffs': ['2', 'a=6'], "                   \
    "'flags': ['weak-drive'], 'values': ['n', 'g2', "                          \
    "{'name': 'P2', 'value': 'P(a,2)', 'digits': 9, 'relative': '1e-4', "      \
    "'flags': ['population', 'weak-drive'], 'difficulty': 'higher'}, "         \
    "{'name': 'im_01', 'value': 'im(<ketbra(a,0,1)>)', 'cutoffs': []}]}]"

/* --- values -------------------------------------------------------------- */

/* The exact value of observable @p name, by the closed form. */
static void
exact(arb_t x, const lb_kerr_t k, const char * name)
{
    acb_t z;

    acb_init(z);
    if (strcmp(name, "n") == 0)
        test_kerr_correlation(z, k, 1, PREC);
    else if (strcmp(name, "g2") == 0)
        test_kerr_correlation(z, k, 2, PREC);
    else if (strcmp(name, "P2") == 0)
    {
        CU_ASSERT_FATAL(lb_kerr_element(z, k, 2, 2, PREC) == LB_OK);
    }
    else /* tr(rho |0><1|) = <1|rho|0> */
    {
        CU_ASSERT_FATAL(lb_kerr_element(z, k, 1, 0, PREC) == LB_OK);
        acb_div_onei(z, z);
    }
    arb_set(x, acb_realref(z));
    acb_clear(z);
}

/* The recorded ball contains @p x and is worth @p digits digits. */
static void
check_ball(const json_t * value, const arb_t x, slong digits)
{
    arb_t ball;

    arb_init(ball);
    lb_test_value_ball(ball, value);
    CU_ASSERT(arb_contains(ball, x));
    CU_ASSERT(lb_ball_digits(ball, 100) >= digits);
    CU_ASSERT(lb_ball_digits(ball, 100) <= digits + 3);
    CU_ASSERT(json_integer_value(json_object_get(value, "digits")) == digits);
    arb_clear(ball);
}

static void
values_are_right(void)
{
    static const char * const drives[] = { "1/2", "1/1024", "1/67108864" };
    static const char * const detunings[] = { "0", "1/4" };
    static const char * const names[] = { "n", "g2", "P2", "im_01" };
    lb_error err;
    json_t * root = lb_test_vectors("kerr", SMALL, 1, &err);
    arb_t x;

    CU_ASSERT_FATAL(root != NULL);
    arb_init(x);
    for (int k = 0; k < 6; k++)
    {
        lb_kerr_t kerr;

        /* the last name is the fastest */
        test_kerr_init(kerr, detunings[k % 2], "10", drives[k / 2], "1", PREC);
        for (int j = 0; j < 4; j++)
        {
            char * id = lb_text_print("test/weak_%d/%s", k + 1, names[j]);
            json_t * vector = lb_test_vector(root, id);

            CU_ASSERT_FATAL(vector != NULL);
            exact(x, kerr, names[j]);
            check_ball(json_object_get(vector, "value"), x, j == 2 ? 9 : 12);
            CU_ASSERT(json_array_size(json_object_get(vector, "truncated"))
                      == (j == 3 ? 0u : 2u));
            CU_ASSERT(json_object_get(vector, "rounded") == NULL);
            flint_free(id);
        }
        lb_kerr_clear(kerr);
    }
    arb_clear(x);
    json_decref(root);
}

/* Tolerances, flags and difficulty come from the spec, the value, the problem
   or nowhere; flags come once. */
static void
members_are_inherited(void)
{
    lb_error err;
    json_t * root = lb_test_vectors("kerr", SMALL, 1, &err);
    json_t *n = lb_test_vector(root, "test/weak_4/n"),
           *p2 = lb_test_vector(root, "test/weak_4/P2"), *wanted;

    CU_ASSERT_FATAL(n != NULL && p2 != NULL);
    json_object_del(n, "value");
    json_object_del(n, "truncated");
    wanted = lb_test_json("{'id': 'test/weak_4/n', 'observable': 'n', "
                          "'expression': '<a`*a>', 'flags': ['weak-drive'], "
                          "'difficulty': 'lower', 'relative': '1e-6', "
                          "'absolute': '0'}");
    CU_ASSERT(json_equal(n, wanted));
    json_decref(wanted);
    json_object_del(p2, "value");
    json_object_del(p2, "truncated");
    wanted = lb_test_json("{'id': 'test/weak_4/P2', 'observable': 'P2', "
                          "'expression': 'P(a,2)', 'flags': ['weak-drive', "
                          "'population'], 'difficulty': 'higher', 'relative': "
                          "'1e-4', 'absolute': '0'}");
    CU_ASSERT(json_equal(p2, wanted));
    json_decref(wanted);
    json_decref(root);
}

/* At cutoff 2 the state is another one, and its values are those of a dense
   solve by hand: here that they differ, and that the cutoffs are as asked. */
static void
truncations_are_others(void)
{
    lb_error err;
    json_t * root = lb_test_vectors("kerr", SMALL, 1, &err);
    json_t * vector = lb_test_vector(root, "test/weak_1/n");
    const json_t * list = json_object_get(vector, "truncated");
    arb_t full, two, six;

    arb_init(full);
    arb_init(two);
    arb_init(six);
    CU_ASSERT_STRING_EQUAL(
        json_string_value(json_object_get(json_array_get(list, 0), "cutoff")),
        "N<=2");
    CU_ASSERT_STRING_EQUAL(
        json_string_value(json_object_get(json_array_get(list, 1), "cutoff")),
        "a<=6");
    lb_test_value_ball(full, json_object_get(vector, "value"));
    lb_test_value_ball(two, json_object_get(json_array_get(list, 0), "value"));
    lb_test_value_ball(six, json_object_get(json_array_get(list, 1), "value"));
    CU_ASSERT(!arb_overlaps(full, two));
    /* xi = 1/2 at chi = 10: far from six photons, and close to two */
    arb_sub(two, two, full, PREC);
    arb_sub(six, six, full, PREC);
    arb_abs(two, two);
    arb_abs(six, six);
    arb_mul_2exp_si(two, two, -10);
    CU_ASSERT(arb_lt(six, two));
    arb_clear(full);
    arb_clear(two);
    arb_clear(six);
    json_decref(root);
}

/* A cutoff that the operators do not fit in is left out. */
static void
unfit_cutoffs_are_left_out(void)
{
    lb_error err;
    json_t * root = lb_test_vectors(
        "kerr",
        "'cutoffs': ['1', '2', '4'], 'problems': [{'name': 'p', 'values': "
        "['g2', 'g3', 'n']}]",
        1, &err);

    CU_ASSERT_FATAL(root != NULL);
    CU_ASSERT(json_array_size(json_object_get(lb_test_vector(root, "test/p/n"),
                                              "truncated"))
              == 3);
    CU_ASSERT(json_array_size(json_object_get(lb_test_vector(root, "test/p/g2"),
                                              "truncated"))
              == 2);
    CU_ASSERT(json_array_size(json_object_get(lb_test_vector(root, "test/p/g3"),
                                              "truncated"))
              == 1);
    json_decref(root);
}

/* The problem of the doubles: xi is the double next to 1/10. */
static void
rounded_is_of_the_doubles(void)
{
    lb_error err;
    json_t * root
        = lb_test_vectors("kerr",
                          "'digits': 22, 'problems': [{'name': 'p', "
                          "'parameters': {'xi': '0.1'}, 'values': ['n']}]",
                          1, &err);
    json_t * vector = lb_test_vector(root, "test/p/n");
    json_t * flags = json_object_get(vector, "flags");
    lb_kerr_t kerr;
    arb_t x, ball;

    CU_ASSERT_FATAL(vector != NULL);
    arb_init(x);
    arb_init(ball);
    CU_ASSERT(json_array_size(flags) == 1);
    CU_ASSERT_STRING_EQUAL(json_string_value(json_array_get(flags, 0)),
                           "rounded");
    test_kerr_init(kerr, "0", "1", "1/10", "1", PREC);
    exact(x, kerr, "n");
    check_ball(json_object_get(vector, "value"), x, 22);
    arb_set_d(acb_realref(kerr->xi), 0.1);
    exact(x, kerr, "n");
    check_ball(json_object_get(vector, "rounded"), x, 22);
    lb_test_value_ball(ball, json_object_get(vector, "value"));
    CU_ASSERT(!arb_overlaps(ball, x));
    lb_kerr_clear(kerr);
    arb_clear(x);
    arb_clear(ball);
    json_decref(root);
}

/* A network: n_1 = 2 nu^2/(1 - 4 nu^2) of the parametric amplifier with rates
   1, and the same of the double next to 0.15. */
static void
moments_are_of_the_doubles(void)
{
    lb_error err;
    json_t * root
        = lb_test_vectors("parametric_amplifier",
                          "'digits': 22, 'problems': [{'name': 'p', "
                          "'parameters': {'nu': '0.15'}, 'values': ['n1', "
                          "{'name': 'top', 'value': 'stability()'}]}]",
                          1, &err);
    json_t * vector = lb_test_vector(root, "test/p/n1");
    arb_t nu, n, one, ball;

    CU_ASSERT_FATAL(vector != NULL);
    arb_init(nu);
    arb_init(n);
    arb_init(one);
    arb_init(ball);
    for (int rounded = 0; rounded < 2; rounded++)
    {
        if (rounded)
            arb_set_d(nu, 0.15);
        else
            CU_ASSERT(arb_set_str(nu, "0.15", PREC) == 0);
        arb_sqr(n, nu, PREC);
        arb_mul_2exp_si(n, n, 1);
        arb_mul_2exp_si(one, n, 1);
        arb_sub_ui(one, one, 1, PREC);
        arb_neg(one, one);
        arb_div(n, n, one, PREC);
        check_ball(json_object_get(vector, rounded ? "rounded" : "value"), n,
                   22);
        lb_test_value_ball(
            ball, json_object_get(vector, rounded ? "value" : "rounded"));
        CU_ASSERT(!arb_overlaps(ball, n));
    }
    /* what is not expanded is asked of the exact text alone */
    vector = lb_test_vector(root, "test/p/top");
    CU_ASSERT(json_object_get(vector, "rounded") == NULL);
    CU_ASSERT(json_array_size(json_object_get(vector, "flags")) == 0);
    arb_clear(nu);
    arb_clear(n);
    arb_clear(one);
    arb_clear(ball);
    json_decref(root);
}

/* --- the same file ------------------------------------------------------- */

static void
threads_change_nothing(void)
{
    char * texts[3];

    for (int k = 0; k < 3; k++)
    {
        lb_error err;
        json_t * root = lb_test_vectors("kerr", SMALL, k + 1, &err);

        CU_ASSERT_FATAL(root != NULL);
        texts[k] = lb_vectors_text(root);
        json_decref(root);
    }
    CU_ASSERT_STRING_EQUAL(texts[0], texts[1]);
    CU_ASSERT_STRING_EQUAL(texts[0], texts[2]);
    for (int k = 0; k < 3; k++)
        free(texts[k]);
}

/* The text says what the JSON does. */
static void
text_is_the_json(void)
{
    lb_error err;
    json_t * root = lb_test_vectors("kerr", SMALL, 1, &err);
    char * text = lb_vectors_text(root);
    json_t * again = json_loads(text, JSON_REJECT_DUPLICATES, NULL);

    CU_ASSERT(json_equal(root, again));
    free(text);
    json_decref(root);
    json_decref(again);
}

/* --- refused ------------------------------------------------------------- */

typedef struct
{
    const char * model;
    const char * members;
    const char * pointer;
    const char * message;
} refusal;

#define ONE "'problems': [{'name': 'p', "

static const refusal specs[] = {
    { "kerr", "'problems': []", "", "list of problems" },
    { "kerr", "'problems': [{'name': 'p', 'values': []}]", "", "'values'" },
    { "kerr", "'extra': 1, " ONE "'values': ['n']}]", "", "extra" },
    { "kerr", ONE "'values': ['n'], 'extra': 1}]", "/problems/0", "extra" },
    { "kerr", ONE "'values': [{'name': 'n', 'extra': 1}]}]",
      "/problems/0/values/0", "extra" },
    { "kerr", ONE "'values': ['m']}]", "/problems/0/values/0", "'m'" },
    { "kerr", ONE "'values': ['P(a,2)']}]", "/problems/0/values/0",
      "end of an id" },
    { "kerr", ONE "'values': ['n', 'n']}]", "/problems/0/values/1",
      "two values 'n'" },
    { "kerr", ONE "'values': [{'name': 'x', 'value': '2 +'}]}]",
      "/problems/0/values/0/value", "" },
    { "kerr", ONE "'values': [{'name': 'x', 'value': 'a'}]}]",
      "/problems/0/values/0/value", "" },
    { "kerr", ONE "'values': [{'name': 'x', 'value': 'chi'}]}]",
      "/problems/0/values/0", "closed-form" },
    { "kerr", ONE "'values': ['n']}, {'name': 'p', 'values': ['n']}]",
      "/problems/1/name", "two problems test/p" },
    { "kerr", "'problems': [{'name': 'a/b', 'values': ['n']}]",
      "/problems/0/name", "part of an id" },
    { "kerr", ONE "'parameters': {'y': '1'}, 'values': ['n']}]",
      "/problems/0/parameters/y", "'y'" },
    { "kerr",
      ONE "'parameters': {'xi': '1'}, 'for': {'xi': ['2']}, "
          "'values': ['n']}]",
      "/problems/0/for", "'xi'" },
    { "kerr", ONE "'for': {'xi': []}, 'values': ['n']}]", "/problems/0/for",
      "at least one" },
    { "kerr", ONE "'for': {'xi': [1]}, 'values': ['n']}]", "/problems/0/xi",
      "list of texts" },
    { "kerr", ONE "'cutoffs': ['b=2'], 'values': ['n']}]",
      "/problems/0/values/0/cutoffs", "'b'" },
    { "kerr", ONE "'cutoffs': ['3', 'N<=3'], 'values': ['n']}]",
      "/problems/0/values/0/cutoffs", "twice" },
    { "kerr", ONE "'flags': ['nice'], 'values': ['n']}]", "/problems/0/flags",
      "'nice'" },
    { "kerr", ONE "'flags': ['rounded'], 'values': ['n']}]",
      "/problems/0/flags", "found" },
    { "kerr", ONE "'difficulty': 'easy', 'values': ['n']}]",
      "/problems/0/difficulty", "'easy'" },
    { "kerr", ONE "'relative': '1/3', 'values': ['n']}]",
      "/problems/0/relative", "'1/3'" },
    { "kerr", ONE "'relative': '-1', 'values': ['n']}]", "/problems/0/relative",
      "'-1'" },
    { "kerr", ONE "'digits': 0, 'values': ['n']}]", "/problems/0/digits",
      "at least 1" },
    { "kerr", ONE "'level': 'auto', 'values': ['n']}]", "/problems/0/level",
      "'auto'" },
    { "kerr", ONE "'level': 'truncated', 'values': ['n']}]",
      "/problems/0/level", "'cutoff'" },
    { "kerr", ONE "'level': 'full', 'cutoff': '3', 'values': ['n']}]",
      "/problems/0/level", "'cutoff'" },
    { "kerr", ONE "'flags': ['exact-zero'], 'values': ['n']}]",
      "/problems/0/values/0", "absolute" },
    /* its observables state their own drives */
    { "three_cavity", ONE "'values': ['T_ca']}]", "/problems/0/values/0",
      "meant for" },
};

static void
specs_are_refused(void)
{
    for (size_t k = 0; k < sizeof(specs) / sizeof(specs[0]); k++)
    {
        const refusal * r = specs + k;
        lb_vector_spec_t s;
        lb_error err;
        int ok;

        lb_vector_spec_init(s);
        ok = lb_test_vector_spec(s, r->model, r->members, &err) != LB_OK
             && strstr(err.text, r->message) != NULL
             && strncmp(err.pointer, r->pointer, strlen(r->pointer)) == 0
             && strcmp(err.file, "test.json") == 0 && s->n_problems == 0;
        if (!ok)
            printf("\n%s\n  at %s: %s\n", r->members, err.pointer, err.text);
        CU_ASSERT(ok);
        lb_vector_spec_clear(s);
    }
}

static const refusal vectors[] = {
    /* zero, and not zero */
    { "kerr", ONE "'parameters': {'xi': '0'}, 'values': ['n']}]",
      "/problems/0/values/0", "test/p/n: the value is" },
    { "kerr",
      ONE "'absolute': '1e-9', 'flags': ['exact-zero'], 'values': "
          "['n']}]",
      "/problems/0/values/0", "not zero" },
    /* finer than its digits */
    { "kerr", ONE "'digits': 5, 'values': ['n']}]", "/problems/0/values/0",
      "finer" },
    /* too few states */
    { "kerr",
      ONE "'parameters': {'xi': '2'}, 'max_dimension': 18, 'values': "
          "['n']}]",
      "/problems/0/values/0", "not to 12 digits" },
    /* a box of parameters is no problem in doubles */
    { "kerr", ONE "'parameters': {'xi': '0.1 +/- 0.01'}, 'values': ['n']}]",
      "/problems/0", "expanded" },
    { "kerr", ONE "'values': [{'name': 'x', 'value': '<a>'}]}]",
      "/problems/0/values/0/value", "not real" },
    /* a value that all steady states share need not be refused */
    { "two_photon_kerr",
      ONE "'refuse': 'several', 'flags': ['non-unique'], 'cutoff': '4', "
          "'parameters': {'e': '0'}, 'values': ['pairs']}]",
      "/problems/0/values/0", "is proved" },
    { "kerr",
      ONE "'refuse': 'several', 'flags': ['non-unique'], 'values': "
          "['n']}]",
      "/problems/0/values/0", "no second steady state" },
    { "kerr", ONE "'refuse': 'unlike', 'values': ['n']}]",
      "/problems/0/values/0", "is proved" },
    { "parametric_amplifier",
      ONE
      "'refuse': 'unstable', 'flags': "
      "['unstable'], 'values': [{'name': 'S', 'value': 'abs2(S(p1,p1))'}]}]",
      "/problems/0/values/0", "not proved to be unstable" },
};

static void
vectors_are_refused(void)
{
    for (size_t k = 0; k < sizeof(vectors) / sizeof(vectors[0]); k++)
    {
        const refusal * r = vectors + k;
        lb_error err;
        json_t * root = lb_test_vectors(r->model, r->members, 2, &err);
        int ok = root == NULL && strstr(err.text, r->message) != NULL
                 && strncmp(err.pointer, r->pointer, strlen(r->pointer)) == 0;

        if (!ok)
            printf("\n%s\n  at %s: %s\n", r->members, err.pointer, err.text);
        CU_ASSERT(ok);
        json_decref(root);
    }
}

static const refusal refused_problems[] = {
    { "two_photon_kerr",
      ONE "'refuse': 'several steady states', 'flags': "
          "['non-unique'], 'values': ['n', 'P0']}]",
      "", "" },
    { "parametric_amplifier",
      ONE "'parameters': {'nu': '3'}, 'refuse': "
          "'above threshold', 'flags': ['unstable'], 'values': [{'name': 'S', "
          "'value': 'abs2(S(p1,p1))'}]}]",
      "", "" },
};

static void
refused_problems_have_no_values(void)
{
    for (size_t k = 0;
         k < sizeof(refused_problems) / sizeof(refused_problems[0]); k++)
    {
        const refusal * r = refused_problems + k;
        lb_error err;
        json_t * root = lb_test_vectors(r->model, r->members, 1, &err);
        const json_t *problem, *vector;

        if (root == NULL)
            printf("\n%s: %s\n", r->members, err.text);
        CU_ASSERT_FATAL(root != NULL);
        problem = json_array_get(json_object_get(root, "problems"), 0);
        vector = json_array_get(json_object_get(problem, "vectors"), 0);
        CU_ASSERT(json_object_get(problem, "refuse") != NULL);
        CU_ASSERT(vector != NULL);
        CU_ASSERT(json_object_get(vector, "value") == NULL);
        CU_ASSERT(json_object_get(vector, "truncated") == NULL);
        json_decref(root);
    }
}

/* Whatever thread fails first: the error of the first problem. */
static void
first_error_is_told(void)
{
    for (int k = 0; k < 10; k++)
    {
        lb_error err;
        json_t * root = lb_test_vectors(
            "kerr",
            "'problems': [{'name': 'a', 'parameters': {'xi': '1'}, 'values': "
            "['g3', {'name': 'z', 'value': '<a>'}]}, {'name': 'b', "
            "'values': [{'name': 'z', 'value': '<a>'}]}]",
            2, &err);

        CU_ASSERT(root == NULL);
        CU_ASSERT(strncmp(err.text, "test/a/z", 8) == 0
                  || strncmp(err.text, "test/b/z", 8) == 0);
    }
}

static int
stop_at_once(void * context)
{
    (void) context;
    return 1;
}

static void
stopping_leaves_nothing(void)
{
    lb_vector_make_options o = { .threads = 2, .stop = stop_at_once };
    lb_vector_spec_t s;
    json_t * root;
    lb_error err;

    lb_vector_spec_init(s);
    CU_ASSERT_FATAL(lb_test_vector_spec(s, "kerr", SMALL, &err) == LB_OK);
    CU_ASSERT(lb_vectors_make(&root, s, "", "", &o, &err) == LB_ENOCONV);
    CU_ASSERT(root == NULL && strstr(err.text, "stopped") != NULL);
    lb_vector_spec_clear(s);
}

/* --- files --------------------------------------------------------------- */

/* A folder with a spec and its vectors. */
typedef struct
{
    char folder[32];
    char *spec, *file;
} files;

static void
write_text(const char * path, const char * text)
{
    lb_error err;

    lb_error_clear(&err);
    CU_ASSERT_FATAL(lb_file_write(path, text, strlen(text), &err) == LB_OK);
}

static void
write_json(const char * path, const json_t * json)
{
    char * text = json_dumps(json, JSON_PRESERVE_ORDER);

    write_text(path, text);
    free(text);
}

#define CHECKED                                                                \
    "'problems': [{'name': 'p', 'parameters': {'xi': '1/10'}, 'cutoffs': "     \
    "['2'], 'values': ['n', 'g2']}, {'name': 'zero', 'parameters': {'xi': "    \
    "'0'}, 'absolute': '1e-20', 'flags': ['exact-zero'], 'values': ['n']}]"

static void
files_init(files * f)
{
    lb_vector_make_options o = { .threads = 1 };
    lb_table_spec_options options = lb_test_table_options();
    json_t *spec, *root = NULL;
    lb_vector_spec_t s;
    lb_error err;
    char * text;

    lb_error_clear(&err);
    strcpy(f->folder, "/tmp/lb_vectors_XXXXXX");
    CU_ASSERT_FATAL(mkdtemp(f->folder) != NULL);
    f->spec = lb_text_print("%s/spec.json", f->folder);
    f->file = lb_text_print("%s/test.json", f->folder);
    spec = lb_test_json("{'schema': 'lindbound-vector-spec/1', 'name': 'test', "
                        "'version': '1.2.3', 'title': 'A test', 'model': "
                        "'kerr', " CHECKED "}");
    write_json(f->spec, spec);
    json_decref(spec);
    lb_vector_spec_init(s);
    CU_ASSERT_FATAL(lb_vector_spec_read(s, f->spec, &options, &err) == LB_OK);
    CU_ASSERT_FATAL(
        lb_vectors_make(&root, s, "lindbound vectors", "0.0.0", &o, &err)
        == LB_OK);
    lb_vector_spec_clear(s);
    text = lb_vectors_text(root);
    write_text(f->file, text);
    free(text);
    json_decref(root);
}

static void
files_clear(files * f)
{
    unlink(f->spec);
    unlink(f->file);
    rmdir(f->folder);
    flint_free(f->spec);
    flint_free(f->file);
}

static lb_status
run_check(lb_vector_check_t r, const files * f, lb_error * err)
{
    lb_vector_make_options make = { .threads = 1 };
    lb_table_spec_options o = lb_test_table_options();

    lb_error_clear(err);
    return lb_vectors_check(r, f->file, f->spec, &o, &make, err);
}

/* What is written is read by the reader of the gate, and proved again. */
static void
a_file_is_read_and_checked(void)
{
    lb_vector_check_t r;
    lb_vectors_t v;
    lb_error err;
    files f;

    files_init(&f);
    lb_error_clear(&err);
    lb_vectors_init(v);
    if (lb_vectors_read(v, f.file, &err) != LB_OK)
        printf("\n%s: %s\n", err.pointer, err.text);
    CU_ASSERT(v->n_problems == 2 && v->n_vectors == 3);
    CU_ASSERT(lb_vectors_find(v, "test/p/g2") == 1);
    CU_ASSERT(v->n_vectors == 3 && v->vectors[0].n_truncations == 1);
    lb_vectors_clear(v);
    lb_vector_check_init(r);
    CU_ASSERT(run_check(r, &f, &err) == LB_OK);
    /* value, rounded and truncated of two, and a zero */
    CU_ASSERT(r->failures == 0 && r->values == 7 && r->proved == 7);
    CU_ASSERT(r->vectors == 3);
    if (r->failures > 0)
        printf("\n%s", r->messages);
    lb_vector_check_clear(r);
    files_clear(&f);
}

/* VALUE moved by @p radii of its radii, all its members in agreement. */
static json_t *
moved_value(const json_t * value, slong radii)
{
    lb_table_entry_t e;
    json_t * moved;
    char * text;
    arf_t step;

    lb_table_entry_init(e);
    arf_init(step);
    lb_scalar_zero(e->value);
    lb_test_value_ball(acb_realref(e->value->coefficient), value);
    arf_set_mag(step, arb_radref(acb_realref(e->value->coefficient)));
    arf_mul_si(step, step, radii, ARF_PREC_EXACT, ARF_RND_DOWN);
    arf_add(arb_midref(acb_realref(e->value->coefficient)),
            arb_midref(acb_realref(e->value->coefficient)), step,
            ARF_PREC_EXACT, ARF_RND_DOWN);
    e->digits = json_integer_value(json_object_get(value, "digits"));
    e->prec = json_integer_value(json_object_get(value, "precision"));
    e->level
        = strcmp(json_string_value(json_object_get(value, "level")), "full")
                  == 0
              ? LB_TABLE_FULL
              : LB_TABLE_TRUNCATED;
    e->cutoff
        = lb_text_copy(json_string_value(json_object_get(value, "cutoff")));
    e->dimension = json_integer_value(json_object_get(value, "dimension"));
    text = lb_table_entry_text(e);
    moved = json_loads(text, 0, NULL);
    flint_free(text);
    arf_clear(step);
    lb_table_entry_clear(e);
    return moved;
}

/* The member at @p path, a list of names and places, of @p root. */
static json_t *
member_at(json_t * root, const char * path)
{
    char name[64];

    while (*path != '\0' && root != NULL)
    {
        size_t n = strcspn(path, "/");

        memcpy(name, path, n);
        name[n] = '\0';
        root = json_is_array(root)
                   ? json_array_get(root, strtoul(name, NULL, 10))
                   : json_object_get(root, name);
        path += n + (path[n] == '/');
    }
    return root;
}

static const struct
{
    const char * object; /* whose member `key` changes */
    const char * key;
    const char * value; /* NULL: it is a value, moved */
    const char * message;
} forgeries[] = {
    { "problems/0/vectors/0", "value", NULL, "DISJOINT" },
    { "problems/0/vectors/1", "value", NULL, "DISJOINT" },
    { "problems/0/vectors/1", "rounded", NULL, "DISJOINT" },
    { "problems/0/vectors/0/truncated/0", "value", NULL, "DISJOINT" },
    { "problems/0/vectors/0", "relative", "'1e-5'", "/relative: not what" },
    { "problems/0/vectors/0", "difficulty", "'higher'", "/difficulty: not" },
    { "problems/0/vectors/0", "expression", "'<a`*a>*2'", "/expression: not" },
    { "problems/0", "parameters", "{'xi': '1/5'}", "/parameters/xi: not" },
    { "problems/0", "parameters", "{}", "/xi: this member is missing" },
    { "problems/0/expanded/dissipators/0", "rate", "2.0", "/rate: not what" },
    { "", "title", "'Another'", "/title: not what" },
    { "provenance", "spec_hash",
      "'sha256:"
      "0000000000000000000000000000000000000000000000000000000000000000'",
      "/spec_hash: not what" },
    { "model/parameters/gamma", "value", "'2'", "/model_hash: not what" },
    { "model/parameters/gamma", "doc", "'other words'", "" },
};

static void
forgeries_are_found(void)
{
    files f;

    files_init(&f);
    for (size_t k = 0; k < sizeof(forgeries) / sizeof(forgeries[0]); k++)
    {
        json_t * root = json_load_file(f.file, 0, NULL);
        json_t * original = json_deep_copy(root);
        json_t * object = member_at(root, forgeries[k].object);
        const json_t * old = json_object_get(object, forgeries[k].key);
        int harmless = forgeries[k].message[0] == '\0', ok;
        lb_vector_check_t r;
        lb_status status;
        lb_error err;

        CU_ASSERT_FATAL(old != NULL);
        if (forgeries[k].value == NULL)
            json_object_set_new(object, forgeries[k].key, moved_value(old, 4));
        else
        {
            char * text = lb_text_print("[%s]", forgeries[k].value);
            json_t * list = lb_test_json(text);

            json_object_set(object, forgeries[k].key, json_array_get(list, 0));
            json_decref(list);
            flint_free(text);
        }
        CU_ASSERT(!json_equal(root, original));
        write_json(f.file, root);
        lb_vector_check_init(r);
        status = run_check(r, &f, &err);
        ok = status == LB_OK
             && (harmless ? r->failures == 0
                          : r->failures > 0
                                && strstr(r->messages, forgeries[k].message)
                                       != NULL);
        if (!ok)
            printf("\n%s %s: %s%s\n", forgeries[k].object, forgeries[k].key,
                   status != LB_OK ? err.text : "", r->messages);
        CU_ASSERT(ok);
        lb_vector_check_clear(r);
        write_json(f.file, original);
        json_decref(original);
        json_decref(root);
    }
    files_clear(&f);
}

/* A ball that is right but says more digits than were proved lies elsewhere;
   one that is wider than the spec wants is told as well. */
static void
fewer_digits_are_found(void)
{
    json_t *root, *vector, *value;
    lb_vector_check_t r;
    lb_table_entry_t e;
    lb_error err;
    char * text;
    files f;

    files_init(&f);
    root = json_load_file(f.file, 0, NULL);
    vector = lb_test_vector(root, "test/p/n");
    value = json_object_get(vector, "value");
    lb_table_entry_init(e);
    lb_scalar_zero(e->value);
    lb_test_value_ball(acb_realref(e->value->coefficient), value);
    mag_mul_2exp_si(arb_radref(acb_realref(e->value->coefficient)),
                    arb_radref(acb_realref(e->value->coefficient)), 10);
    e->digits = 12;
    e->prec = 100;
    e->level = LB_TABLE_FULL;
    e->cutoff = lb_text_copy("N<=4");
    e->dimension = 5;
    text = lb_table_entry_text(e);
    json_object_set_new(vector, "value", json_loads(text, 0, NULL));
    write_json(f.file, root);
    lb_vector_check_init(r);
    CU_ASSERT(run_check(r, &f, &err) == LB_OK);
    CU_ASSERT(r->failures == 1 && strstr(r->messages, "fewer digits") != NULL);
    lb_vector_check_clear(r);
    flint_free(text);
    lb_table_entry_clear(e);
    json_decref(root);
    files_clear(&f);
}

/* --- the manifest -------------------------------------------------------- */

static void
manifest_counts(void)
{
    char spec[] = "spec", test[] = "test", missing[] = "missing";
    char * names[] = { spec, test }; /* the spec is no vector file */
    json_t *manifest = NULL, *file;
    lb_error err;
    files f;
    char * text;

    files_init(&f);
    lb_error_clear(&err);
    CU_ASSERT_FATAL(lb_vector_manifest_make(&manifest, f.folder, names, 2, &err)
                    == LB_OK);
    CU_ASSERT(json_integer_value(json_object_get(manifest, "vectors")) == 3);
    CU_ASSERT(json_integer_value(json_object_get(manifest, "problems")) == 2);
    CU_ASSERT(json_array_size(json_object_get(manifest, "files")) == 1);
    file = json_array_get(json_object_get(manifest, "files"), 0);
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(file, "name")),
                           "test");
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(file, "version")),
                           "1.2.3");
    text = lb_vector_manifest_text(manifest);
    file = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    CU_ASSERT(json_equal(file, manifest));
    json_decref(file);
    free(text);
    json_decref(manifest);
    names[0] = missing;
    CU_ASSERT(lb_vector_manifest_make(&manifest, f.folder, names, 2, &err)
              == LB_EIO);
    CU_ASSERT(manifest == NULL);
    files_clear(&f);
}

int
main(void)
{
    static const lb_test_case cases[] = {
        { "values are right", values_are_right },
        { "members are inherited", members_are_inherited },
        { "truncations are others", truncations_are_others },
        { "unfit cutoffs are left out", unfit_cutoffs_are_left_out },
        { "rounded is of the doubles", rounded_is_of_the_doubles },
        { "moments are of the doubles", moments_are_of_the_doubles },
        { "threads change nothing", threads_change_nothing },
        { "the text is the JSON", text_is_the_json },
        { "specs are refused", specs_are_refused },
        { "vectors are refused", vectors_are_refused },
        { "refused problems have no values", refused_problems_have_no_values },
        { "the first error is told", first_error_is_told },
        { "stopping leaves nothing", stopping_leaves_nothing },
        { "a file is read and checked", a_file_is_read_and_checked },
        { "forgeries are found", forgeries_are_found },
        { "fewer digits are found", fewer_digits_are_found },
        { "the manifest counts", manifest_counts },
    };

    return lb_test_main("vector_make", cases, sizeof(cases) / sizeof(cases[0]));
}
