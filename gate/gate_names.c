/* gate/gate_names.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <lindbound/gate_names.h>
#include <lindbound/text.h>

lb_status
lb_gate_refuse_name(const char * kind, const char * name,
                    const char * (*get)(const void * of, slong k),
                    const void * of, slong n, lb_error * err)
{
    const char * nearest = NULL;
    int best = 4;

    for (slong k = 0; k < n; k++)
    {
        int distance = lb_text_distance(name, get(of, k));

        if (distance < best && distance < (int) strlen(name))
        {
            best = distance;
            nearest = get(of, k);
        }
    }
    if (nearest != NULL)
        return lb_error_set(err, LB_ENAME,
                            "no %s is called '%.100s'; did you mean '%s'?",
                            kind, name, nearest);
    return lb_error_set(err, LB_ENAME, "no %s is called '%.100s'", kind, name);
}

static const char *
vector_id(const void * vectors, slong k)
{
    return ((const lb_vectors_struct *) vectors)->vectors[k].id;
}

static const char *
problem_id(const void * vectors, slong k)
{
    return ((const lb_vectors_struct *) vectors)->problems[k].id;
}

lb_status
lb_gate_refuse_vector(const lb_vectors_t vectors, const char * id,
                      lb_error * err)
{
    return lb_gate_refuse_name("vector", id, vector_id, vectors,
                               vectors->n_vectors, err);
}

lb_status
lb_gate_refuse_problem(const lb_vectors_t vectors, const char * id,
                       lb_error * err)
{
    return lb_gate_refuse_name("problem", id, problem_id, vectors,
                               vectors->n_problems, err);
}

slong
lb_gate_find_problem(const lb_vectors_t vectors, const char * id)
{
    for (slong k = 0; k < vectors->n_problems; k++)
        if (strcmp(vectors->problems[k].id, id) == 0)
            return k;
    return -1;
}
