#!/usr/bin/env python3
"""tests/gate_exec.py PROGRAM -- `lindbound gate --exec` and bad candidates.

SPDX-License-Identifier: GPL-3.0-or-later

300 problems of one proved value are asked of candidates that crash, hang and
flood the gate, or that are interrupted with it: every other problem is judged,
the exit status says what happened, memory stays small and nothing is left.
This file is the candidate, too: gate_exec.py candidate MODE.
"""
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

PROBLEMS = 300
REFUSED = PROBLEMS - 1  # the last one, which has no value

# --- the candidate -----------------------------------------------------------


def say(text):
    sys.stdout.write(text)
    sys.stdout.flush()


def flood(piece):
    try:
        for _ in range(1 << 14):  # 1 GiB
            say(piece * (1 << 16))
    except BrokenPipeError:
        pass
    os._exit(0)


def answer(request, **what):
    say(json.dumps(dict(what, seq=request["seq"])) + "\n")


def misbehave(mode, k, request, value):
    """True if it has answered, in its way."""
    if mode == "refuse" and k == REFUSED:
        answer(request, errored="the null space has dimension 2")
    elif mode == "crash" and k == REFUSED:
        os._exit(3)
    elif mode == "wrong" and k == 1:
        answer(request, values={"n": 2 * value})
    elif mode == "late" and k == 7:
        answer(request, values={"n": value})
        time.sleep(0.05)
        answer(request, values={"n": value})
    elif mode == "late" and k == REFUSED:
        answer(request, skipped="the null space has dimension 2")
        time.sleep(0.05)
        say("done\n")
    elif mode == "hang" and k >= 7:
        open(f"hangs_{k}", "w").close()
        time.sleep(100)
    elif mode not in ("nasty", "wrong"):
        return False
    elif k == 7:
        os._exit(3)
    elif k == 20:
        time.sleep(100)
    elif k == 33:
        flood("a")
    elif k == 34:
        flood("b\n")
    elif k == 40:
        say('{"seq": ')
        os._exit(0)
    elif k == 50:
        say('{"seq": %d, "values": {"n": NaN}}\n' % request["seq"])
    elif k == 60:
        answer(request, values={"n": "1e400"})
    else:
        return False
    return True


# Which of them become what; 1e400 is a number, and a wrong one.
NASTY = {7: "ERRORED", 20: "TIMEOUT", 33: "ERRORED", 34: "ERRORED",
         40: "ERRORED", 50: "ERRORED", 60: "FAIL"}


def candidate(mode):
    value = float(os.environ["LB_TEST_VALUE"])
    for line in sys.stdin:
        request = json.loads(line)
        if request["command"] == "start":
            answer({"seq": 0}, name="gate_exec", version=mode)
        elif request["command"] == "run":
            k = int(request["problem"]["id"].split("_")[1])
            if not misbehave(mode, k, request, value):
                answer(request, values={"n": value})


if sys.argv[1] == "candidate":
    candidate(sys.argv[2])
    sys.exit()

# --- vectors -----------------------------------------------------------------

program = os.path.abspath(sys.argv[1])
here = pathlib.Path(__file__).resolve().parent
os.environ.setdefault("LINDBOUND_DATA", str(here.parent / "data"))
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["LB_TEST_MARK"] = f"gate_exec_{os.getpid()}"


def proved_value():
    out = subprocess.run([program, "solve", "kerr", "-o", "n", "--digits", "12",
                          "--format", "json"],
                         check=True, capture_output=True, text=True).stdout
    result = json.loads(out)["results"][0]
    return {key: result[key] for key in
            ("ball", "arb", "lo", "hi", "digits", "level", "cutoff",
             "dimension", "precision")}


def problem(k, value):
    name = f"kerr/p_{k}"
    vector = {"id": f"{name}/n", "observable": "n", "expression": "<a'*a>",
              "flags": [], "difficulty": "lower", "relative": "1e-6",
              "absolute": "0"}
    result = {"id": name, "parameters": {}, "level": "full",
              "expanded": {"subsystems": [{"name": "a", "kind": "mode"}],
                           "hamiltonian": [], "dissipators": [],
                           "observables": {"n": ["mean", [[1, 0, [[0, 1, 1]]]]]}}}
    if k == REFUSED:
        result["refuse"] = "two steady states"
        vector["flags"] = ["non-unique"]
    else:
        vector["value"] = value
    return dict(result, vectors=[vector])


def write_vectors(path, value):
    model = json.load(open(os.path.join(os.environ["LINDBOUND_DATA"], "models",
                                        "kerr.json")))
    provenance = dict.fromkeys(("command", "lindbound", "flint", "arb",
                                "spec_hash", "model_hash"), "-")
    json.dump({"schema": "lindbound-vectors/1", "name": "kerr",
               "version": "1.0.0", "title": "A test", "source": "-",
               "conventions": [], "provenance": provenance, "model": model,
               "problems": [problem(k, value) for k in range(PROBLEMS)]},
              open(path, "w"))


# --- runs --------------------------------------------------------------------

checks = failed = 0


def check(ok, what):
    global checks, failed
    checks += 1
    if not ok:
        failed += 1
        print(f"gate_exec: {what}")


def left():
    """Processes that carry our mark, but for this one."""
    mark = ("LB_TEST_MARK=" + os.environ["LB_TEST_MARK"]).encode()
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/environ", "rb") as f:
                if mark in f.read().split(b"\0") and int(pid) != os.getpid():
                    found.append(int(pid))
        except OSError:
            pass
    return found


def check_nothing_left(what):
    for _ in range(200):
        if not left():
            break
        time.sleep(0.01)
    check(not left(), f"{what}: processes are left")


def command(mode, *options):
    exec_ = mode if " " in mode or "/" in mode else \
        f"exec '{sys.executable}' -I -S '{__file__}' candidate {mode}"
    return [program, "gate", "./kerr.json", "--exec", exec_, "--quiet",
            "--format", "json", "-O", "report.jsonl", *options]


def read_report():
    rows = [json.loads(line) for line in open("report.jsonl")]
    verdicts = {int(row["id"].split("/")[1].split("_")[1]): row
                for row in rows[:-1]}
    return verdicts, rows[-1]


def gate(mode, status, bad, *options, problems=PROBLEMS):
    """`bad`: verdicts that are not INSIDE or PASS, by problem."""
    what = " ".join([mode, *options])
    start = time.time()
    process = subprocess.Popen(command(mode, *options), stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE)
    error = process.stderr.read()
    _, ended, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(ended)
    process.stdout.close()
    process.stderr.close()
    seconds = time.time() - start
    check(process.returncode == status,
          f"{what}: exit status {process.returncode}, not {status}: {error}")
    check_nothing_left(what)
    cases, summary = read_report()
    check(len(cases) == problems, f"{what}: {len(cases)} cases")
    wrong = {k: (row["verdict"], row["note"]) for k, row in cases.items()
             if row["verdict"] != bad.get(k, row["verdict"])
             or (k not in bad and row["verdict"] not in ("INSIDE", "PASS"))}
    check(not wrong, f"{what}: {wrong}")
    check(summary["status"] == status, f"{what}: summary: {summary}")
    # of the gate and all it waited for
    if "asan" not in program:
        check(usage.ru_maxrss < 200000, f"{what}: {usage.ru_maxrss} KiB")
    return cases, summary, seconds


def test_runs():
    refused = {REFUSED: "FAIL"}
    cases, summary, _ = gate("good", 1, refused)
    check(summary["candidate"] == "gate_exec" and summary["version"] == "good",
          f"the name: {summary}")
    gate("refuse", 0, {})
    for jobs in ("2", "3"):
        gate("refuse", 0, {}, "--jobs", jobs)
    # a crash refuses nothing
    cases, _, _ = gate("crash", 4, {REFUSED: "ERRORED"})
    check("exit status 3" in cases[REFUSED]["note"], cases[REFUSED]["note"])
    crashes = {k: v for k, v in NASTY.items() if v != "FAIL"}
    gate("nasty", 4, crashes, "--timeout", "1.5", "--filter",
         "!id=kerr/p_60/*,!flag=non-unique", problems=PROBLEMS - 2)
    # something wrong weighs more than a crash
    gate("wrong", 1, {**NASTY, **refused, 1: "FAIL"}, "--timeout", "1.5",
         "--jobs", "2")
    # one is noticed at the next problem, one at the end
    gate("late", 4, {7: "ERRORED", REFUSED: "ERRORED"})


def test_no_start():
    everything = dict.fromkeys(range(PROBLEMS), "ERRORED")
    cases, summary, seconds = gate("/there/is/no/such/candidate", 4, everything)
    check(seconds < 10, f"no candidate: {seconds} s")
    check("command not found" in cases[5]["note"], cases[5]["note"])
    check(summary["candidate"] is None, summary)


def begin():
    """A gate whose two candidates hang."""
    names = ["hangs_7", "hangs_8"]
    for name in filter(os.path.exists, ["report.jsonl", *names]):
        os.remove(name)
    process = subprocess.Popen(command("hang", "--jobs", "2"),
                               stderr=subprocess.DEVNULL)
    while process.poll() is None and not all(map(os.path.exists, names)):
        time.sleep(0.01)
    return process


def test_signals():
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        process = begin()
        process.send_signal(number)
        status = process.wait()
        check(status == -number, f"signal {number}: status {status}")
        check_nothing_left(f"signal {number}")
        if number == signal.SIGKILL:
            continue
        cases, summary = read_report()
        check(summary["stopped"] and summary["status"] == 1, summary)
        good = [k for k, row in cases.items() if row["verdict"] == "INSIDE"]
        check(sorted(good) == list(range(7)), f"signal {number}: {good}")
        check(all(row["verdict"] in ("INSIDE", "SKIPPED")
                  for row in cases.values()), f"signal {number}: verdicts")


with tempfile.TemporaryDirectory() as scratch:
    os.chdir(scratch)
    reference = proved_value()
    os.environ["LB_TEST_VALUE"] = repr((float.fromhex(reference["lo"])
                                        + float.fromhex(reference["hi"])) / 2)
    write_vectors("kerr.json", reference)
    test_runs()
    test_no_start()
    test_signals()
print(f"gate_exec: {checks} checks, {failed} failed")
sys.exit(failed != 0 or checks == 0)
