import LogReaders
import Testing
import TestSupport

@Suite("CloudTrail's records in every wrapping")
struct CloudTrailEnvelopeTests {
    private static let one = record("A")
    private static let two = record("B")

    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    /// An event of EventBridge in a notification of a topic in the message of a queue.
    private static func queued(_ record: String) -> String {
        let event = #"{"detail-type":"AWS API Call via CloudTrail","detail":\#(record)}"#
        return #"{"Body":\#(quoted(#"{"Type":"Notification","Message":\#(quoted(event))}"#))}"#
    }

    @Test(
        "Each wrapping gives the same records",
        arguments: [
            #"{"Records":[\#(one),\#(two)]}"#,
            "{ \"Records\" : [\n\(one)\n,\n\(two) ] }\n",
            #"{"x":{"Records":[1]},"Records":[\#(one),\#(two)],"y":[{"eventName":"no"}],"z":1}"#,
            "[\(one),\(two)]",
            "\(one)\n\(two)\n",
            "\(one)\r\n\r\n\(two)",
            "\(one)\(two)",
            #"{"version":"0","detail-type":"AWS API Call via CloudTrail","detail":\#(one)}"# + "\n"
                + #"{"detail":\#(two),"version":"0","source":"aws.s3"}"#,
            #"{"eventVersion":"1.0","eventCategory":"ActivityAuditLog","eventData":\#(one)}"# + "\n"
                + #"{"eventVersion":"1.0","eventData":\#(quoted(two))}"#,
            #"{"Events":[{"EventName":"x","CloudTrailEvent":\#(quoted(one))},{"CloudTrailEvent":\#(quoted(two))}],"NextToken":"t"}"#,
            #"{"events":[{"timestamp":1,"message":\#(quoted(one))},{"message":\#(quoted(two))}],"searchedLogStreams":[]}"#,
            #"{"messageType":"DATA_MESSAGE","logEvents":[{"id":"1","message":\#(quoted(one))},{"message":\#(quoted(two))}]}"#,
            #"{"QueryStatus":"FINISHED","QueryResultRows":[[{"eventID":"1"},{"eventName":"A"}],[{"eventName":"B"}]],"NextToken":"t"}"#,
            #"{"QueryResultRows":[[{"eventJson":\#(quoted(one))}],[{"eventname":"B"},{"eventsource":null}]]}"#,
            #"{"Messages":[\#(queued(one)),\#(queued(two))]}"#,
            #"{"Records":[\#(one)]}{"Records":[\#(two)]}"#,
            #"{"Type":"Notification","Message":\#(quoted(one))}"# + "\n" + #"{"Messages":[{"Body":\#(quoted(two))}]}"#,
            #"{"Records":[\#(one)]}"# + "\n[]\n" + #"{"Records":[]}"# + "\n" + two,
        ])
    func wrapping(text: String) {
        let read = ReadRecords(text)
        #expect(read.names == ["A", "B"])
        #expect(read.account.damaged == 0)
        #expect(read.account.records == 2)
        let filtered = ReadRecords(text, filters: [RecordFilter(field: "eventName", values: [Array("b".utf8)])])
        #expect(filtered.names == ["B"])
    }

    @Test(
        "What nothing tells to be a record is counted apart",
        arguments: [
            (#"{"hello":1}"#, 1), (#"{"configurationItems":[{"a":1}]}"#, 1), ("[{\"a\":1},\(one)]", 1), (one, 0),
            (#"{"detail":{"a":1}}"#, 1), (#"{"QueryResultRows":[[{"x":1}]]}"#, 1),
            (#"{"userIdentity":{"eventName":"x"}}"#, 1), (#"{"eventTime":"2024"}"#, 0),
        ])
    func foreign(text: String, count: Int) {
        var unlike = 0
        let reader = CloudTrailReader(CloudTrailPlan(fields: FieldList()))
        Array(text.utf8).withUnsafeBufferPointer { buffer in
            _ = reader.read(buffer) { unlike += $0.isRecord ? 0 : 1 }
        }
        #expect(unlike == count)
        #expect(ReadRecords(text).account.foreign == count)
        let filtered = ReadRecords(text, filters: [RecordFilter(field: "eventName", values: [Array("b".utf8)])])
        #expect(filtered.account.foreign == count)
    }

    @Test("Rows that hold no record are lost, and arrays of records in a text are not read in silence")
    func unreadRows() {
        for row in ["[]", #"[{"eventName":null}]"#, #"[{"eventJson":"{\"eventName\":"}]"#] {
            let account = ReadRecords(#"{"QueryResultRows":[\#(row)]}"#).account
            #expect(account.records == 0 && account.damaged == 1, "\(row)")
        }
        let account = ReadRecords(#"{"Messages":[{"Body":"{\"Records\":[{\"s3\":1}]}"}]}"#).account
        #expect(account.records == 1 && account.foreign == 1 && account.damaged == 0)
    }

    @Test("A message that is no JSON leaves the record as it is")
    func plainMessage() {
        let read = ReadRecords(#"{"message":"hello","source":"x"}"#, fields: ["message", "source"])
        #expect(read.rows == [["hello", "x"]])
    }

    @Test("Wrappings in wrappings end")
    func deepWrapping() {
        let text = String(repeating: #"{"detail":"#, count: 100_000) + Self.one + String(repeating: "}", count: 100_000)
        #expect(ReadRecords(text).account.records + ReadRecords(text).account.damaged > 0)
    }
}

@Suite("Fields of CloudTrail's records")
struct CloudTrailFieldTests {
    @Test(
        "A path gives what stands there",
        arguments: [
            (#"{"a":{"b":"x"}}"#, "a.b", "x"),
            (#"{"a":{"b":{"c":1}}}"#, "a.b", #"{"c":1}(#1)"#),
            (#"{"a":[{"b":"x"},{"b":"y"},{"c":1}]}"#, "a.b", "[x,y]"),
            (#"{"a":[{"b":["x",["y"]]},{"b":"z"}]}"#, "a.b", "[x,y,z]"),
            (#"{"a":[]}"#, "a", "[]"),
            (#"{"a":[{}, 1 ,null,true,"s"]}"#, "a", "[{}(),#1,null,true,s]"),
            (#"{"a":null}"#, "a", "null"),
            (#"{"a":null}"#, "a.b", "-"),
            (#"{"a":"text"}"#, "a.b", "-"),
            (#"{"a":-1.5e+3}"#, "a", "#-1.5e+3"),
            (#"{"a.b":"flat"}"#, "a.b", "flat"),
            (#"{"a":{"b.c":"x"}}"#, "a.b.c", "x"),
            (#"{"a.b":{"c":"x"}}"#, "a.b.c", "x"),
            (#"{"a":[{"b.c":{"d":"x"}},{"b":{"c.d":"y"}}]}"#, "a.b.c.d", "[x,y]"),
            (#"{"a":{"b.c":"x","b":{"c":"y"}}}"#, "a.b.c", "y"),
            (#"{"a":{"b.x":"x"}}"#, "a.b.c", "-"),
            // Texts that are JSON themselves.
            (#"{"a":"{\"b\":{\"c\":[1]}}"}"#, "a.b", #"{"c":[1]}(#1)"#),
            (#"{"a":" [{\"b\":\"x\\u0041\"},[{\"b\":2}]]"}"#, "a.b", "[xA,#2]"),
            (#"{"a":"{\"b\":\"{\\\"c\\\":\\\"x\\\"}\"}"}"#, "a.b.c", "x"),
            (#"{"a":"{\"b\":1} x"}"#, "a.b", "-"),
            (#"{"a":"{\"b\":1"}"#, "a.b", "-"),
            (#"{"a":"{\"b\":1}"}"#, "a", #"{"b":1}"#),
            (#"{"a":["{\"b\":1}","x",{"b":2}]}"#, "a.b", "[#1,#2]"),
            (#"{"a":"1","a":"2"}"#, "a", "2"),
            (#"{"a":{"b":"1"},"a":{"c":"2"}}"#, "a.b", "-"),
            (#"{"\u0061":{"\u0062\u0063":"x"}}"#, "a.bc", "x"),
            (#"{"a":"\u0053top\"\\\/\b\f\n\r\té\u00e9\ud83d\ude00"}"#, "a", "Stop\"\\/\u{8}\u{c}\n\r\téé😀"),
            (#"{"a":"\ud83d x \q \u12"}"#, "a", "\u{FFFD} x \\q \\u12"),
            (
                #"{"a":{ "b" : "q\u0022\u0001/\/" , "c": [ 1 , false, null ] }}"#, "a",
                #"{"b":"q\"\u0001//","c":[1,false,null]}(q""# + "\u{1}" + "//,#1,false)"
            ),
            (#"{"a":"}{][,:"}"#, "a", "}{][,:"),
            ("{\n \"a\" :\t\"x\"  \n}", "a", "x"),
            (#"{"a":""}"#, "a", ""),
            (#"{"":"x"}"#, "a", "-"),
        ])
    func path(text: String, path: String, expected: String) {
        let read = ReadRecords(text, fields: [path, "else"])
        #expect(read.rows == [[expected, "-"]])
        #expect(read.account.damaged == 0)
    }

    @Test("A search for keywords sees every value, and no name")
    func keywords() {
        let text = #"{"name":"one","b":[1,{"c":true,"d":null,"e":"tw\u006f"}]}"#
        let reader = CloudTrailReader(CloudTrailPlan(fields: FieldList()))
        var seen: [String] = []
        _ = Array(text.utf8).withUnsafeBufferPointer { buffer in
            reader.read(buffer) { event in
                _ = event.anyText {
                    seen.append(String(decoding: $0, as: UTF8.self)); return false
                }
                #expect(event.anyText { $0.elementsEqual("two".utf8) })
                #expect(String(decoding: event.json, as: UTF8.self) == text)
            }
        }
        #expect(seen == ["one", "1", "true", "two"])
    }

    @Test("Many records, over many slices of the reader, come whole and once", arguments: ["", "\n"])
    func slices(separator: String) {
        for filler in [0, 900, 300_000] {
            let count = filler > 1000 ? 12 : 3000
            let names = (0..<count).map { "E\($0)" }
            let text =
                #"{"Records":["#
                + names.map { record($0, filler: filler) }.joined(separator: separator + "," + separator) + "]}"
            let read = ReadRecords(text)
            #expect(read.names == names)
            #expect(read.account.damaged == 0)
        }
    }

    @Test("A record is told from what looks like one within another")
    func nestedBeginning() {
        let nested = #"{"eventVersion":"1.0","eventName":"no"}"#
        let inner = #"{"eventVersion":"1.08","requestParameters":{"x":[{},\#(nested)]},"eventName":"A"}"#
        let filler = (0..<400).map { _ in record("F", filler: 1000) }
        for place in [0, 200, 250, 255, 260, 399] {
            var records = filler
            records[place] = inner
            let read = ReadRecords(#"{"Records":["# + records.joined(separator: ",") + "]}")
            #expect(read.names == filler.indices.map { $0 == place ? "A" : "F" })
        }
    }
}
