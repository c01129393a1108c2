/* cli/cli.h -- what the subcommands share.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LB_CLI_H
#define LB_CLI_H

#include <jansson.h>
#include <stdio.h>

#include <lindbound/audit.h>
#include <lindbound/error.h>
#include <lindbound/model.h>
#include <lindbound/settings.h>
#include <lindbound/steady_value.h>
#include <lindbound/verify.h>

/* Exit statuses, a contract: scripts depend on them. */
typedef enum
{
    LB_EXIT_GOOD = 0,
    LB_EXIT_DISAGREE = 1,  /* a disagreement                        */
    LB_EXIT_USAGE = 2,     /* usage or bad input                    */
    LB_EXIT_UNDECIDED = 3, /* neither shown                         */
    LB_EXIT_CANDIDATE = 4  /* of gate: it crashed or timed out      */
} lb_exit;

/* --- options (options.c) ------------------------------------------------- */

typedef enum
{
    LB_FORMAT_TEXT,
    LB_FORMAT_JSON,
    LB_FORMAT_MARKDOWN
} lb_format;

/* What may be said several times. */
typedef struct
{
    const char * texts[64];
    int n;
} lb_option_list;

/* of gate */
typedef struct
{
    const char * command;        /* --exec; NULL: results from a file */
    int jobs;
    double timeout;              /* seconds, of a problem             */
    lb_option_list filters;
    const char * known_failures; /* NULL: none                        */
    const char * write_known_failures;
    const char *rtol, *atol;     /* NULL: those of the vectors        */
    int explain;
    const char * format;
    lb_option_list reports;      /* FORMAT:FILE                       */
} lb_gate_cli_options;

typedef struct
{
    const char * arguments[64]; /* what is not an option */
    int n_arguments;
    lb_settings_t settings;     /* -p NAME=EXPR          */
    const char * observables[64]; /* -o                  */
    int n_observables;
    const char * cutoff;        /* NULL: chosen          */
    const char * level;         /* NULL: auto            */
    const char * form;          /* NULL: none            */
    const char * limit;         /* NULL: by the model    */
    const char * output;        /* -O; NULL: stdout      */
    const char * certificate;   /* NULL: none            */
    const char * model;         /* NULL: none            */
    const char * ranges[4];     /* NAME=LOW:HIGH         */
    int n_ranges;
    int minimize;               /* of the ranges         */
    int digits_given;
    const char * touchstone;    /* NULL: none            */
    const char * witness;       /* parties; NULL: none   */
    const char * tables;        /* folder; NULL: built-in */
    int without_verify;
    int without_audit;
    slong digits;
    slong max_dimension;
    int threads;                /* 0: not given          */
    lb_format format;
    int quiet, list;
    /* of table */
    int plot, force, check, regenerate;
    slong refine;     /* 0: not given  */
    slong max_points; /* 0: not given  */
    slong sample;     /* 0: not given  */
    slong point;      /* -1: not given */
    slong rank_timeout; /* seconds     */
    lb_gate_cli_options gate;
    int help;
} lb_options;

/**
 * Reads the command line of one subcommand and does what it says.
 *
 * @param allowed  letters of the options it takes: p (-p), o (-o), c
 *                 (--cutoff), l (--level), d (--digits), m (--max-dimension),
 *                 f (--form, --observable, --limit), O (-O), t (--threads), C
 *                 (--certificate), F (--format; K: also markdown), M (--model),
 *                 R (--maximize, --minimize), T (--touchstone), W (--witness), B
 *                 (--plot, --force and the others of table), q (--quiet), L
 *                 (--list), k (--check), G (--exec, --jobs and the others of
 *                 gate; F takes its formats then), N (--tables, --no-verify,
 *                 --no-audit)
 * @param help     what --help prints
 * @param run      the subcommand; returns its exit status
 * @return the exit status; LB_EXIT_USAGE after a message if the command line
 *         is wrong
 */
int lb_cli_command(int argc, char ** argv, const char * command,
                   const char * allowed, const char * help,
                   int (*run)(const lb_options * options));
/** --threads, or else as many as there are processors. */
int lb_options_threads(const lb_options * options);

/* --- sweeps (sweep.c) ---------------------------------------------------- */

/* -p NAME=FROM:TO:STEP: the exact values, as texts. */
typedef struct
{
    char * name; /* NULL: no parameter is swept */
    char ** points;
    slong count;
    int falling; /* from large to small */
} lb_sweep;

/** The sweep among @p settings, if any: 0, or LB_EXIT_USAGE after a message.
 *  Clear it whatever the outcome. */
int lb_sweep_read(lb_sweep * sweep, const lb_settings_t settings);
void lb_sweep_clear(lb_sweep * sweep);

/* --- ranges and peaks (range.c, peak.c) ---------------------------------- */

/** Reads NAME=LOW:HIGH, the ends in @p scope; they are provably apart.  Release
 *  *name with flint_free, whatever the status. */
LB_MUST_CHECK lb_status lb_cli_read_range(char ** name, arb_t low, arb_t high,
                                          const char * text,
                                          const lb_scope_t scope, slong prec,
                                          lb_error * err);

/** solve --maximize: the peak of one observable at the settings @p at.
 *
 * @param entry  NULL: writes text to @p stream; else set to a JSON object
 * @param undecided  set to 1 if its digits were not reached
 * @return 0 or, after a message, the exit status; *entry is then NULL */
int lb_cli_peak(json_t ** entry, FILE * stream, int * undecided,
                const lb_options * options, const lb_model_t m, lb_level level,
                const char * name, lb_expr * e, const lb_settings_t at);

/* --- output (output.c) --------------------------------------------------- */

/* Everything a command says is collected and delivered at once, so that a
   failure half-way leaves no half-written output. */
typedef struct
{
    FILE * stream;
    char * text;
    size_t size;
} lb_output;

int lb_output_open(lb_output * out);
/** Delivers to the file @p path (through a temporary file) or, if NULL, to
 *  stdout; releases everything.  Returns @p status, or LB_EXIT_USAGE after a
 *  message if the output cannot be written. */
int lb_output_deliver(lb_output * out, const char * path, int status);
/** Releases without delivering; returns @p status. */
int lb_output_discard(lb_output * out, int status);
/** Writes @p root as JSON and releases it. */
void lb_output_json(lb_output * out, json_t * root);

/** Writes "lindbound: MESSAGE" to stderr; returns LB_EXIT_USAGE, of a solver
 *  that did not converge LB_EXIT_UNDECIDED. */
int lb_cli_error(const lb_error * err);
LB_PRINTF(1, 2)
int lb_cli_fail(const char * format, ...);

/** Writes a progress line to stderr if that is a terminal; _end erases it. */
LB_PRINTF(1, 2)
void lb_cli_progress(const char * format, ...);
void lb_cli_progress_end(void);

/* --- built-in data (data_folder.c) --------------------------------------- */

/** Path of FOLDER/NAME in the data folder: $LINDBOUND_DATA, else
 *  ../share/lindbound beside the program, else as installed.  Release with
 *  flint_free. */
char * lb_data_path(const char * folder, const char * name);
/** Path of FOLDER/NAME.json there. */
char * lb_data_file(const char * folder, const char * name);
/** That of the forms of a model. */
char * lb_data_forms(const char * model);

/** Names of the built-in files in @p folder, without ".json", sorted; NULL
 *  after a message if the folder cannot be read.  Release with
 *  lb_data_list_free. */
char ** lb_data_list(const char * folder, int * count);
void lb_data_list_free(char ** names, int count);
/** The same of any folder @p path; NULL, with errno and without a message. */
char ** lb_folder_list(const char * path, int * count);

/** The built-in model or network @p name as JSON, and its path.  Release *path
 *  with flint_free.  LB_ENAME: there is none; both are then NULL. */
LB_MUST_CHECK lb_status lb_data_find_model(json_t ** json, char ** path,
                                           const char * name, lb_error * err);

/** 1 if NAME means a file: it holds a '/' or ends in ".json". */
int lb_data_is_path(const char * name);

/** Reads MODEL: a path if it holds a '/' or ends in ".json", else the name of a
 *  built-in model or network.  On failure m is empty. */
LB_MUST_CHECK lb_status lb_data_read_model(lb_model_t m, const char * name,
                                           lb_error * err);
/** The same; 0, or -1 after a message. */
int lb_cli_read_model(lb_model_t m, const char * name);

/* --- solve --witness (witness.c) ------------------------------------------ */

/**
 * Proves the witness of options->witness and reports it.
 *
 * @param results    gets an entry; NULL: text goes to @p out
 * @param undecided  set if digits are missing
 * @param seconds    increased
 * @return 0, or an exit status after a message
 */
int lb_cli_witness(lb_output * out, json_t * results,
                   const lb_options * options, const lb_model_t m,
                   int * undecided, double * seconds);

/* --- forms and claims judged (verifier.c, auditor.c) --------------------- */

/* Judges forms and gives each row away as soon as it is there. */
typedef struct
{
    lb_verify_options verify;
    lb_steady_options steady;
    lb_estimate_options estimate;
    /* before, for and after the forms of a system */
    void (*begin)(void * context, const lb_model_t m, const char * source);
    void (*row)(void * context, const lb_model_t m, const lb_verify_row * row);
    void (*end)(void * context);
    void * context;
} lb_verifier;

/** As @p options say, which must outlive it: 0, or -1 after a message. */
int lb_verifier_init(lb_verifier * v, const lb_options * options);
/** Judges @p n forms of @p m; 0, or not after a message. */
int lb_verifier_forms(const lb_verifier * v, const lb_model_t m,
                      const char * source, const lb_form_struct * forms,
                      slong n);
/** Judges the built-in forms of @p n systems, 0: of all; 0, or not after a
 *  message. */
int lb_verifier_systems(const lb_verifier * v, const char * const * names,
                        int n);

/* Judges claims and gives the rows of a paper away when all are there. */
typedef struct
{
    lb_catalog_t catalog;
    slong max_dimension;
    int threads;
    void (*rows)(void * context, const lb_claims_t claims,
                 const lb_audit_row * rows, slong n);
    void * context;
} lb_auditor;

/** With as many threads as processors, unless @p options say otherwise. */
void lb_auditor_init(lb_auditor * a, const lb_options * options);
void lb_auditor_clear(lb_auditor * a);
/** Judges @p n of PAPER, PAPER/CLAIM, FILE.json, 0: all papers; 0, or not after
 *  a message. */
int lb_auditor_papers(lb_auditor * a, const char * const * papers, int n);

/* --- subcommands --------------------------------------------------------- */

int lb_cmd_verify(int argc, char ** argv);
int lb_cmd_eval(int argc, char ** argv);
int lb_cmd_solve(int argc, char ** argv);
int lb_cmd_audit(int argc, char ** argv);
int lb_cmd_report(int argc, char ** argv);
int lb_cmd_check(int argc, char ** argv);
int lb_cmd_list(int argc, char ** argv);
int lb_cmd_show(int argc, char ** argv);
int lb_cmd_table(int argc, char ** argv);
int lb_cmd_gate(int argc, char ** argv);
int lb_cmd_vectors(int argc, char ** argv);

#endif /* LB_CLI_H */
