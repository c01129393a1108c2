/* cli/main.c -- lindbound COMMAND ...
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <gsl/gsl_errno.h>
#include <string.h>

#include <lindbound/flint_compat.h>

#include "cli.h"

static const struct
{
    const char * name;
    int (*run)(int argc, char ** argv);
    const char * summary;
} commands[] = {
    { "verify", lb_cmd_verify,
      "closed forms against the weak-drive hierarchy and the steady state" },
    { "audit", lb_cmd_audit,
      "what the papers print: confirmed or refuted, by enclosures" },
    { "report", lb_cmd_report,
      "all of it and the tables as one page: HTML, without network" },
    { "solve", lb_cmd_solve, "observables of a model's steady state" },
    { "check", lb_cmd_check, "proves the claims of a certificate once more" },
    { "table", lb_cmd_table, "enclosures over a grid of parameters" },
    { "gate", lb_cmd_gate,
      "judges another implementation by certified values" },
    { "vectors", lb_cmd_vectors,
      "proved values that judge other implementations" },
    { "eval", lb_cmd_eval, "a formula in ball arithmetic" },
    { "list", lb_cmd_list, "built-in systems" },
    { "show", lb_cmd_show, "one system: Hamiltonian, rates, conventions" },
};

#define N_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void
print_help(FILE * stream)
{
    fputs("Usage: lindbound COMMAND [ARGUMENTS]\n\n"
          "Reference values for driven-dissipative quantum optics.\n\n",
          stream);
    for (size_t k = 0; k < N_COMMANDS; k++)
        fprintf(stream, "  %-8s %s\n", commands[k].name, commands[k].summary);
    fputs("\n'lindbound COMMAND --help' explains a command and shows "
          "examples.\n"
          "Exit status: 0 good, 1 a disagreement, 2 usage or bad input, "
          "3 undecided.\n",
          stream);
}

int
main(int argc, char ** argv)
{
    int status = -1;

    gsl_set_error_handler_off(); /* it would abort; statuses are looked at */
    if (argc < 2)
    {
        print_help(stderr);
        return LB_EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0
        || strcmp(argv[1], "help") == 0)
    {
        print_help(stdout);
        return LB_EXIT_GOOD;
    }
    if (strcmp(argv[1], "--version") == 0)
    {
        printf("lindbound %s (FLINT %s)\n", LB_VERSION, FLINT_VERSION);
        return LB_EXIT_GOOD;
    }
    for (size_t k = 0; k < N_COMMANDS && status < 0; k++)
        if (strcmp(argv[1], commands[k].name) == 0)
            status = commands[k].run(argc - 1, argv + 1);
    if (status < 0)
        status = lb_cli_fail("unknown command '%s'; see 'lindbound --help'",
                             argv[1]);
    flint_cleanup();
    return status;
}
