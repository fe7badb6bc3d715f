import Basics
import LogReaders
import Sigma
import TestSupport
import Testing

@Suite struct SigmaModifierTests {
    @Test(arguments: [
        SigmaCase("a|startswith: x", #"{"a":"Xy"}"#, true),
        SigmaCase("a|startswith: x", #"{"a":"yx"}"#, false),
        SigmaCase("a|endswith: x", #"{"a":"yX"}"#, true),
        SigmaCase("a|endswith: x", #"{"a":"xy"}"#, false),
        SigmaCase("a|endswith: abc", #"{"a":"bc"}"#, false),
        SigmaCase("a|contains: x", #"{"a":"yXy"}"#, true),
        SigmaCase("a|contains: [k, ky]", #"{"a":"xyzky"}"#, true),
        SigmaCase("a|contains: ''", #"{"a":""}"#, true),
        SigmaCase("a|contains: ''", #"{}"#, false),
        SigmaCase("a|startswith|cased: X", #"{"a":"xy"}"#, false),
        SigmaCase("a|contains|cased: X", #"{"a":"yXy"}"#, true),
        SigmaCase("a|neq: x", #"{"a":"y"}"#, true),
        SigmaCase("a|neq: x", #"{"a":"X"}"#, false),
        SigmaCase("a|neq: x", #"{}"#, true),
        SigmaCase("a|neq: [x, y]", #"{"a":"y"}"#, false),
        SigmaCase("a|contains|neq: x", #"{"a":"1x1"}"#, false),
        SigmaCase("a|neq: 5", #"{"a":6}"#, true),
        SigmaCase("a|exists: true", #"{"a":null}"#, false),
        SigmaCase("a|exists: true", #"{"a":""}"#, true),
        SigmaCase("a|exists: true", #"{}"#, false),
        SigmaCase("a|exists: false", #"{}"#, true),
        SigmaCase("a|exists: false", #"{"a":null}"#, true),
        SigmaCase("a|exists: true", #"{"a":[null]}"#, false),
        SigmaCase("a|exists: true", #"{"a":[null,1]}"#, true),
        SigmaCase("a.b|exists: false", #"{"a":[{"b":null}]}"#, true),
        SigmaCase("a|exists: yes", #"{"a":1}"#, true),
        SigmaCase("a|exists: No", #"{}"#, true),
        SigmaCase("a.b|exists: false", #"{"a":{"b":[]}}"#, false),
        // JSON in a text is compared without the spaces between its parts, too.
        SigmaCase(#"a|contains: '"b":1,"c":"x y"'"#, #"{"a":"{ \"b\": 1,\n \"c\": \"x y\" }"}"#, true),
        SigmaCase(#"a|contains: '"b": 1'"#, #"{"a":"{\"b\": 1}"}"#, true),
        SigmaCase(#"a|contains: '"xy"'"#, #"{"a":"{\"b\": \"x y\"}"}"#, false),
        SigmaCase("a: '[1,2]'", #"{"a":"[1, 2]"}"#, true),
        SigmaCase("a|contains: xy", #"{"a":"[x y]"}"#, false),
    ])
    func texts(_ example: SigmaCase) throws { try example.verify() }

    /// Policies as objects, as texts, and below other parameters; and what calls take instead of a policy.
    @Test(arguments: [
        SigmaCase("a|allows: anyone", #"{"a":{"Statement":{"Effect":"Allow","Principal":"*","Action":"*"}}}"#, true),
        SigmaCase(
            "a|allows: anyone",
            #"{"a":{"b":["x",{"c":"{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"*\"}]}"}]}}"#,
            true),
        SigmaCase("a|allows: anyone", #"{"a":{"Statement":{"Effect":"Deny","Principal":"*","Action":"*"}}}"#, false),
        SigmaCase("a|allows: anyone", #"{"a":"*"}"#, true),
        SigmaCase("a|allows: anyone", #"{"a":"{"}"#, false),
        SigmaCase("a|allows: anyone", #"{}"#, false),
        SigmaCase("a|allows: another-account", #"{"a":"444455556666","recipientAccountId":"111122223333"}"#, true),
        SigmaCase("a|allows: another-account", #"{"a":"111122223333","recipientAccountId":"111122223333"}"#, false),
        SigmaCase(
            "a|allows: another-account",
            #"{"a":["111122223333","arn:aws:iam::444455556666:root"],"recipientAccountId":"111122223333"}"#, true),
        SigmaCase(
            "a|allows: another-account", #"{"a":"arn:aws:s3:::111122223333","recipientAccountId":"111122223333"}"#,
            false),
        SigmaCase("a|allows: another-account", #"{"a":"s3.amazonaws.com","recipientAccountId":"1"}"#, false),
        SigmaCase(
            "a|allows: another-account", #"{"a":"o-a1b2c3d4e5","recipientAccountId":"111122223333"}"#, false,
            placeholders: ["trusted_accounts": ["o-a1b2c3d4e5"]]),
        // What cannot be read admits each account in it.
        SigmaCase(
            "a|allows: another-account",
            #"{"a":{"Statement":[{"New":1,"AWS":"444455556666"}]},"recipientAccountId":"111122223333"}"#, true),
        SigmaCase(
            "a|allows: another-account",
            #"{"a":{"Statement":[{"New":1,"AWS":"111122223333"}]},"recipientAccountId":"111122223333"}"#, false),
    ])
    func policies(_ example: SigmaCase) throws { try example.verify() }

    @Test func anAudienceThatDoesNotExistIsAProblem() {
        #expect(
            problems(SigmaCase.rule("a|allows: friends")) == [
                "f.yml:5: a: allows needs one of anyone, another-account, any-web-identity"
            ])
    }

    @Test(arguments: [
        SigmaCase("a|lt: 5", #"{"a":4}"#, true),
        SigmaCase("a|lt: 5", #"{"a":5}"#, false),
        SigmaCase("a|lte: 5", #"{"a":5}"#, true),
        SigmaCase("a|gt: 5", #"{"a":"6"}"#, true),
        SigmaCase("a|gt: 5", #"{"a":"x"}"#, false),
        SigmaCase("a|gt: 5", #"{"a":"inf"}"#, false),
        SigmaCase("a|gte: 5", #"{"a":5.0}"#, true),
        SigmaCase("a|gte: 5.5", #"{"a":5.4}"#, false),
        SigmaCase("a|gt: -1", #"{"a":-0.5}"#, true),
        SigmaCase("a|gt: 1e3", #"{"a":1.5e3}"#, true),
        SigmaCase("a|lt: 0", #"{"a":-9223372036854775809}"#, true),
        SigmaCase("a|gt: 5", #"{"a":true}"#, false),
        SigmaCase("a|gt: 5", #"{"a":[1,9]}"#, true),
        SigmaCase("a|gt: [100, 5]", #"{"a":9}"#, true),
        SigmaCase("a|gt: 5\na|lt: 9", #"{"a":9}"#, false),
    ])
    func numbers(_ example: SigmaCase) throws { try example.verify() }

    @Test(arguments: [
        SigmaCase("a|re: b+c", #"{"a":"xbbcx"}"#, true),
        SigmaCase("a|re: ^b+c$", #"{"a":"xbbc"}"#, false),
        SigmaCase("a|re: BC", #"{"a":"bc"}"#, false),
        SigmaCase("a|re|i: BC", #"{"a":"bc"}"#, true),
        SigmaCase("a|re|i: ÄB", #"{"a":"äb"}"#, true),
        SigmaCase("a|re: ^b$", #"{"a":"a\nb\nc"}"#, false),
        SigmaCase("a|re|m: ^b$", #"{"a":"a\nb\nc"}"#, true),
        SigmaCase("a|re: a.b", #"{"a":"a\nb"}"#, false),
        SigmaCase("a|re|s: a.b", #"{"a":"a\nb"}"#, true),
        SigmaCase("a|re|i|m|s: ^A.b", #"{"a":"x\na\nb"}"#, true),
        SigmaCase("a|re: [b, c]", #"{"a":"xc"}"#, true),
        SigmaCase("a|re: ^.$", #"{"a":"é"}"#, true),
        SigmaCase("a|re: ''", #"{"a":""}"#, true),
        SigmaCase("a|re: ''", #"{}"#, false),
        SigmaCase("a|re: '^[0-9]{3}$'", #"{"a":443}"#, true),
        SigmaCase("a|re|startswith: 'b|c'", #"{"a":"xc"}"#, false),
        SigmaCase("a|re|endswith: 'b|c'", #"{"a":"xc"}"#, true),
        SigmaCase("a|re|contains: 'b|c'", #"{"a":"xcx"}"#, true),
    ])
    func regularExpressions(_ example: SigmaCase) throws { try example.verify() }

    /// Wherever they stand: in the searches, in filters, or before the expression.
    @Test(arguments: [
        "s: {a|re: '(x+x+)+(?=y)', b: 1}\ncondition: s", "s: {b: 1, a|re: '(x+x+)+(?=y)'}\ncondition: s",
        "s: {a|re: '(x+x+)+(?=y)'}\nfilter: {e|exists: true}\ncondition: s and not filter",
        "s: {a|re: '(x+x+)+(?=y)'}\nf_1: {c|re: z}\nf_2: {e|exists: true}\ncondition: s and not 1 of f_*",
        "t: {b|re: '(x+x+)+(?=y)'}\ns: {a|re: '(x+x+)+(?=y)'}\nr: {b: 1}\ncondition: (t or s) and r",
    ])
    func cheapConditionsAreTestedBeforeRegularExpressions(detection: String) throws {
        let rules = RuleSet(RuleCollection(parsing: [("r.yml", SigmaCase.rule(detection))]), for: .cloudTrail)
        let matcher = RuleMatcher(rules)
        let text = String(repeating: "x", count: 200)
        let event = JSONEvent(try JSON(parsing: #"{"a":"\#(text)z","b":2,"e":"AccessDenied"}"#), fields: rules.fields)
        matcher.match(event) { _ in Issue.record("it matches") }
        #expect(matcher.givenUp == 0)
    }

    @Test func anExpressionThatBacktracksForEverIsGivenUp() throws {
        let collection = RuleCollection(parsing: [("r.yml", SigmaCase.rule("a|re: '(x+x+)+(?=y)'"))])
        let rules = RuleSet(collection, for: .cloudTrail)
        let matcher = RuleMatcher(rules)
        let text = String(repeating: "x", count: 200)
        let event = JSONEvent(try JSON(parsing: "{\"a\":\"\(text)z\"}"), fields: rules.fields)
        var alerts = 0
        matcher.match(event) { _ in alerts += 1 }
        #expect(alerts == 0)
        #expect(matcher.givenUp == 1)
    }

    @Test(arguments: [
        SigmaCase("a|cidr: 10.0.0.0/8", #"{"a":"10.255.0.1"}"#, true),
        SigmaCase("a|cidr: 10.0.0.0/8", #"{"a":"11.0.0.1"}"#, false),
        SigmaCase("a|cidr: 10.0.0.0/8", #"{"a":"10.0.0.1.5"}"#, false),
        SigmaCase("a|cidr: 10.0.0.0/8", #"{"a":"aws.amazonaws.com"}"#, false),
        SigmaCase("a|cidr: [10.0.0.0/8, 192.168.0.0/16]", #"{"a":"192.168.3.4"}"#, true),
        SigmaCase("a|cidr: 192.0.2.1", #"{"a":"192.0.2.1"}"#, true),
        SigmaCase("a|cidr: 0.0.0.0/0", #"{"a":"255.255.255.255"}"#, true),
        SigmaCase("a|cidr: 0.0.0.0/0", #"{"a":"::1"}"#, false),
        SigmaCase("a|cidr: 192.0.2.128/25", #"{"a":"192.0.2.127"}"#, false),
        SigmaCase("a|cidr: 2001:db8::/32", #"{"a":"2001:DB8:1::5"}"#, true),
        SigmaCase("a|cidr: 2001:db8::/32", #"{"a":"2001:db9::"}"#, false),
        SigmaCase("a|cidr: 2001:db8::/33", #"{"a":"2001:db8:8000::1"}"#, false),
        SigmaCase("a|cidr: ::/0", #"{"a":"1:2:3:4:5:6:7:8"}"#, true),
        SigmaCase("a|cidr: ::/0", #"{"a":"1:2:3:4:5:6:7:8:9"}"#, false),
        SigmaCase("a|cidr: ::/0", #"{"a":"1::2::3"}"#, false),
        SigmaCase("a|cidr: '::ffff:10.0.0.0/104'", #"{"a":"::ffff:10.1.2.3"}"#, true),
        SigmaCase("a|cidr: fe80::/10", #"{"a":"fe80::1"}"#, true),
    ])
    func addresses(_ example: SigmaCase) throws { try example.verify() }

    @Test(arguments: [
        SigmaCase("a|fieldref: b", #"{"a":"x","b":"X"}"#, true),
        SigmaCase("a|fieldref: b", #"{"a":"x","b":"y"}"#, false),
        SigmaCase("a|fieldref|cased: b", #"{"a":"x","b":"X"}"#, false),
        SigmaCase("a|fieldref: b", #"{"a":"x"}"#, false),
        SigmaCase("a|fieldref: b", #"{"b":"x"}"#, false),
        SigmaCase("a|fieldref: b", #"{}"#, false),
        SigmaCase("a|fieldref|neq: b", #"{"a":"x","b":"y"}"#, true),
        SigmaCase("a|fieldref|neq: b", #"{"a":"x","b":"x"}"#, false),
        SigmaCase("a|fieldref|startswith: b", #"{"a":"xyz","b":"X"}"#, true),
        SigmaCase("a|fieldref|endswith: b", #"{"a":"xyz","b":"z"}"#, true),
        SigmaCase("a|fieldref|contains: b", #"{"a":"xyz","b":"y"}"#, true),
        SigmaCase("a|fieldref|contains: b", #"{"a":"xz","b":"y"}"#, false),
        SigmaCase("a|fieldref: b", #"{"a":5,"b":"5"}"#, true),
        SigmaCase("a|fieldref: c.d", #"{"a":["x","y"],"c":[{"d":"z"},{"d":"y"}]}"#, true),
    ])
    func otherFields(_ example: SigmaCase) throws { try example.verify() }

    @Test(arguments: [
        // foo, in base64 Zm9v.
        SigmaCase("a|base64: foo", #"{"a":"Zm9v"}"#, true),
        SigmaCase("a|base64: fo", #"{"a":"Zm8="}"#, true),
        SigmaCase("a|base64: f", #"{"a":"Zg=="}"#, true),
        SigmaCase("a|base64|contains: foo", #"{"a":"xxZm9vxx"}"#, true),
        SigmaCase("a|base64offset|contains: /bin/bash", #"{"a":"L2Jpbi9iYXNo"}"#, true),
        SigmaCase("a|base64offset|contains: /bin/bash", #"{"a":"eC9iaW4vYmFzaA=="}"#, true),
        SigmaCase("a|base64offset|contains: /bin/bash", #"{"a":"eHgvYmluL2Jhc2g="}"#, true),
        SigmaCase("a|base64offset|contains: /bin/bash", #"{"a":"eHgvYmluL3pzaA=="}"#, false),
        SigmaCase("a|wide|base64|contains: ab", #"{"a":"YQBiAA=="}"#, true),
        SigmaCase("a|utf16le|base64: ab", #"{"a":"YQBiAA=="}"#, true),
        SigmaCase("a|utf16be|base64: ab", #"{"a":"AGEAYg=="}"#, true),
        SigmaCase("a|utf16|base64: ab", #"{"a":"//5hAGIA"}"#, true),
        SigmaCase("a|wide|base64: ä", #"{"a":"5AA="}"#, true),
        SigmaCase("a|wide|contains: ab", #"{"a":"xa\u0000b\u0000"}"#, true),
    ])
    func encodings(_ example: SigmaCase) throws { try example.verify() }

    @Test(arguments: ["-", "/", "\u{2013}", "\u{2014}", "\u{2015}"])
    func dashes(_ dash: String) throws {
        try SigmaCase("a|windash|contains: ' -enc '", "{\"a\":\"x \(dash)ENC y\"}", true).verify()
        try SigmaCase("a|windash|contains|all: ['-a', '/b']", "{\"a\":\"x \(dash)a \(dash)b\"}", true).verify()
        try SigmaCase("a|windash: 'x-y'", "{\"a\":\"x\(dash)y\"}", dash == "-").verify()
    }

    @Test(arguments: [
        SigmaCase("a|expand: '%who%'", #"{"a":"bob"}"#, true, placeholders: ["who": ["alice", "b*"]]),
        SigmaCase("a|expand: '%who%'", #"{"a":"carol"}"#, false, placeholders: ["who": ["alice", "b*"]]),
        SigmaCase("a|expand: '%who%'", #"{"a":"bob"}"#, false, placeholders: ["who": []]),
        SigmaCase("a|expand: ['%who%', x]", #"{"a":"x"}"#, true, placeholders: ["who": []]),
        SigmaCase("a|expand: '%a%-%b%'", #"{"a":"2-3"}"#, true, placeholders: ["a": ["1", "2"], "b": ["3", "4"]]),
        SigmaCase("a|contains|expand: '/%who%/'", #"{"a":"x/bob/y"}"#, true, placeholders: ["who": ["bob"]]),
        SigmaCase(#"a|expand: '\%plain%who%'"#, #"{"a":"%plainbob"}"#, true, placeholders: ["who": ["bob"]]),
        SigmaCase("a|expand: '50%'", #"{"a":"50%"}"#, true),
        SigmaCase("a: '%who%'", #"{"a":"%who%"}"#, true),
        SigmaCase("a|cidr|expand: '%nets%'", #"{"a":"10.0.0.1"}"#, true, placeholders: ["nets": ["10.0.0.0/8"]]),
    ])
    func placeholders(_ example: SigmaCase) throws { try example.verify() }

    @Test(arguments: [
        SigmaCase("t|hour: 23", #"{"t":"2024-02-29T23:59:58Z"}"#, true),
        SigmaCase("t|hour|gte: 22", #"{"t":"2024-02-29T23:59:58Z"}"#, true),
        SigmaCase("t|lt|hour: 6", #"{"t":"2024-02-29T23:59:58Z"}"#, false),
        SigmaCase("t|minute: 59", #"{"t":"2024-02-29T23:59:58+02:00"}"#, true),
        SigmaCase("t|day: 29", #"{"t":"2024-02-29"}"#, true),
        SigmaCase("t|month: 2", #"{"t":"[29/Feb/2024:00:00:38 +0000]"}"#, true),
        SigmaCase("t|year: 2024", #"{"t":1709251198}"#, true),
        SigmaCase("t|hour: 23", #"{"t":"1709251198000"}"#, true),
        SigmaCase("t|week: 9", #"{"t":"2024-02-29T23:59:58.123Z"}"#, true),
        SigmaCase("t|week: 53", #"{"t":"2021-01-03T00:00:00Z"}"#, true),
        SigmaCase("t|week: 1", #"{"t":"2024-12-30T00:00:00Z"}"#, true),
        SigmaCase("t|hour: 0", #"{"t":"yesterday"}"#, false),
        SigmaCase("t|hour: 0", #"{"t":"2024-13-01T00:00:00Z"}"#, false),
    ])
    func timeParts(_ example: SigmaCase) throws { try example.verify() }

    /// A long text needs more room to go back in than an expression has at first.
    @Test func expressionsReadLongTexts() throws {
        let text = String(repeating: "ab", count: 50_000)
        try SigmaCase("a|re: '^(?:a|b|ab)*c?$'", "{\"a\":\"\(text)\"}", true).verify()
    }

    /// Values of random bytes pass a test or do not; nothing stops.
    @Test func garbageInEventsStopsNothing() throws {
        let detections = [
            "a|cidr: 0.0.0.0/0", "a|cidr: '::/0'", "a|gt: 5", "a|hour: 5", "a|week|gte: 0", "a|re: '(?:^|.)x+$'",
            "a|re|i: ü",
            "a: '*x?y*'", "a|contains: Éx", "a|fieldref|contains: b", "- word", "a|exists: true", "a: null",
        ]
        let collection = RuleCollection(
            parsing: detections.enumerated().map { (name: "\($0).yml", text: SigmaCase.rule($1)) })
        #expect(collection.problems == [])
        let rules = RuleSet(collection, for: .cloudTrail)
        let matcher = RuleMatcher(rules)
        var generator = SeededGenerator(seed: 17)
        let likely = Array("0123456789:.-/T[]Zxyfe \u{C9}\u{212A}".utf8)
        func bytes() -> [UInt8] {
            (0..<Int.random(in: 0..<40, using: &generator)).map { _ in
                Int.random(in: 0..<8, using: &generator) == 0
                    ? UInt8.random(in: 0...255, using: &generator) : likely.randomElement(using: &generator) ?? 0
            }
        }
        var judged = 0
        for _ in 0..<20_000 {
            let values = ["a": bytes(), "b": bytes()]
            matcher.match(BytesEvent(rules.fields.paths.map { values[$0] ?? [] })) { _ in }
            judged += 1
        }
        #expect(judged == 20_000)
    }
}

/// Texts of any bytes, also such as are no UTF-8.
private final class BytesEvent: LogEvent {
    private let values: [UnsafeMutableBufferPointer<UInt8>]

    init(_ values: [[UInt8]]) {
        self.values = values.map { bytes in
            let value = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
            _ = value.initialize(fromContentsOf: bytes)
            return value
        }
    }

    deinit { for value in values { value.deallocate() } }

    func value(of field: FieldList.Number) -> FieldValue { .text(Bytes(values[field])) }

    func anyText(_ body: (Bytes) -> Bool) -> Bool { values.contains { body(Bytes($0)) } }
}
