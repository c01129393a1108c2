/* certify/lyapunov.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include <lindbound/lyapunov.h>

#define PREC 96
/* The tail inequality must begin below this shell. */
#define LAST_FINITE_SHELL 3000

/* --- the class: H -------------------------------------------------------- */

static const char *
term_text(char * buffer, size_t size, const lb_opoly_t op, slong term,
          const lb_problem_t p)
{
    lb_opoly_term_text(buffer, size, op, term, (const char * const *) p->names);
    return buffer;
}

/* The subsystem of a term that is one ladder operator, -1 for others. */
static slong
single_ladder(const lb_opoly_t op, slong term)
{
    const lb_factor * f = lb_opoly_term(op, term);
    slong which = -1;

    for (slong k = 0; k < op->subsystems; k++)
    {
        if (f[k].matrix_unit || f[k].create + f[k].annihilate > 1)
            return -1;
        if (f[k].create + f[k].annihilate == 1)
        {
            if (which >= 0)
                return -1;
            which = k;
        }
    }
    return which;
}

static lb_status
inspect_hamiltonian(lb_lyapunov_class_t k, const lb_problem_t p, lb_error * err)
{
    const lb_opoly_struct * h = p->hamiltonian;
    char text[160];

    for (slong i = 0; i < h->length; i++)
    {
        slong shift = lb_opoly_term_shift(h, i), which;

        if (shift == 0)
            continue;
        which = single_ladder(h, i);
        if (which < 0)
            return lb_error_set(
                err, LB_EMODEL,
                "level full: the term %s of the Hamiltonian changes the "
                "excitation number and is not a linear drive",
                term_text(text, sizeof(text), h, i, p));
        if (shift > 0)
            acb_add(k->drive + which, k->drive + which,
                    h->coefficients[i].coefficient, k->prec);
    }
    return LB_OK;
}

/* --- the class: jumps ---------------------------------------------------- */

/* matrix += rate conj(u_j) u_l */
static void
add_outer(acb_mat_t matrix, const arb_t rate, acb_srcptr u, slong prec)
{
    slong n = acb_mat_nrows(matrix);
    acb_t x;

    acb_init(x);
    for (slong j = 0; j < n; j++)
        for (slong l = 0; l < n; l++)
        {
            acb_conj(x, u + j);
            acb_mul(x, x, u + l, prec);
            acb_mul_arb(x, x, rate, prec);
            acb_add(acb_mat_entry(matrix, j, l), acb_mat_entry(matrix, j, l), x,
                    prec);
        }
    acb_clear(x);
}

/* x += factor * rate * (sum of |u_j| over two-level systems)^2 */
static void
add_atoms(arb_t x, const lb_lyapunov_class_t k, const arb_t rate, acb_srcptr u)
{
    arb_t sum, size;

    arb_init(sum);
    arb_init(size);
    for (slong j = 0; j < k->subsystems; j++)
        if (k->kinds[j] == LB_TWO_LEVEL)
        {
            acb_abs(size, u + j, k->prec);
            arb_add(sum, sum, size, k->prec);
        }
    arb_sqr(sum, sum, k->prec);
    arb_addmul(x, rate, sum, k->prec);
    arb_clear(sum);
    arb_clear(size);
}

/* What a linear jump sum_j u_j c_j (or c_j') is made of. */
static void
find_kinds(int * modes, int * atoms, const lb_lyapunov_class_t k, acb_srcptr u)
{
    *modes = 0;
    *atoms = 0;
    for (slong j = 0; j < k->subsystems; j++)
        if (!acb_is_zero(u + j))
            *(k->kinds[j] == LB_MODE ? modes : atoms) = 1;
}

/* Loss sum_j u_j c_j + constant: [L3], the constant moved into H by [L6]. */
static void
add_loss(lb_lyapunov_class_t k, const arb_t rate, acb_srcptr u,
         const acb_t constant)
{
    slong n = k->subsystems;
    acb_ptr modes_only = _acb_vec_init(n);
    int modes, atoms;
    arb_t r;
    acb_t x;

    acb_init(x);
    arb_init(r);
    find_kinds(&modes, &atoms, k, u);
    add_outer(k->loss, rate, u, k->prec);
    for (slong j = 0; j < n; j++)
    {
        if (k->kinds[j] == LB_MODE)
            acb_set(modes_only + j, u + j);
        /* e_j += -(i/2) rate constant conj(u_j) */
        acb_conj(x, u + j);
        acb_mul(x, x, constant, k->prec);
        acb_mul_arb(x, x, rate, k->prec);
        acb_mul_2exp_si(x, x, -1);
        acb_div_onei(x, x);
        acb_add(k->drive + j, k->drive + j, x, k->prec);
    }
    arb_set(r, rate);
    if (modes && atoms)
    {
        arb_mul_2exp_si(r, r, -1);
        add_atoms(k->mixed, k, rate, u);
    }
    if (modes)
        add_outer(k->mode_loss, r, modes_only, k->prec);
    arb_clear(r);
    acb_clear(x);
    _acb_vec_clear(modes_only, n);
}

/* Reads a jump as constant + sum_j u_j c_j (shift -1) or sum_j u_j c_j'
   (shift 1); 0 if it is not of that form. */
static int
read_linear(acb_ptr u, acb_t constant, slong shift, const lb_opoly_t jump)
{
    _acb_vec_zero(u, jump->subsystems);
    acb_zero(constant);
    for (slong i = 0; i < jump->length; i++)
    {
        const acb_struct * c = jump->coefficients[i].coefficient;
        slong which = single_ladder(jump, i);
        int is_one = 1;

        for (slong s = 0; s < jump->subsystems; s++)
        {
            const lb_factor * f = lb_opoly_term(jump, i) + s;

            is_one &= !f->matrix_unit && f->create == 0 && f->annihilate == 0;
        }
        if (is_one && shift == -1)
            acb_set(constant, c);
        else if (which >= 0 && lb_opoly_term_shift(jump, i) == shift)
            acb_set(u + which, c);
        else
            return 0;
    }
    return 1;
}

static lb_status
inspect_jump(lb_lyapunov_class_t k, const lb_problem_t p, slong which,
             lb_error * err)
{
    const lb_opoly_struct * jump = p->jumps + which;
    const arb_struct * rate = p->rates + which;
    acb_ptr u = _acb_vec_init(k->subsystems);
    lb_status status = LB_OK;
    slong shift = 0;
    int modes, atoms, definite = 1;
    char text[160], other[160];
    acb_t constant;

    acb_init(constant);
    for (slong i = 0; i < jump->length; i++)
    {
        slong s = lb_opoly_term_shift(jump, i);

        if (i == 0)
            shift = s;
        if (s != shift)
        {
            definite = 0;
            term_text(text, sizeof(text), jump, 0, p);
            term_text(other, sizeof(other), jump, i, p);
        }
    }
    if (jump->length == 0 || arb_is_zero(rate))
        ;
    else if (read_linear(u, constant, -1, jump))
        add_loss(k, rate, u, constant);
    else if (!definite)
        status = lb_error_set(err, LB_EMODEL,
                              "level full: the jump operator number %ld "
                              "changes the excitation number by different "
                              "amounts in its terms %s and %s",
                              (long) which + 1, text, other);
    else if (shift <= 0)
        ; /* dephasing, nonlinear loss: only help, [L2] */
    else if (shift == 1 && read_linear(u, constant, 1, jump))
    {
        find_kinds(&modes, &atoms, k, u);
        k->raises = 1;
        if (modes && atoms)
            status = lb_error_set(err, LB_EMODEL,
                                  "level full: the jump operator number %ld "
                                  "raises modes and two-level systems "
                                  "together",
                                  (long) which + 1);
        else if (modes)
            add_outer(k->gain, rate, u, k->prec);
        else
            add_atoms(k->pump, k, rate, u);
    }
    else
        status = lb_error_set(err, LB_EMODEL,
                              "level full: the term %s of jump operator "
                              "number %ld raises the excitation number and is "
                              "not linear",
                              term_text(text, sizeof(text), jump, 0, p),
                              (long) which + 1);
    acb_clear(constant);
    _acb_vec_clear(u, k->subsystems);
    return status;
}

/* Every mode must be damped; says which is not. */
static lb_status
check_damped(const lb_lyapunov_class_t k, const lb_problem_t p, lb_error * err)
{
    for (slong j = 0; j < k->subsystems; j++)
        if (k->kinds[j] == LB_MODE
            && !arb_is_positive(acb_realref(acb_mat_entry(k->loss, j, j))))
            return lb_error_set(err, LB_EMODEL,
                                "level full: the mode %s has no linear loss",
                                p->names != NULL ? p->names[j] : "?");
    return LB_OK;
}

/* x = upper endpoint, an exact number */
static void
raise_to_upper(arb_t x, slong prec)
{
    arf_t u;

    arf_init(u);
    arb_get_ubound_arf(u, x, prec);
    arb_set_arf(x, u);
    arf_clear(u);
}

static void
lower_to_lower(arb_t x, slong prec)
{
    arf_t u;

    arf_init(u);
    arb_get_lbound_arf(u, x, prec);
    arb_set_arf(x, u);
    arf_clear(u);
}

static void
bound_drives(lb_lyapunov_class_t k)
{
    arb_t size;

    arb_init(size);
    for (slong j = 0; j < k->subsystems; j++)
    {
        acb_abs(size, k->drive + j, k->prec);
        raise_to_upper(size, k->prec);
        if (k->kinds[j] == LB_MODE)
            arb_addmul(k->mode_drive, size, size, k->prec);
        else
            arb_add(k->atom_drive, k->atom_drive, size, k->prec);
    }
    raise_to_upper(k->mode_drive, k->prec);
    arb_sqrt(k->mode_drive, k->mode_drive, k->prec);
    raise_to_upper(k->mode_drive, k->prec);
    raise_to_upper(k->atom_drive, k->prec);
    arb_clear(size);
}

lb_status
lb_lyapunov_class_init(lb_lyapunov_class_t k, const lb_problem_t p,
                       lb_error * err)
{
    slong n = p->subsystems;
    lb_status status;

    k->prec = FLINT_MAX(PREC, p->prec);
    k->subsystems = n;
    k->kinds = p->kinds;
    k->raises = 0;
    acb_mat_init(k->loss, n, n);
    acb_mat_init(k->mode_loss, n, n);
    acb_mat_init(k->gain, n, n);
    arb_init(k->pump);
    arb_init(k->mixed);
    arb_init(k->mode_drive);
    arb_init(k->atom_drive);
    k->drive = _acb_vec_init(n);
    status = inspect_hamiltonian(k, p, err);
    for (slong j = 0; j < p->n_jumps && status == LB_OK; j++)
        status = inspect_jump(k, p, j, err);
    if (status == LB_OK)
        status = check_damped(k, p, err);
    if (status == LB_OK)
        bound_drives(k);
    return status;
}

void
lb_lyapunov_class_clear(lb_lyapunov_class_t k)
{
    acb_mat_clear(k->loss);
    acb_mat_clear(k->mode_loss);
    acb_mat_clear(k->gain);
    arb_clear(k->pump);
    arb_clear(k->mixed);
    arb_clear(k->mode_drive);
    arb_clear(k->atom_drive);
    _acb_vec_clear(k->drive, k->subsystems);
}

/* --- the damping --------------------------------------------------------- */

/* 1 only if the Hermitian matrix a - shift, cut to the marked rows, is
   provably positive definite: Gaussian elimination in balls, all pivots
   positive. */
static int
is_positive(const acb_mat_t a, const char * marked, const arb_t shift,
            slong prec)
{
    slong n = acb_mat_nrows(a);
    int positive = 1;
    acb_mat_t b;
    acb_t x;

    acb_mat_init(b, n, n);
    acb_init(x);
    acb_mat_set(b, a);
    for (slong i = 0; i < n; i++)
        acb_sub_arb(acb_mat_entry(b, i, i), acb_mat_entry(b, i, i), shift,
                    prec);
    for (slong p = 0; p < n && positive; p++)
    {
        arb_srcptr pivot = acb_realref(acb_mat_entry(b, p, p));

        if (!marked[p])
            continue;
        if (!arb_is_positive(pivot))
        {
            positive = 0;
            break;
        }
        for (slong i = p + 1; i < n; i++)
            for (slong j = p + 1; j < n; j++)
            {
                if (!marked[i] || !marked[j])
                    continue;
                acb_mul(x, acb_mat_entry(b, i, p), acb_mat_entry(b, p, j),
                        prec);
                acb_div_arb(x, x, pivot, prec);
                acb_sub(acb_mat_entry(b, i, j), acb_mat_entry(b, i, j), x,
                        prec);
            }
        for (slong i = p + 1; i < n; i++)
            arb_zero(acb_imagref(acb_mat_entry(b, i, i)));
    }
    acb_clear(x);
    acb_mat_clear(b);
    return positive;
}

/* An exact number k > 0 with a - k > 0 on the marked rows; 0 if none was
   found.  Bisection; the answer was proved by is_positive. */
static int
smallest_eigenvalue(arb_t k, const acb_mat_t a, const char * marked, slong prec)
{
    arb_t low, high, middle, x;
    slong n = acb_mat_nrows(a);
    int found = 0, diagonal = 1, any = 0;

    arb_init(low);
    arb_init(high);
    arb_init(middle);
    arb_init(x);
    arb_pos_inf(high);
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < n; j++)
        {
            if (!marked[i] || !marked[j])
                continue;
            if (i != j)
                diagonal &= acb_is_zero(acb_mat_entry(a, i, j));
            else
            {
                arb_set(x, acb_realref(acb_mat_entry(a, i, i)));
                lower_to_lower(x, prec);
                arb_min(high, high, x, prec);
                any = 1;
            }
        }
    lower_to_lower(high, prec);
    arb_zero(k);
    if (!any)
    {
        /* nothing to damp: any rate will do */
        arb_one(k);
        found = 1;
    }
    else if (diagonal)
    {
        arb_set(k, high);
        found = arb_is_positive(k);
    }
    else if (arb_is_positive(high) && is_positive(a, marked, low, prec))
    {
        for (int i = 0; i < 24; i++)
        {
            arb_add(middle, low, high, prec);
            arb_mul_2exp_si(middle, middle, -1);
            lower_to_lower(middle, prec);
            arb_set(is_positive(a, marked, middle, prec) ? low : high, middle);
        }
        arb_set(k, low);
        found = arb_is_positive(k);
    }
    arb_clear(low);
    arb_clear(high);
    arb_clear(middle);
    arb_clear(x);
    return found;
}

/* --- the inequality ------------------------------------------------------ */

/* The Jacobi form of [L3]: T <= -a_N on the shell N, with
   a_N = damping_N (N - q)_+ - constant, and links b_N between N and N + 1. */
typedef struct
{
    slong prec;
    slong q;        /* two-level systems not counted as damped         */
    int growing;    /* beta > 0                                        */
    arb_t damping;  /* beta = 0: the k of [L3]; else lambda of the loss */
    arb_t constant; /* without c                                       */
    arb_t mode_drive, atom_drive;
    arb_srcptr ratio, growth, rate;
} jacobi;

static void
jacobi_init(jacobi * t, const lb_lyapunov_class_t k, const arb_t ratio,
            const arb_t growth, const arb_t rate)
{
    t->prec = k->prec;
    t->growing = !arb_is_zero(growth);
    t->ratio = ratio;
    t->growth = growth;
    t->rate = rate;
    arb_init(t->damping);
    arb_init(t->constant);
    arb_init(t->mode_drive);
    arb_init(t->atom_drive);
    arb_set(t->mode_drive, k->mode_drive);
    arb_set(t->atom_drive, k->atom_drive);
}

static void
jacobi_clear(jacobi * t)
{
    arb_clear(t->damping);
    arb_clear(t->constant);
    arb_clear(t->mode_drive);
    arb_clear(t->atom_drive);
}

/* matrix = loss (1 - 1/r) - (r - 1) gain^T, or loss if beta > 0 */
static void
net_damping(acb_mat_t matrix, const jacobi * t, const acb_mat_t loss,
            const acb_mat_t gain)
{
    slong n = acb_mat_nrows(loss), prec = t->prec;
    arb_t down, up;
    acb_t x;

    acb_mat_set(matrix, loss);
    if (t->growing)
        return;
    arb_init(down);
    arb_init(up);
    acb_init(x);
    arb_inv(down, t->ratio, prec);
    arb_sub_ui(down, down, 1, prec);
    arb_neg(down, down);
    arb_sub_ui(up, t->ratio, 1, prec);
    for (slong j = 0; j < n; j++)
        for (slong l = 0; l < n; l++)
        {
            acb_ptr z = acb_mat_entry(matrix, j, l);

            acb_mul_arb(z, z, down, prec);
            acb_mul_arb(x, acb_mat_entry(gain, l, j), up, prec);
            acb_sub(z, z, x, prec);
        }
    arb_clear(down);
    arb_clear(up);
    acb_clear(x);
}

/* True unless all losses between marked and other subsystems are exactly zero:
   only then is the marked block a bound of the whole, [L3].  (An amplitude that
   is a ball around zero leaves its subsystem unmarked, but couples it.) */
static int
couples_to_unmarked(const acb_mat_t loss, const char * marked)
{
    slong n = acb_mat_nrows(loss);

    for (slong j = 0; j < n; j++)
        for (slong l = 0; l < n; l++)
            if (marked[j] != marked[l]
                && !acb_is_zero(acb_mat_entry(loss, j, l)))
                return 1;
    return 0;
}

/* Sets damping, q and constant, [L3]; 0: not damped. */
static int
find_damping(jacobi * t, const lb_lyapunov_class_t k)
{
    slong n = k->subsystems, prec = t->prec;
    char * marked = flint_calloc((size_t) n + 1, 1);
    acb_mat_t matrix;
    arb_t x, y;
    int found;

    acb_mat_init(matrix, n, n);
    arb_init(x);
    arb_init(y);
    arb_sub_ui(y, t->ratio, 1, prec);
    for (slong j = 0; j < n; j++)
    {
        marked[j]
            = k->kinds[j] == LB_MODE
              || arb_is_positive(acb_realref(acb_mat_entry(k->loss, j, j)));
        /* (r - 1) (trace of the gain + pump) */
        arb_addmul(t->constant, y, acb_realref(acb_mat_entry(k->gain, j, j)),
                   prec);
    }
    arb_addmul(t->constant, y, k->pump, prec);
    net_damping(matrix, t, k->loss, k->gain);
    found = !couples_to_unmarked(k->loss, marked)
            && smallest_eigenvalue(t->damping, matrix, marked, prec);
    if (!found)
    {
        /* count the modes alone; what mixed jumps take from them, [L3] */
        for (slong j = 0; j < n; j++)
            marked[j] = k->kinds[j] == LB_MODE;
        net_damping(matrix, t, k->mode_loss, k->gain);
        found = smallest_eigenvalue(t->damping, matrix, marked, prec);
        arb_add(t->constant, t->constant, k->mixed, prec);
    }
    t->q = 0;
    for (slong j = 0; j < n; j++)
        t->q += !marked[j];
    raise_to_upper(t->constant, prec);
    acb_mat_clear(matrix);
    arb_clear(x);
    arb_clear(y);
    flint_free(marked);
    return found;
}

/* rho_n = w_{n+1}/w_n = r (1 + beta n) */
static void
step_ratio(arb_t rho, arb_srcptr ratio, arb_srcptr growth, slong n, slong prec)
{
    arb_mul_si(rho, growth, n, prec);
    arb_add_ui(rho, rho, 1, prec);
    arb_mul(rho, rho, ratio, prec);
}

/* a_N = damping_N (N - q)_+ - constant - c */
static void
diagonal(arb_t a, const jacobi * t, slong n)
{
    slong prec = t->prec;

    arb_zero(a);
    if (n > t->q)
    {
        if (t->growing)
        {
            step_ratio(a, t->ratio, t->growth, n - 1, prec);
            arb_inv(a, a, prec);
            arb_sub_ui(a, a, 1, prec);
            arb_neg(a, a);
            arb_mul(a, a, t->damping, prec);
        }
        else
            arb_set(a, t->damping);
        arb_mul_si(a, a, n - t->q, prec);
    }
    arb_sub(a, a, t->constant, prec);
    arb_sub(a, a, t->rate, prec);
}

/* b_N = (sqrt(rho_N) - 1/sqrt(rho_N)) (E sqrt(N+1) + E') */
static void
link(arb_t b, const jacobi * t, slong n)
{
    slong prec = t->prec;
    arb_t x;

    arb_init(x);
    step_ratio(b, t->ratio, t->growth, n, prec);
    arb_sqrt(b, b, prec);
    arb_inv(x, b, prec);
    arb_sub(b, b, x, prec);
    arb_sqrt_ui(x, (ulong) n + 1, prec);
    arb_mul(x, x, t->mode_drive, prec);
    arb_add(x, x, t->atom_drive, prec);
    arb_mul(b, b, x, prec);
    arb_clear(x);
}

/* 1 only if a_N a_{N+1} >= 4 b_N^2 and a_N > 0 are proved for all N >= first,
   by the quadratic polynomial of [L4]. */
static int
tail_holds(const jacobi * t, slong first)
{
    slong prec = t->prec;
    arb_t k, m, f, g, h, x, y;
    int holds;

    if (first <= t->q)
        return 0;
    arb_init(k);
    arb_init(m);
    arb_init(f);
    arb_init(g);
    arb_init(h);
    arb_init(x);
    arb_init(y);

    /* k <= damping_N for N >= first; m = constant + c */
    arb_set(k, t->damping);
    if (t->growing)
    {
        step_ratio(x, t->ratio, t->growth, first - 1, prec);
        arb_inv(x, x, prec);
        arb_sub_ui(x, x, 1, prec);
        arb_neg(x, x);
        arb_mul(k, k, x, prec);
    }
    arb_add(m, t->constant, t->rate, prec);
    /* b_N^2 <= (N+1) (g + h N), with F = E + E'/sqrt(first + 1):
       beta = 0: g = F^2 (r - 2 + 1/r), h = 0;  else g = F^2 r, h = g beta */
    arb_sqrt_ui(x, (ulong) first + 1, prec);
    arb_div(x, t->atom_drive, x, prec);
    arb_add(x, x, t->mode_drive, prec);
    arb_sqr(x, x, prec);
    arb_set(g, t->ratio);
    if (!t->growing)
    {
        arb_inv(y, t->ratio, prec);
        arb_add(g, g, y, prec);
        arb_sub_ui(g, g, 2, prec);
    }
    arb_mul(g, g, x, prec);
    arb_mul(h, g, t->growth, prec);

    /* x = k (first - q) - m > 0 */
    arb_mul_si(x, k, first - t->q, prec);
    arb_sub(x, x, m, prec);
    holds = arb_is_positive(x);
    /* f = x (x + k) - 4 (first+1) (g + h first) >= 0 */
    arb_add(y, x, k, prec);
    arb_mul(f, x, y, prec);
    arb_mul_si(y, h, first, prec);
    arb_add(y, y, g, prec);
    arb_mul_si(y, y, 4 * (first + 1), prec);
    arb_sub(f, f, y, prec);
    holds = holds && arb_is_nonnegative(f);
    /* f' = k (2x + k) - 4 (g + h (2 first + 1)) >= 0 */
    arb_mul_2exp_si(f, x, 1);
    arb_add(f, f, k, prec);
    arb_mul(f, f, k, prec);
    arb_mul_si(y, h, 2 * first + 1, prec);
    arb_add(y, y, g, prec);
    arb_mul_2exp_si(y, y, 2);
    arb_sub(f, f, y, prec);
    holds = holds && arb_is_nonnegative(f);
    /* f'' = 2 k^2 - 8 h >= 0 */
    arb_sqr(f, k, prec);
    arb_mul_2exp_si(y, h, 2);
    arb_sub(f, f, y, prec);
    holds = holds && arb_is_nonnegative(f);

    arb_clear(k);
    arb_clear(m);
    arb_clear(f);
    arb_clear(g);
    arb_clear(h);
    arb_clear(x);
    arb_clear(y);
    return holds;
}

/* d = b_{n*}^2 / delta_{n*+1}, with n* the first shell from above at which
   delta_N = a_N - b_N^2 / delta_{N+1} is not provably positive. */
static slong
eliminate(arb_t d, const jacobi * t, slong first)
{
    slong prec = t->prec, n;
    arb_t delta, b;

    arb_init(delta);
    arb_init(b);
    diagonal(delta, t, first);
    arb_mul_2exp_si(delta, delta, -1);
    for (n = first - 1;; n--)
    {
        link(b, t, n);
        arb_sqr(b, b, prec);
        arb_div(d, b, delta, prec);
        if (n == 0)
            break;
        diagonal(delta, t, n);
        arb_sub(delta, delta, d, prec);
        if (!arb_is_positive(delta))
            break;
    }
    arb_clear(delta);
    arb_clear(b);
    return n;
}

/* D = max_{N <= n*} d_N w_N / c, [L4]; @p d is what eliminate left at n*. */
static void
low_shells(mag_t bound, const jacobi * t, const lb_weight_t weight,
           const arb_t d)
{
    slong prec = t->prec;
    arb_t former, a, b, root, w;
    mag_t m;

    arb_init(former);
    arb_init(a);
    arb_init(b);
    arb_init(root);
    arb_init(w);
    mag_init(m);
    mag_zero(bound);
    for (slong n = 0; n <= weight->n_star; n++)
    {
        /* d_N = -a_N + b_{N-1}/sqrt(rho_{N-1}) + b_N sqrt(rho_N) */
        diagonal(a, t, n);
        arb_sub(a, former, a, prec);
        if (n == weight->n_star)
            arb_add(a, a, d, prec);
        else
        {
            link(b, t, n);
            step_ratio(root, t->ratio, t->growth, n, prec);
            arb_sqrt(root, root, prec);
            arb_addmul(a, b, root, prec);
            arb_div(former, b, root, prec);
        }
        if (arb_is_nonpositive(a))
            continue;
        lb_weight_at(w, weight, n, prec);
        arb_mul(a, a, w, prec);
        arb_div(a, a, t->rate, prec);
        arb_get_mag(m, a);
        mag_max(bound, bound, m);
    }
    mag_clear(m);
    arb_clear(former);
    arb_clear(a);
    arb_clear(b);
    arb_clear(root);
    arb_clear(w);
}

void
lb_weight_init(lb_weight_t w)
{
    arb_init(w->ratio);
    arb_init(w->growth);
    arb_init(w->rate);
    mag_init(w->bound);
    w->n_star = 0;
    mag_inf(w->bound);
}

void
lb_weight_clear(lb_weight_t w)
{
    arb_clear(w->ratio);
    arb_clear(w->growth);
    arb_clear(w->rate);
    mag_clear(w->bound);
}

void
lb_weight_at(arb_t w, const lb_weight_t weight, slong n, slong prec)
{
    arb_t rho;

    arb_init(rho);
    arb_one(w);
    if (arb_is_zero(weight->growth))
        arb_pow_ui(w, weight->ratio, (ulong) n, prec);
    else
        for (slong k = 0; k < n; k++)
        {
            step_ratio(rho, weight->ratio, weight->growth, k, prec);
            arb_mul(w, w, rho, prec);
        }
    arb_clear(rho);
}

int
lb_lyapunov_prove(lb_weight_t weight, const lb_lyapunov_class_t k,
                  const arb_t ratio, const arb_t growth, const arb_t rate)
{
    slong first;
    int proved = 0;
    jacobi t;
    arb_t one, d;

    arb_init(one);
    arb_init(d);
    arb_one(one);
    jacobi_init(&t, k, ratio, growth, rate);
    if (arb_is_exact(ratio) && arb_is_exact(growth) && arb_is_exact(rate)
        && arb_gt(ratio, one) && arb_is_nonnegative(growth)
        && arb_is_positive(rate) && !(t.growing && k->raises)
        && find_damping(&t, k))
    {
        first = t.q + 1;
        while (first < LAST_FINITE_SHELL && !tail_holds(&t, first))
            first += 1 + first / 8;
        if (first < LAST_FINITE_SHELL)
        {
            weight->n_star = eliminate(d, &t, first);
            arb_set(weight->ratio, ratio);
            arb_set(weight->growth, growth);
            arb_set(weight->rate, rate);
            low_shells(weight->bound, &t, weight, d);
            proved = !mag_is_inf(weight->bound);
        }
    }
    jacobi_clear(&t);
    arb_clear(one);
    arb_clear(d);
    return proved;
}

/* --- the search ---------------------------------------------------------- */

/* In doubles; what it finds is then proved or dropped. */

/* shells that are given a weight of their own */
static const slong targets[]
    = { 1,  2,  3,  4,  5,  6,  7,  8,  9,  10,  11,  12,
        14, 16, 18, 21, 25, 30, 40, 55, 75, 100, 140, 200 };
#define N_TARGETS ((int) (sizeof(targets) / sizeof(targets[0])))
/* the rough form of an inequality ends here */
#define ROUGH_SHELLS 1500

typedef struct
{
    double damping, gain, pump, mixed, mode_drive, atom_drive;
    slong q;
} rough_class;

typedef struct
{
    double ratio, growth, rate;
    double log_population; /* log2 of D / w_n at the target */
} candidate;

static double
approximate(const arb_t x)
{
    return arf_get_d(arb_midref(x), ARF_RND_NEAR);
}

static void
rough_class_set(rough_class * x, const lb_lyapunov_class_t k)
{
    arb_t ratio, growth, rate;
    double total = 0.0;
    jacobi t;

    arb_init(ratio);
    arb_init(growth);
    arb_init(rate);
    arb_set_ui(ratio, 2);
    arb_one(growth); /* so that it is the loss alone that counts */
    jacobi_init(&t, k, ratio, growth, rate);
    x->damping = find_damping(&t, k) ? approximate(t.damping) : 0.0;
    x->q = t.q;
    x->gain = 0.0;
    for (slong j = 0; j < k->subsystems; j++)
    {
        double g = approximate(acb_realref(acb_mat_entry(k->gain, j, j)));

        x->gain = fmax(x->gain, g);
        total += g;
    }
    x->pump = total + approximate(k->pump);
    x->mixed = approximate(t.constant) - x->pump;
    x->mode_drive = approximate(k->mode_drive);
    x->atom_drive = approximate(k->atom_drive);
    jacobi_clear(&t);
    arb_clear(ratio);
    arb_clear(growth);
    arb_clear(rate);
}

/* As diagonal and link above; rho[n] = w_{n+1}/w_n. */
static double
rough_diagonal(const rough_class * x, const double * rho, double growth,
               double c, slong n)
{
    double r = rho[0], k, constant = (r - 1.0) * x->pump + x->mixed + c;

    if (n <= x->q)
        return -constant;
    k = growth > 0.0 ? x->damping * (1.0 - 1.0 / rho[n - 1])
                     : x->damping * (1.0 - 1.0 / r) - (r - 1.0) * x->gain;
    return k * (double) (n - x->q) - constant;
}

static double
rough_link(const rough_class * x, const double * rho, slong n)
{
    return (sqrt(rho[n]) - 1.0 / sqrt(rho[n]))
           * (x->mode_drive * sqrt((double) n + 1.0) + x->atom_drive);
}

/* log2 D, or infinity */
static double
rough_bound(const rough_class * x, const double * rho, const double * log_w,
            double growth, double c)
{
    double delta, d = 0.0, former = 0.0, best = -INFINITY;
    slong first, n;

    for (first = x->q + 1; first < ROUGH_SHELLS - 2; first += 1 + first / 8)
    {
        double a = rough_diagonal(x, rho, growth, c, first);
        double next = rough_diagonal(x, rho, growth, c, first + 1);
        double b = rough_link(x, rho, first);

        if (a > 0.0 && a * next > 4.0 * b * b)
            break;
    }
    if (first >= ROUGH_SHELLS - 2)
        return INFINITY;
    delta = 0.5 * rough_diagonal(x, rho, growth, c, first);
    for (n = first - 1;; n--)
    {
        double b = rough_link(x, rho, n);

        d = b * b / delta;
        if (n == 0)
            break;
        delta = rough_diagonal(x, rho, growth, c, n) - d;
        if (delta <= 0.0)
            break;
    }
    for (slong k = 0; k <= n; k++)
    {
        double a = former - rough_diagonal(x, rho, growth, c, k);

        if (k == n)
            a += d;
        else
        {
            double b = rough_link(x, rho, k);

            a += b * sqrt(rho[k]);
            former = b / sqrt(rho[k]);
        }
        if (a > 0.0)
            best = fmax(best, log2(a / c) + log_w[k]);
    }
    return best;
}

static void
try_candidate(candidate * best, const rough_class * x, double ratio,
              double growth)
{
    static const double parts[] = { 0.005, 0.02, 0.06, 0.15, 0.3, 0.5, 0.8 };
    double * rho = flint_malloc(ROUGH_SHELLS * sizeof(double));
    double * log_w = flint_malloc(ROUGH_SHELLS * sizeof(double));
    double k = x->damping * (1.0 - 1.0 / ratio) - (ratio - 1.0) * x->gain;

    log_w[0] = 0.0;
    for (slong n = 0; n < ROUGH_SHELLS; n++)
    {
        rho[n] = ratio * (1.0 + growth * (double) n);
        if (n > 0)
            log_w[n] = log_w[n - 1] + log2(rho[n - 1]);
    }
    for (size_t c = 0; k > 0.0 && c < sizeof(parts) / sizeof(parts[0]); c++)
    {
        double log_d = rough_bound(x, rho, log_w, growth, parts[c] * k);

        for (int i = 0; i < N_TARGETS && isfinite(log_d); i++)
            if (log_d - log_w[targets[i]] < best[i].log_population)
            {
                best[i].ratio = ratio;
                best[i].growth = growth;
                best[i].rate = parts[c] * k;
                best[i].log_population = log_d - log_w[targets[i]];
            }
    }
    flint_free(rho);
    flint_free(log_w);
}

static void
find_candidates(candidate * best, const lb_lyapunov_class_t k)
{
    static const double grow[]
        = { 0.0, 0.03, 0.08, 0.15, 0.25, 0.4, 0.6, 0.8, 0.93 };
    double drive, scale;
    rough_class x;

    for (int i = 0; i < N_TARGETS; i++)
        best[i].log_population = INFINITY;
    rough_class_set(&x, k);
    if (!(x.damping > 0.0))
        return;
    drive = x.mode_drive + x.atom_drive;
    scale = drive > 0.0 ? pow(x.damping / drive, 2.0) : ldexp(1.0, 60);
    scale = fmin(scale, ldexp(1.0, 100));
    for (int i = -16; i <= 14; i++)
    {
        double r = 1.0 + scale * exp2(0.5 * i);
        double limit = 4.0 * x.mode_drive * x.mode_drive * r;
        int several = !k->raises && limit > 0.0;

        for (int g = 0; g < (several ? 9 : 1); g++)
            try_candidate(best, &x, r,
                          several ? grow[g] * x.damping * x.damping / limit
                                  : 0.0);
    }
    for (int i = 1; x.gain > 0.0 && i < 24; i++)
        try_candidate(best, &x, 1.0 + (x.damping / x.gain - 1.0) * i / 24.0,
                      0.0);
}

/* Proves the best candidates, each once. */
static void
search(lb_lyapunov_t ly, const lb_lyapunov_class_t k)
{
    candidate best[N_TARGETS];
    arb_t r, b, c;

    arb_init(r);
    arb_init(b);
    arb_init(c);
    find_candidates(best, k);
    for (int i = 0; i < N_TARGETS; i++)
    {
        lb_weight_struct * w = ly->weights + ly->n_weights;
        int known = !isfinite(best[i].log_population);

        for (int j = 0; j < i && !known; j++)
            known = best[j].ratio == best[i].ratio
                    && best[j].growth == best[i].growth
                    && best[j].rate == best[i].rate;
        if (known)
            continue;
        arb_set_d(r, best[i].ratio);
        arb_set_d(b, best[i].growth);
        arb_set_d(c, best[i].rate);
        lb_weight_init(w);
        if (lb_lyapunov_prove(w, k, r, b, c))
            ly->n_weights++;
        else
            lb_weight_clear(w);
    }
    arb_clear(r);
    arb_clear(b);
    arb_clear(c);
}

static void
bound_populations(lb_lyapunov_t ly)
{
    arb_t w;
    mag_t m, p;

    arb_init(w);
    mag_init(m);
    mag_init(p);
    for (slong n = 0; n < LB_LYAPUNOV_SHELLS; n++)
    {
        mag_one(ly->population + n);
        for (slong i = 0; i < ly->n_weights; i++)
        {
            lb_weight_at(w, ly->weights + i, n, PREC);
            arb_get_mag_lower(m, w);
            mag_div(p, ly->weights[i].bound, m);
            mag_min(ly->population + n, ly->population + n, p);
        }
    }
    arb_clear(w);
    mag_clear(m);
    mag_clear(p);
}

lb_status
lb_lyapunov_init(lb_lyapunov_t ly, const lb_problem_t problem, lb_error * err)
{
    lb_lyapunov_class_t k;
    lb_status status;

    ly->n_weights = 0;
    ly->raises = 0;
    ly->weights = flint_malloc((N_TARGETS + 1) * sizeof(lb_weight_struct));
    ly->population = _mag_vec_init(LB_LYAPUNOV_SHELLS);
    for (slong n = 0; n < LB_LYAPUNOV_SHELLS; n++)
        mag_one(ly->population + n);
    status = lb_lyapunov_class_init(k, problem, err);
    if (status == LB_OK)
    {
        ly->raises = k->raises;
        search(ly, k);
        if (ly->n_weights == 0)
            status = lb_error_set(err, LB_EPREC,
                                  "level full: no bound on the population of "
                                  "high shells could be proved; the damping "
                                  "must be positive in every direction and "
                                  "exceed what raises the excitation number");
        else
            bound_populations(ly);
    }
    lb_lyapunov_class_clear(k);
    return status;
}

void
lb_lyapunov_clear(lb_lyapunov_t ly)
{
    for (slong i = 0; i < ly->n_weights; i++)
        lb_weight_clear(ly->weights + i);
    flint_free(ly->weights);
    _mag_vec_clear(ly->population, LB_LYAPUNOV_SHELLS);
}

double
lb_lyapunov_fall(const lb_lyapunov_t ly, slong low, slong high)
{
    const mag_struct *x, *y;

    if (high >= LB_LYAPUNOV_SHELLS || low >= LB_LYAPUNOV_SHELLS)
        return 0.0;
    x = ly->population + low;
    y = ly->population + high;
    if (mag_is_zero(y) || mag_cmp_2exp_si(y, -1000000) < 0)
        return 1e6;
    if (mag_is_zero(x) || mag_cmp_2exp_si(x, -1000000) < 0)
        return -1e6;
    return (double) (fmpz_get_si(MAG_EXPREF(x)) - fmpz_get_si(MAG_EXPREF(y)));
}

/* --- the tail of an observable ------------------------------------------- */

/* Sum over m > top of D m^(power/2) / sqrt(w_m w_{m-s}), times coefficient;
   [F3].  The terms fall at least by the factor q of the first step. */
static void
add_term_tail(arb_t sum, const lb_weight_t w, const arb_t coefficient,
              slong power, slong shift, slong top, slong prec)
{
    slong first = top + 1, low = first - shift;
    arb_t x, y, q;

    if (low < 0)
    {
        arb_pos_inf(sum);
        return;
    }
    arb_init(x);
    arb_init(y);
    arb_init(q);
    lb_weight_at(x, w, first, prec);
    lb_weight_at(y, w, low, prec);
    arb_mul(x, x, y, prec);
    arb_set_ui(y, (ulong) first);
    arb_pow_ui(y, y, (ulong) power, prec);
    arb_div(x, y, x, prec);
    arb_sqrt(x, x, prec);
    arb_mul(x, x, coefficient, prec);

    step_ratio(q, w->ratio, w->growth, first, prec);
    step_ratio(y, w->ratio, w->growth, low, prec);
    arb_mul(q, q, y, prec);
    arb_set_ui(y, (ulong) first + 1);
    arb_div_ui(y, y, (ulong) first, prec);
    arb_pow_ui(y, y, (ulong) power, prec);
    arb_div(q, y, q, prec);
    arb_sqrt(q, q, prec);
    /* x / (1 - q) */
    arb_sub_ui(q, q, 1, prec);
    arb_neg(q, q);
    if (arb_is_positive(q))
    {
        arb_div(x, x, q, prec);
        arb_add(sum, sum, x, prec);
    }
    else
        arb_pos_inf(sum);
    arb_clear(x);
    arb_clear(y);
    arb_clear(q);
}

static void
weight_tail(arb_t sum, const lb_weight_t w, const lb_opoly_t op, const arf_t o,
            slong top)
{
    arb_t c, d;

    arb_init(c);
    arb_init(d);
    arb_zero(sum);
    for (slong i = 0; i < op->length; i++)
    {
        const lb_factor * f = lb_opoly_term(op, i);
        slong shift = lb_opoly_term_shift(op, i), power = 0;

        for (slong k = 0; k < op->subsystems; k++)
            if (!f[k].matrix_unit && op->kinds[k] == LB_MODE)
                power += f[k].create + f[k].annihilate;
        acb_abs(c, op->coefficients[i].coefficient, PREC);
        add_term_tail(sum, w, c, power, shift < 0 ? -shift : shift, top, PREC);
    }
    arb_set_arf(c, o);
    arb_abs(c, c);
    add_term_tail(sum, w, c, 0, 0, top, PREC);
    arf_set_mag(arb_midref(d), w->bound);
    arb_mul(sum, sum, d, PREC);
    arb_clear(c);
    arb_clear(d);
}

void
lb_lyapunov_tail(mag_t tail, const lb_lyapunov_t ly, const lb_opoly_t op,
                 const arf_t o, slong top)
{
    arb_t sum;
    mag_t m;

    arb_init(sum);
    mag_init(m);
    mag_inf(tail);
    for (slong i = 0; i < ly->n_weights; i++)
    {
        weight_tail(sum, ly->weights + i, op, o, top);
        arb_get_mag(m, sum);
        mag_min(tail, tail, m);
    }
    arb_clear(sum);
    mag_clear(m);
}
