#!/usr/bin/env python3
"""template.py -- a whole candidate: replace steady_state() by your solver.

SPDX-License-Identifier: CC0-1.0
  lindbound gate kerr --exec 'python3 template.py'
"""
import json, math, sys
import numpy as np

CUTOFF = 5  # highest level of each mode

def steady_state(H, jumps):
    one = np.eye(len(H))
    L = -1j * (np.kron(H, one) - np.kron(one, H.T))  # rho row by row
    for rate, c in jumps:
        cc = c.conj().T @ c
        L += rate * (np.kron(c, c.conj()) - np.kron(cc, one) / 2 - np.kron(one, cc.T) / 2)
    L[0] = one.ravel()  # tr(rho) = 1
    return np.linalg.solve(L, np.eye(len(L))[0]).reshape(one.shape)

def lower(levels, k, m, n, unit=0):  # a'^m a^n or |m><n| of subsystem k
    a = np.diag(np.sqrt(np.arange(1, levels[k])), 1)
    part = np.outer(np.eye(levels[k])[m], np.eye(levels[k])[n]) if unit else (
        np.linalg.matrix_power(a.T, m) @ np.linalg.matrix_power(a, n))
    return np.kron(np.kron(np.eye(math.prod(levels[:k])), part), np.eye(math.prod(levels[k + 1:])))

def operator(terms, levels):
    total = np.zeros((math.prod(levels),) * 2, complex)
    for re, im, factors in terms:
        product = np.eye(math.prod(levels))
        for factor in factors:
            product = product @ lower(levels, *factor)
        total += (re + 1j * im) * product
    return total

def value(tree, mean):
    if not isinstance(tree, list):
        return complex(tree)
    name, *args = tree
    if name == "mean":
        return mean(args[0])
    if name == "complex":
        return complex(*args)
    x = [value(arg, mean) for arg in args]
    return {"+": lambda: x[0] + x[1], "-": lambda: x[0] - x[1], "*": lambda: x[0] * x[1],
            "/": lambda: x[0] / x[1], "^": lambda: x[0] ** x[1], "neg": lambda: -x[0],
            "re": lambda: x[0].real, "im": lambda: x[0].imag, "abs2": lambda: abs(x[0]) ** 2,
            "dB": lambda: 10 * math.log10(x[0].real)}[name]()  # docs/vectors.md has more

def run(problem, wanted):
    p = problem["expanded"]
    if problem.get("cutoff") or len(p["subsystems"]) > 2:
        return {"skipped": "a cutoff that is asked for, or more than two subsystems"}
    levels = [2 if s["kind"] == "two-level" else CUTOFF + 1 for s in p["subsystems"]]
    rho = steady_state(operator(p["hamiltonian"], levels),
                       [(d["rate"], operator(d["operator"], levels)) for d in p["dissipators"]])
    mean = lambda terms: np.trace(rho @ operator(terms, levels))
    return {"values": {w: value(p["observables"][w], mean).real for w in wanted},
            "cutoff": ", ".join(f"{s['name']}<={CUTOFF}" for s in p["subsystems"] if s["kind"] == "mode")}

for line in sys.stdin:
    request = json.loads(line)
    if request["command"] == "start":
        answer = {"name": "template", "version": "1"}
    elif request["command"] == "run":
        try:
            answer = run(request["problem"], request["values"])
        except Exception as why:
            answer = {"errored": repr(why)}
        answer["seq"] = request["seq"]
    else:
        break
    print(json.dumps(answer), flush=True)
