import Basics
import Testing

@Suite struct WildcardTests {
    /// The definition, character by character.
    private func matches(_ pattern: ArraySlice<Character>, _ text: ArraySlice<Character>) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        if first == "*" {
            return matches(pattern.dropFirst(), text) || (!text.isEmpty && matches(pattern, text.dropFirst()))
        }
        guard let character = text.first, first == "?" || first == character else { return false }
        return matches(pattern.dropFirst(), text.dropFirst())
    }

    @Test func patternsMatchAsTheirDefinitionSays() {
        var random = SeededGenerator(4)
        func text(_ alphabet: String, _ length: Int) -> String {
            String(
                (0..<Int.random(in: 0...length, using: &random)).compactMap { _ in
                    alphabet.randomElement(using: &random)
                })
        }
        var matched = 0
        for _ in 0..<30_000 {
            let pattern = text("aAbé**?", 7)
            let value = text("aAbBé😀*", 9)
            let expected = matches(Array(pattern)[...], Array(value)[...])
            #expect(WildcardPattern(pattern).matches(value) == expected, "\(pattern) \(value)")
            #expect(WildcardPattern(pattern).matches(value[...]) == expected, "\(pattern) \(value)")
            let folded = matches(Array(pattern.lowercased())[...], Array(value.lowercased())[...])
            #expect(WildcardPattern(pattern, ignoringCase: true).matches(value) == folded, "\(pattern) \(value)")
            matched += expected ? 1 : 0
        }
        #expect(matched > 3_000)
    }

    @Test func hostilePatternsAreJudgedAtOnce() {
        let pattern = WildcardPattern(String(repeating: "a*", count: 100) + "b")
        #expect(!pattern.matches(String(repeating: "a", count: 10_000)))
    }

    @Test func literalElementsAreNoWildcards() {
        #expect(WildcardPattern(elements: WildcardPattern.literal("a*")).matches("a*"))
        #expect(!WildcardPattern(elements: WildcardPattern.literal("a*")).matches("ab"))
    }
}

@Suite struct TextTests {
    @Test func hexadecimalDigitsAreTwoForEachByte() {
        let all = (0...255).map { UInt8($0) }
        #expect(Hexadecimal.bytes(Hexadecimal.text(all)) == all)
        #expect(Hexadecimal.bytes(Hexadecimal.text(all, uppercase: true)) == all)
        #expect(Hexadecimal.text([0, 171, 255]) == "00abff")
        for text in ["0", "0g", "abc", "é", "０１"] { #expect(Hexadecimal.bytes(text) == nil) }
    }

    @Test func percentEncodingKeepsUnreservedCharactersOnly() {
        #expect(PercentEncoding.encode("aZ09-_.~ /é+") == "aZ09-_.~%20%2F%C3%A9%2B")
        #expect(PercentEncoding.encode("a/b", keepingSlash: true) == "a/b")
        #expect(PercentEncoding.decode("a%2fb%C3%A9") == "a/bé")
        for text in ["%", "%2", "%zz", "%FF"] { #expect(PercentEncoding.decode(text) == nil) }
    }

    @Test func namesThatDifferLeastAreNearest() {
        let names = ["root-unused", "root-mfa", "iam-user-mfa", "vpc-flow-logs"]
        #expect(NearestNames.nearest(to: "ROOT-MFAA", among: names, count: 1) == ["root-mfa"])
        #expect(NearestNames.nearest(to: "", among: []) == [])
        #expect(NearestNames.nearest(to: "", among: names) == [])
        #expect(NearestNames.nearest(to: "lorem-ipsum-dolor", among: names) == [])
        #expect(NearestNames.nearest(to: "quentin", among: ["ben.finch", "quentin.leroy"]) == ["quentin.leroy"])
        #expect(NearestNames.nearest(to: "leroy", among: ["lerch", "quentin.leroy"]) == ["lerch", "quentin.leroy"])
    }

    @Test func placesAreCountedFromOne() {
        let bytes = Array("é\nab".utf8)
        #expect(TextPosition(of: 0, in: bytes).description == "line 1, column 1")
        #expect(TextPosition(of: 2, in: bytes).description == "line 1, column 2")
        #expect(TextPosition(of: 4, in: bytes).description == "line 2, column 2")
        #expect(TextPosition(of: 99, in: bytes).description == "line 2, column 3")
    }
}

@Test(arguments: [
    ("abcabd", "abd", 3), ("aab", "ab", 1), ("ab", "abc", nil), ("", "a", nil), ("xa", "a", 1), ("abc", "abc", 0),
])
func aTextIsFoundInBytes(bytes: String, text: String, place: Int?) {
    #expect(Array(bytes.utf8).withUnsafeBufferPointer { $0.firstPlace(of: Array(text.utf8)) } == place)
}
