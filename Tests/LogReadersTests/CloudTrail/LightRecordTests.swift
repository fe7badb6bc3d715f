import LogReaders
import Testing

@Suite("Of records that pass none but light filters, just the light fields are read")
struct LightRecordTests {
    private static let fields = ["eventName", "eventSource", "userIdentity.type", "requestParameters.a"]
    private static let names = [
        RecordFilter(field: "eventName", values: ["a", "alpha", "beta"].map { Array($0.utf8) })
    ]
    private static let types = [RecordFilter(field: "userIdentity.type", test: .hasPrefix, values: [Array("ro".utf8)])]

    /// Reads records of which those with the type are whole, and those with the names light.
    private static func read(_ text: String, light: [Int], all: Bool = false) -> ReadRecords {
        ReadRecords(
            text, fields: fields, filters: types, light: LightRecords(fields: light, filters: all ? nil : names))
    }

    @Test("The light fields are those of the whole record, the others are absent", arguments: 0..<40)
    func fields(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let light = [[0, 3], [2], [], [0, 1, 2, 3]][Int(seed % 4)]
        let records = (0..<200).map { _ in RandomRecord.text(&random) }
        for all in [false, true] {
            var expected = ReadRecords("")
            for record in records {
                let whole = ReadRecords(record, fields: Self.fields)
                if !ReadRecords(record, filters: Self.types).rows.isEmpty {
                    expected.rows += whole.rows
                } else if all || !ReadRecords(record, filters: Self.names).rows.isEmpty {
                    expected.lightRows.append(expected.rows.count)
                    expected.rows += whole.rows.map { row in row.indices.map { light.contains($0) ? row[$0] : "-" } }
                }
            }
            let found = Self.read("[" + records.joined(separator: ",") + "]", light: light, all: all)
            #expect(found.rows == expected.rows && found.lightRows == expected.lightRows)
            #expect(found.account.records == 200 && found.account.damaged == 0)
            #expect(found.account.rejected == 200 - found.rows.count)
            #expect(all || (found.rows.count < 200 && !found.lightRows.isEmpty))
        }
    }

    @Test(
        "In whatever way a record is written",
        arguments: [
            (#"{"eventName":"\u0041lpha","eventSource":"s"}"#, ["Alpha", "-", "-", "-"], true),
            (#"{"eventName":"x","eventSource":"s","eventName":"Alpha"}"#, ["Alpha", "-", "-", "-"], true),
            (#"{"eventName":"Alpha","eventName":"x"}"#, ["x", "-", "-", "-"], true),
            (#"{"eventSource":"s","eventName":["x",["Alpha"]]}"#, ["[x,Alpha]", "-", "-", "-"], true),
            (#"{"eventName":"alpha","requestParameters":[{"a":1},{"a":2}]}"#, ["alpha", "-", "-", "[#1,#2]"], true),
            (#"{"eventName":"a","requestParameters.a":1,"requestParameters":{"a":2}}"#, ["a", "-", "-", "#2"], true),
            (#"{"eventName":"a","requestParameters":{"a":2},"requestParameters.a":1}"#, ["a", "-", "-", "#1"], true),
            // Nothing looks into this text before the fields are read.
            (#"{"eventName":"alpha","requestParameters":"{\"a\":1}"}"#, ["alpha", "-", "-", "#1"], true),
            (#"{"eventName":1,"eventSource":"s"}"#, ["#1", "-", "-", "-"], true),
            (#"{"eventName":{"x":1}}"#, [#"{"x":1}(#1)"#, "-", "-", "-"], true),
            (#"{"eventName":"alpha","requestParameters.a":{"b":[]}}"#, ["alpha", "-", "-", #"{"b":[]}()"#], true),
            (#"{"detail":{"eventName":"alpha","eventSource":"s"}}"#, ["alpha", "-", "-", "-"], true),
            (#"{"message":"{\"eventName\":\"\\u0061lpha\"}"}"#, ["alpha", "-", "-", "-"], true),
            (#"{"eventName":"alpha","userIdentity":{"type":"Root"}}"#, ["alpha", "-", "Root", "-"], false),
            // A text that may be JSON can hide what a filter looks for.
            (#"{"eventName":"alpha","userIdentity":"{\"a\":1}"}"#, ["alpha", "-", "-", "-"], false),
        ])
    func spellings(text: String, row: [String], isLight: Bool) {
        // Another record before it leaves nothing behind.
        let whole = #"{"eventName":"w","eventSource":["a","b"],"userIdentity":{"type":"root"}}"#
        let read = Self.read(whole + "\n" + text + "\n" + text, light: [0, 3])
        #expect(read.rows == [["w", "[a,b]", "root", "-"], row, row])
        #expect(read.lightRows == (isLight ? [1, 2] : []))
    }
}
