import LogReaders
import Testing
import TestSupport

@Suite("Records that no rule can match are passed over")
struct RecordFilterTests {
    private static func filter(_ field: String, _ test: RecordFilter.Test, _ values: String...) -> RecordFilter {
        RecordFilter(field: field, test: test, values: values.map { Array($0.utf8) })
    }

    @Test(
        "A filter lets through what it names, whatever way it is written",
        arguments: [
            (#"{"eventName":"StopLogging"}"#, true),
            (#"{"eventName":"STOPlogging"}"#, true),
            (#"{"eventName":"\u0053topLo\u0067ging"}"#, true),
            (#"{"\u0065ventName":"StopLogging"}"#, true),
            (#"{"eventNam\u0065" : "StopLogging"}"#, true),
            (#"{"a":"x\\y","b":"\"","\u0065ventName":"StopLogging"}"#, true),
            (#"{"":1, "" : "","eventName"  : "StopLogging"}"#, true),
            (#"{"eventName":["x","StopLogging"]}"#, true),
            (#"{"eventName":"x","eventName":"StopLogging"}"#, true),
            (#"{"eventName":"StopLogging","eventName":"x"}"#, true),
            // Not texts: nobody knows how they are compared.
            (#"{"eventName":1}"#, true),
            (#"{"eventName":{"x":1}}"#, true),
            // A long s and a Kelvin sign are letters of other alphabets in the same case folding.
            (#"{"eventName":"ſtoplogging"}"#, true),
            (#"{"eventName":"StopLogging2"}"#, false),
            (#"{"eventName":"Other"}"#, false),
            (#"{"eventname":"StopLogging"}"#, false),
            (#"{"x":{"eventName":"StopLogging"}}"#, false),
            (#"{"x":"\"eventName\":\"StopLogging\""}"#, false),
            (#"{}"#, false),
        ])
    func equals(text: String, passes: Bool) {
        let read = ReadRecords(text, filters: [Self.filter("eventName", .equals, "else", "stoplogging")])
        #expect(read.rows.count == (passes ? 1 : 0))
        #expect(read.account.records == 1)
        #expect(read.account.rejected == (passes ? 0 : 1))
    }

    @Test(
        "The other tests, and fields below",
        arguments: [
            (filter("errorCode", .hasPrefix, "accessdenied"), #"{"errorCode":"AccessDeniedException"}"#, true),
            (filter("errorCode", .hasPrefix, "accessdenied"), #"{"errorCode":"xAccessDenied"}"#, false),
            (filter("errorCode", .hasSuffix, "operation"), #"{"errorCode":"Client.UnauthorizedOperation"}"#, true),
            (filter("errorCode", .contains, "unauth"), #"{"errorCode":"Client.UnauthorizedOperation"}"#, true),
            (filter("errorCode", .contains, "unauth"), #"{"errorCode":"Client"}"#, false),
            (filter("errorCode", .exists), #"{"errorCode":null}"#, true),
            (filter("errorCode", .exists), #"{"errorCode":[]}"#, true),
            (filter("errorCode", .exists), #"{"a":{"errorCode":1}}"#, false),
            (filter("userIdentity.type", .equals, "root"), #"{"userIdentity":{"type":"Root"}}"#, true),
            (filter("userIdentity.type", .equals, "root"), #"{"userIdentity.type":"Root"}"#, true),
            (filter("userIdentity.type", .equals, "root"), #"{"userIdentity":[{"x":1},{"type":"Root"}]}"#, true),
            (filter("userIdentity.type", .equals, "root"), #"{"userIdentity":{"x":{"type":"Root"}}}"#, false),
            // Objects: their texts and names, in any spelling.
            (filter("a.key", .contains, "awslogs"), #"{"a":{"key":{"id":{"S":"x"}}}}"#, false),
            (filter("a.key", .contains, "awslogs"), #"{"a":{"key":[{"id":1},{"id":"b/AWSLogs/c"}]}}"#, true),
            (filter("a.key", .hasPrefix, "awslogs"), #"{"a":{"key":{"id":"AWSLogs/c"}}}"#, true),
            (filter("a.key", .contains, "awslogs"), #"{"a":{"key":{"AWSLogs":null}}}"#, true),
            (filter("a.key", .contains, "awslogs"), #"{"a":{"key":{"id":"\u0041WSLogs"}}}"#, true),
            (filter("a.key", .contains, #""a":1"#), #"{"a":{"key":{"a": 1}}}"#, true),
            (filter("a.key", .contains, "y"), #"{"a":{"key":{"id":"\#(String(repeating: "x", count: 300))"}}}"#, true),
        ])
    func others(filter: RecordFilter, text: String, passes: Bool) {
        #expect(ReadRecords(text, filters: [filter]).rows.count == (passes ? 1 : 0))
    }

    @Test("Of many values each is told from the others")
    func manyValues() {
        // Of all lengths, alike at both ends.
        let names = (0..<300).map { "get\(String(repeating: "x", count: $0 % 40))\($0)s" }
        let text = names.map { #"{"eventName":"\#($0.uppercased())"}"# }.joined(separator: "\n")
        let values = names.indices.filter { $0.isMultiple(of: 3) }.map { Array(names[$0].utf8) }
        let read = ReadRecords(text, filters: [RecordFilter(field: "eventName", values: values)])
        #expect(read.names.map { Array($0.lowercased().utf8) } == values)
    }

    @Test("No filters at all let nothing through, and none given let everything through")
    func none() {
        #expect(ReadRecords(record("A"), filters: []).account.rejected == 1)
        #expect(ReadRecords(record("A")).account.rejected == 0)
    }

    @Test("What the filters let through is at least what matches, and is read as without them", arguments: 0..<40)
    func soundness(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let records = (0..<200).map { _ in RandomRecord.text(&random) }
        let text = seed.isMultiple(of: 2) ? records.joined(separator: "\n") : "[" + records.joined(separator: ",") + "]"
        let fields = ["eventName", "eventSource", "userIdentity.type", "requestParameters.a"]
        let names = ["alpha", "beta"]
        let all = ReadRecords(text, fields: fields)
        let filtered = ReadRecords(
            text, fields: fields,
            filters: [
                Self.filter("eventName", .equals, "alpha", "beta"), Self.filter("userIdentity.type", .hasPrefix, "ro"),
            ])
        func matches(_ row: [String]) -> Bool {
            names.contains(row[0].lowercased()) || row[2].lowercased().hasPrefix("ro")
        }
        #expect(all.account.damaged == 0 && all.rows.count == 200)
        #expect(all.rows.filter(matches) == filtered.rows.filter(matches))
        #expect(filtered.account.records == 200)
        #expect(filtered.account.rejected == 200 - filtered.rows.count)
        #expect(filtered.rows.count < 200)
    }
}

/// Numbers that come again with the same seed (SplitMix64).
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// Records with names and values in every spelling that JSON knows.
enum RandomRecord {
    static func text(_ random: inout some RandomNumberGenerator) -> String {
        var members: [String] = []
        let names = ["eventName", "eventSource", "userIdentity", "requestParameters", "x"]
        for name in names.shuffled(using: &random) where Int.random(in: 0..<5, using: &random) > 0 {
            members.append(string(name, &random) + ":" + space(&random) + value(for: name, &random))
        }
        members.append(string("eventVersion", &random) + ":" + string("1.08", &random))
        return "{" + members.joined(separator: space(&random) + "," + space(&random)) + "}"
    }

    private static func space(_ random: inout some RandomNumberGenerator) -> String {
        ["", "", "", " ", "\t", "  "].randomElement(using: &random) ?? ""
    }

    private static func value(for name: String, _ random: inout some RandomNumberGenerator) -> String {
        switch name {
        case "userIdentity":
            let type = ["Root", "ROOT", "AssumedRole", "x"].randomElement(using: &random) ?? ""
            return "{" + string("y", &random) + ":[{}]," + string("type", &random) + ":" + string(type, &random) + "}"
        case "requestParameters":
            return ["null", "{}", #"{"a":["alpha",{"type":"Root"}]}"#, #"{"a":"q\"}{\\"}"#].randomElement(
                using: &random) ?? ""
        default:
            return string(
                ["alpha", "BETA", "gamma", "alph", "a,b}\"\\", "ü"].randomElement(using: &random) ?? "", &random)
        }
    }

    /// A JSON string with some characters escaped.
    private static func string(_ text: String, _ random: inout some RandomNumberGenerator) -> String {
        let spelt = text.unicodeScalars.map { scalar -> String in
            if scalar == "\"" || scalar == "\\" { return "\\" + String(scalar) }
            guard Int.random(in: 0..<6, using: &random) == 0 else { return String(scalar) }
            let digits = String(scalar.value, radix: 16, uppercase: Bool.random(using: &random))
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
        return "\"" + spelt.joined() + "\""
    }
}
