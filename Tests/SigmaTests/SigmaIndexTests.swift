import Basics
import LogReaders
import Sigma
import TestSupport
import Testing

@Suite struct SigmaIndexTests {
    private static func rules(_ detections: [String]) -> RuleSet {
        let files = detections.enumerated().map { (name: "r\($0).yml", text: SigmaCase.rule($1)) }
        return RuleSet(RuleCollection(parsing: files, placeholders: ["none": []]), for: .cloudTrail)
    }

    @Test(arguments: [
        (["n: A"], ["n equals a"]), (["n: A", "n: [B, c]"], ["n equals a b c"]),
        (["n: A", "m|re: x\ne: y"], ["e equals y", "n equals a"]),
        (["n: a*"], ["n hasPrefix a"]), (["n: '*a'"], ["n hasSuffix a"]), (["n: '*a*'"], ["n contains a"]),
        (["n: 'a*bcd*e'"], ["n contains bcd"]),
        (["n: [a, b*]"], ["n equals a", "n hasPrefix b"]), (["n|gt: 5"], ["n exists "]), (["n|re: x"], ["n exists "]),
        (["n: ä"], ["n exists "]),
        (["n|neq: null"], ["n exists "]), (["n|exists: true"], ["n exists "]), (["n: x\nm: null"], ["n equals x"]),
        (["n|re: 'a(bc|de)f'"], ["n contains bc de"]), (["n|re: '^Abc.*d'"], ["n contains abc"]),
        (["- n: a\n  m: b\n- n: c"], ["n equals a c"]), (["- {n: [a, b], m: x}\n- {n: a, m: x}"], ["n equals a b"]),
        (["a: {n: x}\nb: {m: y}\ncondition: a and not b"], ["n equals x"]), (["n|expand: '%none%'"], []),
        (["a: {n|expand: '%none%'}\nb: {m: y}\ncondition: a or b"], ["m equals y"]),
        (["n|all|contains: [x, yz]"], ["n contains x"]),
        (["a: {n|exists: false}\ncondition: not a"], ["n exists "]),
        // Frequent events are no gate where something else is.
        (["eventSource: x\nerrorCode: AccessDenied\neventName: GetObject"], ["errorCode equals accessdenied"]),
        (["eventName: GetObject\nrequestParameters.key|contains: Logs"], ["requestParameters.key contains logs"]),
        (["eventName: StopLogging\nrequestParameters.name|contains: x"], ["eventName equals stoplogging"]),
        (["eventName: Decrypt\nuserIdentity.type: Root"], ["userIdentity.type equals root"]),
        (["eventName: Decrypt"], ["eventName equals decrypt"]),
    ])
    func whatARecordMustHave(_ detections: [String], _ filters: [String]) {
        let found = Self.rules(detections).filters?.map { filter in
            "\(filter.field) \(filter.test) \(filter.values.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " "))"
        }
        #expect(found == filters)
    }

    @Test(arguments: [
        ["- word"], ["n: x", "n|neq: x"], ["n|exists: false"], ["- n: a\n- m: b"], ["a: {n: x}\ncondition: not a"],
        ["userAgent|re: x"], ["n: null"], ["n: [a, null]"],
    ])
    func whereAnyRecordMayMatch(_ detections: [String]) {
        #expect(Self.rules(detections).filters == nil)
    }

    /// Rules by random detections over few fields and values: the index, the filters and each rule by itself agree.
    @Test func manyRulesAtOnceGiveWhatEachGivesAlone() throws {
        var generator = SeededGenerator(seed: 3)
        let fields = ["n", "m", "o.p", "q"]
        let values = ["a", "b", "ab*", "'*ba'", "'*b*'", "null", "1", "true", "''", "é", "k?"]
        func one(_ all: [String]) -> String { all.randomElement(using: &generator) ?? "" }
        func search() -> String {
            let modifiers = ["", "", "", "|neq", "|cased", "|contains", "|re", "|exists", "|re|i"]
            if Int.random(in: 0..<9, using: &generator) == 0 { return "'|re': '\(one(["ab", "bb+a", "k1|é"]))'" }
            return (0..<Int.random(in: 1...2, using: &generator)).map { index in
                let modifier = one(modifiers)
                let value =
                    switch modifier {
                    case "|exists": one(["true", "false"])
                    case "|re", "|re|i":
                        one(["^a", "b$", "a.*b", "é", "AB+a", "'bb|a(b|k)'", "'(?:x|ab)b?a'", "'[ab]bb'"])
                    case "|contains": one(["a", "b", "é", "ab", "Bba", "k1"])
                    default: Bool.random(using: &generator) ? one(values) : "[\(one(values)), \(one(values))]"
                    }
                return "\(fields[(index * 2 + Int.random(in: 0...1, using: &generator)) % 4])\(modifier): \(value)"
            }.joined(separator: ", ")
        }
        let conditions = ["a", "a and b", "a or b", "a and not b", "not a", "1 of them", "not (a or b)", "a or not b"]
        let texts = (0..<240).map { _ in "a: {\(search())}\nb: {\(search())}\ncondition: \(one(conditions))" }
        let together = Self.rules(texts)
        let alone = texts.map { Self.rules([$0]) }
        #expect(together.detections.count == texts.count)
        let contents = [
            "\"a\"", "\"AB\"", "\"abba\"", "\"b\"", "1", "true", "null", "\"\"", "\"É\"", "\"\u{212A}1\"",
            "[\"a\",\"b\"]", "[]", "{\"x\":\"ab\"}", "[{\"x\":\"b\"}]",
        ]
        for _ in 0..<150 {
            var members: [String] = []
            for field in ["n", "m", "q"] where Bool.random(using: &generator) {
                members.append("\"\(field)\":\(one(contents))")
            }
            if Bool.random(using: &generator) { members.append("\"o\":{\"p\":\(one(contents))}") }
            let record = try JSON(parsing: "{\(members.joined(separator: ","))}")
            var found: [Int] = []
            RuleMatcher(together).match(JSONEvent(record, fields: together.fields)) { found.append($0) }
            let expected = alone.indices.filter { !RuleTest.alerts(alone[$0], [record]).isEmpty }
            #expect(found.sorted() == expected, "\(members)")
        }
    }
}
