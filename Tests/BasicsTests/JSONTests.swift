import Basics
import Foundation
import Testing

@Suite struct JSONTests {
    private static let samples = [
        #"{"b":1,"a":[true,false,null,-0.5e+10,123456789012345678901234567890],"":"\"\\\/\b\f\n\r\té😀\u00e9\ud83d\ude00","deep":[[[{}]]]}"#,
        #"  [ 0 , -0 , 0.10 , 1E2 , "" , { "x" : { "y" : [ ] } } ]  "#,
        #""text""#, "1", "null",
    ]

    @Test func orderAndDigitsAreKept() throws {
        let json = try JSON(parsing: Self.samples[0])
        let text =
            #"{"b":1,"a":[true,false,null,-0.5e+10,123456789012345678901234567890],"":"\"\\/\b\f\n\r\té😀é😀","deep":[[[{}]]]}"#
        #expect(json.written(.compact) == text)
        #expect(try JSON(parsing: text) == json)
        #expect(json["a"]?[3]?.double == -5e9)
        #expect(json["a"]?[3]?.integer == -5_000_000_000)
        #expect(json["a"]?[4]?.integer == nil)
        #expect(json["a"]?[5] == nil)
        #expect(json["b"]?.integer == 1)
        #expect(json.object?.names == ["b", "a", "", "deep"])
    }

    @Test func whatIsWrittenIsReadBack() throws {
        for sample in Self.samples {
            let json = try JSON(parsing: sample)
            for style in [JSON.Style.compact, .pretty, .sorted, .prettySorted] {
                #expect(try JSON(parsing: json.written(style)) == json)
            }
            #expect(
                try JSONSerialization.jsonObject(with: Data(json.bytes(.pretty)), options: .fragmentsAllowed) is NSNull
                    || !json.isNull)
        }
        let all = String(String.UnicodeScalarView((0..<0x300).compactMap { Unicode.Scalar($0) }))
        #expect(try JSON(parsing: JSON.string(all).written(.compact)) == .string(all))
        #expect(try JSONDecoder().decode([String].self, from: Data(JSON([all]).bytes())) == [all])
    }

    @Test func prettyTextHasALineForEachMember() {
        let json: JSON = ["b": [1, "x"], "a": [:], "c": []]
        #expect(json.written(.pretty) == "{\n  \"b\": [\n    1,\n    \"x\"\n  ],\n  \"a\": {},\n  \"c\": []\n}")
        #expect(json.written(.sorted) == #"{"a":{},"b":[1,"x"],"c":[]}"#)
    }

    /// Foundation's own reader decides what is JSON.
    @Test func damagedTextsAreRefusedWithAPlace() throws {
        var random = SeededGenerator(3)
        for sample in Self.samples {
            let bytes = Array(sample.utf8)
            var damaged = bytes.indices.map { Array(bytes[..<$0]) }
            for _ in 0..<2_000 {
                var flipped = bytes
                for _ in 0...Int.random(in: 0...2, using: &random) {
                    let index = Int.random(in: flipped.indices, using: &random)
                    flipped[index] =
                        Bool.random(using: &random)
                        ? UInt8.random(in: 0 ... .max, using: &random)
                        : Array(#"{}[]",:\u0123eE+-. "#.utf8).randomElement(using: &random) ?? 0
                }
                damaged.append(flipped)
            }
            for bytes in damaged {
                do throws(JSONError) {
                    let json = try JSON(parsing: bytes)
                    #expect(try! JSON(parsing: json.bytes()) == json)
                } catch {
                    #expect(0...bytes.count ~= error.offset)
                    #expect(error.position.line >= 1 && error.position.column >= 1)
                    #expect(error.description.hasPrefix("line \(error.position.line), column "))
                }
            }
        }
    }

    @Test(arguments: [
        ("{", 1, 2), ("{\"a\":1,\n  x}", 2, 3), ("[1,]", 1, 4), ("[\"é\", é]", 1, 7), ("01", 1, 1), ("[1 2]", 1, 4),
        ("\"\n\"", 1, 2), (#""\ud800""#, 1, 2), (#""\x""#, 1, 2), ("tru", 1, 1), ("", 1, 1), ("-", 1, 2), ("1.", 1, 3),
        ("{\"a\" 1}", 1, 6), ("\u{FEFF}1", 1, 1), ("NaN", 1, 1), ("[\"", 1, 2), ("\u{A0}1", 1, 1), (#""\u12"#, 1, 6),
    ])
    func errorsNameLineAndColumn(text: String, line: Int, column: Int) {
        let error = #expect(throws: JSONError.self) { try JSON(parsing: text) }
        #expect(error?.position.line == line && error?.position.column == column, "\(String(describing: error))")
    }

    @Test func limitsAreKept() throws {
        var options = JSON.Options()
        #expect(throws: JSONError.self) { try JSON(parsing: String(repeating: "[", count: 100_000)) }
        _ = try JSON(parsing: String(repeating: "[", count: 500) + String(repeating: "]", count: 500))
        #expect(try JSON(parsing: #"{"a":1,"b":2,"a":3}"#)["a"] == 3)
        options.allowsDuplicates = false
        let duplicate = #expect(throws: JSONError.self) {
            try JSON(parsing: #"{"a":1,"b":{"a":1},"\u0061":3}"#, options)
        }
        #expect(duplicate?.reason == .duplicateName("a"))
        #expect(duplicate?.offset == 19)
        options.maximumSignificantBytes = 4
        _ = try JSON(parsing: "  [ 1\n, 2 ]".replacing(", 2", with: ""), options)
        #expect(throws: JSONError.self) { try JSON(parsing: "[1,2]", options) }
        options.maximumBytes = 3
        #expect(throws: JSONError.self) { try JSON(parsing: "[1 ]", options) }
        options.maximumBytes = .max
        options.maximumSignificantBytes = .max
        options.maximumDepth = 2
        #expect(
            try #require(throws: JSONError.self) { try JSON(parsing: "[[[]]]", options) }.reason == .tooDeep(limit: 2))
    }

    @Test func damagedTextIsRepairedIfThatIsAskedFor() throws {
        var options = JSON.Options()
        let bytes = Array("[\"a".utf8) + [0xFF] + Array(#"\ud800x\udc00\ud800\ud83d\ude00"]"#.utf8)
        #expect(throws: JSONError.self) { try JSON(parsing: bytes) }
        options.repairsText = true
        #expect(try JSON(parsing: bytes, options) == ["a\u{FFFD}\u{FFFD}x\u{FFFD}\u{FFFD}😀"])
    }

    @Test func foundationReadsAndWritesIt() throws {
        let json: JSON = [
            "n": .null, "t": true, "i": -3, "d": 0.5, "s": "x", "a": [1, [:]], "u": .int(UInt64.max), "f": .double(2),
        ]
        let encoded = try JSONEncoder().encode(json)
        #expect(try JSONDecoder().decode(JSON.self, from: encoded) == json)
        #expect(try JSON(parsing: Array(encoded)) == json)
        #expect(JSON.double(.infinity) == .null)
        #expect(JSON.Number("01") == nil && JSON.Number(" 1") == nil && JSON.Number("1e400")?.double == nil)
        let huge = try JSON(parsing: "1e400")
        #expect(throws: EncodingError.self) { try JSONEncoder().encode(huge) }
    }

    @Test func objectsAreEqualInAnyOrder() throws {
        let one = try JSON(parsing: #"{"a":1,"b":[2]}"#)
        let other = try JSON(parsing: #"{"b":[2],"a":1}"#)
        #expect(one == other && one.hashValue == other.hashValue)
        #expect(one != ["a": 1] && one != ["a": 1, "b": [3]] && one != ["a": 1, "b": [2], "c": .null])
        var object = try #require(one.object)
        object["a"] = nil
        object["b"] = 3
        object["c"] = 4
        #expect(object == ["b": 3, "c": 4])
        #expect(JSON.members(["x": nil, "y": 1]) == ["y": 1])
    }
}
