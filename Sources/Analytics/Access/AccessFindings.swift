import Basics

extension AccessLogAnalytics {
    /// So many addresses that were refused everything are told one by one. Scanners of the internet come from everywhere.
    private static let anonymousTold = 200

    func anonymous(_ parties: [AccessParty]) -> [Alert] {
        let all = parties.filter(\.isAnonymous)
        let refused = all.filter { $0.allowed == 0 }.sorted { ($0.requests, $1.first) > ($1.requests, $0.first) }
        let others = Dictionary(grouping: refused.dropFirst(Self.anonymousTold), by: \.bucket).values
        return (all.filter { $0.allowed > 0 } + refused.prefix(Self.anonymousTold)).map {
            anonymous(AccessSubject($0))
        }
            + others.map { parties in
                anonymous(parties.count == 1 ? AccessSubject(parties[0]) : AccessSubject(parties, sharing: .requester))
            }
    }

    private func anonymous(_ subject: AccessSubject) -> Alert {
        let party = subject.party
        return alert(
            "access-anonymous", "Requests without credentials", subject, party.allowed > 0 ? .critical : .low,
            from: party.first, to: party.last, event: party.firstRecord?.event,
            [
                .init("requests", .int(party.requests)), .init("allowed", .int(party.allowed)),
                .init("refused", .int(party.refusals.count)),
            ] + subject.evidence + beginning(party))
    }

    func insecure(_ party: AccessParty) -> [Alert] {
        guard party.insecure > 0 else { return [] }
        return [
            alert(
                "access-plain-http", "Requests without encryption on the way", AccessSubject(party), .medium,
                from: party.first, to: party.last,
                [.init("requests", .int(party.insecure))] + party.insecureRecords.evidence)
        ]
    }

    func sensitive(_ found: SensitiveRequests, _ kind: SensitiveRequests.Kind, _ subject: AccessSubject) -> Alert {
        let severity: Severity =
            switch kind {
            case .delete: found.allowed > 0 ? .critical : .high
            case .policyChange: found.allowed > 0 ? .high : .medium
            case .policyRead: settings.expects(subject.party.requester) ? .informational : .low
            }
        let rule =
            switch kind {
            case .delete: "access-log-deleted"
            case .policyChange: "access-policy-changed"
            case .policyRead: "access-policy-read"
            }
        return alert(
            rule, kind.title, subject, severity, from: found.first, to: found.last,
            event: found.records.records.first?.event,
            [
                .init("requests", .int(found.count)), .init("allowed", .int(found.allowed)),
                .init("operations", .array(found.operations.sorted().map { .string($0) })),
                .init("keys", .array(found.keys.map { .string($0) })),
            ] + found.records.evidence)
    }

    func beginning(_ party: AccessParty) -> [JSON.Object.Member] {
        party.firstRecord.map { [.init("records", .array([$0.evidence]))] } ?? []
    }
}
