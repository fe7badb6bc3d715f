import Sigma
import TestSupport
import Testing

@Suite struct SigmaConditionTests {
    /// Four searches, a letter each; the event has the letters.
    @Test(arguments: [
        ("sel_a and sel_b", "ab", true), ("sel_a and sel_b", "a", false),
        ("sel_a or sel_b", "b", true), ("sel_a or sel_b", "c", false),
        ("not sel_a", "b", true), ("not sel_a", "a", false), ("not not sel_a", "a", true),
        // and binds before or, not before and.
        ("sel_a or sel_b and sel_c", "a", true), ("sel_a or sel_b and sel_c", "b", false),
        ("(sel_a or sel_b) and sel_c", "a", false), ("(sel_a or sel_b) and sel_c", "bc", true),
        ("not sel_a and sel_b", "b", true), ("not sel_a and sel_b", "ab", false),
        ("not (sel_a and sel_b)", "a", true), ("not (sel_a and sel_b)", "ab", false),
        ("sel_a AND NOT sel_b OR sel_c", "a", true), ("sel_a AND NOT sel_b OR sel_c", "ab", false),
        ("1 of them", "a", true), ("1 of them", "x", false), ("1 of them", "d", false),
        ("all of them", "abc", true), ("all of them", "ab", false),
        ("any of them", "c", true),
        ("1 of sel_*", "b", true), ("all of sel_*", "abc", true), ("all of sel_*", "ac", false),
        ("all of sel_a*", "a", true), ("1 of *_b", "b", true), ("1 of *_b", "a", false),
        ("1 of _hid*", "d", true), ("_hidden", "d", true),
        ("2 of sel_*", "ac", true), ("2 of sel_*", "a", false), ("2 of them", "abc", true),
        ("sel_a and not 1 of sel_b*", "a", true), ("sel_a and not 1 of sel_b*", "ab", false),
        ("((((sel_a))))", "a", true), ("  sel_a\n  or\n  sel_b ", "b", true),
        ("not 1 of them", "x", true), ("not all of them", "ab", true),
    ])
    func conditions(_ condition: String, _ letters: String, _ matches: Bool) throws {
        let searches = ["sel_a": "a", "sel_b": "b", "sel_c": "c", "_hidden": "d"].sorted { $0.key < $1.key }
            .map { "\($0.key):\n  \($0.value): x" }.joined(separator: "\n")
        let event = "{" + letters.map { "\"\($0)\":\"x\"" }.joined(separator: ",") + "}"
        let quoted = condition.replacing("\n", with: " ")
        try SigmaCase("\(searches)\ncondition: \"\(quoted)\"", event, matches).verify()
    }

    @Test func aListOfConditionsIsAnyOfThem() throws {
        let detection = "a: {f: x}\nb: {f: y}\ncondition:\n  - a\n  - b"
        try SigmaCase(detection, #"{"f":"y"}"#, true).verify()
        try SigmaCase(detection, #"{"f":"z"}"#, false).verify()
    }

    @Test(arguments: [
        ("", "ends too early"), ("sel and", "ends too early"), ("and sel", "where a name should be"),
        ("(sel", "not closed"), ("sel)", "goes on unexpectedly with )"), ("sel sel", "goes on unexpectedly"),
        ("other", "speaks of other"), ("1 of other*", "name like other*"), ("x of sel", "x of is not known"),
        ("0 of sel", "0 of is not known"), ("5 of them", "there are only 1"), ("1 of", "needs a name"),
        ("sel & sel", "no sign"), ("not", "ends too early"), ("sel |", "nothing stands after"),
        ("sel | frobnicate() > 5", "not known"), ("sel | count() by > 5", "needs a field"),
        ("sel | count()", "needs a comparison"), ("sel | count() > x", "comparison with a number"),
        ("sel | sum() > 3", "needs a field"), ("sel | count( > 3", "needs one field"),
        ("sel | near other", "speaks of other"), ("sel | count() > 5 and sel", "goes on unexpectedly"),
        ("of", "where a name should be"), (String(repeating: "(", count: 5000), "too many brackets"),
        ("sel !", "no sign"), ("sel # x", "no sign"),
    ])
    func whatCannotBeUnderstood(_ condition: String, _ reason: String) {
        let text =
            "title: t\nlogsource: {product: aws}\ndetection:\n  sel: {a: b}\n  condition: \(condition.debugDescription)\n"
        let found = problems(text)
        #expect(
            found.count == 1 && found[0].hasPrefix("f.yml:5: ") && found[0].contains(reason), "\(condition): \(found)")
    }

    /// Whatever is thrown at it, the parser says yes or no.
    @Test func garbageIsAnError() {
        var generator = SeededGenerator(seed: 5)
        let words = [
            "sel", "not", "and", "or", "(", ")", "1", "all", "of", "them", "|", "count", "by", ">", "=", "near", "x*",
            ",", "\"", "é", "\u{0}",
        ]
        for _ in 0..<3000 {
            let condition = (0..<Int.random(in: 0..<12, using: &generator))
                .map { _ in words.randomElement(using: &generator) ?? "" }
                .joined(separator: Bool.random(using: &generator) ? " " : "")
            let text =
                "title: t\nlogsource: {product: aws}\ndetection:\n  sel: {a: b}\n  condition: \(condition.debugDescription)\n"
            let collection = RuleCollection(parsing: [("f.yml", text)])
            #expect(collection.detections.count + collection.problems.count >= 1, "\(condition)")
        }
    }
}
