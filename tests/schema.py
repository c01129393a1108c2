#!/usr/bin/env python3
"""tests/schema.py -- data files against their JSON Schemas, by a third party.

SPDX-License-Identifier: GPL-3.0-or-later
Every file of data/models, data/networks, data/forms, data/claims and data/tables
must fit its schema; what lindbound refuses for its members must not.
"""
import json
import pathlib
import sys

import jsonschema

root = pathlib.Path(__file__).resolve().parent.parent
checked = refused = failed = 0


def load(path):
    return json.loads(path.read_text())


for kind, folder in (("model", "models"), ("network", "networks"),
                     ("forms", "forms"), ("claims", "claims"),
                     ("table", "tables"), ("table-values", "tables/results")):
    schema = load(root / "data" / "schema" / f"{kind}.schema.json")
    validator = jsonschema.validators.validator_for(schema)
    validator.check_schema(schema)
    for path in sorted((root / "data" / folder).glob("*.json")):
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

schema = load(root / "data" / "schema" / "table.schema.json")
validator = jsonschema.validators.validator_for(schema)
spec = {"schema": "lindbound-table/1", "name": "t", "model": "kerr",
        "axes": [{"name": "Delta", "values": ["-1/2", "0", "1e-3"]},
                 {"name": "xi", "scale": "log", "from": "0.1", "to": "1",
                  "points": 3, "significant": 4}],
        "columns": ["n", {"name": "d", "of": ["n"], "value": "n - 1",
                          "absolute": "1/3"}]}
checked += 1
if not validator(schema).is_valid(spec):
    print("a table spec does not fit the schema")
    failed += 1
for path, value in (
        (["axes"], []), (["axes"], spec["axes"] * 2), (["columns"], []),
        (["extra"], 1), (["digits"], "6"), (["absolute"], "-1"),
        (["version"], "1.0"), (["level"], "best"), (["tile"], 0),
        (["axes", 0, "values"], []), (["axes", 0, "values"], [0.5]),
        (["axes", 0, "values"], ["pi"]), (["axes", 0, "from"], "1"),
        (["axes", 1, "points"], 1), (["axes", 1, "from"], 0.1),
        (["axes", 1, "scale"], "linear"), (["columns", 0], "a b"),
        (["columns", 1, "form"], "f"), (["columns", 1, "at"], {"xi": "1"}),
        (["columns", 1, "digits"], 6), (["columns", 1, "level"], "full"),
        (["columns", 1, "as_printed"], True), (["columns", 1, "extra"], 1)):
    other = json.loads(json.dumps(spec))
    place = other
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    refused += 1
    if validator(schema).is_valid(other):
        print(f"a table spec with {path} = {value} fits the schema")
        failed += 1

print(f"schemas: {checked} files fit, {refused} must not, {failed} failed")
sys.exit(failed != 0 or checked < 4)
