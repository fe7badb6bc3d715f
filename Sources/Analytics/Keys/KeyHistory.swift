public typealias KeyReport = AnalyticsReport<LearnedKeys>

/// Evaluates the history of access keys and console users: use after months without use, old keys, and reactivated
/// keys.
public struct KeyHistory {
    /// The period that the logs cover without a gap, up to the last record.
    struct Span {
        /// Seconds since 1970.
        var from: Int
        var until: Int
        /// Whether the logs contain IAM's own events, which AWS writes in only one Region.
        var seesCreation: Bool
    }

    let tally: KeyTally
    let before: LearnedKeys
    let settings: KeySettings
    let span: Span

    /// - Parameter baseline: the facts that earlier runs learned. A baseline of another version is ignored.
    public init(_ tally: KeyTally, baseline: KeyBaseline = KeyBaseline()) {
        self.tally = tally
        settings = tally.settings
        before = baseline.content(until: tally.latest)
        span = Self.span(tally, before)
    }

    public func report() -> KeyReport {
        var report = KeyReport()
        report.omitted = [
            .credentialUses: tally.forgotten, .credentialNames: tally.unnamed, .implausibleTime: tally.ofTheFuture,
        ]
        var learned = before
        guard tally.first <= tally.last else {
            report.baseline = Baseline(before)
            return report
        }
        for (number, entry) in tally.keys.entries.enumerated() {
            let name = tally.keys.names[number]
            let timeline = CredentialTimeline(entry, before.keys[name], span)
            report.alerts += silentKey(name, timeline) + oldKey(name, timeline) + reactivatedKey(name, timeline)
            learned.keys[name] = timeline.learned(tally.text)
        }
        for (number, entry) in tally.users.entries.enumerated() {
            let name = tally.users.names[number]
            let timeline = CredentialTimeline(entry, before.users[name], span)
            report.alerts += silentUser(name, timeline)
            learned.users[name] = timeline.learned(tally.text)
        }
        judgeCalls(&report, &learned)
        report.sortAlerts()
        if span.until >= before.until {
            (learned.from, learned.until, learned.seesCreation) = (span.from, span.until, span.seesCreation)
        }
        learned.age(keeping: settings.rememberedCredentials, calls: settings.rememberedCalls)
        report.baseline = Baseline(learned)
        return report
    }

    /// The Region of each partition in which AWS writes IAM's events.
    private static let homes: Set<String> = [
        "us-east-1", "us-gov-west-1", "cn-north-1", "us-iso-east-1", "us-isob-east-1", "eusc-de-east-1",
    ]

    private static func span(_ tally: KeyTally, _ before: LearnedKeys) -> Span {
        let gap = tally.settings.gap
        let sees = tally.regions.contains { homes.contains($0) }
        guard before.until > 0, tally.first <= before.until + gap, tally.last >= before.from - gap else {
            return Span(from: tally.first, until: tally.last, seesCreation: sees)
        }
        return Span(
            from: min(tally.first, before.from), until: max(tally.last, before.until),
            seesCreation: sees || before.seesCreation)
    }
}

extension KeyTally {
    /// The Regions of the remembered events. They do not depend on the order of the records.
    fileprivate var regions: Set<String> {
        var numbers: Set<Int32> = []
        for entry in keys.entries + users.entries {
            for day in entry.days { numbers.insert(day.first.region) }
            for change in entry.changes { numbers.insert(change.event.region) }
            if let created = entry.created { numbers.insert(created.event.region) }
        }
        return Set(numbers.compactMap(text))
    }
}
