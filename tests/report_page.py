#!/usr/bin/env python3
# tests/report_page.py PAGE VERIFY.json AUDIT.json TABLE.json... -- the page
# of `lindbound report`: well-formed, self-contained, and complete.
# SPDX-License-Identifier: GPL-3.0-or-later
import html
import html.parser
import json
import re
import sys

VOID = {"meta", "br", "hr", "link", "img", "input"}
MAX_ROWS, MAX_VALUES = 200, 600

failures = []


def fail(text):
    failures.append(text)


class Page(html.parser.HTMLParser):
    """Tags that balance, ids, references, and the text of every row."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.ids, self.links = [], [], []
        self.text, self.codes = [], []
        self.figures = self.scripts = 0
        self.grids = []  # of each, of each row: its point
        self.in_grid = False

    def check_attributes(self, tag, attributes):
        names = [name for name, _ in attributes]
        if len(names) != len(set(names)):
            fail(f"<{tag}> has an attribute twice")
        for name, value in attributes:
            value = value or ""
            if name == "id":
                self.ids.append(value)
            elif name in ("href", "xlink:href", "src"):
                if value.startswith("#"):
                    self.links.append(value[1:])
                elif not value.startswith("data:image/png;base64,"):
                    fail(f"<{tag} {name}={value!r}> leads out of the page")
            elif name.startswith("on"):
                fail(f"<{tag}> has the handler {name}")
            for target in re.findall(r"url\(([^)]*)\)", value):
                if target.startswith("#"):
                    self.links.append(target[1:])
                else:
                    fail(f"<{tag} {name}={value!r}> leads out of the page")

    def handle_starttag(self, tag, attributes):
        self.check_attributes(tag, attributes)
        if tag == "link" or tag == "iframe":
            fail(f"the page has a <{tag}>")
        self.figures += tag == "figure"
        self.scripts += tag == "script"
        if tag == "table":
            self.in_grid = ("class", "grid") in attributes
            if self.in_grid:
                self.grids.append([])
        if self.in_grid and "tbody" in self.open:
            if tag == "tr":
                self.grids[-1].append([])
            elif tag == "th":
                self.grids[-1][-1].append("")
        if tag == "code":
            self.codes.append("")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.check_attributes(tag, attributes)

    def handle_endtag(self, tag):
        if tag in VOID:
            fail(f"</{tag}>")
        elif not self.open or self.open.pop() != tag:
            fail(f"line {self.getpos()[0]}: </{tag}> closes nothing")

    def handle_data(self, data):
        if self.open and self.open[-1] in ("script", "style"):
            return
        self.text.append(data)
        if self.in_grid and "tbody" in self.open and self.open[-1] == "th":
            self.grids[-1][-1][-1] += data
        if self.open and self.open[-1] == "code":
            self.codes[-1] += data


def values_in(value):
    """Every proved value in the JSON, however deep."""
    if isinstance(value, dict):
        if "ball" in value:
            yield value
        else:
            for member in value.values():
                yield from values_in(member)
    elif isinstance(value, list):
        for member in value:
            yield from values_in(member)


def expect_values(page, where, values):
    codes = set(page.codes)
    count = 0
    for value in values:
        count += 1
        bounds = f"{value['lo']}, {value['hi']}"
        for form in (value["ball"], value.get("arb"), bounds):
            if form is not None and form not in codes:
                fail(f"{where}: {form} is not in the page")
    return count


def expect_rows(page, source, kind, parts):
    """A body of its own for each row, with its verdict."""
    for row in json.load(open(source))["results"]:
        name = "-".join(
            re.sub(r"\W", lambda m: f".{ord(m[0]):02x}", row[p]) for p in parts)
        body = re.search(
            rf'<tbody id="{kind}-{re.escape(name)}">.*?</tbody>', raw, re.S)
        if body is None:
            fail(f"{kind}-{name} is not in the page")
            continue
        text = html.unescape(body[0])
        if f'<b class="v {row["verdict"]}">{row["verdict"]}</b>' not in text:
            fail(f"{kind}-{name}: the verdict {row['verdict']} is missing")
        for value in values_in(row):
            if "level" in value and value["level"] not in text:
                fail(f"{kind}-{name}: the level {value['level']} is missing")
            if value["ball"] not in text:
                fail(f"{kind}-{name}: {value['ball']} is missing")
        for key in ("quotation", "reading", "remark", "formula", "quantity",
                    "derived_note", "source", "place"):
            if row.get(key) and row[key] not in text:
                fail(f"{kind}-{name}: its {key} is missing")


def shown_rows(table):
    rows = table["rows"]
    most = min(len(rows), MAX_ROWS,
               max(2, MAX_VALUES // len(table["columns"])))
    return [rows[k * (len(rows) - 1) // (most - 1)] for k in range(most)]


def point_texts(table, point):
    """The values of the axes, the last the fastest."""
    texts = []
    for axis in reversed(table["axes"]):
        point, index = divmod(point, len(axis["values"]))
        texts.insert(0, axis["values"][index])
    return texts


def expect_tables(page, files):
    count, points = 0, []
    for file in sorted(files):
        table = json.load(open(file))
        rows = shown_rows(table)
        points.append([point_texts(table, row[0]) for row in rows])
        count += expect_values(page, file, values_in(rows))
        if table["spec"]["title"] not in "".join(page.text):
            fail(f"{file}: its title is missing")
    if page.grids != points:
        fail("the tables do not show the points that are expected")
    return count


raw = open(sys.argv[1], encoding="utf-8").read()
page = Page()
page.feed(raw)
page.close()
if page.open:
    fail(f"never closed: {page.open}")
for name in {name for name in page.ids if page.ids.count(name) > 1}:
    fail(f"two elements have the id {name}")
for name in set(page.links) - set(page.ids):
    fail(f"nothing has the id {name} of a link")
style = re.search(r"<style>(.*?)</style>", raw, re.S)[1]
if "url(" in style or "@import" in style:
    fail("the style leads out of the page")
if page.scripts != 1:
    fail(f"{page.scripts} scripts: a text became markup")
if page.figures != len(sys.argv) - 4:
    fail(f"{page.figures} pictures, expected {len(sys.argv) - 4}")

expect_rows(page, sys.argv[2], "form", ("model", "form"))
expect_rows(page, sys.argv[3], "claim", ("paper", "claim"))
counts = [
    expect_values(page, sys.argv[2], values_in(json.load(open(sys.argv[2])))),
    expect_values(page, sys.argv[3], values_in(json.load(open(sys.argv[3])))),
    expect_tables(page, sys.argv[4:]),
]
print(f"page: {len(raw)} characters; values of forms, claims, tables: {counts};"
      f" {len(failures)} failures")
for text in failures[:20]:
    print("   ", text)
sys.exit(bool(failures) or min(counts) < 5)
