#!/usr/bin/env python3
"""qutip_solver.py -- the steady-state methods of QuTiP (4.7 or 5) as candidates.

SPDX-License-Identifier: CC0-1.0
  lindbound gate --exec 'python3 qutip_solver.py --method eigen'
"""
import contextlib
import os
import sys

with contextlib.redirect_stdout(sys.stderr):  # it may talk when it is imported
    import numpy as np
    import qutip
    from scipy.sparse import csr_matrix

import adapter

# What a method manages in some seconds: the Liouvillian is the square of that.
MAX_DIMENSION = {"direct": 64, "eigen": 32, "svd": 24, "power": 64,
                 "iterative-gmres": 40, "iterative-lgmres": 40,
                 "iterative-bicgstab": 40}


def matrix(terms, kept):
    rows, columns, values = adapter.elements(terms, kept)
    size = len(kept)
    return qutip.Qobj(csr_matrix((np.array(values, complex), (rows, columns)),
                                 shape=(size, size)), dims=[[size], [size]])


def steady_state(method, options):
    def solve(hamiltonian, jumps, rates):
        jumps = [np.sqrt(rate) * c for rate, c in zip(rates, jumps)]
        return qutip.steadystate(hamiltonian, jumps, method=method, **options).full()
    return solve


def main():
    parser = adapter.arguments(__doc__.splitlines()[0], None)
    parser.add_argument("--method", choices=MAX_DIMENSION, default="direct")
    parser.add_argument("--no-precond", action="store_true",
                        help="iterative methods without preconditioner")
    args = parser.parse_args()

    iterative = args.method.startswith("iterative")
    options = {"use_precond": True} if iterative and not args.no_precond else {}
    limit = args.max_dimension or MAX_DIMENSION[args.method]
    solver = steady_state(args.method, options)
    name = f"QuTiP {args.method}" + (" without preconditioner" if iterative
                                     and args.no_precond else "")
    adapter.serve(name, qutip.__version__, lambda problem, wanted: adapter.answer(
        problem, wanted, solver, matrix, limit, args.cutoff))


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
