#!/usr/bin/env python3
"""tests/table_check.py PROGRAM -- a wrong table does not pass `table --check`.

SPDX-License-Identifier: GPL-3.0-or-later

Makes small tables, which table_oracle.py and `lindbound table --check` must
accept, and copies of them with one wrong thing each: values, digits, levels,
marks, rows, axes, hashes, the CSV.  Where a forger would mend what is checked
first, hashes, decimals, doubles and CSV, the copy is mended; what is left must
be found by computing.  Every copy must be refused with its message.
"""
import copy
import json
import math
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction

import table_oracle as oracle

program = os.path.abspath(sys.argv[1])
here = pathlib.Path(__file__).resolve().parent
environment = dict(os.environ, OPENBLAS_NUM_THREADS="1", LC_ALL="C")
environment.setdefault("LINDBOUND_DATA", str(here.parent / "data"))
passed = failed = 0

# --- specs -------------------------------------------------------------------

SPECS = {
    # truncated, with a formula beside it; a name and letters of its own
    "plain": {
        "title": "\u03ba and \u201c\u0394\u201d, \U0001d705\u001f",
        "model": "nanotip", "parameters": {"J": "x*gamma", "Delta": "y*gamma"},
        "axes": [{"name": "x", "values": ["0", "1/3"]},
                 {"name": "y", "from": "-1", "to": "1", "points": 3}],
        "level": "truncated", "cutoff": "3", "digits": 6,
        "columns": ["N_cw", "g2_cw",
                    {"name": "formula", "value": "1/(4*(x + chi/gamma)^2 + 1)",
                     "level": "closed-form"},
                    {"name": "weighted", "value": "(1 + x)*w*<a1'*a1>",
                     "where": {"w": "(1 - x)/2"}}]},
    # full, chosen
    "chosen": {
        "model": "kerr", "axes": [{"name": "Delta", "values": ["0", "1/3"]}],
        "digits": 6, "columns": ["n", "g2"]},
    # too small a space for the digits
    "undecided": {
        "model": "kerr", "axes": [{"name": "Delta", "values": ["0", "1/3"]}],
        "level": "full", "max_dimension": 4, "digits": 12,
        "undecided": "accept", "columns": ["n", "g2"]},
    # a cutoff that keeps all levels of two qubits
    "qubits": {
        "model": "dark_dimer", "axes": [{"name": "Omega", "values": ["1/3"]}],
        "level": "truncated", "cutoff": "2", "digits": 6,
        "columns": ["singlet"]},
    # levels full and truncated beside each other, at the end of the space
    "mixed": {
        "model": "kerr", "axes": [{"name": "Delta", "values": ["0", "1/3"]}],
        "max_dimension": 5, "digits": 6, "columns": ["n", "g2"]},
    # digits that are out of reach for the second point alone
    "anchored": {
        "model": "kerr", "parameters": {"xi": "1/4"},
        "axes": [{"name": "Delta", "values": ["-3", "-0.2"]}],
        "level": "full", "max_dimension": 8, "digits": 8,
        "undecided": "accept", "columns": ["n", "g2", "P2"]},
    # nothing can be proved, and at the first point not even tried
    "nothing": {
        "model": "two_photon_kerr", "parameters": {"U": "1", "e": "1/2"},
        "axes": [{"name": "kappa_2", "values": ["0", "1"]}],
        "undecided": "accept", "columns": ["pairs", "n"]},
    # a formula of two states
    "derived": {
        "model": "nanotip", "parameters": {"Delta": "y*gamma"},
        "axes": [{"name": "y", "values": ["0", "1/2"]}],
        "level": "truncated", "cutoff": "2", "digits": 6,
        "columns": ["N_cw", {"name": "with_tip", "value": "N_cw",
                             "at": {"J": "gamma"}},
                    {"name": "ratio", "value": "with_tip/N_cw",
                     "of": ["with_tip", "N_cw"], "digits": 5}]},
    # orders in the drive
    "weak": {
        "model": "nanotip", "parameters": {"Delta": "y*gamma"},
        "axes": [{"name": "y", "scale": "log", "from": "0.1", "to": "10",
                  "points": 4, "significant": 3}],
        "level": "weak-drive", "columns": ["N_cw", "g2_cw"]},
    # zeros, in dB and as they are; an absolute radius
    "zeros": {
        "model": "isolator_reservoir",
        "axes": [{"name": "omega", "from": "-1", "to": "1", "points": 3}],
        "level": "closed-form",
        "columns": [{"name": "T_back", "value": "abs2(S(p1,p2))"},
                    {"name": "dB_back", "value": "dB(abs2(S(p1,p2)))"},
                    {"name": "around", "value": "sin(pi)", "digits": 6},
                    {"name": "known", "value": "dB(1e13)", "digits": 6},
                    {"name": "T", "value": "abs2(S(p2,p1))",
                     "absolute": "1e-7"}]},
}

# --- running -----------------------------------------------------------------


def run(*words):
    done = subprocess.run([program, *map(str, words)], env=environment,
                          capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def expect(name, condition, output=""):
    global passed, failed
    passed += bool(condition)
    failed += not condition
    if not condition:
        print(f"FAIL  {name}")
        print("    " + output.strip().replace("\n", "\n    "))


# --- values ------------------------------------------------------------------


def dyadic(x):
    """A dyadic number as arb_dump_str writes one: odd mantissa and exponent."""
    man, exp = x.numerator, -(x.denominator.bit_length() - 1)
    while man and man % 2 == 0:
        man, exp = man // 2, exp + 1
    return f"{man:x} {exp:x}" if man else "0 0"


def radius_up(x):
    """The least number of 20 bits that is not smaller."""
    if x == 0:
        return x
    exp = math.floor(math.log2(x)) - 18
    return Fraction(math.ceil(x / Fraction(2) ** exp)) * Fraction(2) ** exp


def decimal_of(x, digits, rounding):
    ratio = Context(prec=digits + 400)
    exact = ratio.divide(Decimal(x.numerator), Decimal(x.denominator))
    return Context(prec=digits, rounding=rounding).plus(exact)


def bound(x, towards):
    double = float(x)
    while (Fraction(double) > x) if towards < 0 else (Fraction(double) < x):
        double = math.nextafter(double, towards)
    return double


def c99(x):
    """As %a prints a double."""
    sign, rest = ("-", float.hex(-x)) if x < 0 else ("", float.hex(x))
    if rest == "0x0.0p+0":
        return "0x0p+0"
    man, exp = rest.split("p")
    return sign + man.rstrip("0").rstrip(".") + "p" + exp


def set_ball(value, mid, radius, digits=None):
    """Everything in @value that speaks of the ball; mid must be dyadic."""
    radius = radius_up(radius)
    value["arb"] = f"{dyadic(mid)} {dyadic(radius)}"
    shown = decimal_of(mid, 40, ROUND_HALF_EVEN)
    outside = abs(Fraction(shown) - mid) + radius
    value["ball"] = (f"[{shown} +/- "
                     f"{decimal_of(outside, 3, ROUND_CEILING)}]".replace("E", "e")
                     if outside else str(shown))
    value["lo"] = c99(bound(mid - radius, -math.inf))
    value["hi"] = c99(bound(mid + radius, math.inf))
    if digits is not None:
        value["digits"] = digits


def ball_of(value):
    return oracle.dumped(value["arb"])


# --- tables ------------------------------------------------------------------


def load(base):
    return json.loads(base.with_suffix(".json").read_text())


def mend_hashes(table):
    table["provenance"]["spec_hash"] = oracle.digest(table["spec"])
    table["provenance"]["model_hash"] = oracle.digest(
        oracle.without_prose(table["model"]))


def sheet_line(table, row):
    fields = oracle.point_texts(table, row[0])
    for value in row[1:]:
        match = re.fullmatch(r"\[(.* )?\+/- (.*)\]", value["ball"])
        fields += ([(match[1] or "0").strip(), match[2]] if match else
                   [value["ball"], "inf" if value["ball"][0] in "<>" else "0"])
        fields += [str(value["digits"]), "undecided" if "undecided" in value
                   else value["level"]]
    return ",".join(fields)


def save(table, old, base):
    """The table and, derived from that of @old, its CSV."""
    head = {key: table[key] for key in oracle.TOP[:-1]}
    text = json.dumps(head, indent=2, ensure_ascii=False)[:-2]
    rows = ",\n    ".join(json.dumps(row, ensure_ascii=False)
                          for row in table["rows"])
    base.with_suffix(".json").write_text(
        text + ',\n  "rows": [\n    ' + rows + "\n  ]\n}\n")
    before = load(old)
    lines = old.with_suffix(".csv").read_text().splitlines()
    kept = lines[:len(lines) - len(before["rows"])]
    for name in ("spec_hash", "model_hash"):
        kept = [line.replace(before["provenance"][name],
                             table["provenance"][name]) for line in kept]
    base.with_suffix(".csv").write_text("\n".join(
        kept + [sheet_line(table, row) for row in table["rows"]]) + "\n")


# --- what a forger does ------------------------------------------------------


def entry(table, point, column):
    return table["rows"][point][1 + column]


def shift(table):
    """A value moved by twice its radius."""
    value = entry(table, 1, 1)
    mid, radius = ball_of(value)
    set_ball(value, mid + 3 * radius, radius)


def shift_within(table):
    """Another claim of the same width that the value may still fulfil."""
    value = entry(table, 1, 1)
    mid, radius = ball_of(value)
    set_ball(value, mid + radius, radius / 4)


def narrow(table):
    value = entry(table, 1, 1)
    mid, radius = ball_of(value)
    set_ball(value, mid, radius / 10 ** 9)


def better(table, point, column, **changes):
    """The midpoint of an entry of the same table with other goals."""
    spec = {**copy.deepcopy(table["spec"]), **changes}
    with tempfile.TemporaryDirectory() as name:
        path = pathlib.Path(name) / "spec.json"
        path.write_text(json.dumps(spec))
        run("table", path, "-O", path.with_name("better"))
        return ball_of(entry(load(path.with_name("better")), point, column))[0]


def narrow_at_truth(table):
    """More digits than were asked for, from a better evaluation."""
    mid = better(table, 1, 1, digits=11)
    set_ball(entry(table, 1, 1), mid, abs(mid) / 10 ** 20)


def narrow_beyond_reach(table):
    """The same where the space is too small to refute it."""
    mid = better(table, 0, 0, digits=11, max_dimension=100)
    set_ball(entry(table, 0, 0), mid, abs(mid) / 10 ** 9)


def exact(table):
    value = entry(table, 1, 1)
    set_ball(value, ball_of(value)[0], Fraction(0))


def swap_columns(table):
    row = table["rows"][1]
    row[1], row[2] = row[2], row[1]


def swap_points(table):
    rows = table["rows"]
    rows[0][1:], rows[1][1:] = rows[1][1:], rows[0][1:]


def digits_more(table):
    entry(table, 1, 1)["digits"] = 9
    table["spec"]["digits"] = 9
    mend_hashes(table)


def widen(table):
    value = entry(table, 1, 1)
    mid, radius = ball_of(value)
    set_ball(value, mid, abs(mid) / 100, 1)


def prove_nothing(table):
    value = entry(table, 1, 1)
    value.update(ball="[0 +/- inf]", lo="-inf", hi="inf", digits=0)
    del value["arb"]


def only_bound(table):
    """A bound where a number is known."""
    value = entry(table, 1, 3)
    value.update(ball=">= 100.0", lo=c99(100.0), hi="inf", digits=0)
    del value["arb"]


def weak_bound(table):
    """A bound that says nothing."""
    value = entry(table, 1, 1)
    value.update(ball="<= 1000.0", lo="-inf", hi=c99(1000.0), digits=0)


def level_full(table):
    for row in table["rows"]:
        for value in row[1:3]:
            value["level"] = "full"


def level_full_chosen(table):
    """A truncated table that says its level was chosen, and full."""
    level_full(table)
    table["spec"]["level"] = "auto"
    del table["spec"]["cutoff"]
    mend_hashes(table)


def level_full_mixed(table):
    for row in table["rows"]:
        row[2]["level"] = "full"
        row[2]["cutoff"] = "N<=4"


def lose_cutoff(table):
    for row in table["rows"]:
        for value in row[1:]:
            value.pop("cutoff", None)


def level_derived(table):
    for row in table["rows"]:
        row[3]["level"] = "closed-form"


def shift_derived(table):
    value = entry(table, 1, 2)
    mid, radius = ball_of(value)
    set_ball(value, mid + 3 * radius, radius)


def level_closed(table):
    for row in table["rows"]:
        row[1]["level"] = "closed-form"
        del row[1]["cutoff"], row[1]["dimension"]


def cutoff_more(table):
    for row in table["rows"]:
        for value in row[1:3]:
            value["cutoff"] = "N<=4"


def cutoff_more_spec(table):
    cutoff_more(table)
    table["spec"]["cutoff"] = "4"
    mend_hashes(table)


def unmark(table):
    for row in table["rows"]:
        for value in row[1:]:
            value.pop("undecided", None)


def false_though_marked(table):
    value = next(v for row in table["rows"] for v in row[1:]
                 if "undecided" in v and "arb" in v)
    mid, radius = ball_of(value)
    set_ball(value, mid + 3 * radius, radius, 0)


def narrow_though_marked(table):
    """Of one whose space is too small: nobody can say that this is wrong."""
    value = next(v for row in table["rows"] for v in row[1:]
                 if "undecided" in v and "arb" in v)
    mid, radius = ball_of(value)
    set_ball(value, mid + radius / 4, radius / 2 ** 10)


def another_order(table):
    for row in table["rows"]:
        row[1]["order"] = 4


def bound_below_zero(table):
    value = entry(table, 1, 0)
    set_ball(value, Fraction(1, 2 ** 60), Fraction(1, 2 ** 62), 0)


def lose_row(table):
    del table["rows"][1]


def repeat_row(table):
    table["rows"][1] = copy.deepcopy(table["rows"][0])


def lose_last_row(table):
    del table["rows"][-1]


def move_axis(table):
    table["axes"][-1]["values"][-1] = "2"


def move_axis_spec(table):
    """The grid of another spec, all of it consistent."""
    axis = table["spec"]["axes"][-1]
    axis["to"] = "2"
    table["axes"][-1]["values"] = [
        str(x) if x.denominator == 1 else f"{float(x)}"
        for x in oracle.axis_values(axis)]
    mend_hashes(table)


def other_parameters(table):
    table["spec"]["parameters"]["J"] = "2*x*gamma"


def other_parameters_mended(table):
    other_parameters(table)
    mend_hashes(table)


def other_model(table):
    dissipator = table["model"]["dissipators"][0]
    dissipator["rate"] = f"1.1*{dissipator['rate']}"


def other_model_mended(table):
    other_model(table)
    mend_hashes(table)


def other_expression(table):
    table["columns"][1]["expression"] = "g2(a2)"


def other_version(table):
    table["version"] = "1.0.1"


def false_decimal(table):
    value = entry(table, 1, 1)
    mid, radius = ball_of(value)
    shown = decimal_of(mid + 2 * radius, 12, ROUND_HALF_EVEN)
    value["ball"] = f"[{shown} +/- 1e-20]"


def unknown_member(table):
    entry(table, 1, 1)["checked"] = "yes"


# table, what is done to it, exit status, message
DAMAGE = [
    ("plain", shift, 1, r"point 1 \(x = 0, y = 0\), column g2_cw: "
                        r"recorded \[.*disjoint"),
    ("plain", shift_within, 1, "disjoint|claims more"),
    ("plain", narrow, 1, "disjoint|claims more than can be proved again"),
    ("plain", narrow_at_truth, 1, "disjoint"),
    ("plain", exact, 1, "disjoint|claims more than can be proved again"),
    ("plain", swap_columns, 1, "column N_cw: .*disjoint"),
    ("plain", swap_points, 1, "point 0 .*column N_cw: .*disjoint"),
    ("plain", digits_more, 2, "proves fewer digits|does not prove so many"),
    ("plain", widen, 1, "lacks digits and is not marked 'undecided'"),
    ("plain", prove_nothing, 1, "lacks digits and is not marked 'undecided'"),
    ("plain", weak_bound, 2, "'hi'|arb"),
    ("plain", level_full, 1, "its level is full, the spec says truncated"),
    ("plain", level_full_chosen, 1, "disjoint|lacks|more"),
    ("plain", level_closed, 1, "its level is closed-form"),
    ("plain", cutoff_more, 1, "its cutoff is N<=4, not N<=3"),
    ("plain", cutoff_more_spec, 1, "disjoint"),
    ("plain", lose_row, 2, "point 1 is missing"),
    ("plain", repeat_row, 2, "point 0 after point 0"),
    ("plain", lose_last_row, 2, "point 5 is missing"),
    ("plain", move_axis, 2, "/axes/1/values/2"),
    ("plain", move_axis_spec, 1, "disjoint"),
    ("plain", other_parameters, 2, "spec_hash.*the spec in the file"),
    ("plain", other_parameters_mended, 1, "disjoint"),
    ("plain", other_model, 2, "model_hash.*the model in the file"),
    ("plain", other_model_mended, 1,
     "(?s)disjoint.*the built-in model nanotip differs"),
    ("plain", other_expression, 2, "/columns: not what"),
    ("plain", other_version, 2, "/version: not what"),
    ("plain", false_decimal, 2, "does not contain"),
    ("plain", unknown_member, 2, "checked"),
    ("chosen", shift, 1, "disjoint"),
    ("chosen", level_closed, 1, r"closed-form|amplitudes.*\(at the level that is recorded"),
    ("mixed", level_full_mixed, 1, "more than can be proved again|disjoint"),
    ("mixed", narrow_beyond_reach, 1, "more than can be proved again"),
    ("mixed", lose_cutoff, 1, "cutoff"),
    ("derived", level_derived, 1,
     "its level is closed-form, the spec says truncated"),
    ("derived", shift_derived, 1, "disjoint"),
    ("undecided", unmark, 1, "lacks digits and is not marked 'undecided'"),
    ("undecided", false_though_marked, 1, "disjoint"),
    ("undecided", narrow_though_marked, 1, "claims more than can be proved"),
    ("weak", another_order, 1, "disjoint"),
    ("zeros", only_bound, 1, "it is known, and the record only bounds it"),
    ("zeros", weak_bound, 1, "lacks digits"),
    ("zeros", bound_below_zero, 1, "disjoint|lacks"),
]

# --- the CSV -----------------------------------------------------------------


def edit_sheet(text, old, new):
    lines = text.splitlines()
    return "\n".join(re.sub(old, new, line, count=1)
                     if k == len(lines) - 2 else line
                     for k, line in enumerate(lines)) + "\n"


SHEETS = [
    ("a digit", lambda text: edit_sheet(text, r",0\.", ",1."), "wrong.csv:10:1: not what"),
    ("a level", lambda text: edit_sheet(text, "truncated", "full"), "not what"),
    ("an axis", lambda text: edit_sheet(text, "1/3", "1/4"), "not what"),
    ("a line lost", lambda text: "\n".join(text.splitlines()[:-1]) + "\n",
     "not what the table says"),
    ("a line more", lambda text: text + text.splitlines()[-1] + "\n",
     "more lines than"),
    ("the header", lambda text: text.replace("N_cw_radius", "N_cw_error"),
     "not what"),
    ("the hash", lambda text: text.replace("sha256:", "sha256:0"), "not what"),
]

# --- all of it ---------------------------------------------------------------


def make(name, folder):
    spec = {"schema": "lindbound-table/1", "name": name, **SPECS[name]}
    path = folder / f"{name}_spec.json"
    path.write_text(json.dumps(spec))
    base = folder / name
    status, output = run("table", path, "-O", base)
    expect(f"{name}: made", status == 0, output)
    _, findings = oracle.check_table(base.with_suffix(".json"))
    expect(f"{name}: oracle", not findings, "\n".join(findings))
    status, output = run("table", "--check", base.with_suffix(".json"))
    expect(f"{name}: right", status == 0, output)
    status, output = run("table", "--check", "--regenerate", "--threads", 2,
                         base.with_suffix(".json"))
    expect(f"{name}: again", status == 0 and " rows made again, 0 differ" in output,
           output)


def check_damage(folder):
    for name, change, wanted, message in DAMAGE:
        table = load(folder / name)
        change(table)
        save(table, folder / name, folder / "wrong")
        status, output = run("table", "--check", folder / "wrong.json")
        expect(f"{name}: {change.__name__}: {status}, not {wanted}",
               status == wanted and re.search(message, output), output)


def check_sheets(folder):
    table = load(folder / "plain")
    for what, change, message in SHEETS:
        save(table, folder / "plain", folder / "wrong")
        sheet = folder / "wrong.csv"
        sheet.write_text(change(sheet.read_text()))
        status, output = run("table", "--check", folder / "wrong.json")
        expect(f"CSV: {what}: {status}", status == 2
               and "wrong.csv" in output and re.search(message, output), output)


def check_regenerated(folder):
    """What only shows when the tiles are computed as they were."""
    table = load(folder / "plain")
    value = entry(table, 1, 1)
    mid, radius = ball_of(value)
    set_ball(value, mid, radius * 2 / 5)
    save(table, folder / "plain", folder / "wrong")
    status, output = run("table", "--check", "--regenerate",
                         folder / "wrong.json")
    expect(f"a narrower ball: {status}", status == 1
           and "more than twice as wide" in output and "1 differ" in output,
           output)
    table = load(folder / "plain")
    entry(table, 1, 1)["precision"] += 1
    save(table, folder / "plain", folder / "wrong")
    status, output = run("table", "--check", "--regenerate",
                         folder / "wrong.json")
    expect(f"another precision: {status}", status == 0
           and "1 differ" in output, output)


def check_others(folder):
    """Not wrong, but not all there or not as it is written."""
    table = load(folder / "plain")
    table["complete"] = False
    del table["rows"][1], table["rows"][-1]
    save(table, folder / "plain", folder / "part")
    status, output = run("table", "--check", "--regenerate",
                         folder / "part.json")
    expect(f"not complete: {status}", status == 3
           and "4 rows made again, 0 differ" in output
           and "(2 points are missing)" in output
           and ": 16 proved again" in output, output)

    table = load(folder / "undecided")
    del table["spec"]["undecided"]
    mend_hashes(table)
    save(table, folder / "undecided", folder / "part")
    status, output = run("table", "--check", folder / "part.json")
    expect(f"not accepted: {status}", status == 3
           and "4 undecided" in output, output)

    (folder / "part.json").write_text(
        json.dumps(load(folder / "plain"), ensure_ascii=False, indent=1))
    (folder / "part.csv").unlink()
    status, output = run("table", "--check", "--regenerate",
                         folder / "part.json")
    expect(f"laid out otherwise: {status}", status == 0
           and "there is no CSV" in output and "0 differ" in output, output)

    status, output = run("table", "--check", "--sample", 2, "--regenerate",
                         folder / "plain.json")
    expect(f"two points: {status}", status == 0
           and "8 of them computed again" in output
           and "6 rows made again" in output, output)
    status, output = run("table", "--check", "--sample", 1, "--regenerate",
                         folder / "plain.json")
    expect(f"one point: {status}", status == 0
           and "4 of them computed again" in output
           and "3 rows made again" in output, output)

    status, output = run("table", "--check", "--format", "json",
                         folder / "plain.json")
    found = json.loads(output)
    expect("as JSON", found["proved"] == 24 and found["failures"] == 0
           and found["messages"] == [], output)

    status, output = run("table", "--check", folder / "plain_spec.json")
    expect(f"a spec: {status}", status == 2 and "schema" in output, output)


def check_other_model(folder):
    """A right table of another model that has the name of a built-in one."""
    data = folder / "data"
    shutil.copytree(environment["LINDBOUND_DATA"], data)
    path = data / "models" / "kerr.json"
    model = json.loads(path.read_text())
    model["dissipators"][0]["rate"] = "2*gamma"
    path.write_text(json.dumps(model))
    here_now = environment["LINDBOUND_DATA"]
    environment["LINDBOUND_DATA"] = str(data)
    run("table", folder / "chosen_spec.json", "-O", folder / "other")
    environment["LINDBOUND_DATA"] = here_now
    status, output = run("table", "--check", folder / "other.json")
    expect(f"of another model: {status}", status == 0
           and "the built-in model kerr differs" in output, output)


# --- one point ---------------------------------------------------------------


def decimals(text):
    """The intervals of all balls in some text."""
    return [tuple(map(Fraction, match))
            for match in re.findall(r"\[(\S+) \+/- ([\d.e+-]+)\]", text)]


def check_points(folder):
    commands = proofs = 0
    for name in SPECS:
        table = load(folder / name)
        for point in range(table["points"]):
            certificate = folder / "certificate.json"
            certificate.unlink(missing_ok=True)
            has_space = any("cutoff" in value and "arb" in value
                            for value in table["rows"][point][1:])
            words = ["--certificate", certificate] if has_space else []
            status, output = run("table", "--point", point, *words,
                                 folder / f"{name}.json")
            expect(f"{name}: point {point}: {status}",
                   status == 0 and "DISJOINT" not in output, output)
            if has_space:
                status, proved = run("check", certificate)
                expect(f"{name}: certificate of point {point}",
                       status == 0 and "REFUSED" not in proved, proved)
                proofs += proved.count("PROVED")
            # the command below each value says the same
            for value, recorded, command in re.findall(
                    r"^  (\S+ .*)\n(?:    .*\n)*?    (recorded: .*)\n"
                    r"    lindbound (.*)$", output, re.M):
                status, again = run(*shlex.split(command))
                balls = decimals(value) + decimals(again)
                expect(f"{name}: {command}: {status}", status in (0, 3)
                       and (len(balls) != 2 or abs(balls[0][0] - balls[1][0])
                            <= balls[0][1] + balls[1][1]), value + again)
                commands += len(balls) == 2
    expect(f"{commands} commands, {proofs} proofs",
           commands >= 20 and proofs >= 20)
    status, output = run("table", "--point", 6, folder / "plain.json")
    expect("no such point", status == 2 and "the last one is 5" in output,
           output)
    status, output = run("table", "--point", 0, "--certificate",
                         folder / "none.json", folder / "zeros.json")
    expect("nothing to certify", status == 2
           and not (folder / "none.json").exists(), output)


# --- the tables of a data folder ---------------------------------------------


def check_data_folder(folder):
    """tests/tables.sh: specs, tables and pictures belong together."""
    data = folder / "with_tables"
    shutil.copytree(environment["LINDBOUND_DATA"], data,
                    ignore=shutil.ignore_patterns("tables"))
    results = data / "tables" / "results"
    results.mkdir(parents=True)
    spec = data / "tables" / "chosen.json"
    shutil.copy(folder / "chosen_spec.json", spec)
    for ending in ("json", "csv"):
        shutil.copy(folder / f"chosen.{ending}", results)
    picture = results / "chosen.svg"
    picture.write_text("<svg/>")
    model = data / "models" / "kerr.json"

    def script(name, wanted, message):
        done = subprocess.run(
            ["bash", here / "tables.sh", program, data, "1"], env=environment,
            capture_output=True, text=True, check=False)
        output = done.stdout + done.stderr
        expect(f"tables.sh: {name}: {done.returncode}",
               done.returncode == wanted and re.search(message, output), output)

    def edited(path, change, name, message):
        before = path.read_text()
        path.write_text(change(before))
        script(name, 1, message)
        path.write_text(before)

    script("right", 0, "1 specs, 0 failures")
    edited(spec, lambda text: text.replace("1/3", "1/4"), "a spec edited",
           "not of the spec .* as it is now")
    edited(model, lambda text: text.replace("a'^2*a^2", "2*a'^2*a^2"),
           "a model edited", "not of the built-in model kerr as it is now")
    edited(results / "chosen.csv", lambda text: text.replace("full", "none"),
           "a CSV edited", r"chosen\.csv: .*level none")
    picture.unlink()
    script("no picture", 1, r"chosen\.svg is missing")
    picture.write_text("<svg/>")
    spec.unlink()
    script("no spec", 1, "there is no spec of that name")


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for spec in SPECS:
            make(spec, folder)
        # what is written here is a table, too
        save(load(folder / "plain"), folder / "plain", folder / "wrong")
        status, output = run("table", "--check", folder / "wrong.json")
        expect("a copy", status == 0, output)
        check_damage(folder)
        check_sheets(folder)
        check_regenerated(folder)
        check_others(folder)
        check_other_model(folder)
        check_points(folder)
        check_data_folder(folder)
    print(f"table_check: {passed} passed, {failed} failed")
    sys.exit(failed != 0 or passed < len(DAMAGE) + len(SHEETS))


if __name__ == "__main__":
    main()
