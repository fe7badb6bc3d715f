import Basics
import Analytics
import Testing

@Suite struct KeyHistoryTests {
    private static let second = 1.0 / 86_400

    // MARK: silence

    @Test(arguments: [(89.0, false), (90 - KeyHistoryTests.second, false), (90, true), (91, true)])
    func aKeyThatWasSilentForNinetyDaysIsFound(days: Double, isFound: Bool) throws {
        var events = KeyEvents()
        events.use(0)
        events.use(days)
        #expect(try events.rules().contains("key-used-after-silence") == isFound)
    }

    @Test func silenceIsToldWithItsEvidence() throws {
        var events = KeyEvents()
        events.create(0)
        events.use(1)
        events.use(1.5)
        events.use(101.5)
        events.use(102)
        let alert = try #require(try events.report().alerts.first { $0.rule == "key-used-after-silence" })
        #expect(alert.practice == "unused-credentials")
        #expect(alert.severity == .medium)
        #expect(alert.time == KeyEvents.start + 101 * 86_400 + 43_200)
        #expect(alert.event == "event-3")
        #expect(alert.actor == "arn:aws:iam::123456789012:user/ann")
        #expect(alert.account == "123456789012")
        #expect(alert.region == "us-east-1")
        #expect(alert.fields["key"] == KeyEvents.key)
        #expect(alert.fields["address"] == "203.0.113.5")
        #expect(alert.fields["operation"] == "ListBuckets")
        #expect(alert.evidence("days_without_use") == 100)
        #expect(alert.evidence("last_use_before") == "2026-01-02T12:00:00Z")
        #expect(alert.evidence("created") == "2026-01-01T00:00:00Z")
        #expect(alert.evidence("created_by") == "arn:aws:sts::123456789012:assumed-role/admin/bob")
        #expect(alert.evidence("created_for") == "ann")
        guard let uses = alert.evidence("uses_by_day")?.elements else {
            Issue.record("no uses")
            return
        }
        #expect(uses.count == 2)
    }

    @Test func aKeyThatWasNeverUsedSinceItWasMadeWasSilentToo() throws {
        var events = KeyEvents()
        events.create(0)
        events.use(95)
        let alert = try #require(try events.report().alerts.first { $0.rule == "key-used-after-silence" })
        #expect(alert.evidence("created_never_used") == "2026-01-01T00:00:00Z")
    }

    @Test func aRequestThatWasDeniedIsAUse() throws {
        var events = KeyEvents()
        events.use(0)
        events.use(95, error: "AccessDenied")
        #expect(try events.rules().contains("key-used-after-silence"))
        events.use(50, error: "AccessDenied")
        #expect(try !events.rules().contains("key-used-after-silence"))
    }

    /// An unknown key: the logs' length, where they have IAM's events, and whose key it is.
    @Test(
        arguments: [
            (95.0, "us-east-1", "123456789012", true), (80, "us-east-1", "123456789012", false),
            (95, "eu-west-1", "123456789012", false), (95, "us-east-1", "999999999999", false),
        ])
    func anUnknownKeyIsSilentOnlyIfTheLogsWouldKnowIt(
        days: Double, region: String, account: String, isFound: Bool
    ) throws {
        var events = KeyEvents()
        events.other(0)
        events.add(days, KeyEvents.Event(account: account, region: region))
        let found = try events.report().alerts.first { $0.rule == "key-used-after-silence" }
        #expect((found != nil) == isFound)
        if isFound { #expect(found?.evidence("logs_begin") == "2026-01-01T00:00:00Z") }
    }

    @Test func aKeyThatWasJustMadeIsNotSilent() throws {
        var events = KeyEvents()
        events.other(0)
        events.create(100)
        events.use(101)
        #expect(try events.rules() == [])
        events.records[1] = events.records[1].replacing("iam.amazonaws.com", with: "other.amazonaws.com")
        #expect(try events.rules() == ["key-used-after-silence"])
    }

    @Test(arguments: [(89.0, false), (90, true), (91, true)])
    func aConsoleUserWhoWasSilentIsFound(days: Double, isFound: Bool) throws {
        var events = KeyEvents()
        events.login(0)
        events.login(days / 2, "Failure")
        events.login(days)
        let alerts = try events.report().alerts
        #expect(alerts.map(\.rule) == (isFound ? ["login-after-silence"] : []))
        #expect(alerts.first.map { $0.fields["user"] == "123456789012/ann" } ?? true)
    }

    @Test func loginsOfRolesAndFailedOnesAreNone() throws {
        var events = KeyEvents()
        events.login(0)
        events.login(100, "Failure")
        events.login(101, type: "AssumedRole")
        #expect(try events.rules() == [])
    }

    @Test func aUserWhoseProfileIsNewIsNotSilent() throws {
        var events = KeyEvents()
        events.other(0)
        events.createProfile(99)
        events.login(100)
        #expect(try events.rules() == [])
        events.records.remove(at: 1)
        #expect(try events.rules() == ["login-after-silence"])
    }

    // MARK: age

    @Test(arguments: [(90.0, false), (90 + KeyHistoryTests.second, true), (89, false), (91, true)])
    func anOldKeyIsFoundAtItsFirstUsePastTheAge(days: Double, isFound: Bool) throws {
        var events = KeyEvents()
        events.create(0)
        for day in 1..<89 { events.use(Double(day)) }
        events.use(days)
        let alerts = try events.report().alerts
        #expect(alerts.map(\.rule) == (isFound ? ["old-key-used"] : []))
        #expect(alerts.first?.practice ?? "credential-rotation" == "credential-rotation")
        if isFound { #expect(alerts.first?.evidence("age_days") == .int(Int(days))) }
    }

    @Test func anOldKeyIsToldOnce() throws {
        var events = KeyEvents()
        for day in 0..<150 { events.use(Double(day)) }
        let report = try events.report()
        #expect(report.alerts.map(\.rule) == ["old-key-used"])
        #expect(report.alerts.first?.evidence("min_age_days") == 91)
        var later = KeyEvents()
        for day in 150..<160 { later.use(Double(day)) }
        #expect(try later.rules(report.baseline) == [])
    }

    @Test func theAgeIsReachedInTheMiddleOfADay() throws {
        var events = KeyEvents()
        events.create(0.5)
        for day in 1..<90 { events.use(Double(day)) }
        events.use(90.25)
        events.use(90.75)
        let alert = try #require(try events.report().alerts.first)
        #expect(alert.rule == "old-key-used")
        #expect(alert.time == KeyEvents.start + 90 * 86_400 + 64_800)
        #expect(alert.event == nil)
    }

    // MARK: switched on again

    @Test(
        arguments: [
            ([(1, "Inactive"), (5, "Active")], ["reactivated-key-used"]), ([(5, "Active")], ["reactivated-key-used"]),
            ([(1, "Inactive"), (5, "Active"), (5.5, "Inactive")], []), ([(1, "Inactive")], []),
            ([(1, "Inactive"), (2, "Active"), (3, "Inactive"), (5, "Active")], ["reactivated-key-used"]),
            ([(5, "Nonsense")], []),
        ] as [([(Double, String)], [String])])
    func aKeyThatWasSwitchedOnAgainIsFound(changes: [(Double, String)], rules: [String]) throws {
        var events = KeyEvents()
        for (day, status) in changes { events.update(day, status) }
        events.use(6)
        events.use(7)
        let alerts = try events.report().alerts
        #expect(alerts.map(\.rule) == rules)
        if let alert = alerts.first {
            #expect(alert.time == KeyEvents.start + 6 * 86_400)
            #expect(alert.evidence("reactivated") == "2026-01-06T00:00:00Z")
            #expect(alert.evidence("reactivated_by") == "arn:aws:sts::123456789012:assumed-role/admin/bob")
            #expect(alert.evidence("days_until_use") == 1)
        }
    }

    @Test func whatFailedChangesNothing() throws {
        var events = KeyEvents()
        events.other(0)
        events.update(1, "Active", error: "AccessDenied")
        events.create(94, error: "LimitExceeded")
        events.use(95)
        #expect(try events.rules() == ["key-used-after-silence"])
    }

    @Test func aKeyThatIsSaidToBeActiveWhenItIsMadeIsNoNews() throws {
        var events = KeyEvents()
        events.create(0)
        events.update(0.1, "Active")
        events.use(1)
        #expect(try events.rules() == [])
    }
}
