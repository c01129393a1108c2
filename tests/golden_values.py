#!/usr/bin/env python3
"""tests/golden_values.py -- computes golden values anew and compares the file.

SPDX-License-Identifier: GPL-3.0-or-later

A second route to the numbers of tests/golden.txt that its comments ascribe to
mpmath, which this needs: coupled-mode matrices are inverted and Liouvillians
of two qubits solved in 60 digits.  Shares nothing with lindbound.  Run by
hand; prints what differs from golden.txt, where every number found here must
stand, rounded to the digits given there.
"""
import pathlib
import sys

from mpmath import (acos, acosh, arg, conj, exp, eye, j, lu_solve, matrix, mp,
                    mpf, nstr, pi, sin, sqrt, zeros)

mp.dps = 60
golden = pathlib.Path(__file__).with_name("golden.txt").read_text()
lines = [line.strip().split("  ", 1) for line in golden.splitlines()
         if line.startswith("  ")]
checked = missing = 0


def ulp(word):
    """One unit of the last digit of a decimal without an exponent."""
    return mpf(10) ** -len(word.partition(".")[2])


def expect(quantity, value, digits):
    """golden.txt must have this number for a quantity of this name."""
    global checked, missing
    value = mp.mpc(value)
    parts = [value.real] + [value.imag] * (abs(value.imag) > 1e-30)
    checked += 1
    for name, printed in lines:
        words = printed.split()
        if name == quantity and words[0] != "exactly" and all(
                abs(mpf(word) - part) < 0.51 * ulp(word)
                for word, part in zip(words, parts)):
            return
    missing += 1
    print(f"not in golden.txt: {quantity}  {[nstr(p, digits) for p in parts]}")


def scattering(a, b, ports, w=0):
    """S of modes with H = a' A a + (a' B a'* + h.c.)/2; ports (rate, u, v)."""
    n, p = a.rows, len(ports)
    h, u, sz, sp = zeros(2 * n), zeros(2 * p, 2 * n), eye(2 * n), eye(2 * p)
    for r in range(n):
        sz[n + r, n + r] = -1
        for c in range(n):
            h[r, c], h[r, n + c] = a[r, c], b[r, c]
            h[n + r, c], h[n + r, n + c] = conj(b[r, c]), conj(a[r, c])
    for r, (rate, uu, vv) in enumerate(ports):
        sp[p + r, p + r] = -1
        for c in range(n):
            u[r, c] = sqrt(rate) * uu.get(c, 0)
            u[r, n + c] = sqrt(rate) * vv.get(c, 0)
            u[p + r, c], u[p + r, n + c] = conj(u[r, n + c]), conj(u[r, c])
    f = sz * u.H * sp
    m = -j * sz * h - f * u / 2 + j * w * eye(2 * n)
    return eye(2 * p) + u * (m ** -1) * f


def hermitian(n, entries):
    """n x n with entries (row, column): value, and their conjugates."""
    a = zeros(n)
    for (r, c), value in entries.items():
        a[r, c] += value
        if r != c:
            a[c, r] += conj(value)
    return a


def symmetric(n, entries):
    b = zeros(n)
    for (r, c), value in entries.items():
        b[r, c] += value
        b[c, r] += value
    return b


def quadratures(s, p, out, inp):
    """S_xx, S_px, S_pp of two ports."""
    plain, pair = s[out, inp], s[out, p + inp]
    return (plain + pair).real, (plain + pair).imag, (plain - pair).real


def networks():
    one = lambda k: ({k: 1}, {})
    c12, c23, c31 = mpf("0.7"), mpf("1.2"), mpf("0.4")
    a = hermitian(3, {(0, 0): mpf("-0.05"), (1, 1): mpf("0.1"),
                      (2, 2): mpf("-0.15"), (0, 1): sqrt(c12) / 2,
                      (1, 2): sqrt(c23) / 2,
                      (2, 0): sqrt(c31) / 2 * exp(j * pi / 3)})
    eta = (mpf("0.9"), mpf("0.8"), mpf(1))
    ports = [(eta[k], *one(k)) for k in range(3)]
    ports += [(1 - eta[k], *one(k)) for k in range(3)]
    s = scattering(a, zeros(3), ports)
    expect("S(p2,p1)", s[1, 0], 25)
    expect("S(p1,p2)", s[0, 1], 25)
    expect("abs2(S(p2,p1))-abs2(S(p1,p2))",
           abs(s[1, 0]) ** 2 - abs(s[0, 1]) ** 2, 25)

    gamma, phi = mpf("0.9"), mpf("0.4")
    s = scattering(hermitian(2, {(0, 1): j * gamma / 2 * exp(j * phi)}),
                   zeros(2), [(mpf("1.3"), *one(0)), (mpf("0.6"), *one(1)),
                              (gamma, {0: 1, 1: exp(j * phi)}, {})])
    expect("S(p2,p1)", s[1, 0], 24)
    expect("S(p1,p1)", s[0, 0], 25)

    gamma = mpf("0.7")
    s = scattering(zeros(2), symmetric(2, {(0, 1): j * gamma / 2}),
                   [(gamma, *one(0)), (mpf(1), *one(1)),
                    (gamma, {0: 1}, {1: 1})])
    gain = abs(s[1, 3]) ** 2
    expect("abs2(S_conj(p2,p1))", gain, 25)
    expect("S(p2,p2)", s[1, 1], 25)
    noise = sum(abs(s[1, k]) ** 2 for k in range(6)) / 2
    expect("noise_out(p2)/abs2(S_conj(p2,p1))-1/2",
           noise / gain - mpf(1) / 2, 25)

    def chain(n, w, d, k1, kn, eps=0):
        links = [(c + 1, c) for c in range(n - 1)]
        s = scattering(hermitian(n, {**dict.fromkeys(links, j * w / 2),
                                     (n - 1, n - 1): eps}),
                       symmetric(n, dict.fromkeys(links, j * d / 2)),
                       [(k1, *one(0)), (kn, *one(n - 1))])
        return quadratures(s, 2, 1, 0), quadratures(s, 2, 0, 0)
    far, _ = chain(5, 1, mpf("0.5"), sqrt(3) / 2, sqrt(3) / 2)
    expect("abs(S_pp(p5,p1))", abs(far[2]), 25)
    k = sqrt(1 - mpf("0.09"))
    far, _ = chain(20, 1, mpf("0.3"), k, k)
    expect("abs(S_xx(p20,p1))", abs(far[0]), 24)
    expect("abs(S_pp(p20,p1))", abs(far[2]), 25)
    _, near = chain(5, 1, mpf("0.3"), mpf("0.8"), mpf(0), mpf("0.001"))
    expect("abs(S_px(p1,p1))", abs(near[1]), 25)

    m = zeros(9)
    for c in range(9):
        m[c, c] = mpf("1.3")
        if c < 8:
            m[c + 1, c], m[c, c + 1] = -mpf("1.2"), -mpf("0.3")
    expect("-S(p9,p1)/gl", (m ** -1)[8, 0], 25)

    g, eps = mpf("0.2"), mpf("1e-12")
    expect("split", mp.sqrt(4 * (g + eps) ** 2 - 4 * g ** 2), 25)

    def two_mechanical(c, delta, phi):
        gm = mpf("0.01")
        g = sqrt(c * gm) / 2
        a = hermitian(4, {(2, 2): -delta, (3, 3): delta, (0, 2): g, (1, 2): g,
                          (0, 3): g, (1, 3): g * exp(-j * phi)})
        s = scattering(a, zeros(4), [(mpf(1), *one(0)), (mpf(1), *one(1)),
                                     (gm, *one(2)), (gm, *one(3))])
        return abs(s[1, 0]) ** 2
    d = sqrt((15 + sqrt(mpf(177))) / 4 - 1)
    phi = arg(-(1 + j * d) / (1 - j * d))
    expect("abs2(S(p2,p1))", two_mechanical(3, d * mpf("0.005"), phi), 25)

    gm, g, delta = mpf("0.01"), sqrt(mpf("0.5")) / 2, sqrt(mpf(3)) / 4
    a = {(3, 3): -delta, (4, 4): delta}
    for c in range(3):
        a[c, 3], a[c, 4] = g, g * exp(2 * j * pi * c / 3)
    ports = [(mpf(1), *one(c)) for c in range(3)]
    s = scattering(hermitian(5, a), zeros(5),
                   ports + [(gm, *one(3)), (gm, *one(4))])
    expect("abs2(S(p2,p1))", abs(s[1, 0]) ** 2, 25)
    expect("abs2(S(p1,p2))", abs(s[0, 1]) ** 2, 25)

    for b in (pi / 2, mpf(0)):
        mp.dps = 20
        a, at = zeros(64), lambda x, y: 8 * (x - 1) + y - 1
        for x in range(1, 9):
            for y in range(1, 9):
                corner = (x, y) in ((1, 1), (8, 1), (1, 8))
                a[at(x, y), at(x, y)] = (-mpf("1.6") * j
                                         - (mpf("0.02") + corner) / 2)
                for x2, y2, phase in ((x + 1, y, -b * y / 2),
                                      (x, y + 1, b * x / 2)):
                    if x2 < 9 and y2 < 9:
                        a[at(x2, y2), at(x, y)] = -j * exp(j * phase)
                        a[at(x, y), at(x2, y2)] = -j * exp(-j * phase)
        source = zeros(64, 1)
        source[at(1, 1)] = 1
        field = lu_solve(a, source)
        expect("T_21", abs(field[at(8, 1)]) ** 2, 7)
        expect("T_41", abs(field[at(1, 8)]) ** 2, 7)
        mp.dps = 60


def kron(a, b):
    c = zeros(a.rows * b.rows, a.cols * b.cols)
    for r in range(a.rows):
        for s in range(a.cols):
            for t in range(b.rows):
                for u in range(b.cols):
                    c[r * b.rows + t, s * b.cols + u] = a[r, s] * b[t, u]
    return c


def diode(theta, d1, d2, power, right):
    """Transmission of two qubits at a waveguide."""
    low, one = matrix([[0, 1], [0, 0]]), eye(2)
    s1, s2, e = kron(low, one), kron(one, low), exp(j * theta)
    right_out = (e * s1 + s2) / sqrt(mpf(2))
    left_out = (s1 + e * s2) / sqrt(mpf(2))
    out = right_out if right else left_out
    alpha = sqrt(power)
    h = d1 * s1.H * s1 + d2 * s2.H * s2
    h += sin(theta) / 2 * (s1.H * s2 + s2.H * s1)
    h += j * alpha * (out - out.H)
    # rho as a vector of rows: A rho B -> (A x B^T) rho
    unit = eye(4)
    liouvillian = -j * (kron(h, unit) - kron(unit, h.T))
    for jump in (right_out, left_out):
        number = jump.H * jump
        liouvillian += kron(jump, jump.H.T)
        liouvillian -= (kron(number, unit) + kron(unit, number.T)) / 2
    for c in range(16):
        liouvillian[0, c] = 1 if c % 5 == 0 else 0
    source = zeros(16, 1)
    source[0] = 1
    rho = lu_solve(liouvillian, source)
    state = matrix(4, 4)
    for r in range(4):
        for c in range(4):
            state[r, c] = rho[4 * r + c]
    field = alpha * unit + out
    product = field.H * field * state
    return sum(product[k, k] for k in range(4)).real / power


def qubits():
    t = mpf("0.9") * pi
    expect("T_R", diode(t, 0, 1, mpf("0.1"), True), 30)
    expect("T_L", diode(t, 0, 1, mpf("0.1"), False), 30)
    p = mpf("1e-20")
    for right, out in ((True, "phase*s1+s2"), (False, "s1+phase*s2")):
        field = f"(alpha+sqrt(gamma/2)*({out}))"
        expect(f"re(<{field}'*{field}>)/power^2", diode(t, 0, 1, p, right) / p,
               16)
    t, d = mpf("0.94") * pi, mpf("0.1")
    expect("T_R", diode(t, d, -d, d, True), 30)
    expect("T_L", diode(t, d, -d, d, False), 30)
    d = mpf("1e-7")
    expect("T_L", diode(pi - d, d / 2, -d / 2, mpf("1e-5"), False), 7)


def formulas():
    expect("P_R", (2 + sqrt(mpf(2))) / 4, 25)
    ka, kb, g = mpf("0.1"), mpf("0.05"), mpf(1)
    expect("ratio", 4 * g ** 2 / (kb + g) ** 2, 19)
    expect("(2*(ka*kb+G^2)/((ka+G)*(kb+G)))^2",
           (2 * (ka * kb + g ** 2) / ((ka + g) * (kb + g))) ** 2, 19)
    expect("t_cw", mpf(20) / 21, 24)
    expect("d_cw", mpf(-1) / 21, 24)
    expect("log(10+sqrt(99))", acosh(10), 10)
    expect("acos(10^(-3/2))", acos(mpf(10) ** mpf("-1.5")), 10)
    expect("(1-exp(-1))^2", (1 - exp(-1)) ** 2, 24)


networks()
qubits()
formulas()
print(f"golden values: {checked} computed, {missing} not in golden.txt")
sys.exit(1 if missing else 0)
