#!/usr/bin/env python3
"""wrong.py -- a right solver with a mistake: what the gate says of the usual ones.

SPDX-License-Identifier: CC0-1.0
  lindbound gate --exec 'python3 wrong.py kappa-half' --explain
"""
import adapter


def replaced(problem, **changes):
    return {**problem, "expanded": {**problem["expanded"], **changes}}


def scaled(problem, factor, which):
    """The Hamiltonian with `factor` on the terms whose factors are as `which` says."""
    return replaced(problem, hamiltonian=[
        [re * factor, im * factor, factors] if which(factors) else [re, im, factors]
        for re, im, factors in problem["expanded"]["hamiltonian"]])


def kappa_half(problem):
    """kappa taken for the decay rate of the amplitude's square root: kappa/2."""
    return replaced(problem, dissipators=[
        {**d, "rate": d["rate"] / 2} for d in problem["expanded"]["dissipators"]])


def detuning_sign(problem):
    """omega_drive - omega_mode instead of omega_mode - omega_drive."""
    return scaled(problem, -1, lambda factors:
                  len(factors) == 1 and factors[0][1:] == [1, 1])


def cross_kerr(problem):
    """chi a'a b'b where 2 chi a'a b'b is meant."""
    return scaled(problem, 0.5, lambda factors:
                  [f[1:] for f in factors] == [[1, 1], [1, 1]])


def db20(problem):
    """20 log10 of what is an intensity already."""
    def twice(tree):
        if not isinstance(tree, list):
            return tree
        tree = [tree[0]] + [twice(x) for x in tree[1:]]
        return ["*", 2, tree] if tree[0] == "dB" else tree
    return replaced(problem, observables={
        name: twice(tree) for name, tree in problem["expanded"]["observables"].items()})


MISTAKES = {"kappa-half": kappa_half, "detuning-sign": detuning_sign,
            "cross-kerr": cross_kerr, "db20": db20,
            "cutoff": None, "none": None}


def main():
    parser = adapter.arguments(__doc__.splitlines()[0], 40)
    parser.add_argument("mistake", choices=MISTAKES, help="none: a right one")
    args = parser.parse_args()
    spoil = MISTAKES[args.mistake]
    level = 2 if args.mistake == "cutoff" else args.cutoff

    def solve(problem, wanted):
        return adapter.answer(spoil(problem) if spoil else problem, wanted,
                              adapter.dense_steady_state, adapter.dense,
                              args.max_dimension, level)

    adapter.serve(f"wrong {args.mistake}", "1", solve)


if __name__ == "__main__":
    main()
