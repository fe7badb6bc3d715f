import Analytics
import LogReaders
import Testing

@Suite struct KeyFilterTests {
    /// Read by CloudTrail's reader with and without the filters.
    private func tally(_ text: String, _ filters: [RecordFilter]?) -> (tally: KeyTally, account: RecordAccount) {
        var list = FieldList()
        let fields = KeyFields(&list)
        var tally = KeyTally(fields: fields, seed: 3)
        let reader = CloudTrailReader(CloudTrailPlan(fields: list, filters: filters))
        let account = Array(text.utf8).withUnsafeBufferPointer { bytes in reader.read(bytes) { tally.add($0) } }
        return (tally, account)
    }

    private var events: KeyEvents {
        var events = KeyEvents()
        events.other(0)
        events.create(2)
        for day in 3..<40 { events.use(Double(day) + 0.123) }
        events.update(41, "Inactive")
        events.login(42)
        for minute in 0..<3_000 { events.other(40 + Double(minute) * 7 / 86_400) }
        events.update(150, "Active")
        events.use(151, error: "AccessDenied")
        events.login(152)
        events.use(152, key: "AKIAUNKNOWN000000000")
        return events
    }

    @Test func theFiltersLoseNothing() throws {
        let text = "{\"Records\":[\(events.records.joined(separator: ","))]}"
        let (all, whole) = tally(text, nil)
        let (some, account) = tally(text, KeyTally.filters)
        #expect(whole.rejected == 0)
        #expect(account.records == events.records.count)
        // Nearly all sessions' events are passed over.
        #expect(account.rejected > 2_900)
        let report = KeyHistory(all).report()
        #expect(
            Set(report.alerts.map(\.rule)) == [
                "key-used-after-silence", "login-after-silence", "old-key-used", "reactivated-key-used",
            ])
        #expect(KeyHistory(some).report().alerts == report.alerts)
        #expect(KeyHistory(some).report().baseline == report.baseline)
        #expect(report.alerts == (try events.report().alerts))
    }

    @Test func theFieldsAreThoseThatMustBeRead() {
        #expect(KeyTally.fields.contains("userIdentity.accessKeyId"))
        var list = FieldList()
        for path in KeyTally.fields.reversed() { _ = list.number(of: path) }
        let fields = KeyFields(&list)
        #expect(list.paths.count == KeyTally.fields.count)
        // The numbers are those of the list that is given, whatever its order.
        var tally = KeyTally(fields: fields)
        let reader = CloudTrailReader(CloudTrailPlan(fields: list))
        Array(events.records.joined(separator: "\n").utf8).withUnsafeBufferPointer { bytes in
            _ = reader.read(bytes) { tally.add($0) }
        }
        #expect(KeyHistory(tally).report().alerts.count >= 4)
    }
}
