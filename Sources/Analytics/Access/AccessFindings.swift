import Basics

extension AccessLogAnalytics {
    /// How many addresses without any allowed request are reported one by one. Internet scanners come from
    /// everywhere.
    private static let deniedClientsReported = 200

    func anonymous(_ clients: [AccessClient]) -> [Alert] {
        let all = clients.filter(\.isAnonymous)
        let refused = all.filter { $0.allowed == 0 }.sorted { ($0.requests, $1.first) > ($1.requests, $0.first) }
        let others = Dictionary(grouping: refused.dropFirst(Self.deniedClientsReported), by: \.bucket).values
        return (all.filter { $0.allowed > 0 } + refused.prefix(Self.deniedClientsReported)).map {
            anonymous(AccessSubject($0))
        }
            + others.map { clients in
                anonymous(clients.count == 1 ? AccessSubject(clients[0]) : AccessSubject(clients, sharing: .requester))
            }
    }

    private func anonymous(_ subject: AccessSubject) -> Alert {
        let client = subject.client
        return alert(
            "access-anonymous", "Requests without credentials", subject, client.allowed > 0 ? .critical : .low,
            from: client.first, to: client.last, event: client.firstRecord?.event,
            [
                .init("requests", .int(client.requests)), .init("allowed", .int(client.allowed)),
                .init("refused", .int(client.refusals.count)),
            ] + subject.evidence + beginning(client))
    }

    func insecure(_ client: AccessClient) -> [Alert] {
        guard client.insecure > 0 else { return [] }
        return [
            alert(
                "access-plain-http", "Requests without encryption on the way", AccessSubject(client), .medium,
                from: client.first, to: client.last,
                [.init("requests", .int(client.insecure))] + client.insecureRecords.evidence)
        ]
    }

    func sensitive(_ found: SensitiveRequests, _ kind: SensitiveRequests.Kind, _ subject: AccessSubject) -> Alert {
        let severity: Severity =
            switch kind {
            case .delete: found.allowed > 0 ? .critical : .high
            case .policyChange: found.allowed > 0 ? .high : .medium
            case .policyRead: settings.expects(subject.client.requester) ? .informational : .low
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

    func beginning(_ client: AccessClient) -> [JSON.Object.Member] {
        client.firstRecord.map { [.init("records", .array([$0.evidence]))] } ?? []
    }
}
