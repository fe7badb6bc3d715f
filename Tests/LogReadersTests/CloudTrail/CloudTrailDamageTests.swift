import LogReaders
import Testing
import TestSupport

@Suite("Damaged CloudTrail files")
struct CloudTrailDamageTests {
    private static let good = record("G")

    @Test(
        "A broken record is told, and those around it are read",
        arguments: [
            // A quote, bracket, comma or colon missing or too many.
            #"{"eventVersion":"1.08,"eventName":"X"}"#,
            #"{"eventVersion":"1.08","eventName":"X"#,
            #"{"eventVersion":"1.08","eventName":"X""#,
            #"{"eventVersion":"1.08","eventName":"X"}}"#,
            #"{"eventVersion":"1.08","a":{"eventName":"X"}"#,
            #"{"eventVersion":"1.08","a":[{"eventName":"X"}"#,
            #"{"eventVersion":"1.08" "eventName":"X"}"#,
            #"{"eventVersion":"1.08","eventName" "X"}"#,
            #"{"eventVersion":"1.08",,"eventName":"X"}"#,
            #"{"eventVersion":"1.08","eventName":}"#,
            #"{"eventVersion":"1.08","eventName":X}"#,
            #"{"eventVersion""#,
            #"{"eventVersion":"1.08","requestParameters":{"a":1],"eventName":"X"}"#,
            #"garbage"#,
            #"12"#,
        ])
    func brokenRecord(broken: String) {
        let text = #"{"Records":[\#(Self.good),\#(broken),\#(Self.good),\#(Self.good)]}"#
        let read = ReadRecords(text, fields: ["eventName", "requestParameters"])
        #expect(read.names.filter { $0 == "G" }.count == 3)
        #expect(!read.names.contains("X") || broken.hasSuffix("}}"))
        #expect(read.account.damaged == 1)
        let lines = ReadRecords("\(Self.good)\n\(broken)\n\(Self.good)\n\(Self.good)\n")
        #expect(lines.names.filter { $0 == "G" }.count == 3)
    }

    @Test(
        "What stands where a value should be is none, in a field that nobody wants too",
        arguments: ["}", "]", ",", ":"])
    func noValue(sign: String) {
        let read = ReadRecords("\(Self.good)\n{\"eventVersion\":\"1.08\",\"other\":\(sign)}\n\(Self.good)\n")
        #expect(read.names == ["G", "G"])
        #expect(read.account.damaged >= 1)
    }

    /// Found by Fuzz/CloudTrail: read as a whole these were sound records, read in pieces they were damage.
    @Test(
        "A backslash outside of strings is damage, in a field that nobody wants too",
        arguments: [
            (#"{"a.":{&evea\""\Events}}"#, 8), (#"{"eventVersion":"1.08","a":{"b":tr\"ue}}"#, 2),
            (#"{"eventVersion":"1.08","a":[1,\,2]}"#, 2),
        ])
    func backslash(text: String, count: Int) {
        let read = ReadRecords(String(repeating: text, count: count), fields: ["eventName"])
        #expect(read.account.damaged >= 1)
        let lines = ReadRecords("\(Self.good)\n\(text)\n\(Self.good)\n")
        #expect(lines.names.filter { $0 == "G" }.count == 2)
        #expect(lines.account.damaged >= 1)
    }

    @Test(
        "Sound scalars in a field that nobody wants are no damage",
        arguments: ["true", "false", "null", "0", "-1.5e+10", #"[true,[null],{"c":1}]"#, #"{"b":[],"c":{},"d":-0}"#])
    func soundScalars(value: String) {
        let read = ReadRecords(#"{"Records":[{"eventVersion":"1.08","eventName":"X","a":\#(value)},\#(Self.good)]}"#)
        #expect(read.names == ["X", "G"])
        #expect(read.account.damaged == 0)
    }

    @Test("A file that is cut anywhere gives the records before the cut")
    func cut() {
        let whole = Array(#"{"Records":[\#(record("A")),\#(record("B"))]}"#.utf8)
        // Where each record ends.
        let ends = [12 + record("A").utf8.count, 13 + record("A").utf8.count + record("B").utf8.count]
        for length in 0...whole.count {
            let read = ReadRecords(Array(whole[..<length]), fields: ["eventName"])
            let expected = ends.filter { $0 <= length }.count
            #expect(read.names == Array(["A", "B"].prefix(expected)))
            #expect(read.account.damaged <= 1)
            if length > 0, length < whole.count { #expect(read.account.damaged == 1) }
        }
    }

    @Test("Bytes that may not stand in JSON are replaced, and the record is read")
    func repaired() {
        for bytes: [UInt8] in [
            [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0], [1], [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x82],
        ] {
            let bad = Array(#"{"eventVersion":"1","eventName":"B"#.utf8) + bytes + Array(#"D","x":1}"#.utf8)
            let text = Array(#"{"Records":[\#(Self.good),"#.utf8) + bad + Array(#",\#(Self.good)]}"#.utf8)
            let read = ReadRecords(text, fields: ["eventName"])
            #expect(read.account.repaired == 1)
            #expect(read.account.damaged == 0)
            #expect(read.names.count == 3 && read.names[1].hasPrefix("B") && read.names[1].hasSuffix("D"))
        }
    }

    @Test(
        "Such a byte hides no record, whatever the records are wrapped in",
        arguments: [
            #"{"Note":"x","Records":[@A,@B,@C]}"#, #"{"detail":@A}|{"detail":@B}|{"detail":@C}"#,
            #"{"Events":[{"CloudTrailEvent":"@a"},{"CloudTrailEvent":"@b"},{"CloudTrailEvent":"@c"}],"NextToken":"t"}"#,
            #"{"messageType":"DATA_MESSAGE","logEvents":[{"message":"@a"},{"message":"@b"},{"message":"@c"}]}"#,
            #"{"QueryResultRows":[[{"eventID":"?"},{"eventName":"A"}],[{"eventName":"B"}],[{"eventName":"C"}]]}"#,
            #"{"eventData":@A}|{"eventData":"@b"}|{"eventData":@C}"#,
        ])
    func repairedInWrapping(wrapping: String) {
        var text = wrapping.replacing("|", with: "\n")
        for name in ["A", "B", "C"] {
            let own = #"{"eventVersion":"?","eventName":"\#(name)"}"#
            text = text.replacing("@" + name, with: own)
                .replacing("@" + name.lowercased(), with: own.replacing("\"", with: "\\\""))
        }
        for bad: [UInt8] in [[0xFF], [0xC3], [0x01]] {
            var bytes = Array(text.utf8)
            guard let place = bytes.firstIndex(of: UInt8(ascii: "?")) else { continue }
            bytes.replaceSubrange(place...place, with: bad)
            let read = ReadRecords(bytes, fields: ["eventName"])
            #expect(read.names == ["A", "B", "C"])
            #expect(read.account.damaged == 0 && read.account.repaired == 1)
        }
    }

    @Test("NUL bytes at the end are one damage")
    func zeros() {
        let read = ReadRecords(
            Array("\(Self.good)\n".utf8) + [UInt8](repeating: 0, count: 100_000), fields: ["eventName"])
        #expect(read.names == ["G"])
        #expect(read.account.damaged == 1)
    }

    @Test(
        "What is no JSON is told",
        arguments: ["hello world\n", "2 123456789012 eni-1 - - - -\n2 x\n", "\u{0}\u{1}", "<xml/>"])
    func noJSON(text: String) {
        let read = ReadRecords(text)
        #expect(read.rows.isEmpty)
        #expect(read.account.damages == [RecordAccount.Damage(offset: 0, reason: .notJSON)])
    }

    @Test("Empty files are whole", arguments: ["", " \n", "[]", #"{"Records":[]}"#])
    func empty(text: String) {
        #expect(ReadRecords(text) == ReadRecords(""))
    }

    /// Repetitions, since a megabyte of text does not belong into the name of a test.
    @Test(
        "What is made to exhaust a reader does not",
        arguments: [
            ("", "[", 1_000_000, ""), ("", #"{"a":"#, 1_000_000, ""), ("", "{\"a\":\n", 300_000, ""),
            ("", #"{"eventVersion":"#, 100_000, ""), ("", #","{"#, 500_000, ""), (#"{"a":"#, "[", 1_000_000, "]}"),
            (#"{"eventName":""#, "\\", 1_000_001, #""}"#),
        ])
    func exhausting(start: String, repeated: String, count: Int, end: String) {
        // A bracket that ends the text ends each one that was opened.
        let closing = end == "]}" ? String(repeating: "]", count: count - 1) : ""
        let text = start + String(repeating: repeated, count: count) + closing + end
        let read = ReadRecords(text, fields: ["a", "a.a", "eventName"])
        #expect(read.account.records + read.account.damaged >= 0)
    }

    @Test("Any change of any byte is survived, and loses few records")
    func anyByte() {
        let names = ["A", "B", "C", "D"]
        let whole = Array((#"{"Records":["# + names.map { record($0) }.joined(separator: ",") + "]}").utf8)
        for place in whole.indices {
            for byte in [UInt8(0), 0x22, 0x5C, 0x7B, 0x7D, 0x5B, 0x5D, 0x2C, 0x3A, 0x0A, 0xFF, 0x61] {
                var changed = whole
                changed[place] = byte
                let read = ReadRecords(changed, fields: ["eventName"])
                let kept = names.filter(read.names.contains).count
                #expect(kept >= 2, "byte \(byte) at \(place) left \(read.names)")
                #expect(
                    kept == 4 || read.account.damaged + read.account.repaired > 0 || read.names.count == 4,
                    "\(byte) at \(place) left \(read.names)")
            }
        }
    }
}
