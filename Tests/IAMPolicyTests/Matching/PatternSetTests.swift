import Basics
import Testing

@testable import IAMPolicy

@Suite struct PatternSetTests {
    @Test(arguments: [
        ("*", "anything*", true), ("s3:*", "s3:get*", true), ("s3:get*", "s3:*", false), ("a*c", "abc", true),
        ("a*c", "a*b*c", true), ("a?c", "a*c", false), ("a*c", "a?c", true), ("a?c", "a?c", true), ("", "", true),
        ("**", "*", true), ("*", "**", true), ("a*", "a", true), ("a*b", "a*", false), ("?", "ü", false),
    ])
    func onePatternCoversAnother(wide: String, narrow: String, covers: Bool) {
        #expect(WildcardPattern(wide).covers(WildcardPattern(narrow)) == covers)
    }

    @Test(arguments: [
        ("s3:get*", "s3:put*", false), ("s3:*", "s3:put*", true), ("*a", "b*", true), ("a*b", "a*c", false),
        ("a?", "ab", true), ("a?", "abc", false), ("*", "", true), ("a", "", false), ("a*", "*b*", true),
        ("?", "ü", true),
        ("s3:*object", "s3:get*", true), ("iam:*", "s3:*", false),
    ])
    func twoPatternsOverlap(one: String, other: String, overlap: Bool) {
        #expect(WildcardPattern(one).overlaps(WildcardPattern(other)) == overlap)
        #expect(WildcardPattern(other).overlaps(WildcardPattern(one)) == overlap)
    }

    @Test(arguments: [
        ("", "", true), ("*", "", true), ("?", "", false), ("a*b*c", "aXXbYYc", true), ("a*b*c", "aXXbYY", false),
        ("*ab", "aab", true), ("a?c", "aüc", true), ("a??c", "aüc", false), ("*?", "ü", true), ("ü*", "üb", true),
        ("abc*", "ab", false), ("abc*", "abc", true), ("a*a", "a", false),
        ("*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaa", false),
    ])
    func aPatternMatchesAText(pattern: String, text: String, matches: Bool) {
        #expect(WildcardPattern(pattern).matches(text) == matches)
    }
}
