#!/usr/bin/env python3
"""tests/table_plot.py PROGRAM -- pictures of tables, read by an XML parser.

SPDX-License-Identifier: GPL-3.0-or-later

Tables are made here, value by value, and drawn by `lindbound table --plot`.
Every picture must be well-formed XML, the same a second time, and hold what the
table holds: so many curves, cells, bars; texts as they are, and never run.
"""
import json
import math
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from decimal import Decimal, getcontext
from fractions import Fraction

import jsonschema

program = os.path.abspath(sys.argv[1])
root = pathlib.Path(__file__).resolve().parent.parent
schema = json.loads(
    (root / "data" / "schema" / "table-values.schema.json").read_text())
validator = jsonschema.validators.validator_for(schema)(schema)
getcontext().prec = 1200
passed = failed = 0
SVG = "{http://www.w3.org/2000/svg}"


def check(what, good):
    global passed, failed
    passed += bool(good)
    failed += not good
    if not good:
        print(f"FAIL  {what}")


# --- tables ------------------------------------------------------------------

def dumped(x):
    """Mantissa and exponent of a double, as of arb_dump_str."""
    mantissa, exponent = Fraction(x).numerator, 0
    exponent = 1 - Fraction(x).denominator.bit_length()
    while mantissa and mantissa % 2 == 0:
        mantissa, exponent = mantissa // 2, exponent + 1
    return f"{mantissa:x} {exponent if mantissa else 0:x}"


def hexadecimal(x):
    if x == 0:
        return "0x0p+0"
    mantissa, exponent = float(x).hex().split("p")
    return mantissa.rstrip("0").rstrip(".") + "p" + exponent


def bound(x, towards):
    d = float(x)
    beyond = Fraction(d) > x if towards < 0 else Fraction(d) < x
    return math.nextafter(d, towards) if beyond else d


def value(mid, radius=0.0, **more):
    """An entry: a double +/- a double."""
    low = bound(Fraction(mid) - Fraction(radius), -math.inf)
    high = bound(Fraction(mid) + Fraction(radius), math.inf)
    ball = f"{Decimal(mid):f}"
    if radius:
        ball = f"[{ball} +/- {Decimal(radius):f}]"
    return {"ball": ball, "arb": f"{dumped(mid)} {dumped(radius)}",
            "lo": hexadecimal(low), "hi": hexadecimal(high), "digits": 0,
            "level": "closed-form", "precision": 64, **more}


NOTHING = {"ball": "[0 +/- inf]", "lo": "-inf", "hi": "inf", "digits": 0,
           "level": "full", "precision": 64, "undecided": "too wide"}
BELOW = {"ball": "<= -300", "lo": "-inf", "hi": "-0x1.2cp+8", "digits": 0,
         "level": "closed-form", "precision": 64}


def table(axes, columns, rows, **spec):
    """rows: a list with None where a point is missing"""
    spec = {"schema": "lindbound-table/1", "name": "test", "model": "kerr",
            "axes": axes, "columns": columns, **spec}
    head = {
        "schema": "lindbound-table-values/1", "name": "test",
        "version": "1.0.0", "complete": None not in rows,
        "provenance": {"command": "-", "lindbound": "-", "flint": "-",
                       "arb": "-", "spec_hash": "sha256:" + "0" * 64,
                       "model_hash": "sha256:" + "0" * 64},
        "spec": spec, "model": {}, "points": len(rows),
        "axes": [{"name": a["name"], "values": a["values"]} for a in axes],
        "columns": [{"name": c, "expression": c} if isinstance(c, str) else
                    {"name": c["name"], "expression": c["name"],
                     **{k: c[k] for k in ("label", "unit") if k in c}}
                    for c in columns],
        "rows": [[k, *row] for k, row in enumerate(rows) if row is not None]}
    for error in validator.iter_errors(head):
        check(f"schema: {list(error.absolute_path)}: {error.message}", False)
    return head


def axis(count, name="x", **more):
    return {"name": name, "values": [str(k) for k in range(count)], **more}


# --- pictures ----------------------------------------------------------------

def run(json_table, name="picture", environment=None):
    """Standard error and status of drawing it."""
    pathlib.Path(f"{name}.json").write_text(json.dumps(json_table))
    done = subprocess.run([program, "table", "--force", "--plot",
                           f"{name}.json"],
                          capture_output=True, text=True, env=environment)
    return done.stderr, done.returncode


def draw(what, json_table):
    """The root of the SVG, or None."""
    errors, status = run(json_table)
    check(f"{what}: {errors}", status == 0)
    if status != 0:
        return None
    first = pathlib.Path("picture.svg").read_bytes()
    run(json_table)
    check(f"{what}: not the same twice",
          pathlib.Path("picture.svg").read_bytes() == first)
    check(f"{what}: {len(first)} bytes", len(first) < 2_000_000)
    return ElementTree.fromstring(first)


def plots(picture):
    return [g for g in picture.iter(f"{SVG}g") if g.get("class") == "plot"]


def strokes(element):
    """Ends of the lines of an element: lists of points."""
    lines = []
    for path in element.iter(f"{SVG}path"):
        for stroke in path.get("d", "").split("M")[1:]:
            lines.append([tuple(map(float, at.split(",")))
                          for at in stroke.replace("L", " ").split()
                          if "," in at])
    return lines


def polygons(picture):
    return [p for g in plots(picture) for p in g.iter(f"{SVG}polygon")]


def text_of(picture):
    return "".join(picture.itertext()).replace("\u00a0", " ")


def count_points(element):
    return sum(1 for use in element.iter(f"{SVG}use"))


# --- curves ------------------------------------------------------------------

def test_curves():
    """Three columns with bands: three bands, three lines, one of points."""
    rows = [[value(k / 8, 2.0 ** -6), value(2 - k / 8), value(1.0, 2.0 ** -6)]
            for k in range(20)]
    columns = [{"name": "A", "label": "first", "unit": "kappa_b"}, "B_ac",
               "C"]
    picture = draw("curves", table(
        [axis(20, unit="pi", label="phase theta")], columns, rows,
        title="A <title> & more", source="Someone, \"Somewhere\"",
        plots=[{"x": "x", "columns": ["A", "B_ac", "C"], "title": "one",
                "style": {"B_ac": "points", "C": "dashes"}},
               {"x": "x", "columns": ["A"]}]))
    if picture is None:
        return
    groups = plots(picture)
    bands = [g for g in groups if list(g.iter(f"{SVG}polygon"))]
    check(f"curves: {len(bands)} bands", len(bands) == 4)
    # the third column is constant: its band is as high as its balls are wide
    heights = [float(at.split(",")[1]) for p in bands[2].iter(f"{SVG}polygon")
               for at in p.get("points").split()]
    check("curves: the band is not as wide as the balls",
          2 < max(heights) - min(heights) < 5)
    lines = [s for g in groups for s in strokes(g) if len(s) == 20]
    check(f"curves: {len(lines)} lines of 20 points", len(lines) == 3)
    check("curves: no markers", any(count_points(g) >= 20 for g in groups))
    text = text_of(picture)
    for part in ("(a)", "(b)", "one", "first", "phase \u03b8 (\u03c0)",
                 "A <title> & more", "Someone, \"Somewhere\"", "\u03bab"):
        check(f"curves: no '{part}'", part in text)
    check("curves: title", picture.find(f"{SVG}title").text
          == "A <title> & more")
    check("curves: desc", picture.find(f"{SVG}desc").text
          == "Someone, \"Somewhere\"")


def test_undecided():
    """Bars for what did not reach its digits; a gap where it is long."""
    rows = [[value(float(k))] for k in range(12)]
    rows[3] = [value(3.0, 2.0, undecided="too wide")]
    rows[6] = [NOTHING]
    rows[9] = [BELOW]
    rows[7] = [value(100.0, 1.0, undecided="too wide")]
    rows[10] = [value(10.0, 2.0 ** -20, undecided="too wide")]
    picture = draw("undecided", table([axis(12)], ["A"], rows))
    if picture is None:
        return
    groups = plots(picture)
    # 3: stem and two caps; 6: a stem, as high as the frame; 10: three in one
    bars = next(strokes(g) for g in groups
                if len([s for s in strokes(g) if len(s) == 2]) >= 4)
    bars = [s for s in bars if len(s) == 2]
    stems = [s for s in bars if s[0][0] == s[1][0] and s[0][1] != s[1][1]]
    check(f"undecided: {len(bars)} strokes, {len(stems)} stems",
          len(bars) in (6, 7) and len(stems) >= 2)
    longest = max(abs(s[0][1] - s[1][1]) for s in stems)
    check(f"undecided: a bar of {longest} pixels", longest > 250)
    lines = [len(s) for g in groups for s in strokes(g) if len(s) > 2]
    # 0 to 2, 4 and 5, 10 and 11: a line of two is no longer than that
    check(f"undecided: lines of {lines} points", 3 in lines and 12 not in lines)
    marks = sorted(use.get("{http://www.w3.org/1999/xlink}href")
                   for g in groups for use in g.iter(f"{SVG}use"))
    check(f"undecided: triangles {marks}",
          [m for m in marks if m != "#gpPt6"] == ["#gpPt10", "#gpPt8"])
    check("undecided: caption", "did not reach" in text_of(picture))


def test_log():
    """On a log axis nothing is drawn at 0 and below; bands end at the edge."""
    rows = [[value(10.0 ** (k - 5) if k % 5 else 0.0, 2.0 ** -9)]
            for k in range(12)]
    picture = draw("log", table(
        [axis(12)], ["A"], rows,
        plots=[{"x": "x", "columns": ["A"], "log": "xy"}]))
    if picture is None:
        return
    lengths = sorted(len(s) for g in plots(picture) for s in strokes(g)
                     if len(s) > 1)
    check(f"log: strokes of {lengths} points", lengths == [4, 4])
    check("log: a lone point", any(count_points(g) == 1
                                   for g in plots(picture)))
    check("log: decades", "10" in text_of(picture))


def test_by():
    """A curve for every value of another axis; of many, a colour bar."""
    for count, keys in ((3, 3), (12, 0)):
        rows = [[value(math.sin(x + y / 4))]
                for y in range(count) for x in range(8)]
        picture = draw("by", table(
            [axis(count, "gamma"), axis(8)], ["A"], rows,
            plots=[{"x": "x", "by": "gamma", "columns": ["A"]}]))
        if picture is None:
            continue
        lines = [s for g in plots(picture) for s in strokes(g) if len(s) == 8]
        check(f"by: {len(lines)} curves of {count}", len(lines) == count)
        check("by: legend",
              text_of(picture).count("\u03b3 =") == keys)


def test_one_point():
    picture = draw("one point", table([axis(1)], ["A"], [[value(0.5)]]))
    if picture is not None:
        check("one point: no marker",
              sum(map(count_points, plots(picture))) == 1)
    picture = draw("one cell", table([axis(1), axis(1, "y")], ["A"],
                                     [[value(0.5)]]))
    if picture is not None:
        check("one cell", len(polygons(picture)) == 1)
    check("nothing", draw("nothing", table(
        [axis(3)], ["A"], [[NOTHING]] * 3,
        plots=[{"x": "x", "columns": ["A"]},
               {"x": "x", "columns": ["A"], "log": "y"}])) is not None)


# --- maps --------------------------------------------------------------------

def test_map():
    """A cell for every entry that has a value; edges half way."""
    rows = [[value(math.sin(x) * y)] for x in range(5) for y in range(4)]
    rows[6] = None
    rows[7] = [NOTHING]
    lists = {"name": "x", "values": ["0", "1", "2", "10", "20"]}
    panel = {"kind": "map", "x": "x", "y": "y", "columns": ["A"]}
    picture = draw("map", table(
        [lists, axis(4, "y")], ["A"], rows,
        plots=[{**panel, "palette": "diverging",
                "mark": [{"x": "10", "y": "2", "text": "here"}]}]))
    if picture is None:
        return
    cells = polygons(picture)
    check(f"map: {len(cells)} cells", len(cells) == 18)
    widths = sorted({round(abs(float(c.get("points").split()[0].split(",")[0])
                               - float(c.get("points").split()[1]
                                       .split(",")[0]))) for c in cells})
    # of 25.5: 1, 1, 4.5, 9, 10
    unit = widths[0]
    check(f"map: cells {widths} pixels wide",
          len(widths) == 4 and abs(widths[-1] - 10 * unit) < 12)
    check("map: mark", "here" in text_of(picture))
    check("map: caption", "not complete" in text_of(picture))
    # positive values of positive y and x alone
    picture = draw("log map", table(
        [lists, axis(4, "y")], ["A"], [r or [NOTHING] for r in rows],
        plots=[{**panel, "log": "xyc"}]))
    if picture is not None:
        positive = sum(1 for k, r in enumerate(rows)
                       if r and r != [NOTHING] and k >= 4 and k % 4
                       and math.sin(k // 4) > 0)
        check(f"log map: {len(polygons(picture))} of {positive} cells",
              len(polygons(picture)) == positive)


def test_large_map():
    """Many cells are an image, drawn in little."""
    rows = [[value(float((x * y) % 50))] for x in range(120) for y in range(110)]
    picture = draw("large map", table(
        [axis(120), axis(110, "y")], ["A"], rows,
        plots=[{"kind": "map", "x": "x", "y": "y", "columns": ["A"],
                "log": "x"}]))
    if picture is not None:
        images = list(picture.iter(f"{SVG}image"))
        check("large map: no image", len(images) == 1
              and not polygons(picture))
    check("large map: files beside it", not list(pathlib.Path(".").glob("*.png")))


# --- texts -------------------------------------------------------------------

def test_evil_texts():
    """Texts are shown, not run, in gnuplot or a shell."""
    evil = ("\"; system \"touch evil1\" ' ; system('touch evil2') `touch evil3`"
            " $(touch evil4) @foo \\n \\U+0041 {/:Bold x} a^b & <tag> ]]>")
    rows = [[value(float(k)), value(1.0), value(2.0)] for k in range(4)]
    picture = draw("evil", table(
        [axis(4, label=evil, unit=evil)],
        [{"name": "A", "label": evil}, {"name": "B", "unit": evil}, "C"], rows,
        title=evil + "\nset output 'evil5'\n!touch evil6\nEOD",
        source="\\" + evil + "\\", notes=[evil, "EOD", "`", "'", "\\", "@a"],
        plots=[{"x": "x", "columns": ["A", "B"], "title": evil,
                "ylabel": evil, "mark": [{"x": "1", "y": "1", "text": evil}]},
               {"x": "x", "columns": ["C"], "title": "\\",
                "ylabel": "'"}]))
    made = sorted(str(p) for p in pathlib.Path(".").glob("evil*"))
    check(f"evil: it ran: {made}", not made)
    if picture is None:
        return
    text = text_of(picture)
    # <title>, <desc> and, drawn by gnuplot, at least the note
    check("evil: the text is another", text.count(evil) >= 3)
    check("evil: the desc is another",
          picture.find(f"{SVG}desc").text == "\\" + evil + "\\")


def test_text():
    """Greek letters, subscripts, exponents; words that only contain them."""
    picture = draw("text", table(
        [axis(2)], ["A"], [[value(0.0)], [value(1.0)]],
        notes=["(Omega/kappa_b)^2 of Delta_1, spin, kappas, Xi, spin_up, long_name_x"]))
    if picture is not None:
        text = text_of(picture)
        check("text: " + text[-200:],
              "(\u03a9/\u03bab)2 of \u03941, spin, kappas, Xi, spin_up, long_name_x"
              in text.replace("\n", "").replace("\t", ""))


# --- failures ----------------------------------------------------------------

def test_no_gnuplot():
    """Without gnuplot, or with one that fails: a message, and no picture."""
    made = table([axis(2)], ["A"], [[value(0.0)], [value(1.0)]])
    pathlib.Path("bin").mkdir()
    environment = dict(os.environ, PATH=str(pathlib.Path("bin").resolve()))
    errors, status = run(made, "without", environment)
    check(f"no gnuplot: {status} {errors}", status == 2 and errors.count("\n")
          == 1 and "gnuplot is not installed; the table is complete" in errors)
    fake = pathlib.Path("bin/gnuplot")
    for script, said in (("echo gone wrong >&2\nexit 1", "gone wrong"),
                         ("echo '<svg>'", "gnuplot failed"),
                         ("echo '<svg></svg>'\nexit 1", "gnuplot failed"),
                         ("kill -9 $$", "gnuplot failed")):
        fake.write_text(f"#!/bin/sh\n{script}\n")
        fake.chmod(0o755)
        errors, status = run(made, "without", environment)
        check(f"failing gnuplot: {status} {errors}", status == 2
              and errors.count("\n") == 1 and said in errors)
    check("no gnuplot: a picture", not list(pathlib.Path(".")
                                            .glob("without.svg*")))


def test_bad_panels():
    good = {"x": "x", "columns": ["A"]}
    for panel, said in (
            ({**good, "kind": "pie"}, "/kind"),
            ({**good, "x": "z"}, "'z' is not an axis"),
            ({"columns": ["A"]}, "'x' is missing"),
            ({**good, "columns": ["Z"]}, "'Z' is not a column"),
            ({**good, "columns": []}, "/columns"),
            ({**good, "at": {"y": "1"}, "log": "z"}, "/log"),
            ({**good, "colour": "red"}, "unknown member 'colour'"),
            ({**good, "by": "x"}, "two different axes"),
            ({**good, "at": {"q": "1"}}, "'y' must be fixed"),
            ({**good, "at": {"y": "1/2"}}, "not a value"),
            ({**good, "at": {"y": "1", "x": "1"}}, "/at"),
            ({**good, "at": {"y": "1"}, "style": {"A": "wavy"}}, "style of 'A'"),
            ({**good, "at": {"y": "1"}, "style": {"B": "line"}}, "'B'"),
            ({**good, "at": {"y": "1"}, "yrange": ["1", "0"]}, "/yrange"),
            ({**good, "at": {"y": "1"}, "yrange": ["0", "1"], "log": "y"},
             "positive"),
            ({**good, "at": {"y": "1"}, "yrange": ["0"]}, "/yrange"),
            ({**good, "at": {"y": "1"}, "yrange": ["0", "x"]}, "exact number"),
            ({**good, "at": {"y": "1"}, "mark": [{"x": "1"}]}, "/mark"),
            ({**good, "kind": "map"}, "'y' is missing"),
            ({**good, "kind": "map", "y": "x"}, "two different axes"),
            ({**good, "kind": "map", "y": "y", "columns": ["A", "B"]},
             "one column"),
            ({**good, "kind": "map", "y": "y", "palette": "jet"}, "/palette"),
            ({**good, "kind": "map", "y": "y", "palette": "diverging",
              "log": "c"}, "/palette"),
            ({**good, "kind": "map", "y": "y", "ylabel": "y"}, "'ylabel'"),
            ("curves", "a panel is an object")):
        errors, status = run(table(
            [axis(2), axis(2, "y")], ["A", "B"],
            [[value(0.0), value(1.0)]] * 4, plots=[good | {"by": "y"}, panel]),
            "bad")
        check(f"bad panel {panel}: {status} {errors}", status == 2
              and errors.count("\n") == 1 and said in errors
              and "bad.json: /spec/plots/1" in errors)
    # and before a table is made of it
    spec = {"schema": "lindbound-table/1", "name": "early", "model": "kerr",
            "axes": [axis(2, "Delta")], "columns": ["n"],
            "plots": [{"x": "Delta", "columns": ["m"]}]}
    pathlib.Path("early_spec.json").write_text(json.dumps(spec))
    done = subprocess.run([program, "table", "./early_spec.json"],
                          capture_output=True, text=True)
    check(f"early: {done.stderr}", done.returncode == 2
          and "/plots/0/columns: 'm' is not a column" in done.stderr
          and not list(pathlib.Path(".").glob("early.*")))


folder = tempfile.mkdtemp(prefix="lindbound_plot_")
os.chdir(folder)
try:
    for name, test in sorted(globals().items()):
        if name.startswith("test_"):
            test()
finally:
    os.chdir("/")
    shutil.rmtree(folder)
print(f"table_plot: {passed} passed, {failed} failed")
sys.exit(failed != 0 or passed < 100)
