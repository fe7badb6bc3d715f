import Basics
import Testing

@Suite struct JSONRoundTripTests {
    /// Halves of surrogate pairs are read as U+FFFD.
    private let repairing: JSON.Options = {
        var options = JSON.Options()
        options.repairsText = true
        return options
    }()

    @Test(arguments: [
        (#" { "b" : [ 1 , -2.50e+3 , true , null ] , "a" : { } } "#, #"{"b":[1,-2.50e+3,true,null],"a":{}}"#),
        (#""\u00e9\ud83d\ude00\n\/\"\\""#, "\"é😀\\n/\\\"\\\\\""), (#""\ud800x""#, "\"\u{FFFD}x\""),
        (#""\u0001""#, #""\u0001""#), ("0", "0"), ("[]", "[]"),
    ])
    func compactTextKeepsOrderAndNumbers(_ text: String, _ compact: String) throws {
        #expect(try JSON(parsing: text, repairing).description == compact)
    }

    @Test(arguments: [
        "", "{", "[1,]", "{\"a\"}", "{\"a\":1,}", "01", "1.", "-", "1e", "tru", "nul", "\"", "\"\\x\"", "\"\\u12\"",
        "\"\u{1}\"", "1 2", "{a:1}", "'a'", "NaN",
        String(repeating: "[", count: 100_000),
    ])
    func whatIsNoJSON(_ text: String) {
        #expect(throws: JSONError.self) { try JSON(parsing: text) }
    }

    @Test func whatIsWrittenIsReadAgain() throws {
        var generator = SeededGenerator(23)
        func value(_ depth: Int) -> JSON {
            switch Int.random(in: 0..<(depth > 4 ? 4 : 6), using: &generator) {
            case 0: .null
            case 1: .bool(Bool.random(using: &generator))
            case 2: .int(Int.random(in: -9999...9999, using: &generator))
            case 3:
                .string(
                    String(
                        decoding: (0..<Int.random(in: 0..<9, using: &generator)).map { _ in
                            UInt8.random(in: 0...127, using: &generator)
                        }, as: UTF8.self))
            case 4: .array((0..<Int.random(in: 0..<4, using: &generator)).map { _ in value(depth + 1) })
            default:
                .object(
                    JSON.Object(
                        (0..<Int.random(in: 0..<4, using: &generator)).map {
                            JSON.Object.Member("n\($0)", value(depth + 1))
                        }))
            }
        }
        for _ in 0..<2000 {
            let value = value(0)
            #expect(try JSON(parsing: value.bytes()) == value)
            // A piece of it is read or refused.
            _ = try? JSON(parsing: Array(value.bytes().prefix(Int.random(in: 0..<20, using: &generator))))
        }
    }
}
