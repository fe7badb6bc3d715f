internal import Basics

public typealias AccessReport = AnalyticsReport<LearnedAccess>

/// All analytics on S3 access logs.
public struct AccessLogAnalytics {
    let tally: AccessTally
    let before: LearnedAccess
    let settings: AccessSettings

    /// - Parameter baseline: the facts that earlier runs learned.
    public init(_ tally: AccessTally, baseline: AccessBaseline = AccessBaseline()) {
        self.tally = tally
        settings = tally.settings
        before = baseline.content(until: tally.believed.upperBound / 3_600)
        logBuckets = Set(tally.buckets.buckets.filter(\.holdsLogs).map(\.text))
    }

    private let logBuckets: Set<String>

    /// The time from which a requester or address can count as new: a day after the first record, or any time if there
    /// is a baseline.
    var learned: Int { before.isEmpty ? tally.first.addingSaturating(settings.learningHours * 3_600) : 0 }

    public func report() -> AccessReport {
        var report = AccessReport()
        report.omitted = [
            .clients: tally.table.forgotten, .userAgents: tally.agents.forgotten, .untimed: tally.withoutTime,
            .implausibleTime: tally.ofImpossibleTimes,
        ]
        var learned = before
        var clients = tally.table.clients
        for number in clients.indices {
            clients[number].close()
            clients[number].hideSecrets()
        }
        var young: Set<String> = []
        report.alerts += volumes(of: clients, &learned, &young)
        report.learning = young.sorted()
        report.alerts += anonymous()
        report.alerts += clients.flatMap(insecure)
        report.alerts += newcomers(clients)
        report.alerts += sensitive()
        for client in clients { learn(client, &learned) }
        for (role, hour) in crowdedRolesByBucket(clients) { learned.requesters[role, default: hour].raise(to: hour) }
        for (agent, seen) in tally.agents.usages { learned.agents[agent, default: 0].raise(to: seen.last / 3_600) }
        learned.age()
        (report.requests, report.omittedRequests) = dailyRequests()
        report.baseline = Baseline(learned)
        report.sortAlerts()
        return report
    }

    /// Evaluates denied requests and reading of each client, and of clients that share a requester or an address. A
    /// group does not repeat an alert that one of its clients raised alone.
    private func volumes(
        of clients: [AccessClient], _ learned: inout LearnedAccess, _ young: inout Set<String>
    ) -> [Alert] {
        var alerts: [Alert] = []
        var reported: [Set<String>] = []
        let strangers = clients.reduce(into: [:]) { $0[$1.bucket, default: 0] += $1.isAnonymous ? 1 : 0 }
        for client in clients {
            // A client that combines several addresses is evaluated with the other clients of its requester. All
            // clients without credentials are evaluated together as well: their alert names the most active ones.
            if client.isRest || client.isAnonymous && strangers[client.bucket] ?? 0 > 1 {
                reported.append([])
                continue
            }
            let subject = AccessSubject(client)
            let found =
                refusals(subject, &learned) + reading(subject, &learned)
                + changes(subject, &learned, &young)
            reported.append(Set(found.map(\.rule)))
            alerts += found
        }
        for sharing in [AccessSubject.Sharing.requester, .address] {
            for members in Self.groups(clients, sharing) {
                let subject = AccessSubject(
                    members.map { clients[$0] }, sharing: sharing, exactlyUpTo: settings.enumeratedKeys)
                var found = refusals(subject, &learned)
                // A whole office may share one address, so reading is summed only for a requester.
                if sharing == .requester { found += reading(subject, &learned) + changes(subject, &learned, &young) }
                let known = members.reduce(into: Set<String>()) { $0.formUnion(reported[$1]) }
                found.removeAll { known.contains($0.rule) }
                for member in members { reported[member].formUnion(found.map(\.rule)) }
                alerts += found
            }
        }
        return alerts + refusedAtLogs(clients, reported, &learned, &young)
    }

    func holdsLogs(_ bucket: String) -> Bool { logBuckets.contains(bucket) }

    /// The numbers of the clients that share a bucket and a requester or address, if there are several.
    private static func groups(_ clients: [AccessClient], _ sharing: AccessSubject.Sharing) -> [[Int]] {
        var groups: [String: [Int]] = [:]
        for (number, client) in clients.enumerated() {
            // Clients without credentials are one group already.
            if sharing == .address, client.isRest || client.address == "-" || client.isAnonymous { continue }
            let name = sharing == .requester ? client.requester : client.address
            groups["\(client.bucket)/\(name)", default: []].append(number)
        }
        return groups.values.filter { $0.count > 1 || clients[$0[0]].isRest }
    }

    func alert(
        _ rule: String, _ title: String, _ subject: AccessSubject, _ severity: Severity, from time: Int,
        to last: Int, event: String? = nil, _ evidence: [JSON.Object.Member]
    ) -> Alert {
        Alert(
            rule: rule, title: title, event: event, time: time, lastTime: last, severity: severity,
            account: Self.account(in: subject.requester), actor: subject.actor, practice: "trail-access-logging",
            fields: [
                "bucket": subject.client.bucket, "requester": subject.requester, "address": subject.address,
            ],
            evidence: evidence)
    }

    /// The account in `arn:aws:iam::123456789012:user/…`.
    static func account(in requester: String) -> String? {
        ARN(requester)?.accountID
    }

    /// Learns the requesters and addresses of allowed requests.
    private func learn(_ client: AccessClient, _ baseline: inout LearnedAccess) {
        guard client.allowed > 0, !client.isAnonymous else { return }
        let hour = client.last / 3_600
        baseline.requesters["\(client.bucket)/\(client.requester)", default: hour].raise(to: hour)
        if !client.isRest { baseline.addresses["\(client.bucket)/\(client.address)", default: hour].raise(to: hour) }
    }

    /// The learned level of a subject. For several clients without a common level, the sum of their levels.
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
    /// Keeps the later moment: older logs may be read after newer ones.
    fileprivate mutating func raise(to other: Int) { self = Swift.max(self, other) }
}

extension LearnedAccess.UsualLevel? {
    mutating func update(_ other: LearnedAccess.UsualLevel) {
        if other.hour >= self?.hour ?? 0 { self = other }
    }
}
