internal import Basics

public typealias AccessReport = AnalyticsReport<LearnedAccess>

/// All analytics on S3 access logs.
public struct AccessLogAnalytics {
    let tally: AccessTally
    let before: LearnedAccess
    let settings: AccessSettings

    /// - Parameter baseline: what earlier runs learned.
    public init(_ tally: AccessTally, baseline: AccessBaseline = AccessBaseline()) {
        self.tally = tally
        settings = tally.settings
        before = baseline.content(until: tally.believed.upperBound / 3_600)
    }

    public func report() -> AccessReport {
        var report = AccessReport()
        report.omitted = [
            .clients: tally.table.forgotten, .userAgents: tally.agents.forgotten, .untimed: tally.withoutTime,
            .implausibleTime: tally.ofImpossibleTimes,
        ]
        var learned = before
        var parties = tally.table.parties
        for number in parties.indices { parties[number].close() }
        report.alerts += volumes(of: parties, &learned)
        report.alerts += anonymous(parties)
        report.alerts += parties.flatMap(insecure)
        report.alerts += newcomers(parties)
        report.alerts += tally.sensitive.map { sensitive($1, $0.kind, AccessSubject(parties[$0.party])) }
        for party in parties { learn(party, &learned) }
        for (agent, seen) in tally.agents.sights { learned.agents[agent, default: 0].raise(to: seen.last / 3_600) }
        learned.age()
        report.baseline = Baseline(learned)
        report.sortAlerts()
        return report
    }

    /// What is refused to somebody and read by him: of each party, and of those who share a requester or an address. What
    /// one of them did by itself is not told once more of all.
    private func volumes(of parties: [AccessParty], _ learnt: inout LearnedAccess) -> [Alert] {
        var alerts: [Alert] = []
        var told: [Set<String>] = []
        for party in parties {
            // What stands for several addresses is judged with the others of its requester.
            if party.isRest {
                told.append([])
                continue
            }
            let subject = AccessSubject(party)
            let found = refusals(subject, &learnt) + reading(subject, &learnt)
            told.append(Set(found.map(\.rule)))
            alerts += found
        }
        for sharing in [AccessSubject.Sharing.requester, .address] {
            for members in Self.groups(parties, sharing) {
                let subject = AccessSubject(members.map { parties[$0] }, sharing: sharing)
                var found = refusals(subject, &learnt)
                // Those behind one address may be a whole office: only a requester's own reading is put together.
                if sharing == .requester { found += reading(subject, &learnt) }
                let known = members.reduce(into: Set<String>()) { $0.formUnion(told[$1]) }
                found.removeAll { known.contains($0.rule) }
                for member in members { told[member].formUnion(found.map(\.rule)) }
                alerts += found
            }
        }
        return alerts
    }

    /// The numbers of the parties that have the same bucket and requester, or address, where there are several addresses
    /// or requesters.
    private static func groups(_ parties: [AccessParty], _ sharing: AccessSubject.Sharing) -> [[Int]] {
        var groups: [String: [Int]] = [:]
        for (number, party) in parties.enumerated() {
            if sharing == .address, party.isRest || party.address == "-" { continue }
            let name = sharing == .requester ? party.requester : party.address
            groups["\(party.bucket)/\(name)", default: []].append(number)
        }
        return groups.values.filter { $0.count > 1 || parties[$0[0]].isRest }
    }

    func alert(
        _ rule: String, _ title: String, _ subject: AccessSubject, _ severity: Severity, from time: Int,
        to last: Int, event: String? = nil, _ evidence: [JSON.Object.Member]
    ) -> Alert {
        Alert(
            rule: rule, title: title, event: event, time: time, lastTime: last, severity: severity,
            account: Self.account(in: subject.requester), actor: subject.actor, practice: "trail-access-logging",
            fields: [
                "bucket": subject.party.bucket, "requester": subject.requester, "address": subject.address,
            ],
            evidence: evidence)
    }

    /// The account in `arn:aws:iam::123456789012:user/…`.
    private static func account(in requester: String) -> String? {
        ARN(requester)?.accountID
    }

    /// Who was let in.
    private func learn(_ party: AccessParty, _ baseline: inout LearnedAccess) {
        guard party.allowed > 0, !party.isAnonymous else { return }
        let hour = party.last / 3_600
        baseline.requesters["\(party.bucket)/\(party.requester)", default: hour].raise(to: hour)
        if !party.isRest { baseline.addresses["\(party.bucket)/\(party.address)", default: hour].raise(to: hour) }
    }

    /// What earlier runs know of it; of several together, as long as nothing is known of them as such, the sum.
    func known(_ usual: [String: LearnedAccess.UsualLevel], _ subject: AccessSubject) -> LearnedAccess.UsualLevel? {
        if let known = usual[subject.key] { return known }
        let parts = subject.memberKeys.compactMap { usual[$0] }
        guard let first = parts.first else { return nil }
        return parts.dropFirst().reduce(into: first) { sum, part in
            sum.median += part.median
            sum.hour = max(sum.hour, part.hour)
            sum.keys = (sum.keys ?? 0) + (part.keys ?? 0)
        }
    }
}

extension Int {
    /// Logs may be read again that are older than what is known.
    fileprivate mutating func raise(to other: Int) { self = Swift.max(self, other) }
}

extension LearnedAccess.UsualLevel? {
    mutating func update(_ other: LearnedAccess.UsualLevel) {
        if other.hour >= self?.hour ?? 0 { self = other }
    }
}
