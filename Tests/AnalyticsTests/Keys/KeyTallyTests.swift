import Analytics
import TestSupport
import Testing

@Suite struct KeyTallyTests {
    /// Any order of the records, on any number of workers.
    @Test(arguments: 0..<20)
    func orderAndWorkersDoNotMatter(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var events = KeyEvents()
        for _ in 0..<120 {
            let day = Double.random(in: 0..<400, using: &random)
            switch Int.random(in: 0..<7, using: &random) {
            case 0: events.use(day.rounded(), error: "AccessDenied")
            case 1: events.use(day, key: "AKIAOTHER\(Int.random(in: 1...3, using: &random))")
            case 2: events.login(day)
            case 3: events.update(day, Bool.random(using: &random) ? "Active" : "Inactive")
            case 4: events.create(day)
            case 5: events.other(day)
            default: events.use(day)
            }
        }
        let whole = try events.report()
        #expect(whole.alerts.count > 3)
        for workers in 1...4 {
            var parts = [[String]](repeating: [], count: workers)
            for record in events.records.shuffled(using: &random) {
                parts[Int.random(in: 0..<workers, using: &random)].append(record)
            }
            var tallies = try parts.map { try KeyEvents.tally($0) }
            var merged = tallies.removeLast()
            for tally in tallies { merged.merge(tally) }
            let report = KeyHistory(merged).report()
            #expect(report.alerts == whole.alerts)
            #expect(report.baseline == whole.baseline)
            #expect(merged.events == events.records.count)
        }
    }

    @Test(
        arguments: [
            #"{}"#, #"{"eventTime":5}"#, #"{"eventTime":null,"eventName":null}"#,
            #"{"eventTime":"2026-01-01T00:00:00Z","userIdentity":"AKIA"}"#,
            #"{"eventTime":"2026-01-01T00:00:00Z","userIdentity":{"accessKeyId":["AKIA1","AKIA2"]}}"#,
            #"{"eventTime":"2026-01-01T00:00:00Z","userIdentity":{"accessKeyId":{"AKIA":1}}}"#,
            #"{"eventTime":"2026-01-01T00:00:00Z","userIdentity":{"accessKeyId":"AKIA\u0000\u001b[31m nonsense"}}"#,
            #"{"eventTime":"2026-13-41T99:00:00Z","userIdentity":{"accessKeyId":"AKIAIOSFODNN7EXAMPLE"}}"#,
            #"{"eventTime":"9999-01-01T00:00:00Z","userIdentity":{"accessKeyId":"AKIAIOSFODNN7EXAMPLE"}}"#,
            #"{"eventTime":"2026-01-01T00:00:00Z","eventName":"ConsoleLogin","responseElements":[],"userIdentity":7}"#,
            #"{"eventTime":"2026-01-01T00:00:00Z","eventName":"CreateAccessKey","eventSource":"iam.amazonaws.com","responseElements":{"accessKey":"AKIA"}}"#,
            #"{"eventTime":"2026-01-01T00:00:00Z","eventName":"UpdateAccessKey","eventSource":"iam.amazonaws.com","requestParameters":{"accessKeyId":7,"status":true}}"#,
        ])
    func garbageIsCountedAndSaysNothing(record: String) throws {
        var events = KeyEvents()
        events.other(0)
        let usual = try events.report()
        events.records.append(record)
        let report = try events.report()
        #expect(report.alerts == [])
        #expect(report.baseline == usual.baseline)
    }

    @Test(arguments: ["AKIA****************", "AKIA"])
    func aMaskedKeyIsNotAMatterOfMemory(key: String) throws {
        var events = KeyEvents()
        events.use(0, key: key)
        let report = try events.report()
        #expect(report.omitted[.credentialNames] == 1 && report.omitted[.credentialUses] == 0)
        #expect(report.doubts.contains { $0.contains("masked") })
    }

    /// CloudTrail's own, and that of CloudTrail Lake's query results.
    @Test(arguments: [
        "2026-04-11T00:00:00Z", "2026-04-11T00:00:00.000Z", "2026-04-11 00:00:00", "2026-04-11 00:00:00.000",
    ])
    func timesAreReadAsTheyAreWritten(time: String) throws {
        var events = KeyEvents()
        events.use(0)
        events.use(100)
        events.records[1] = events.records[1].replacing("2026-04-11T00:00:00Z", with: time)
        #expect(try events.report().alerts.first?.time == KeyEvents.start + 100 * 86_400)
    }

    @Test func theFirstRecordMayHaveNoIdentifier() throws {
        var events = KeyEvents()
        events.use(0)
        events.use(95)
        events.records[1] = events.records[1].replacing("\"event-1\"", with: "null")
        let alert = try #require(try events.report().alerts.first)
        #expect(alert.event == nil)
    }

    @Test func memoryIsBoundedAndWhatIsForgottenIsNotSilent() throws {
        var settings = KeySettings()
        settings.rememberedDays = 10
        var events = KeyEvents()
        for day in 0..<40 { events.use(Double(day)) }
        events.use(120)
        let report = KeyHistory(try KeyEvents.tally(events.records, settings)).report()
        #expect(report.omitted[.credentialUses] == 31)
        #expect(report.alerts == [])
        settings.rememberedCredentials = 2
        var many = KeyEvents()
        for number in 0..<9 { many.use(0, key: "AKIAIOSFODNN7EXAMPL\(number)") }
        #expect(try KeyEvents.tally(many.records, settings).forgotten == 7)
    }
}
