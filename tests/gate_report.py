#!/usr/bin/env python3
"""tests/gate_report.py PROGRAM -- the reports of `lindbound gate`, read back.

SPDX-License-Identifier: GPL-3.0-or-later

Vectors are made by `lindbound solve`; a candidate answers them well, badly and
with bytes that no report should pass on.  Every format is read by a parser that
is not ours, or by a strict reader here, and must say the same as the others.
"""
import collections
import json
import os
import pathlib
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

program = os.path.abspath(sys.argv[1])
here = pathlib.Path(__file__).resolve().parent
environment = dict(os.environ, LC_ALL="C", OPENBLAS_NUM_THREADS="1")
environment.setdefault("LINDBOUND_DATA", str(here.parent / "data"))
environment.pop("NO_COLOR", None)
passed = failed = 0


def expect(good, what):
    global passed, failed
    if good:
        passed += 1
    else:
        failed += 1
        print("FAIL  " + what)


def run(*arguments):
    done = subprocess.run([program, *map(str, arguments)], env=environment,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=120)
    return done.returncode, done.stdout, done.stderr.decode()


def gate(*arguments, status=None):
    """Standard output of the gate."""
    code, out, err = run("gate", *arguments)
    if status is not None:
        expect(code == status, f"gate {arguments}: status {code}, "
               f"not {status}: {err}")
    return out.decode()  # strict: no report is anything but UTF-8


# --- vectors and results -----------------------------------------------------

BAD = b"\x1b[31m|\xff\xc3( <b>&\"']]> # `*_ %0A::error::x\x00\x07\xef\xbf\xbe"


def problem(name, xi, observables):
    """One problem of a Kerr mode, with its certified values."""
    parameters = {"xi": xi, "chi": "8"}
    code, out, err = run(
        "solve", "kerr", "--digits", "10", "--format", "json", "-p",
        f"xi={xi}", "-p", "chi=8", *(x for o in observables for x in ("-o", o)))
    if code != 0:
        sys.exit(err)
    keep = ("ball", "arb", "lo", "hi", "digits", "level", "cutoff", "dimension",
            "precision")
    drive = eval(xi)
    kerr = [[8.0, 0.0, [[0, 2, 2]]], [drive, 0.0, [[0, 1, 0]]],
            [drive, 0.0, [[0, 0, 1]]]]
    number = ["mean", [[1.0, 0.0, [[0, 1, 1]]]]]
    pairs = ["mean", [[1.0, 0.0, [[0, 2, 2]]]]]
    trees = {"n": number, "g2": ["/", pairs, ["^", number, 2.0]],
             "P1": ["mean", [[1.0, 0.0, [[0, 1, 1, 1]]]]]}
    return {
        "id": f"kerr/{name}", "parameters": parameters, "level": "full",
        "expanded": {
            "subsystems": [{"name": "a", "kind": "mode"}],
            "hamiltonian": kerr,
            "dissipators": [{"rate": 1.0,
                             "operator": [[1.0, 0.0, [[0, 0, 1]]]]}],
            "observables": {o: trees[o] for o in observables}},
        "vectors": [{
            "id": f"kerr/{name}/{r['observable']}",
            "observable": r["observable"], "expression": r["expression"],
            "flags": ["weak-drive"] if drive < 1e-3 else [],
            "difficulty": "lower", "relative": "1e-6", "absolute": "0",
            "value": {k: r[k] for k in keep}}
            for r in json.loads(out)["results"]]}


def vector_file():
    model = json.loads((pathlib.Path(environment["LINDBOUND_DATA"])
                        / "models" / "kerr.json").read_text())
    version = run("--version")[1].decode().split()[1]
    return {
        "schema": "lindbound-vectors/1", "name": "kerr", "version": "1.0.0",
        "title": "One driven Kerr mode", "source": model["source"],
        "conventions": model["conventions"],
        "provenance": {
            "command": "tests/gate_report.py", "lindbound": version,
            "flint": "-", "arb": "-", "spec_hash": "sha256:" + 64 * "0",
            "model_hash": "sha256:" + 64 * "0"},
        "model": model,
        "problems": [problem("weak", "1/4096", ["n", "g2"]),
                     problem("medium", "1/8", ["n", "g2", "P1"]),
                     problem("strong", "1/2", ["n", "g2"])]}


def renamed(vectors, name):
    """The same under another name."""
    text = json.dumps(vectors).replace('"kerr/', f'"{name}/')
    return dict(json.loads(text), name=name)


def all_vectors(vectors):
    return [v for p in vectors["problems"] for v in p["vectors"]]


def middle(vector):
    low, high = (float.fromhex(vector["value"][k]) for k in ("lo", "hi"))
    return (low + high) / 2


def write_results(path, vectors, change):
    """CSV; change(k, value) is the text of value k, as bytes."""
    with open(path, "wb") as stream:
        stream.write(b"id,value\r\n")
        for k, v in enumerate(vectors):
            text = change(k, middle(v)).replace(b'"', b'""')
            stream.write(v["id"].encode() + b',"' + text + b'"\r\n')


def mixed(k, value):
    return (repr(value).encode(), repr(value * (1 + 5e-7)).encode(),
            repr(value * 1.5).encode(), b"",
            BAD.replace(b"\x00", b"\n"))[k % 5]


# --- the formats -------------------------------------------------------------

def read_json(text):
    """Verdicts by id, and the summary."""
    lines = [json.loads(line) for line in text.splitlines()]
    expect([x["type"] for x in lines]
           == ["vector"] * (len(lines) - 1) + ["summary"], "json: types")
    return {x["id"]: x for x in lines[:-1]}, lines[-1]


def check_characters(text, what):
    expect(not re.search(r"[^\n -\U0010ffff]|[\x7f-\x9f\ufffe\uffff]", text),
           f"{what}: control characters are passed on")


def check_junit(text, cases):
    root = ElementTree.fromstring(text)
    expect(root.tag == "testsuites", "junit: root")
    seen = collections.Counter()
    for suite in root:
        expect(suite.tag == "testsuite", "junit: suite")
        tags = collections.Counter()
        for case in suite:
            name = case.get("classname").replace(".", "/", 1) + "/" \
                + case.get("name")
            seen[name] += 1
            x = cases[name]
            expect(float(case.get("time")) >= 0 and len(case) <= 1,
                   "junit: a case")
            tag = case[0].tag if len(case) else "good"
            tags[tag] += 1
            wanted = ("failure" if x["failure"] and x["verdict"] not in
                      ("ERRORED", "TIMEOUT", "UNDECIDED") else
                      "error" if x["failure"] else
                      "good" if x["verdict"] in ("INSIDE", "PASS") else
                      "skipped")
            expect(tag == wanted, f"junit: {name} is {tag}, not {wanted}")
            if tag in ("failure", "error"):
                expect(case[0].get("message") != "" and case[0].get("type"),
                       "junit: a failure without words")
        counts = tuple(int(suite.get(k)) for k in
                       ("tests", "failures", "errors", "skipped"))
        expect(counts == (len(suite), tags["failure"], tags["error"],
                          tags["skipped"]), f"junit: counts {counts}")
    for k in ("tests", "failures", "errors", "skipped"):
        expect(int(root.get(k)) == sum(int(s.get(k)) for s in root),
               f"junit: sum of {k}")
    expect(seen == collections.Counter(cases.keys()), "junit: all cases once")


def check_tap(text, cases):
    """A reader of TAP 13 that lets nothing else pass."""
    lines = text.splitlines()
    expect(lines[0] == "TAP version 13", "tap: version")
    expect(lines[1] == f"1..{len(cases)}", "tap: plan")
    number, k = 0, 2
    ids = list(cases)
    while k < len(lines):
        if lines[k].startswith("# "):
            k += 1
            continue
        found = re.fullmatch(r"(ok|not ok) (\d+) - (\S+)"
                             r"(?: # (SKIP|TODO)(?: ((?:[^#\\]|\\.)*))?)?",
                             lines[k])
        expect(found is not None, f"tap: {lines[k]!r}")
        if found is None:
            return
        number += 1
        x = cases[ids[number - 1]]
        expect(int(found[2]) == number and found[3] == x["id"],
               "tap: order of the cases")
        bad = x["verdict"] not in ("INSIDE", "PASS", "SKIPPED")
        directive = ("TODO" if bad and x["known_failure"] else
                     "SKIP" if x["verdict"] == "SKIPPED" else None)
        expect((found[1] == "not ok") == (bad or x["failure"]),
               f"tap: {lines[k]}")
        expect(found[4] == directive, f"tap: directive of {lines[k]}")
        k += 1
        if found[1] == "not ok":
            expect(lines[k] == "  ---", "tap: YAML")
            k += 1
            while lines[k] != "  ...":
                expect(re.fullmatch(r"  \w+: (?:[A-Z-]+|'(?:[^']|'')*')",
                                    lines[k]), f"tap: {lines[k]!r}")
                k += 1
            k += 1
    expect(number == len(cases), "tap: as many cases as planned")


def check_markdown(text, cases):
    failures = [x for x in cases.values() if x["failure"]]
    tables, block = [], []
    for line in text.splitlines() + [""]:
        if line.startswith("|"):
            block.append(line)
        elif block:
            tables.append(block)
            block = []
    for table in tables:
        columns = {row.count("|") for row in table}
        expect(len(columns) == 1, f"markdown: columns {columns}")
    expect(not re.search(r"<|(?<!&)#(?!#|# )\S", text), "markdown: HTML")
    rows = tables[1][2:] if len(tables) > 1 else []
    expect(len(rows) == min(50, len(failures)), "markdown: failures")
    rest = re.search(r"and (\d+) more", text)
    expect((int(rest[1]) if rest else 0) == len(failures) - len(rows),
           "markdown: the rest")
    expect(len(text.encode()) < 1 << 20, "markdown: size")


def check_github(text, cases):
    failures = [x for x in cases.values() if x["failure"]]
    commands = collections.Counter()
    for line in text.splitlines():
        found = re.fullmatch(r"::(error|warning|notice) title=([^:,]+)::(.*)",
                             line)
        expect(found is not None, f"github: {line!r}")
        commands[found[1] if found else "?"] += 1
        expect(found and not re.search(r"%(?!25|0A|0D|3A|2C)", found[3]),
               f"github: a % that is not escaped: {line!r}")
    expect(commands["error"] == min(10, len(failures))
           and commands["notice"] == 1, f"github: {commands}")


def check_text(text, cases):
    words = {x["id"]: x["verdict"] for x in cases.values()}
    seen = 0
    for line in text.splitlines():
        found = re.fullmatch(r"([A-Z-]+) +(\S+/\S+/\S+)", line)
        if found:
            seen += 1
            expect(found[1] == "MENDED" or words[found[2]] == found[1],
                   f"text: {line}")
    expect(seen == sum(x["failure"] for x in cases.values()), "text: failures")
    expect("\x1b" not in text, "text: colours without a terminal")


def check_formats(*arguments):
    """All formats of one run, against its JSON lines; these."""
    cases, summary = read_json(gate(*arguments, "--format", "json"))
    count = collections.Counter(x["verdict"] for x in cases.values()
                                if not (x["known_failure"]
                                        and not x["failure"]))
    expect(+count == +collections.Counter(summary["verdicts"]),
           "json: counts of verdicts")
    for name, check in (("text", check_text), ("junit", check_junit),
                        ("tap", check_tap), ("markdown", check_markdown),
                        ("github", check_github)):
        text = gate(*arguments, "--format", name, status=summary["status"])
        check_characters(text, name)
        check(text, cases)
    return cases, summary


# --- the runs ----------------------------------------------------------------

def check_many(folder, vectors):
    """More failures than a report holds; and the time of 300 values."""
    many = folder / "many"
    many.mkdir()
    for k in range(45):
        (many / f"k{k}.json").write_text(
            json.dumps(renamed(vectors, f"k{k}"), indent=1))
    listed = [json.loads(x)["id"] for x in
              gate(f"{many}/", "--list", "--format", "json").splitlines()]
    expect(len(listed) == 45 * 7, "--list: all vectors")
    with open(folder / "bad.csv", "wb") as stream:
        stream.write(b"id,value\n")
        for i in listed:
            stream.write(i.encode() + b",\"" + BAD.replace(b"\x00", b"")
                         .replace(b'"', b'""') * 20 + b"\"\n")
    cases, summary = check_formats(f"{many}/", folder / "bad.csv")
    expect(summary["status"] == 4, "many: status")

    flat = [v for k in range(45) for v in all_vectors(renamed(vectors,
                                                              f"k{k}"))]
    write_results(folder / "good.csv", flat,
                  lambda k, value: repr(value).encode())
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    gate(f"{many}/", folder / "good.csv", status=0)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = (after.ru_utime + after.ru_stime
               - before.ru_utime - before.ru_stime)
    print(f"{len(flat)} values in {seconds:.2f} s")
    # a sanitized program is several times slower
    expect(seconds < 6, f"{len(flat)} values take {seconds:.2f} s")


def check_known(folder, file, vectors):
    known, results = folder / "known.txt", folder / "mixed.csv"
    cases, _ = read_json(gate(file, results, "--format", "json", status=1))
    bad = sorted(i for i, x in cases.items() if x["failure"])
    gate(file, results, "--write-known-failures", known, "--quiet", status=0)
    ids = [line.split("#")[0].strip() for line in
           known.read_text().splitlines()]
    expect([i for i in ids if i] == bad, "known failures: the list")

    # a comment is kept when the list is written anew
    text = known.read_text().splitlines()
    text[1] = ids[1] + " # wait for issue 7"
    known.write_text("\n".join(text) + "\n")
    cases, summary = check_formats(file, results, "--known-failures", known)
    expect(summary["status"] == 0 and summary["known_failures"] == len(bad),
           "known failures: all known")
    gate(file, results, "--known-failures", known, "--write-known-failures",
         known, status=0)
    expect("# wait for issue 7" in known.read_text(),
           "known failures: a comment is lost")

    # a list of which one does not fail any more
    write_results(folder / "better.csv", vectors,
                  lambda k, value: repr(value).encode() if k == 2
                  else mixed(k, value))
    cases, summary = check_formats(file, folder / "better.csv",
                                   "--known-failures", known)
    expect(summary["status"] == 1 and summary["mended"] == 1,
           "known failures: mended")
    text = gate(file, folder / "better.csv", "--known-failures", known)
    expect(f"1 known failure passes now: remove it from {known}" in text,
           "known failures: the message")
    gate(file, folder / "better.csv", "--known-failures", known,
         "--write-known-failures", known, status=0)
    expect(vectors[2]["id"] not in known.read_text(),
           "known failures: one that is mended stays")

    # with a filter, what was not judged stays
    gate(file, results, "--known-failures", known, "--filter",
         "id=kerr/weak/*", "--write-known-failures", known, status=0)
    expect(all(i in known.read_text() for i in bad if i != vectors[2]["id"]),
           "known failures: a filter takes some out")


def check_options(folder, file, vectors):
    results = folder / "mixed.csv"
    good = folder / "good.csv"
    write_results(good, vectors, lambda k, value: repr(value).encode())
    cases, summary = check_formats(file, good)
    expect({x["verdict"] for x in cases.values()} == {"INSIDE"},
           "midpoints are INSIDE")
    write_results(folder / "half.csv", vectors,
                  lambda k, value: repr(value * (1 - 5e-7)).encode())
    cases, _ = check_formats(file, folder / "half.csv")
    expect({x["verdict"] for x in cases.values()} == {"PASS"},
           "half the tolerance is PASS")
    expect(all(6 < x["correct_digits"] < 6.7 for x in cases.values()),
           "correct digits")
    gate(file, folder / "half.csv", "--rtol", "1e-7", status=1)
    gate(file, folder / "half.csv", "--rtol", "1e-7", "--atol", "1", status=0)
    gate(file, folder / "half.csv", "--rtol", "1e-13", status=1)

    code, out, err = run("gate", file, results, "--filter",
                         "flag=weak-drive,!difficulty=lower")
    expect((code, out) == (2, b"") and "the filter leaves none of 7" in err,
           "no vector is left")
    (folder / "empty.csv").write_text("id,value\n")
    code, out, err = run("gate", file, folder / "empty.csv")
    expect(code == 2 and "all 7 are SKIPPED" in err, "all are skipped")
    gate(file, results, "--filter", f"id={vectors[4]['id']}", status=4)

    # several reports at once, each as it is by itself
    targets = {name: folder / f"report.{name}" for name in
               ("text", "json", "junit", "tap", "markdown", "github")}
    out = gate(file, good, "--quiet", *(x for name, path in targets.items()
                                        for x in ("--report",
                                                  f"{name}:{path}")), status=0)
    expect(out == "", "--quiet says something")
    for name, path in targets.items():
        alone = gate(file, good, "--format", name)
        times = re.compile(r'time="[^"]*"|"seconds":[^,}]*|in \S+ s')
        expect(times.sub("", alone) == times.sub("", path.read_text()),
               f"--report {name}")

    # a results file in JSON says who it is from
    (folder / "r.json").write_text(json.dumps(
        {"name": "so|ver", "version": "\x1b2",
         "results": {v["id"]: middle(v) for v in vectors}}))
    text = gate(file, folder / "r.json", status=0)
    expect(text.startswith("candidate: so|ver \ufffd2\n"), "candidate")
    check_formats(file, folder / "r.json")


def main():
    folder = pathlib.Path(tempfile.mkdtemp())
    try:
        file = folder / "kerr.json"
        vectors = vector_file()
        file.write_text(json.dumps(vectors, indent=1))
        flat = all_vectors(vectors)
        write_results(folder / "mixed.csv", flat, mixed)
        cases, summary = check_formats(file, folder / "mixed.csv")
        seen = [cases[v["id"]]["verdict"] for v in flat]
        expect(seen == ["INSIDE", "PASS", "FAIL", "SKIPPED", "ERRORED",
                        "INSIDE", "PASS"], f"verdicts {seen}")
        expect(summary["status"] == 1, "status of a failure")
        check_known(folder, file, flat)
        check_options(folder, file, flat)
        check_many(folder, vectors)
    finally:
        shutil.rmtree(folder)
    print(f"reports of the gate: {passed} passed, {failed} failed")
    sys.exit(1 if failed or passed < 1000 else 0)


main()
