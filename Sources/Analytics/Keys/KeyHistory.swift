/// What was found in the history of credentials.
public struct KeyReport: Sendable {
    /// In order of time.
    public var alerts: [Alert] = []
    /// To be given to the next run.
    public var baseline = KeyBaseline()
    /// Uses and changes that were not remembered to bound the memory: what concerns them is not judged.
    public var forgotten = 0
}

/// What single events cannot say of access keys and console users: that one was silent for months, is old, or was
/// switched on again.
public struct KeyHistory {
    /// What the logs cover without a gap, up to the last record.
    struct Span {
        /// Seconds since 1970.
        var from: Int
        var until: Int
        /// Whether they have IAM's own events, which AWS writes in one region alone.
        var seesCreation: Bool
    }

    let tally: KeyTally
    let before: KeyBaseline
    let settings: KeySettings
    let span: Span

    /// - Parameter baseline: what earlier runs learned; one of another version is as good as none.
    public init(_ tally: KeyTally, baseline: KeyBaseline = KeyBaseline()) {
        self.tally = tally
        settings = tally.settings
        before = baseline.isReadable ? baseline.until(tally.latest) : KeyBaseline()
        span = Self.span(tally, before)
    }

    public func report() -> KeyReport {
        var report = KeyReport()
        report.forgotten = tally.forgotten
        report.baseline = before
        guard tally.first <= tally.last else { return report }
        for (number, entry) in tally.keys.entries.enumerated() {
            let name = tally.keys.names[number]
            let timeline = CredentialTimeline(entry, before.keys[name], span)
            report.alerts += silentKey(name, timeline) + oldKey(name, timeline) + reactivatedKey(name, timeline)
            report.baseline.keys[name] = timeline.learnt(tally.text)
        }
        for (number, entry) in tally.users.entries.enumerated() {
            let name = tally.users.names[number]
            let timeline = CredentialTimeline(entry, before.users[name], span)
            report.alerts += silentUser(name, timeline)
            report.baseline.users[name] = timeline.learnt(tally.text)
        }
        report.alerts.sort {
            ($0.time, $0.rule, $0.actor, $0.event ?? "") < ($1.time, $1.rule, $1.actor, $1.event ?? "")
        }
        if span.until >= before.until {
            (report.baseline.from, report.baseline.until) = (span.from, span.until)
            report.baseline.seesCreation = span.seesCreation
        }
        report.baseline.age(keeping: settings.rememberedCredentials)
        return report
    }

    /// Where AWS writes the events of IAM, in each partition.
    private static let homes: Set<String> = [
        "us-east-1", "us-gov-west-1", "cn-north-1", "us-iso-east-1", "us-isob-east-1", "eusc-de-east-1",
    ]

    private static func span(_ tally: KeyTally, _ before: KeyBaseline) -> Span {
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
    /// The regions of the events that are remembered: they do not depend on the order of the records.
    fileprivate var regions: Set<String> {
        var numbers: Set<Int32> = []
        for entry in keys.entries + users.entries {
            for day in entry.days { numbers.insert(day.first.region) }
            for change in entry.changes { numbers.insert(change.deed.region) }
            if let created = entry.created { numbers.insert(created.deed.region) }
        }
        return Set(numbers.compactMap(text))
    }
}
