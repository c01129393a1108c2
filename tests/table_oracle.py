#!/usr/bin/env python3
"""tests/table_oracle.py [--data DATA] FILE.json... -- tables read by a program of another kind.

SPDX-License-Identifier: GPL-3.0-or-later

Checks all that docs/tables.md promises of a table file and that needs no
physics: members and layout, both hashes, the grid from the axes of the spec,
that the decimal ball contains the exact one and the doubles enclose it as
tightly as doubles can, digits, levels, cutoffs, and that the CSV beside it says
the same.  Exact rational arithmetic; shares nothing with lindbound and
evaluates none of its quantities.  With --data a table must also be of the spec
DATA/tables/NAME.json and, if its model is a built-in one, of the one in DATA, as
these are now.  One line per finding; exit status 1 if there
is one, 2 if a file is not JSON.
"""
import csv
import decimal
import hashlib
import json
import math
import pathlib
import re
import sys
from fractions import Fraction

TOP = ["schema", "name", "version", "complete", "provenance", "spec", "model",
       "points", "axes", "columns", "rows"]
PROVENANCE = {"command", "lindbound", "flint", "arb", "spec_hash", "model_hash"}
REQUIRED = {"ball", "lo", "hi", "digits", "level", "precision"}
OPTIONAL = {"arb", "cutoff", "dimension", "order", "undecided"}
LEVELS = {"closed-form": False, "weak-drive": False, "full": True,
          "truncated": True}  # and whether there is a Fock space
WEAKER = ["closed-form", "full", "truncated"]
PROSE = {"title", "source", "conventions", "doc", "unit"}
NAMED = {"parameters", "observables", "at", "for"}  # their keys are names
INF = math.inf

# --- reading ---------------------------------------------------------------


def unique(pairs):
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError(f"a member twice in {[key for key, _ in pairs]}")
    return members


def refuse_real(text):
    raise ValueError(f"a JSON real, {text}")


def decimal_number(text):
    """A decimal or a quotient of two, exactly."""
    top, _, bottom = text.partition("/")
    return Fraction(top) / (Fraction(bottom) if bottom else 1)


def dumped(text):
    """arb_dump_str: (midpoint, radius), exact; infinite ones as floats."""
    man, exp, rad, rad_exp = (int(word, 16) for word in text.split())
    special = {0: Fraction(0), -1: INF, -2: -INF, -3: math.nan}
    mid = special[exp] if man == 0 else man * Fraction(2) ** exp
    radius = special[rad_exp] if rad == 0 else rad * Fraction(2) ** rad_exp
    return mid, radius


def printed(text):
    """arb_get_str: (midpoint, radius) of what the decimals say."""
    match = re.fullmatch(r"\[(?:(\S+) )?\+/- (\S+)\]", text)
    if match is None:
        return Fraction(text), Fraction(0)
    mid, radius = match.groups()
    return (Fraction(mid or 0),
            INF if radius == "inf" else Fraction(radius))


# --- hashes ----------------------------------------------------------------


def canonical(value):
    """Sorted keys, no white space, UTF-8; control characters in upper case."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"),
                      ensure_ascii=False)
    return re.sub(r"\\u00[01][0-9a-f]",
                  lambda m: m[0][:2] + m[0][2:].upper(), text)


def without_prose(value, of_names=False):
    if isinstance(value, list):
        return [without_prose(entry) for entry in value]
    if not isinstance(value, dict):
        return value
    return {key: without_prose(member, not of_names and key in NAMED)
            for key, member in value.items() if of_names or key not in PROSE}


def digest(value):
    return "sha256:" + hashlib.sha256(canonical(value).encode()).hexdigest()


# --- the grid --------------------------------------------------------------


def rounded(value, significant):
    context = decimal.Context(prec=significant,
                              rounding=decimal.ROUND_HALF_EVEN)
    return Fraction(context.plus(value))


def axis_values(axis):
    """The exact values of an axis of the spec."""
    if "values" in axis:
        return [decimal_number(text) for text in axis["values"]]
    first, last = decimal_number(axis["from"]), decimal_number(axis["to"])
    n = axis["points"]
    if n == 1:
        return [first]
    if axis.get("scale", "linear") == "linear":
        return [first + (last - first) * Fraction(k, n - 1) for k in range(n)]
    with decimal.localcontext(decimal.Context(prec=80)):
        low = decimal.Decimal(first.numerator) / first.denominator
        high = decimal.Decimal(last.numerator) / last.denominator
        step = (high / low).ln() / (n - 1)
        inner = [rounded(low * (k * step).exp(), axis.get("significant", 6))
                 for k in range(1, n - 1)]
    return [first] + inner + [last]


# --- one value -------------------------------------------------------------


def next_double(x, towards):
    return math.nextafter(x, towards)


def check_bounds(value, mid, radius):
    """Findings about lo and hi of the finite ball."""
    lo, hi = float.fromhex(value["lo"]), float.fromhex(value["hi"])
    low, high = mid - radius, mid + radius
    if not (lo == -INF or Fraction(lo) <= low):
        yield f"lo {value['lo']} is above the ball"
    elif lo != -INF and Fraction(next_double(lo, INF)) <= low:
        yield f"lo {value['lo']} is not the largest double below the ball"
    if not (hi == INF or high <= Fraction(hi)):
        yield f"hi {value['hi']} is below the ball"
    elif hi != INF and high <= Fraction(next_double(hi, -INF)):
        yield f"hi {value['hi']} is not the smallest double above the ball"


def has_digits(mid, radius, wanted):
    """Whether the ball is as narrow as its column wants."""
    if wanted["absolute"] is not None:
        return radius <= wanted["absolute"]
    unit = Fraction(1, 10 ** wanted["digits"])
    return radius <= unit * abs(mid) or abs(mid) + radius <= unit


def proves_nothing(value):
    return value["lo"] == "-inf" and value["hi"] == "inf"


def check_one_sided(value):
    if "arb" in value:
        yield "one-sided, with an exact ball"
    if proves_nothing(value):
        if value["ball"] != "[0 +/- inf]" or value["digits"] != 0:
            yield f"nothing is known, but {value['ball']}"
        if "undecided" not in value:
            yield "proves nothing, but is not marked"
    elif (value["lo"] == "-inf") == (value["hi"] == "inf"):
        yield f"no ball, but lo {value['lo']} and hi {value['hi']}"


def check_ball(value, wanted):
    mid, radius = dumped(value["arb"])
    if math.isinf(radius) or isinstance(mid, float):
        if "undecided" not in value:
            yield "proves nothing, but is not marked"
        if value["digits"] != 0:
            yield f"proves nothing, but {value['digits']} digits"
        return
    shown, shown_radius = printed(value["ball"])
    if abs(shown - mid) + radius > shown_radius:
        yield f"ball {value['ball']} does not contain {value['arb']}"
    yield from check_bounds(value, mid, radius)
    if value["digits"] > 0 and radius * 10 ** value["digits"] > abs(mid):
        yield f"says {value['digits']} digits, proves fewer"
    if "undecided" not in value and not has_digits(mid, radius, wanted):
        yield "does not have its digits, but is not marked"


def check_level(value, wanted):
    level = value["level"]
    if level not in LEVELS:
        yield f"level {level}"
        return
    if wanted["of"]:  # of the weakest column that it is made of
        if "cutoff" in value or "dimension" in value or "order" in value:
            yield "a formula of columns, with a Fock space or an order"
        return
    # a cutoff may leave nothing out of a finite space
    whole = (wanted["finite"] and wanted["level"] == "truncated"
             and level == "full")
    if (wanted["level"] not in (level, "auto") and not whole) or (
            wanted["level"] == "auto" and level == "weak-drive"):
        yield f"level {level} instead of {wanted['level']}"
    if proves_nothing(value):  # perhaps in no space at all
        return
    for member in ("cutoff", "dimension"):
        if (member in value) != LEVELS[level]:
            yield (f"level {level} {'with' if member in value else 'without'}"
                   f" {member}")
    if wanted["level"] == "truncated" and value.get("cutoff") != wanted["cutoff"]:
        yield f"cutoff {value.get('cutoff')} instead of {wanted['cutoff']}"
    if "order" in value and level != "weak-drive":
        yield f"an order at level {level}"


def check_value(value, wanted):
    if not REQUIRED <= set(value) <= REQUIRED | OPTIONAL:
        yield f"members {sorted(value)}"
        return
    if value["digits"] > wanted["digits"] and wanted["absolute"] is None:
        yield f"{value['digits']} digits, more than wanted"
    yield from check_level(value, wanted)
    if value.get("arb") is None:
        yield from check_one_sided(value)
    else:
        yield from check_ball(value, wanted)


# --- the spec --------------------------------------------------------------


def cutoff_text(cutoff):
    """As a value shows it: the total first, then the subsystems."""
    if cutoff is None:
        return None
    parts = [part.strip() for part in cutoff.split(",")]
    total = [f"N<={part}" for part in parts if "=" not in part]
    return ", ".join(total + [part.replace("=", "<=") for part in parts
                              if "=" in part])


def wanted_columns(spec, model):
    finite = all(part.get("kind") == "two-level"
                 for part in model.get("subsystems", [{}]))
    for column in spec["columns"]:
        column = {"name": column} if isinstance(column, str) else column
        absolute = column.get(
            "absolute", spec.get("absolute") if "digits" not in column else None)
        yield {"name": column["name"], "of": column.get("of"),
               "level": column.get("level", spec.get("level", "auto")),
               "cutoff": cutoff_text(spec.get("cutoff")), "finite": finite,
               "digits": column.get("digits", spec.get("digits", 10)),
               "absolute": absolute and decimal_number(absolute)}


# --- a table ---------------------------------------------------------------


def check_head(table):
    if list(table) != TOP:
        yield f"members {list(table)}"
        return
    if table["schema"] != "lindbound-table-values/1":
        yield f"schema {table['schema']}"
    provenance, spec = table["provenance"], table["spec"]
    if set(provenance) != PROVENANCE:
        yield f"provenance with {sorted(provenance)}"
    if provenance["spec_hash"] != digest(spec):
        yield f"spec_hash is not {digest(spec)}"
    if provenance["model_hash"] != digest(without_prose(table["model"])):
        yield f"model_hash is not {digest(without_prose(table['model']))}"
    for member, default in (("name", None), ("version", "1.0.0")):
        if table[member] != spec.get(member, default):
            yield f"{member} {table[member]} is not the spec's"


def check_grid(table):
    axes = table["spec"]["axes"]
    if [axis["name"] for axis in table["axes"]] != [a["name"] for a in axes]:
        yield "axes are not those of the spec"
        return
    count = 1
    for axis, stated in zip(axes, table["axes"]):
        values = axis_values(axis)
        count *= len(values)
        if [decimal_number(text) for text in stated["values"]] != values:
            yield f"axis {axis['name']}: not the values of the spec"
        if any(a >= b for a, b in zip(values, values[1:])):
            yield f"axis {axis['name']}: does not increase"
    if table["points"] != count:
        yield f"{table['points']} points instead of {count}"


def check_rows(table):
    wanted = list(wanted_columns(table["spec"], table["model"]))
    names = [column["name"] for column in wanted]
    if [column["name"] for column in table["columns"]] != names:
        yield "columns are not those of the spec"
        return
    numbers = [row[0] for row in table["rows"]]
    whole = list(range(table["points"]))
    if numbers != (whole if table["complete"] else sorted(set(numbers))):
        yield "rows are missing, twice or out of order"
    if not set(numbers) <= set(whole):
        yield "rows of points that are not on the grid"
    if not table["complete"] and numbers == whole:
        yield "called incomplete, but all rows are there"
    for row in table["rows"]:
        if len(row) != 1 + len(names):
            yield f"point {row[0]}: {len(row) - 1} values, {len(names)} columns"
            continue
        levels = dict(zip(names, (value["level"] for value in row[1:])))
        for column, value in zip(wanted, row[1:]):
            parts = [levels[name] for name in column["of"] or []]
            if parts and value["level"] != max(parts, key=WEAKER.index):
                yield (f"point {row[0]}, column {column['name']}: level "
                       f"{value['level']}, of {parts}")
            for finding in check_value(value, column):
                yield f"point {row[0]}, column {column['name']}: {finding}"


def check_layout(text, table):
    """A row a line, the last members of the file."""
    lines = [line.strip().rstrip(",") for line in text.splitlines()]
    rows = {line for line in lines if re.match(r"\[\d+, ?\{", line)}
    if len(rows) != len(table["rows"]):
        yield f"{len(rows)} lines with a row, {len(table['rows'])} rows"


# --- the CSV ---------------------------------------------------------------


def point_texts(table, point):
    """Exact texts of the axes at a point, the last axis fastest."""
    texts = []
    for axis in reversed(table["axes"]):
        point, k = divmod(point, len(axis["values"]))
        texts.insert(0, axis["values"][k])
    return texts


def check_csv_value(value, fields):
    mid, radius, digits, level = fields
    if digits != str(value["digits"]):
        yield f"{digits} digits instead of {value['digits']}"
    if level != ("undecided" if "undecided" in value else value["level"]):
        yield f"level {level}"
    if value.get("arb") is None:
        # "<= -312.4" or, exactly, "-inf"; "[0 +/- inf]" as 0 and inf
        exact = "0" if value["ball"] in ("-inf", "inf") else "inf"
        shown = "0" if value["ball"] == "[0 +/- inf]" else value["ball"]
        if shown != mid or radius != exact:
            yield f"{mid} +/- {radius} instead of {value['ball']}"
        return
    shown, shown_radius = printed(value["ball"])
    read_radius = INF if radius == "inf" else Fraction(radius)
    if Fraction(mid) != shown or read_radius != shown_radius:
        yield f"{mid} +/- {radius} instead of {value['ball']}"


def check_csv(table, path):
    if not path.exists():
        yield "there is no such file"
        return
    lines = path.read_text().splitlines()
    comments = [line for line in lines if line.startswith("#")]
    for hash_name in ("spec_hash", "model_hash"):
        if not any(table["provenance"][hash_name] in c for c in comments):
            yield f"no comment with the {hash_name}"
    rows = list(csv.reader(lines[len(comments):]))
    columns = [column["name"] for column in table["columns"]]
    header = [axis["name"] for axis in table["axes"]] + [
        column + end for column in columns
        for end in ("", "_radius", "_digits", "_level")]
    if not rows or rows[0] != header:
        yield "not the header of this table"
        return
    if len(rows) - 1 != len(table["rows"]):
        yield f"{len(rows) - 1} lines instead of {len(table['rows'])}"
        return
    for line, row in zip(rows[1:], table["rows"]):
        axes = point_texts(table, row[0])
        if line[:len(axes)] != axes or len(line) != len(header):
            yield f"point {row[0]}: axes {line[:len(axes)]} instead of {axes}"
            continue
        for k, (name, value) in enumerate(zip(columns, row[1:])):
            first = len(axes) + 4 * k
            for finding in check_csv_value(value, line[first:first + 4]):
                yield f"point {row[0]}, column {name}: {finding}"


# --- all of it -------------------------------------------------------------


def check_origin(table, data):
    """That spec and built-in model are those in the folder @data."""
    spec = data / "tables" / f"{table['name']}.json"
    if not spec.exists():
        yield f"there is no spec {spec}"
    elif digest(json.loads(spec.read_text())) != table["provenance"]["spec_hash"]:
        yield f"not of the spec {spec} as it is now"
    name = table["spec"]["model"]
    if "/" in name or name.endswith(".json"):
        return
    files = [data / kind / f"{name}.json" for kind in ("models", "networks")]
    models = [json.loads(file.read_text()) for file in files if file.exists()]
    if not models:
        yield f"there is no built-in model {name}"
    elif (digest(without_prose(models[0]))
          != table["provenance"]["model_hash"]):
        yield f"not of the built-in model {name} as it is now"


def check_table(path, data=None):
    text = path.read_text()
    table = json.loads(text, object_pairs_hook=unique,
                       parse_float=refuse_real, parse_constant=refuse_real)
    findings = list(check_head(table))
    if not findings:
        for part in (check_grid(table), check_rows(table),
                     check_layout(text, table)):
            findings += part
        sheet = path.with_suffix(".csv")
        findings += [f"{sheet.name}: {f}" for f in check_csv(table, sheet)]
    if not findings and data is not None:
        findings += check_origin(table, data)
    values = sum(len(row) - 1 for row in table.get("rows", []))
    return values, findings


def main():
    names, data = sys.argv[1:], None
    if names[:1] == ["--data"]:
        data, names = pathlib.Path(names[1]), names[2:]
    total = bad = 0
    for name in names:
        path = pathlib.Path(name)
        try:
            values, findings = check_table(path, data)
        except ValueError as error:
            print(f"{name}: {error}")
            sys.exit(2)
        total += values
        bad += bool(findings)
        for finding in findings[:20]:
            print(f"{name}: {finding}")
        if len(findings) > 20:
            print(f"{name}: and {len(findings) - 20} more")
    print(f"table_oracle: {len(names)} tables, {total} values, "
          f"{bad} tables with findings")
    sys.exit(bad != 0 or not names)


if __name__ == "__main__":
    main()
