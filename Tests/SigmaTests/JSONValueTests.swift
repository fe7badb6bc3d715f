import LogReaders
import Testing

@Suite struct JSONValueTests {
    @Test(arguments: [
        (#" { "b" : [ 1 , -2.50e+3 , true , null ] , "a" : { } } "#, #"{"b":[1,-2.50e+3,true,null],"a":{}}"#),
        (#""\u00e9\ud83d\ude00\n\/\"\\""#, "\"é😀\\n/\\\"\\\\\""), (#""\ud800x""#, "\"\u{FFFD}x\""),
        (#""\u0001""#, #""\u0001""#), ("0", "0"), ("[]", "[]"),
    ])
    func compactTextKeepsOrderAndNumbers(_ text: String, _ compact: String) throws {
        #expect(String(decoding: try JSONValue(parsing: text.utf8).compact, as: UTF8.self) == compact)
    }

    @Test(arguments: [
        "", "{", "[1,]", "{\"a\"}", "{\"a\":1,}", "01", "1.", "-", "1e", "tru", "nul", "\"", "\"\\x\"", "\"\\u12\"",
        "\"\u{1}\"", "1 2", "{a:1}", "'a'", "NaN",
        String(repeating: "[", count: 100_000),
    ])
    func whatIsNoJSON(_ text: String) {
        #expect(throws: JSONProblem.self) { try JSONValue(parsing: text.utf8) }
    }

    @Test func whatIsWrittenIsReadAgain() throws {
        var generator = SeededGenerator(seed: 23)
        func value(_ depth: Int) -> JSONValue {
            switch Int.random(in: 0..<(depth > 4 ? 4 : 6), using: &generator) {
            case 0: .null
            case 1: .boolean(Bool.random(using: &generator))
            case 2: .number(Array("\(Int.random(in: -9999...9999, using: &generator))".utf8))
            case 3:
                .text(
                    (0..<Int.random(in: 0..<9, using: &generator)).map { _ in
                        UInt8.random(in: 0...127, using: &generator)
                    })
            case 4: .array((0..<Int.random(in: 0..<4, using: &generator)).map { _ in value(depth + 1) })
            default:
                .object(
                    (0..<Int.random(in: 0..<4, using: &generator)).map {
                        .init(name: Array("n\($0)".utf8), value: value(depth + 1))
                    })
            }
        }
        for _ in 0..<2000 {
            let value = value(0)
            #expect(try JSONValue(parsing: value.compact) == value)
            // A piece of it is read or refused.
            _ = try? JSONValue(parsing: value.compact.prefix(Int.random(in: 0..<20, using: &generator)))
        }
    }
}
