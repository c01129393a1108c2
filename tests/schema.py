#!/usr/bin/env python3
"""tests/schema.py -- data files against their JSON Schemas, by a third party.

SPDX-License-Identifier: GPL-3.0-or-later
Every file of data/models, data/networks, data/forms, data/claims, data/tables
and data/vectors must fit its schema; what lindbound refuses for its members must
not.
"""
import json
import pathlib
import sys

import jsonschema

root = pathlib.Path(__file__).resolve().parent.parent
checked = refused = failed = 0


def load(path):
    return json.loads(path.read_text())


def mutate(what, schema, fits, mutations):
    """@p fits must fit the schema, with a member changed it must not."""
    global checked, refused, failed
    schema = load(root / "data" / "schema" / f"{schema}.schema.json")
    validator = jsonschema.validators.validator_for(schema)
    checked += 1
    if not validator(schema).is_valid(fits):
        print(f"{what} does not fit the schema")
        failed += 1
    for path, value in mutations:
        other = json.loads(json.dumps(fits))
        place = other
        for key in path[:-1]:
            place = place[key]
        if value is None:
            del place[path[-1]]
        else:
            place[path[-1]] = value
        refused += 1
        if validator(schema).is_valid(other):
            print(f"{what} with {path} = {value} fits the schema")
            failed += 1


for kind, folder in (("model", "models"), ("network", "networks"),
                     ("forms", "forms"), ("claims", "claims"),
                     ("table", "tables"), ("table-values", "tables/results"),
                     ("vector-spec", "vectors/specs"), ("vectors", "vectors"),
                     ("vector-manifest", "vectors")):
    schema = load(root / "data" / "schema" / f"{kind}.schema.json")
    validator = jsonschema.validators.validator_for(schema)
    validator.check_schema(schema)
    for path in sorted((root / "data" / folder).glob("*.json")):
        if folder == "vectors" and (path.name == "manifest.json") != (
                kind == "vector-manifest"):
            continue
        errors = list(validator(schema).iter_errors(load(path)))
        checked += 1
        failed += bool(errors)
        for error in errors:
            print(f"{path}: {list(error.absolute_path)}: {error.message}")

schema = load(root / "data" / "schema" / "model.schema.json")
for name in ("member-unknown", "member-missing", "no-subsystems",
             "parameter-real", "parameter-integer", "subsystem-kind",
             "schema-unknown", "rate-missing"):
    path = root / "tests" / "bad" / name / "input.json"
    refused += 1
    if jsonschema.validators.validator_for(schema)(schema).is_valid(load(path)):
        print(f"{path}: fits the schema, but must not")
        failed += 1

schema = load(root / "data" / "schema" / "network.schema.json")
for name in ("network-kind", "network-no-ports", "network-for-not-object"):
    path = root / "tests" / "bad" / name / "input.json"
    refused += 1
    if jsonschema.validators.validator_for(schema)(schema).is_valid(load(path)):
        print(f"{path}: fits the schema, but must not")
        failed += 1

schema = load(root / "data" / "schema" / "certificate.schema.json")
validator = jsonschema.validators.validator_for(schema)
validator.check_schema(schema)
for name, fits in (("cli/check-proved", True), ("cli/check-refused", True),
                   ("bad/check-number", False), ("bad/check-member", False),
                   ("bad/check-cutoff", False),
                   ("bad/check-not-a-certificate", False)):
    path = root / "tests" / name / "input.json"
    checked += fits
    refused += not fits
    if validator(schema).is_valid(load(path)) != fits:
        print(f"{path}: {'does not fit' if fits else 'fits'} the schema")
        failed += 1

spec = {"schema": "lindbound-table/1", "name": "t", "model": "kerr",
        "axes": [{"name": "Delta", "values": ["-1/2", "0", "1e-3"]},
                 {"name": "xi", "scale": "log", "from": "0.1", "to": "1",
                  "points": 3, "significant": 4}],
        "columns": ["n", {"name": "d", "of": ["n"], "value": "n - 1",
                          "absolute": "1/3"}]}
mutate("a table spec", "table", spec, (
    (["axes"], []), (["axes"], spec["axes"] * 2), (["columns"], []),
    (["extra"], 1), (["digits"], "6"), (["absolute"], "-1"),
    (["version"], "1.0"), (["level"], "best"), (["tile"], 0),
    (["axes", 0, "values"], []), (["axes", 0, "values"], [0.5]),
    (["axes", 0, "values"], ["pi"]), (["axes", 0, "from"], "1"),
    (["axes", 1, "points"], 1), (["axes", 1, "from"], 0.1),
    (["axes", 1, "scale"], "linear"), (["columns", 0], "a b"),
    (["columns", 1, "form"], "f"), (["columns", 1, "at"], {"xi": "1"}),
    (["columns", 1, "digits"], 6), (["columns", 1, "level"], "full"),
    (["columns", 1, "as_printed"], True), (["columns", 1, "extra"], 1)))

spec = {"schema": "lindbound-vector-spec/1", "name": "v", "version": "1.0.0",
        "title": "t", "model": "kerr", "digits": 9, "relative": "1e-6",
        "problems": [
            {"name": "p", "for": {"xi": ["1", "1/2"]}, "cutoffs": ["3", "a=4"],
             "flags": ["weak-drive"], "difficulty": "higher",
             "values": ["n", {"name": "P2", "value": "P(a,2)",
                              "absolute": "1e-12", "flags": ["population"]}]},
            {"name": "q", "level": "truncated", "cutoff": "3",
             "refuse": "several steady states", "values": ["n"]}]}
mutate("a vector spec", "vector-spec", spec, (
    (["problems"], []), (["extra"], 1), (["version"], "1.0"),
    (["title"], None), (["model"], None), (["digits"], "9"),
    (["relative"], "1/3"), (["relative"], "-1"), (["relative"], 1e-6),
    (["problems", 0, "extra"], 1), (["problems", 0, "name"], "a/b"),
    (["problems", 0, "for"], {}), (["problems", 0, "for"], {"xi": []}),
    (["problems", 0, "for"], {"xi": [0.5]}), (["problems", 0, "cutoffs"], [3]),
    (["problems", 0, "flags"], ["nice"]), (["problems", 0, "flags"], ["rounded"]),
    (["problems", 0, "difficulty"], "easy"), (["problems", 0, "values"], []),
    (["problems", 0, "values", 0], "P(a,2)"), (["problems", 0, "level"], "auto"),
    (["problems", 1, "cutoff"], None), (["problems", 0, "values", 1, "extra"], 1),
    (["problems", 0, "values", 1, "name"], None)))

vectors = load(root / "tests" / "cli" / "vectors-check" / "small.json")
first = ["problems", 0, "vectors", 0]
mutate("a vector file", "vectors", vectors, (
    (["extra"], 1), (["provenance", "spec_hash"], "sha256:0"),
    (["provenance"], None), (["model"], None), (["problems"], []),
    (["problems", 0, "id"], "p"), (["problems", 0, "level"], "auto"),
    (["problems", 0, "expanded", "extra"], 1),
    (["problems", 0, "expanded", "hamiltonian", 0], [1.0, 0.0]),
    (["problems", 0, "expanded", "dissipators", 0, "rate"], -1.0),
    (["problems", 0, "refuse"], "why"), (first + ["id"], "small/weak_1"),
    (first + ["value"], None), (first + ["flags"], ["nice"]),
    (first + ["relative"], 1e-6), (first + ["difficulty"], "easy"),
    (first + ["value", "undecided"], "why"), (first + ["value", "arb"], None),
    (first + ["value", "lo"], "1.0"), (first + ["value", "level"], "estimate"),
    (first + ["truncated", 0, "cutoff"], None)))

mutate("a manifest", "vector-manifest",
       {"schema": "lindbound-vector-manifest/1", "problems": 1, "vectors": 2,
        "files": [{"name": "kerr", "version": "1.0.0", "problems": 1,
                   "vectors": 2, "sha256": "sha256:" + "0" * 64}]},
       ((["files", 0, "sha256"], "0" * 64), (["files", 0, "extra"], 1),
    (["files", 0, "vectors"], 0), (["vectors"], None), (["extra"], 1)))

print(f"schemas: {checked} files fit, {refused} must not, {failed} failed")
sys.exit(failed != 0 or checked < 4)
