import TestSupport
import Testing
@testable import Sigma

/// The search for the literals of all rules at once.
@Suite struct LiteralScanTests {
    private func found(_ literals: [String], _ text: String) -> Set<Int> {
        let memory = CompiledMemory()
        var values: [[UInt8]: [Int]] = [:]
        for (number, literal) in literals.enumerated() {
            values[CaseFolding.fold(literal.utf8), default: []].append(number)
        }
        let scan = LiteralScan(values, in: memory)
        var found: Set<Int> = []
        withExtendedLifetime(memory) {
            Array(text.utf8).withUnsafeBufferPointer { text in scan.forEachValue(in: text) { found.insert(Int($0)) } }
        }
        return found
    }

    @Test(arguments: [
        (["he", "she", "his", "hers"], "ushers", [0, 1, 3]), (["a"], "", []), (["A", "a"], "xAx", [0, 1]),
        (["abcd", "bc"], "abce", [1]), (["aab"], "aaab", [0]), (["ä"], "xäx", [0]), (["@a"], "`A", []),
        (["[x"], "{X", []),
    ])
    func literalsAreFound(_ literals: [String], _ text: String, _ expected: [Int]) {
        #expect(found(literals, text) == Set(expected))
    }

    @Test func aSearchForManyGivesWhatEachGives() {
        var generator = SeededGenerator(seed: 11)
        func word(_ longest: Int) -> String {
            String(
                (0..<Int.random(in: 1...longest, using: &generator)).map { _ in
                    "abAB".randomElement(using: &generator) ?? "a"
                })
        }
        for _ in 0..<60 {
            let literals = (0..<Int.random(in: 1...40, using: &generator)).map { _ in word(6) }
            let text = word(40)
            let expected = literals.indices.filter { text.lowercased().contains(literals[$0].lowercased()) }
            #expect(found(literals, text) == Set(expected), "\(literals) in \(text)")
        }
    }

    /// A long literal is cut: what it begins with is enough to try the rule.
    @Test func longLiteralsAreFoundByTheirBeginning() {
        let long = String(repeating: "abcdefgh", count: 100)
        #expect(found([long], "x" + long) == [0])
        #expect(found([long], "abc") == [])
    }

    @Test(
        arguments: [
            ("abc", ["abc"]), ("a.bc", ["bc"]), ("abc?", ["ab"]), ("abc+d", ["abc"]), ("abc*de", ["ab", "de"]),
            ("ab{2,3}c", ["ab"]),
            ("abc{0,1}", ["ab"]), ("(?:ab|cd)", ["ab", "cd"]), ("(ab|c)", nil), ("(abc)?de", ["de"]), ("ab|", nil),
            ("ab|cd", ["ab", "cd"]),
            ("(?i)ABC", ["abc"]), ("(?=abc)", nil), ("(?!abc)de", ["de"]), ("(?x) a b c", nil), (#"\Qa.b\E"#, nil),
            (#"s3\.amazonaws\.com"#, ["s3.amazonaws.com"]), (#"\d+abc\b"#, ["abc"]), ("[abc]de[^]f]", ["de"]),
            ("[[:alpha:]]de", ["de"]),
            ("(*UTF)abc", nil), (#"\x41bc"#, nil), ("a", nil), ("", nil), ("(?<n>abc)", ["abc"]), ("(?#abc)d", nil),
            ("é?bc", ["bc"]),
            ("^abc$", ["abc"]), ("(?>abc)", ["abc"]), ("(a(bc|de)f|xyz)", ["bc", "de", "xyz"]), ("ab{c", nil),
            ("(", nil), ("a)bc", nil),
            ("[", nil), ("(?i:AB)c", ["ab"]),
        ] as [(String, Set<String>?)])
    func aRegularExpressionNamesItsLiterals(_ pattern: String, _ expected: Set<String>?) throws {
        let found = RegexLiterals.required(by: pattern).map { Set($0.map { String(decoding: $0, as: UTF8.self) }) }
        if pattern == "abc*de" { #expect(found == ["ab"] || found == ["de"]) } else { #expect(found == expected) }
    }

    /// Whatever an expression matches contains one of its literals.
    @Test func noMatchLacksTheLiterals() throws {
        var generator = SeededGenerator(seed: 12)
        let parts = [
            "a", "b", "ab", "Ba", "k", "s", ".", "[ab]", "(a|b)", "(ab|ba)", "(?:ab)", "(?i:ab)", "(ab)?", "(?=a)",
            "(?!b)", "a*", "b+",
            "a?", "a{2}", "b{0,2}", "(?:a|bb)+", "^", "$", "|", #"\w"#, #"\."#, "é", "(a(b|ab)?)",
        ]
        let letters = ["a", "b", "A", "B", "k", "\u{212A}", "s", "\u{17F}", ".", "é", "É"]
        let scratch = RegexScratch()
        var (known, matching) = (0, 0)
        for _ in 0..<700 {
            let pattern = (0..<Int.random(in: 1...6, using: &generator)).map { _ in
                parts.randomElement(using: &generator) ?? ""
            }.joined()
            let ignoresCase = Bool.random(using: &generator)
            guard let literals = RegexLiterals.required(by: pattern),
                let regex = try? CompiledRegex(RegexPattern(pattern, ignoresCase: ignoresCase))
            else { continue }
            known += 1
            for _ in 0..<30 {
                let text = (0..<Int.random(in: 0...8, using: &generator)).map { _ in
                    letters.randomElement(using: &generator) ?? ""
                }
                let bytes = Array(text.joined().utf8)
                guard bytes.withUnsafeBufferPointer({ regex.matches($0, scratch) }) else { continue }
                matching += 1
                let folded = CaseFolding.fold(bytes)
                #expect(literals.contains { folded.firstRange(of: $0) != nil }, "\(pattern) in \(text)")
            }
        }
        #expect(known > 100 && matching > 50, "\(known) \(matching)")
    }
}
