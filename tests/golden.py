#!/usr/bin/env python3
"""tests/golden.py PROGRAM [FILE] -- golden values against enclosures.

SPDX-License-Identifier: GPL-3.0-or-later

FILE (tests/golden.txt) holds numbers that were computed without lindbound.
A line that begins with `solve` or `eval` is a command of lindbound; each
indented line after it is a quantity and, after two spaces, its number, all of
whose digits count:

    solve circulator -p Phi=pi/3
      S(p2,p1)  0.0157617172 0.936953131     a complex one: re im
      S(p1,p3)  exactly 1                    to 20 digits

Such a number stands for the interval of what rounds to it.  The enclosure
must meet that interval, be proved (an estimate fails) for the model itself
(`truncated` fails) and be no wider than one unit of the last digit.  All
comparisons are exact, of rational numbers: the enclosure is read from its
exact dump.
"""
import json
import pathlib
import shlex
import subprocess
import sys
from fractions import Fraction

EXACT_DIGITS = 20
PROVED = ("closed-form", "weak-drive", "full")


def interval(text):
    """Midpoint and half width of what rounds to `text`."""
    mantissa, _, exponent = text.lower().partition("e")
    places = len(mantissa.partition(".")[2])
    ulp = Fraction(10) ** (int(exponent or 0) - places)
    return Fraction(text), ulp / 2


def digits(text):
    """Significant digits of a number."""
    mantissa = text.lower().partition("e")[0]
    return max(len(mantissa.replace(".", "").lstrip("-0")), 1)


def ball(dump):
    """Midpoint and radius of an exact dump: two dyadic numbers in hex."""
    man, exp, rad, rad_exp = (int(word, 16) for word in dump.split())
    return man * Fraction(2) ** exp, rad * Fraction(2) ** rad_exp


def fault(result, printed):
    """What is wrong with an enclosure of a printed number; None: nothing."""
    if result.get("level") not in PROVED:
        return f"level {result.get('level')}"
    if printed[0] == "exactly":
        value = Fraction(printed[1])
        wanted = [(value, 0), (Fraction(0), 0)]
        width = max(abs(value), 1) / Fraction(10) ** EXACT_DIGITS
        widths = [width, width]
    else:
        wanted = [interval(word) for word in printed]
        widths = [2 * half for _, half in wanted]
    parts = [result[part]["arb"] for part in ("re", "im")
             if part in result] or [result["arb"]]
    if len(parts) < len(wanted):
        parts.append("0 0 0 0")
    if len(wanted) < len(parts):
        return "a complex value; one number is printed"
    for dump, (value, half), width in zip(parts, wanted, widths):
        mid, rad = ball(dump)
        if abs(mid - value) > rad + half:
            return f"off by {float(mid - value):.3g}"
        if 2 * rad > width:
            return f"the enclosure is {float(2 * rad):.3g} wide"
    return None


def groups(path):
    """Commands of the file, with their quantities and numbers."""
    found = []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if line.split()[0] in ("solve", "eval") and line[0] != " ":
            found.append((line, []))
            continue
        quantity, _, printed = line.strip().partition("  ")
        if not line.startswith("  ") or not found or not printed.split():
            sys.exit(f"{path}:{number}: cannot read this line")
        found[-1][1].append((quantity, printed.split()))
    return found


def enclosures(program, command, rows):
    """The results of lindbound for the quantities of one command."""
    verb, *words = shlex.split(command)
    most = max(EXACT_DIGITS if printed[0] == "exactly"
               else max(digits(word) for word in printed)
               for _, printed in rows)
    quantities = [quantity for quantity, _ in rows]
    if verb == "eval":
        calls = [["eval", *words, quantity] for quantity in quantities]
    else:
        wanted = [word for quantity in quantities for word in ("-o", quantity)]
        calls = [["solve", *words, *wanted]]
    results = []
    for call in calls:
        done = subprocess.run(
            [program, *call, "--digits", str(most + 1), "--format", "json"],
            capture_output=True, text=True, check=False)
        if not done.stdout:
            sys.exit(f"{shlex.join(call)}: {done.stderr}")
        results += json.loads(done.stdout)["results"]
    if len(results) != len(rows):
        sys.exit(f"{command}: {len(results)} results for {len(rows)} numbers")
    if verb == "solve":
        by_name = {result["observable"]: result for result in results}
        results = [by_name[quantity] for quantity in quantities]
    return results


def main():
    program = sys.argv[1]
    path = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else
                        pathlib.Path(__file__).with_name("golden.txt"))
    checked = failed = 0
    for command, rows in groups(path):
        for (quantity, printed), result in zip(
                rows, enclosures(program, command, rows)):
            checked += 1
            wrong = fault(result, printed)
            if wrong:
                failed += 1
                print(f"{command}: {quantity}: {' '.join(printed)}: {wrong}")
    print(f"golden: {checked} numbers, {failed} failed")
    return 1 if failed or not checked else 0


sys.exit(main())
