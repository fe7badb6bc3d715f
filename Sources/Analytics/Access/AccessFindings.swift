import Basics
internal import LogReaders

extension AccessLogAnalytics {
    /// Finds requests without credentials. Raises one alert for a bucket, however many clients sent them.
    func anonymous() -> [Alert] {
        tally.buckets.buckets.compactMap { bucket in
            let visits = bucket.visits
            let isAllowed = visits.allowed.count > 0
            let part = isAllowed ? visits.allowed : visits.others
            guard part.count > 0 else { return nil }
            let sources = part.busiest.sorted
            let single = part.sourceCount == 1 ? sources.first.map { Self.shown($0.name) } : nil
            return Alert(
                rule: "access-anonymous", title: "Anonymous bucket access",
                event: part.records.records.first?.event, time: part.first, lastTime: part.last,
                severity: isAllowed ? .critical : .low, actor: single ?? bucket.text, practice: "trail-access-logging",
                fields: [
                    "bucket": bucket.text, "requester": "-", "address": single ?? "(\(part.sourceCount) addresses)",
                ],
                evidence: [
                    .init("requests", .int(visits.allowed.count + visits.others.count)),
                    .init("allowed", .int(visits.allowed.count)), .init("denied", .int(visits.others.count)),
                    .init("distinct_addresses", .int(part.sourceCount)),
                    .init(
                        "addresses",
                        .array(
                            sources.prefix(10).map {
                                .members([
                                    .init("address", .string(Self.shown($0.name))),
                                    .init("requests", .int($0.count - $0.error)),
                                ])
                            })),
                    .init("operations", .array(part.operations.sorted().map { .string($0) })),
                    .init("keys", .array(part.keys.texts.map { .string($0) })),
                ] + part.records.evidence)
        }
    }

    private static func shown(_ address: FlowAddress) -> String {
        address == FlowAddress(high: 0, low: 0) ? "-" : "\(address)"
    }

    func insecure(_ client: AccessClient) -> [Alert] {
        guard client.insecure > 0 else { return [] }
        return [
            alert(
                "access-plain-http", "Unencrypted (HTTP) requests", AccessSubject(client), .medium,
                from: client.insecureTimes.first, to: client.insecureTimes.last,
                [.init("requests", .int(client.insecure))] + client.insecureRecords.evidence)
        ]
    }

    /// Finds requests that raise an alert even if there is only one. Raises one alert for each bucket, kind and
    /// requester, whatever its addresses.
    func sensitive() -> [Alert] {
        tally.sensitive.entries.compactMap { name, found in
            let bucket = tally.buckets.buckets[name.bucket]
            switch name.kind {
            // Requests without a key concern log files only if the bucket holds logs.
            case .delete where found.withoutKey == found.count && !bucket.holdsLogs: return nil
            case .settingChange where !bucket.holdsLogs: return nil
            default: return sensitive(found, name, bucket)
            }
        }
    }

    private func sensitive(_ found: SensitiveRequests, _ name: SensitiveRequests.Name, _ bucket: AccessBucket) -> Alert
    {
        let requester = String(decoding: name.requester, as: UTF8.self)
        let isAllowed = found.allowed > 0
        let (rule, severity): (String, Severity) =
            switch name.kind {
            case .delete: ("access-log-deleted", isAllowed ? .critical : .high)
            case .overwrite: ("access-log-overwritten", isAllowed ? .high : .medium)
            case .policyChange: ("access-policy-changed", isAllowed ? .high : .medium)
            case .settingChange: ("access-bucket-changed", isAllowed ? .high : .medium)
            case .policyRead: ("access-policy-read", settings.expects(requester) ? .informational : .low)
            }
        let addresses = found.addresses.sorted
        let count = found.addresses.isComplete ? "\(addresses.count)" : "\(addresses.count) or more"
        let address = addresses.count == 1 ? addresses[0].name : "(\(count) addresses)"
        return Alert(
            rule: rule, title: name.kind.title, event: found.records.records.first?.event, time: found.first,
            lastTime: found.last, severity: severity, account: Self.account(in: requester),
            actor: requester == "-" ? addresses.count == 1 ? address : bucket.text : requester,
            practice: "trail-access-logging",
            fields: ["bucket": bucket.text, "requester": requester, "address": address],
            evidence: [
                .init("requests", .int(found.count)), .init("allowed", .int(found.allowed)),
                .init("operations", .array(found.operations.sorted().map { .string($0) })),
                .init("keys", .array(found.keys.texts.map { .string($0) })),
            ]
                + (addresses.count == 1
                    ? [] : [.init("addresses", .array(addresses.prefix(10).map { .string($0.name) }))])
                + found.records.evidence)
    }

    func beginning(_ client: AccessClient) -> [JSON.Object.Member] {
        client.firstRecord.map { [.init("records", .array([$0.evidence]))] } ?? []
    }
}
