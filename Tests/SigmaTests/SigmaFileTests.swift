import Basics
import LogReaders
import Sigma
import TestSupport
import Testing

@Suite struct SigmaFileTests {
    private let good =
        "title: good\nid: g1\nlogsource: {product: aws, service: cloudtrail}\ndetection:\n  sel: {a: x}\n  condition: sel\n"

    /// Each error names file, line and reason.
    @Test(arguments: [
        ("title: t\ndetection: {sel: {a: b}, condition: sel}", "f.yml:1: the rule has no logsource"),
        ("logsource: {product: aws}\ndetection: {sel: {a: b}, condition: sel}", "f.yml:1: the rule has no title"),
        ("title: t\nlogsource: {product: aws}", "f.yml:1: there is neither detection nor correlation nor filter"),
        ("title: t\nlogsource: {product: aws}\ndetection:\n  sel: {a: b}", "f.yml:4: detection has no condition"),
        (
            "title: t\nlogsource: {}\ndetection: {sel: {a: b}, condition: sel}",
            "f.yml:2: logsource needs a category, a product or a service"
        ),
        (
            "title: t\nlevel: mild\nlogsource: {product: aws}\ndetection: {sel: {a: b}, condition: sel}",
            "f.yml:2: the level mild is not known"
        ),
        ("- a\n- b", "f.yml:1: a rule must be a mapping"),
        ("just text", "f.yml:1: a rule must be a mapping"),
        ("title: [t\nlogsource: x", "f.yml:2: this is not YAML"),
        ("title: t\ntitle: u", "f.yml:1: a key is there more than once: title"),
        ("title: t\n\ttab: x", "f.yml:2: this is not YAML"),
        ("action: dance\ntitle: t", "f.yml:1: the action dance is not known"),
        ("action: repeat\ntitle: t", "f.yml:1: there is no rule before"),
    ])
    func whatIsWrongWithAFile(_ text: String, _ problem: String) {
        let found = problems(text)
        #expect(found.count == 1 && found[0].hasPrefix(problem), "\(found)")
    }

    @Test(arguments: [
        ("a|frob: x", "f.yml:5: a|frob: the modifier frob is not known"),
        ("a|re: '('", "f.yml:5: a: the regular expression (: missing closing parenthesis"),
        ("a|re|cidr: x", "f.yml:5: a|re|cidr: the modifiers of a field contradict each other"),
        ("a|i: x", "f.yml:5: a|i: the modifier i must follow re"),
        ("a|cidr: 10.0.0.0/33", "f.yml:5: a: 10.0.0.0/33 is no block"),
        ("a|cidr|contains: 10.0.0.0/8", "f.yml:5: a|cidr|contains: the modifiers of a field do not go together"),
        ("a|gt: x", "f.yml:5: a: x is no number"),
        ("a|exists: 1", "f.yml:5: a: exists needs true or false"),
        ("a|base64: 'x*'", "f.yml:5: a: base64 cannot encode wildcards"),
        ("a|base64offset: ''", "f.yml:5: a: base64offset needs a longer text"),
        ("a|windash: '-a -b -c -d'", "f.yml:5: a: windash is for texts with at most three options"),
        ("a|expand: '%who%'", "f.yml:5: a: nothing is configured for the placeholder %who%"),
        ("a|contains: null", "f.yml:5: a: null cannot have modifiers"),
        ("a: []", "f.yml:5: a: the list of values is empty"),
        ("a: {b: c}", "f.yml:5: a: the value must be text"),
        ("a: [[b]]", "f.yml:5: a: the value must be text"),
        ("'|cidr': 10.0.0.0/8", "f.yml:5: keyword: a keyword is text"),
        ("a|fieldref: 'x*'", "f.yml:5: a: fieldref needs the name of a field"),
        ("a|cased|gt: 5", "f.yml:5: a|cased|gt: cased is for text"),
        ("a|hour: x", "f.yml:5: a: x is no number"),
    ])
    func whatIsWrongWithAField(_ field: String, _ problem: String) {
        let found = problems(
            "title: t\nlogsource: {product: aws}\ndetection:\n  sel:\n    \(field)\n  condition: sel\n")
        #expect(found.count == 1 && found[0].hasPrefix(problem), "\(found)")
    }

    @Test func oneBadRuleDoesNotStopTheOthers() {
        let bad = "title: bad\nlogsource: {product: aws}\ndetection:\n  sel: {a|frob: x}\n  condition: sel\n"
        let collection = RuleCollection(parsing: [
            ("one.yml", "\(good)---\n\(bad)---\n[oops\n---\n\(good)"), ("two.yml", bad),
            ("three.yml", good.replacing("g1", with: "g3")),
        ])
        #expect(collection.detections.count == 3)
        #expect(
            collection.problems.map { "\($0.file):\($0.line)" } == ["one.yml:11", "one.yml:15", "two.yml:4"],
            "\(collection.problems)")
    }

    @Test func whatARuleSaysAboutItself() throws {
        let text = """
            # A comment first.
            ---
            title: A title
            id: 6f3e2987-db24-4c78-a860-b4f4095a7095
            name: a_name
            status: test
            level: High
            description: |
                Two
                lines
            author: Somebody
            date: 2024-01-02
            references: [https://example.org/a]
            tags: [attack.defense-evasion, attack.t1562.008, attack.t1078, parapet.audit-trail, attack.ta0001]
            falsepositives: Unlikely
            fields: [a, b.c]
            logsource: {product: AWS, service: cloudtrail, definition: x}
            custom: {anything: goes}
            detection: {sel: {a: x}, condition: sel}
            """
        let collection = RuleCollection(parsing: [("f.yml", text)])
        #expect(collection.problems == [])
        let about = try #require(collection.detections.first?.about)
        #expect(about.title == "A title" && about.line == 3 && about.level == .high && about.date == "2024-01-02")
        #expect(about.techniques == ["T1562.008", "T1078"])
        #expect(about.practices == ["audit-trail"])
        #expect(about.falsePositives == ["Unlikely"] && about.fields == ["a", "b.c"])
        #expect(about.identifier == "6f3e2987-db24-4c78-a860-b4f4095a7095")
        #expect(about.description == "Two\nlines\n")
        #expect(collection.detections[0].logSource == LogSourceSelector(product: "aws", service: "cloudtrail"))
    }

    @Test func aGlobalDocumentGivesItsKeysToThoseThatFollow() throws {
        let text = """
            action: global
            title: shared
            level: low
            logsource: {product: aws, service: cloudtrail}
            detection: {condition: sel}
            ---
            detection: {sel: {a: x}}
            ---
            title: own
            detection: {sel: {a: y}}
            ---
            action: repeat
            title: again
            level: high
            ---
            action: reset
            ---
            title: alone
            detection: {sel: {a: z}, condition: sel}
            """
        let collection = RuleCollection(parsing: [("f.yml", text)])
        #expect(collection.detections.map(\.about.title) == ["shared", "own", "again"])
        #expect(collection.detections.map(\.about.level) == [.low, .low, .high])
        #expect(collection.detections[1].predicate == collection.detections[2].predicate)
        #expect(collection.problems.map(\.description) == ["f.yml:18: the rule has no logsource"])
    }

    /// What is wrong is told where it stands, not in the document that inherits it.
    @Test(arguments: [
        // Also where another document is no YAML.
        ("", "---\ntitle: last\ndetection: {sel: {a: z}, condition: sel}\n"),
        ("---\n[oops\n", "---\n]\n"),
    ])
    func errorsInAGlobalDocumentAreToldWhereTheyStand(_ before: String, _ after: String) throws {
        let text = """
            # A comment.
            \(before)---
            action: global
            title: shared
            logsource: {product: aws, service: cloudtrail}
            detection:
              sel:
                a|frob: x
              condition: sel
            ---
            level: low
            ---
            action: repeat
            level: mild
            \(after)
            """
        let line = text.split(separator: "\n").firstIndex { $0.contains("frob") }.map { $0 + 1 } ?? 0
        let found = problems(text)
        #expect(found.contains { $0.hasPrefix("f.yml:\(line): a|frob: the modifier frob is not known") }, "\(found)")
        #expect(
            found.allSatisfy { $0.contains("not YAML") || $0.contains(":\(line): ") || $0.contains(":\(line + 6): ") },
            "\(found)")
    }

    @Test(arguments: ["\u{FEFF}", "\u{FEFF}# A comment.\n---\n", "\u{FEFF}\r\n"])
    func aByteOrderMarkIsPassedOver(_ beginning: String) {
        let collection = RuleCollection(parsing: [("f.yml", beginning + good)])
        #expect(collection.problems == [] && collection.detections.count == 1)
    }

    @Test func mergeKeysAreResolved() throws {
        let text = """
            title: merged
            logsource: {product: aws, service: cloudtrail}
            anything:
              one: &one {a: x, b: y}
              two: &two {b: z, c: v}
            detection:
              sel: {<<: *one, b: own}
              both:
                <<: [*one, *two]
                d: w
              list:
                - <<: *two
              plain: {'<<': literal}
              condition: sel or both or list or plain
            """
        let collection = RuleCollection(parsing: [("f.yml", text)])
        #expect(collection.problems == [])
        let set = RuleSet(collection, for: .cloudTrail)
        for (event, matches) in [
            (#"{"a":"x","b":"own"}"#, true), (#"{"a":"x","b":"y"}"#, false),
            (#"{"a":"x","b":"y","c":"v","d":"w"}"#, true), (#"{"a":"x","b":"z","d":"w","c":"u"}"#, false),
            (#"{"b":"z","c":"v"}"#, true), (#"{"<<":"literal"}"#, true),
        ] {
            #expect(RuleTest.alerts(set, [try JSON(parsing: event)]).isEmpty != matches, "\(event)")
        }
    }

    @Test(arguments: ["sel: {<<: text, a: b}", "sel: {<<: [text], a: b}"])
    func whatCannotBeMergedIsAnError(_ search: String) {
        let found = problems("title: t\nlogsource: {product: aws}\ndetection:\n  \(search)\n  condition: sel\n")
        #expect(found == ["f.yml:4: << must stand before an alias of a mapping, or a list of such aliases"])
    }

    @Test(arguments: [
        ("{product: aws, service: cloudtrail}", [LogSource.cloudTrail]), ("{service: cloudtrail}", [.cloudTrail]),
        ("{product: aws, service: s3_access}", [.s3Access]), ("{product: aws, service: s3}", [.s3Access]),
        ("{product: aws, service: vpcflow}", [.vpcFlow]), ("{product: aws}", LogSource.allCases),
        ("{product: windows}", []), ("{category: process_creation, product: aws}", []),
        ("{product: azure, service: cloudtrail}", []),
    ])
    func whichLogARuleIsFor(_ logSource: String, _ expected: [LogSource]) {
        let text = "title: t\nlogsource: \(logSource)\ndetection: {sel: {a: x}, condition: sel}"
        let collection = RuleCollection(parsing: [("f.yml", text)])
        #expect(LogSource.allCases.filter { !RuleSet(collection, for: $0).detections.isEmpty } == expected)
    }

    @Test(arguments: [
        // The filter's rules, its log source, whether the administrator is let off.
        ("any", "{product: aws}", true), ("[g1]", "{product: aws, service: cloudtrail}", true),
        ("G1", "{service: cloudtrail}", true), ("[good_name]", "{product: aws}", true),
        ("[]", "{product: aws}", true), ("any", "{product: windows}", false),
        ("[g1]", "{product: aws, service: s3_access}", false), ("any", "{product: aws, category: x}", false),
    ])
    func filters(_ rules: String, _ logSource: String, _ applies: Bool) throws {
        let filter = """
            title: Let administrators off
            logsource: \(logSource)
            filter:
              rules: \(rules)
              selection: {user|startswith: adm_}
              condition: not selection
            """
        let named = good.replacing("id: g1\n", with: "id: g1\nname: good_name\n")
        let collection = RuleCollection(parsing: [("r.yml", named), ("filter.yml", filter)])
        #expect(collection.problems == [])
        let set = RuleSet(collection, for: .cloudTrail)
        #expect(RuleTest.alerts(set, [try JSON(parsing: #"{"a":"x","user":"adm_1"}"#)]).isEmpty == applies)
        #expect(RuleTest.alerts(set, [try JSON(parsing: #"{"a":"x","user":"bob"}"#)]) == ["g1"])
        #expect(collection.detections[0].filters == (applies ? ["Let administrators off"] : []))
    }

    @Test(arguments: [
        ("filter: {selection: {a: b}, condition: selection}", "needs rules"),
        ("filter: {rules: any, selection: {a: b}}", "needs one condition"),
        (
            "filter: {rules: [nobody], selection: {a: b}, condition: not selection}",
            "is for nobody, which is not among the rules"
        ),
        ("filter: {rules: any, selection: {a: b}, condition: selection | count() > 5}", "has no pipe"),
    ])
    func whatIsWrongWithAFilter(_ filter: String, _ reason: String) {
        let found = problems("title: t\nlogsource: {product: aws}\n\(filter)")
        #expect(found.count == 1 && found[0].contains(reason), "\(found)")
    }

    /// Files of random signs, and rules with a piece cut out or doubled, never stop the reading.
    @Test func garbageIsAnError() {
        var generator = SeededGenerator(seed: 7)
        let signs = Array("abc:-[]{}'\"|>&*!%#@,?\n\n    \t\u{0}é")
        for _ in 0..<1500 {
            let text = String(
                (0..<Int.random(in: 0..<80, using: &generator)).map { _ in signs.randomElement(using: &generator) ?? "a"
                })
            _ = RuleCollection(parsing: [("f.yml", text)])
            var broken = Array("\(good)---\n\(good)")
            let start = Int.random(in: 0..<broken.count, using: &generator)
            let end = min(broken.count, start + Int.random(in: 1..<20, using: &generator))
            if Bool.random(using: &generator) {
                broken.removeSubrange(start..<end)
            } else {
                broken.insert(contentsOf: broken[start..<end], at: start)
            }
            let collection = RuleCollection(parsing: [("f.yml", String(broken))])
            #expect(collection.detections.count + collection.problems.count >= 1)
        }
        for text in [
            String(repeating: "[", count: 100_000), String(repeating: "a: {", count: 50_000), "a: &a [*a]",
            String(repeating: "- ", count: 3000) + "x",
        ] {
            #expect(!RuleCollection(parsing: [("f.yml", text)]).problems.isEmpty)
        }
    }

    /// Each line stands for ten of the line before.
    @Test(arguments: ["", "<<: {b: c}"])
    func aliasesDoNotGrowWithoutBound(_ merged: String) {
        var text = "title: t\nlogsource: {product: aws}\ndetection:\n  condition: l9\n  l0: &l0 [{a: x}]\n"
        for level in 1...9 {
            text +=
                "  l\(level): &l\(level) [\(Array(repeating: "*l\(level - 1)", count: 10).joined(separator: ", "))]\n"
        }
        let found = problems(text + merged)
        #expect(found.count == 1 && found[0].contains("too large"), "\(found)")
    }
}
