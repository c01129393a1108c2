"""adapter.py -- what the solvers of this folder share (numpy alone).

SPDX-License-Identifier: CC0-1.0

The protocol of `lindbound gate --exec`, cutoffs, operators and observables of
the `expanded` problem, all as docs/vectors.md describes them.  A solver is a
function that turns Hamiltonian, jumps and rates into a density matrix; `serve`
does the rest.  template.py is the same in one short file, to start from.
"""
import argparse
import cmath
import itertools
import json
import math
import sys

import numpy as np


class Skip(Exception):
    """This solver does not do that; the text says why."""


# -- cutoffs: {"N": 5} at most 5 excitations in all, {"a": 4, "b": 4} of each mode --

def read_cutoff(text):
    """ "N<=5", "5", "a<=4, b<=4", "a=4,b=4" as a dictionary."""
    cutoff = {}
    for part in text.replace("<=", "=").split(","):
        name, _, level = part.rpartition("=")
        cutoff[name.strip() or "N"] = int(level)
    return cutoff


def write_cutoff(cutoff):
    return ", ".join(f"{name}<={level}" for name, level in cutoff.items())


def states(subsystems, cutoff, limit):
    """The occupations (n_0, n_1, ...) that the cutoff keeps; Skip if they are
    more than `limit`."""
    total = cutoff.get("N", math.inf)
    caps = [1 if s["kind"] == "two-level" else cutoff.get(s["name"], total)
            for s in subsystems]
    if math.inf in caps:
        raise Skip("a mode without a cutoff")

    def walk(caps, left):
        if not caps:
            yield ()
            return
        for n in range(min(caps[0], left) + 1):
            for rest in walk(caps[1:], left - n):
                yield (n,) + rest

    kept = list(itertools.islice(walk(caps, min(total, sum(caps))), limit + 1))
    if len(kept) > limit:
        raise Skip(f"more than {limit} states at {write_cutoff(cutoff)}")
    return kept


# -- operators -------------------------------------------------------------------

def act(factors, state):
    """What a product of a'^m a^n and |m><n| makes of a state: number, state."""
    amplitude, state = 1.0, list(state)
    for k, create, annihilate, *unit in factors:
        if unit:
            if state[k] != annihilate:
                return 0.0, None
            state[k] = create
            continue
        if state[k] < annihilate:
            return 0.0, None
        for _ in range(annihilate):
            amplitude *= math.sqrt(state[k])
            state[k] -= 1
        for _ in range(create):
            state[k] += 1
            amplitude *= math.sqrt(state[k])
    return amplitude, tuple(state)


def elements(terms, kept):
    """The matrix of an operator between the states `kept`: rows, columns and
    values, of which those at the same place add up."""
    place = {state: k for k, state in enumerate(kept)}
    rows, columns, values = [], [], []
    for re, im, factors in terms:
        for column, state in enumerate(kept):
            amplitude, image = act(factors, state)
            if amplitude != 0 and image in place:
                rows.append(place[image])
                columns.append(column)
                values.append(complex(re, im) * amplitude)
    return rows, columns, values


def dense(terms, kept):
    matrix = np.zeros((len(kept), len(kept)), complex)
    rows, columns, values = elements(terms, kept)
    np.add.at(matrix, (rows, columns), values)
    return matrix


def dense_steady_state(hamiltonian, jumps, rates):
    """rho of d rho/dt = 0 by one dense solve; a row is the trace, which is 1.
    rho is stacked row by row: A rho B becomes kron(A, B.T)."""
    one = np.eye(len(hamiltonian))
    liouvillian = -1j * (np.kron(hamiltonian, one) - np.kron(one, hamiltonian.T))
    for rate, c in zip(rates, jumps):
        square = c.conj().T @ c
        liouvillian += rate * (np.kron(c, c.conj())
                               - (np.kron(square, one) + np.kron(one, square.T)) / 2)
    liouvillian[0] = one.ravel()
    right = np.zeros(len(liouvillian))
    right[0] = 1
    return np.linalg.solve(liouvillian, right).reshape(one.shape)


# -- observables ---------------------------------------------------------------------

FUNCTIONS = {
    "+": lambda x, y: x + y, "-": lambda x, y: x - y, "*": lambda x, y: x * y,
    "/": lambda x, y: x / y, "^": lambda x, y: x ** y, "neg": lambda x: -x,
    "re": lambda x: x.real, "im": lambda x: x.imag, "conj": lambda x: x.conjugate(),
    "abs": abs, "abs2": lambda x: x.real ** 2 + x.imag ** 2, "arg": cmath.phase,
    "dB": lambda x: 10 * math.log10(x.real), "log10": cmath.log10,
    "sqrt": cmath.sqrt, "exp": cmath.exp, "log": cmath.log,
    "sin": cmath.sin, "cos": cmath.cos, "tan": cmath.tan,
    "asin": cmath.asin, "acos": cmath.acos, "atan": cmath.atan,
    "sinh": cmath.sinh, "cosh": cmath.cosh, "tanh": cmath.tanh,
    "min": lambda *x: min(y.real for y in x),
    "max": lambda *x: max(y.real for y in x),
}


def evaluate(tree, mean, expanded):
    """The number that a TREE stands for; mean(terms) gives tr(rho op)."""
    if tree is None:
        raise Skip("not expanded")
    if not isinstance(tree, list):
        return complex(tree)
    name, *rest = tree
    if name == "complex":
        return complex(*rest)
    if name == "mean":
        return mean(rest[0])
    if name == "S":
        return scattering(expanded["scattering"])[rest[0], rest[1]]
    if name == "dressed":
        return dressed(expanded, *rest)
    if name not in FUNCTIONS:
        raise Skip(f"the function {name}")
    return complex(FUNCTIONS[name](*(evaluate(x, mean, expanded) for x in rest)))


def scattering(matrices):
    """S = D + C X^-1 B."""
    d, c, x, b = (np.array(matrices[name]) @ (1, 1j) for name in "DCXB")
    return d + c @ np.linalg.solve(x, b)


def dressed(expanded, n, k):
    """k-th smallest energy, above the vacuum's, of the block of n excitations."""
    conserving = [term for term in expanded["hamiltonian"]
                  if sum(f[1] for f in term[2]) == sum(f[2] for f in term[2])]
    kept = [s for s in states(expanded["subsystems"], {"N": n}, 2000) if sum(s) == n]
    vacuum = dense(conserving, [(0,) * len(expanded["subsystems"])])[0, 0].real
    return np.linalg.eigvalsh(dense(conserving, kept))[k - 1] - vacuum


def highest(tree):
    """The most excitations that a mean in the tree looks at: no smaller cutoff
    can see it."""
    if not isinstance(tree, list):
        return 0
    if tree[0] == "mean":
        return max((sum(f[2] for f in factors) for _, _, factors in tree[1]), default=0)
    return max((highest(x) for x in tree[1:]), default=0)


def needs_state(tree):
    return isinstance(tree, list) and (
        tree[0] == "mean" or any(needs_state(x) for x in tree[1:]))


# -- from a problem to its answers ------------------------------------------------------

def at_cutoff(expanded, wanted, cutoff, limit, steady_state, matrix):
    """The values at one cutoff; matrix(terms, states) builds what steady_state
    takes."""
    kept = states(expanded["subsystems"], cutoff, limit)
    active = [d for d in expanded["dissipators"] if d["rate"] > 0]
    rho = steady_state(matrix(expanded["hamiltonian"], kept),
                       [matrix(d["operator"], kept) for d in active],
                       [d["rate"] for d in active])

    def mean(terms):
        rows, columns, values = elements(terms, kept)
        return complex(sum(v * rho[c, r] for r, c, v in zip(rows, columns, values)))

    return observables(expanded, wanted, mean)


def observables(expanded, wanted, mean):
    values = {}
    for name in wanted:
        try:
            value = evaluate(expanded["observables"][name], mean, expanded).real
            values[name] = value if math.isfinite(value) \
                else {"errored": f"the value is {value}"}
        except Skip as why:
            values[name] = {"skipped": str(why)}
        except (ArithmeticError, ValueError) as why:
            values[name] = {"errored": str(why)}
    return values


def is_stable(old, new):
    return all(isinstance(new[name], dict) or isinstance(old[name], float)
               and abs(new[name] - old[name]) <= 1e-8 * abs(new[name])
               for name in new)


def answer(problem, wanted, steady_state, matrix, limit, level=None):
    """Values and cutoff: the one of the problem, `level` of each mode, or the
    total excitation number, raised until the values stay."""
    expanded = problem["expanded"]
    trees = [expanded["observables"][name] for name in wanted]
    if not any(needs_state(tree) for tree in trees):
        return observables(expanded, wanted, None), None

    def values_at(cutoff):
        return at_cutoff(expanded, wanted, cutoff, limit, steady_state, matrix)

    modes = [s["name"] for s in expanded["subsystems"] if s["kind"] == "mode"]
    if "cutoff" in problem:
        cutoff = read_cutoff(problem["cutoff"])
        return values_at(cutoff), problem["cutoff"]
    if not modes:
        cutoff = {"N": len(expanded["subsystems"])}
        return values_at(cutoff), write_cutoff(cutoff)
    if level is not None:
        cutoff = {mode: level for mode in modes}
        return values_at(cutoff), write_cutoff(cutoff)

    total = max(2, max(highest(tree) for tree in trees))
    values = values_at({"N": total})
    while True:
        higher = total + max(1, total // 3)
        try:
            new = values_at({"N": higher})
        except Skip:
            return values, f"N<={total}"  # the last that fits; it says so
        if is_stable(values, new):
            return new, f"N<={higher}"
        total, values = higher, new


# -- the protocol ---------------------------------------------------------------------

def serve(name, version, solve):
    """Answers the gate until it says stop; solve(problem, wanted) gives values and
    cutoff (or None)."""
    out, sys.stdout = sys.stdout, sys.stderr  # a library that prints does no harm
    for line in sys.stdin:
        request = json.loads(line)
        if request["command"] == "stop":
            break
        if request["command"] == "start":
            reply = {"name": name, "version": version}
        else:
            reply = {"seq": request["seq"]}
            try:
                values, cutoff = solve(request["problem"], request["values"])
                reply["values"] = values
                if cutoff:
                    reply["cutoff"] = cutoff
            except Skip as why:
                reply["skipped"] = str(why)
            except Exception as why:  # the library's own words
                reply["errored"] = f"{type(why).__name__}: {why}"
        print(json.dumps(reply), file=out, flush=True)


def arguments(description, limit):
    """The options that all solvers have."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--cutoff", type=int, metavar="N",
                        help="highest level of each mode; without it the total "
                             "excitation number is raised until the values stay")
    parser.add_argument("--max-dimension", type=int, default=limit, metavar="D",
                        help=f"states at most ({limit})")
    return parser
