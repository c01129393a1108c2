/* tests/test_model.c -- model files, settings, problems.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>
#include <unistd.h>

#include <lindbound/model_file.h>

#include "lb_test.h"

static const char kerr[]
    = "{ \"schema\": \"lindbound-model/1\", \"name\": \"kerr\",\n"
      "  \"title\": \"one mode\", \"drive\": [\"xi\"],\n"
      "  \"drive_unit\": \"gamma\", \"conventions\": [\"hbar = 1\"],\n"
      "  \"parameters\": { \"gamma\": \"3/2\", \"chi\": \"5.3\",\n"
      "    \"Delta\": {\"value\": \"-gamma/3\", \"unit\": \"s^-1\",\n"
      "                \"doc\": \"detuning\"},\n"
      "    \"J\": \"1+2*i\", \"xi\": \"0.1\", \"eta\": \"0\" },\n"
      "  \"subsystems\": [ {\"name\": \"a\", \"kind\": \"mode\"},\n"
      "                  {\"name\": \"s\", \"kind\": \"two-level\"} ],\n"
      "  \"hamiltonian\": [ \"Delta*a'*a + chi*a'^2*a^2\",\n"
      "                   \"J*a'*s + xi*a' + h.c.\", \"eta*sz(s)\",\n"
      "                   \"exp(i*chi)*a'^2*s + exp(-i*chi)*s'*a^2\" ],\n"
      "  \"dissipators\": [ {\"rate\": \"gamma\", \"operator\": \"a\"},\n"
      "                   {\"rate\": \"gamma/2\", \"operator\": \"s\"} ],\n"
      "  \"observables\": { \"n\": \"<a'*a>\",\n"
      "    \"g2\": {\"value\": \"g2(a)\", \"at\": {\"eta\": \"1\"}} } }\n";

static lb_status
read_text(lb_model_t m, const char * text, lb_error * err)
{
    char path[] = "/tmp/lb_test_model_XXXXXX";
    int descriptor = mkstemp(path);
    lb_status status;

    lb_error_clear(err);
    if (descriptor < 0
        || write(descriptor, text, strlen(text)) != (ssize_t) strlen(text))
        abort();
    close(descriptor);
    status = lb_model_read(m, path, err);
    unlink(path);
    return status;
}

/* Coefficient of one product of ladder operators in p, zero if absent. */
static void
coefficient(acb_t c, const lb_opoly_t p, int ca, int aa, int cs, int as)
{
    acb_zero(c);
    for (slong k = 0; k < p->length; k++)
    {
        const lb_factor * f = lb_opoly_term(p, k);

        if (f[0].create == ca && f[0].annihilate == aa && f[1].create == cs
            && f[1].annihilate == as)
            acb_set(c, p->coefficients[k].coefficient);
    }
}

/* H of the file at random precision against its hand-written coefficients. */
static void
test_problem(void)
{
    flint_rand_t state;
    slong n = lb_test_iters(300), tight = 0;
    lb_error err;
    lb_model_t m;

    lb_test_rand_init(state);
    lb_model_init(m);
    CU_ASSERT_FATAL(read_text(m, kerr, &err) == LB_OK);
    for (slong iter = 0; iter < n; iter++)
    {
        slong prec = 2 + (slong) n_randint(state, 200);
        lb_problem_t p;
        lb_scope_t scope;
        lb_env_t env;
        acb_t c, exact;

        acb_init(c);
        acb_init(exact);
        CU_ASSERT(lb_model_scope_at(scope, m, NULL, NULL) == LB_OK);
        lb_env_init(env, scope, prec);
        CU_ASSERT(lb_problem_init(p, m, env, &err) == LB_OK);

        acb_set_d(exact, -0.5);
        coefficient(c, p->hamiltonian, 1, 1, 0, 0);
        LB_CHECK_OVERLAP_ACB(c, exact, iter);
        tight += acb_rel_accuracy_bits(c) >= prec - 6;
        acb_set_si(exact, 53);
        acb_div_ui(exact, exact, 10, 300);
        coefficient(c, p->hamiltonian, 2, 2, 0, 0);
        LB_CHECK_OVERLAP_ACB(c, exact, iter);
        tight += acb_rel_accuracy_bits(c) >= prec - 6;
        acb_set_d_d(exact, 1, 2);
        coefficient(c, p->hamiltonian, 1, 0, 0, 1);
        LB_CHECK_OVERLAP_ACB(c, exact, iter);
        acb_conj(exact, exact);
        coefficient(c, p->hamiltonian, 0, 1, 1, 0);
        LB_CHECK_OVERLAP_ACB(c, exact, iter);
        acb_set_si(exact, 1);
        acb_div_ui(exact, exact, 10, 300);
        coefficient(c, p->hamiltonian, 0, 1, 0, 0);
        LB_CHECK_OVERLAP_ACB(c, exact, iter);
        /* H is Hermitian at any precision, not only up to rounding */
        coefficient(exact, p->hamiltonian, 2, 0, 0, 1);
        acb_conj(exact, exact);
        coefficient(c, p->hamiltonian, 0, 2, 1, 0);
        CU_ASSERT(acb_equal(c, exact) && acb_is_finite(c));
        arb_set_d(acb_realref(exact), 0.75);
        LB_CHECK_OVERLAP(p->rates + 1, acb_realref(exact), iter);

        lb_problem_clear(p);
        lb_env_clear(env);
        lb_scope_clear(scope);
        acb_clear(c);
        acb_clear(exact);
    }
    CU_ASSERT(tight == 2 * n);
    lb_model_clear(m);
    lb_rand_clear(state);
}

/* Settings replace texts; drives scale; failures are statuses. */
static void
test_settings(void)
{
    lb_settings_t at;
    lb_problem_t p;
    lb_scope_t scope;
    lb_error err;
    lb_model_t m;
    lb_env_t env;
    acb_t c;

    acb_init(c);
    lb_model_init(m);
    lb_settings_init(at);
    CU_ASSERT_FATAL(read_text(m, kerr, &err) == LB_OK);

    lb_settings_set(at, "chi", "gamma", "-p chi", NULL);
    CU_ASSERT(lb_model_scope_at(scope, m, at, &err) == LB_OK);
    lb_env_init(env, scope, 64);
    fmpq_set_si(env->drive_scale, 1, 4);
    CU_ASSERT(lb_problem_init(p, m, env, &err) == LB_OK);
    coefficient(c, p->hamiltonian, 2, 2, 0, 0);
    CU_ASSERT(arf_cmp_d(arb_midref(acb_realref(c)), 1.5) == 0);
    coefficient(c, p->hamiltonian, 1, 0, 0, 0);
    acb_mul_ui(c, c, 40, 64);
    CU_ASSERT(acb_contains_int(c) && acb_rel_accuracy_bits(c) > 55);
    lb_problem_clear(p);
    lb_env_clear(env);

    /* leading order: the drive's terms have order 1, the others 0 */
    lb_env_init(env, scope, 64);
    env->leading_order = 1;
    CU_ASSERT(lb_problem_init(p, m, env, &err) == LB_OK);
    for (slong k = 0; k < p->hamiltonian->length; k++)
    {
        const lb_factor * f = lb_opoly_term(p->hamiltonian, k);
        int powers
            = f[0].create + f[0].annihilate + f[1].create + f[1].annihilate;

        CU_ASSERT(p->hamiltonian->coefficients[k].order == (powers == 1));
    }
    lb_problem_clear(p);
    lb_env_clear(env);
    lb_scope_clear(scope);

    lb_settings_set(at, "gamma", "-1", "-p gamma", NULL);
    CU_ASSERT(lb_model_scope_at(scope, m, at, &err) == LB_OK);
    lb_env_init(env, scope, 64);
    CU_ASSERT(lb_problem_init(p, m, env, &err) == LB_EDOM);
    CU_ASSERT(!arb_is_finite(p->rates));
    lb_problem_clear(p);
    lb_env_clear(env);
    lb_scope_clear(scope);

    lb_settings_set(at, "gama", "1", "-p gama", NULL);
    lb_error_clear(&err);
    CU_ASSERT(lb_model_scope_at(scope, m, at, &err) == LB_ENAME);
    CU_ASSERT_STRING_EQUAL(err.file, "-p gama");
    lb_settings_clear(at);
    lb_model_clear(m);
    acb_clear(c);
}

/* A file that is written reads back as the same model. */
static void
test_round_trip(void)
{
    char first[] = "/tmp/lb_test_model_XXXXXX";
    char second[] = "/tmp/lb_test_model_XXXXXX";
    char a[8192] = "", b[8192] = "";
    lb_model_t m, again;
    lb_error err;
    FILE * f;

    close(mkstemp(first));
    close(mkstemp(second));
    lb_model_init(m);
    lb_model_init(again);
    CU_ASSERT_FATAL(read_text(m, kerr, &err) == LB_OK);
    CU_ASSERT(lb_model_write(first, m, &err) == LB_OK);
    CU_ASSERT(lb_model_read(again, first, &err) == LB_OK);
    CU_ASSERT_STRING_EQUAL(again->name, "kerr");
    CU_ASSERT_STRING_EQUAL(again->drive_unit->text, "gamma");
    CU_ASSERT(again->scope->length == m->scope->length);
    CU_ASSERT(
        again->n_observables == 2
        && lb_settings_equal(again->observables[1].at, m->observables[1].at));
    CU_ASSERT(lb_model_write(second, again, &err) == LB_OK);
    f = fopen(first, "r");
    CU_ASSERT(f != NULL && fread(a, 1, sizeof(a) - 1, f) > 500);
    fclose(f);
    f = fopen(second, "r");
    CU_ASSERT(f != NULL && fread(b, 1, sizeof(b) - 1, f) > 500);
    fclose(f);
    CU_ASSERT_STRING_EQUAL(a, b);
    CU_ASSERT(lb_model_write("/nonexistent/x.json", m, &err) == LB_EIO);
    unlink(first);
    unlink(second);
    lb_model_clear(m);
    lb_model_clear(again);
}

/* Every prefix of a file is refused or read, never more. */
static void
test_truncated_files(void)
{
    char text[sizeof(kerr)];
    lb_error err;
    lb_model_t m;

    for (size_t n = 0; n + 1 < sizeof(kerr); n += 7)
    {
        memcpy(text, kerr, n);
        text[n] = '\0';
        lb_model_init(m);
        if (n + 2 < sizeof(kerr))
            CU_ASSERT(read_text(m, text, &err) != LB_OK && m->name == NULL
                      && err.file[0] != '\0');
        lb_model_clear(m);
    }
}

int
main(void)
{
    static const lb_test_case cases[] = {
        { "the problem of a file", test_problem },
        { "settings, drives, failures", test_settings },
        { "round trip", test_round_trip },
        { "truncated files", test_truncated_files },
    };

    return lb_test_main("model", cases, sizeof(cases) / sizeof(cases[0]));
}
